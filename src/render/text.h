/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Untrusted text made safe for a terminal, one glyph at a time. What could move the
 * cursor, change a mode or reorder the line (control characters, escape sequences,
 * bidirectional controls) becomes a visible mark; invalid UTF-8 becomes U+FFFD; tabs
 * become spaces; piles of combining marks are cut. In ASCII every other character is
 * "?". Widths are those of wcwidth. Between sc_text_open and sc_text_close, which set
 * the calling thread's locale; cold contexts. */
#ifndef SC_RENDER_TEXT_H
#define SC_RENDER_TEXT_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    SC_TAB_COLUMNS = 4
};

/* The thread's locale while rendering, and the one to go back to. */
struct sc_text_locale {
    locale_t ours;
    locale_t before;
};

/* Switches the thread to a UTF-8 locale, whatever the user's is. False when the
 * system has none: then only ASCII can be shown. Close in either case. */
bool sc_text_open(struct sc_text_locale *locale);
void sc_text_close(struct sc_text_locale *locale);

/* A reader over the bytes of [next, end). */
struct sc_text {
    const char *next;
    const char *end;
    bool unicode;
    int column;  /* of the next glyph, from where the text begins */
    int n_marks; /* zero-width characters since the last base */
};

/* What to show for one character: never longer than its width says. */
struct sc_glyph {
    const char *bytes; /* into the text or constant; valid as long as the text */
    size_t n_bytes;
    int width_columns; /* 0 for a combining mark */
};

void sc_text_init(struct sc_text *text, const char *bytes, size_t n_bytes,
                  bool unicode);

/* The next glyph; false at the end. */
bool sc_text_next(struct sc_text *text, struct sc_glyph *glyph);

/* Columns that the text fills, counted no further than just beyond limit. */
int sc_text_width(const char *bytes, size_t n_bytes, bool unicode, int limit);

/* n_bytes without the white space (a carriage return, too) at the end. */
size_t sc_text_trimmed(const char *bytes, size_t n_bytes);

#endif
