/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Glyphs of untrusted text. ASCII is decided here; all else goes through mbrtowc and
 * wcwidth in a UTF-8 locale of our own. */
#include "render/text.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

/* Real text stacks two or three marks on a letter; thousands would hide lines above
 * and below. */
enum {
    MAX_MARKS = 3
};

static const char replacement[] = "\xef\xbf\xbd";

bool sc_text_open(struct sc_text_locale *locale)
{
    static const char *const names[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8"};
    locale->ours = (locale_t)0;
    for (size_t i = 0; i < sizeof names / sizeof *names && !locale->ours; i++)
        locale->ours = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
    locale->before = locale->ours ? uselocale(locale->ours) : (locale_t)0;
    return locale->ours != (locale_t)0;
}

void sc_text_close(struct sc_text_locale *locale)
{
    if (!locale->ours)
        return;
    uselocale(locale->before);
    freelocale(locale->ours);
    locale->ours = (locale_t)0;
}

void sc_text_init(struct sc_text *text, const char *bytes, size_t n_bytes, bool unicode)
{
    *text = (struct sc_text){.next = bytes, .end = bytes + n_bytes, .unicode = unicode};
}

static struct sc_glyph fixed(const char *bytes, int width_columns)
{
    return (struct sc_glyph){bytes, strlen(bytes), width_columns};
}

static struct sc_glyph unknown_glyph(const struct sc_text *text)
{
    return fixed(text->unicode ? replacement : "?", 1);
}

/* U+2400 and on are pictures of the C0 controls; U+2421 is that of DEL. */
static struct sc_glyph control_picture(const struct sc_text *text, unsigned char c)
{
    static const char pictures[] =
        "\xe2\x90\x80\xe2\x90\x81\xe2\x90\x82\xe2\x90\x83\xe2\x90\x84\xe2\x90\x85"
        "\xe2\x90\x86\xe2\x90\x87\xe2\x90\x88\xe2\x90\x89\xe2\x90\x8a\xe2\x90\x8b"
        "\xe2\x90\x8c\xe2\x90\x8d\xe2\x90\x8e\xe2\x90\x8f\xe2\x90\x90\xe2\x90\x91"
        "\xe2\x90\x92\xe2\x90\x93\xe2\x90\x94\xe2\x90\x95\xe2\x90\x96\xe2\x90\x97"
        "\xe2\x90\x98\xe2\x90\x99\xe2\x90\x9a\xe2\x90\x9b\xe2\x90\x9c\xe2\x90\x9d"
        "\xe2\x90\x9e\xe2\x90\x9f";
    if (!text->unicode)
        return fixed("?", 1);
    if (c == 0x7f)
        return fixed("\xe2\x90\xa1", 1);
    return (struct sc_glyph){pictures + (size_t)c * 3, 3, 1};
}

/* Characters that wcwidth calls harmless and a terminal does not: marks of direction
 * reorder what stands around them, and the emoji selector widens the character before
 * it in some terminals only. */
static bool is_hidden(wchar_t c)
{
    return c == 0xfe0f || c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff;
}

static bool reorders(wchar_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x2028 || c == 0x2029;
}

/* One character from 0x80 up. False: nothing of it is shown. */
static bool next_wide(struct sc_text *text, struct sc_glyph *glyph)
{
    wchar_t c;
    mbstate_t state = {0};
    const char *start = text->next;
    size_t n = mbrtowc(&c, start, (size_t)(text->end - start), &state);
    int width = n == 0 || n > (size_t)(text->end - start) ? -1 : wcwidth(c);

    if (width < 0) {
        text->next += n == 0 || n > (size_t)(text->end - start) ? 1 : n;
        *glyph = unknown_glyph(text);
        return true;
    }
    text->next += n;
    if (is_hidden(c))
        return false;
    if (reorders(c)) {
        *glyph = unknown_glyph(text);
        return true;
    }
    if (width == 0) {
        /* A mark at the very start would sit on what is left of the text. */
        if (!text->unicode || text->column == 0 || text->n_marks >= MAX_MARKS)
            return false;
        text->n_marks++;
    }
    *glyph = text->unicode ? (struct sc_glyph){start, n, width} : unknown_glyph(text);
    return true;
}

bool sc_text_next(struct sc_text *text, struct sc_glyph *glyph)
{
    static const char spaces[SC_TAB_COLUMNS + 1] = "    ";
    bool shown = false;

    while (!shown && text->next < text->end) {
        unsigned char c = (unsigned char)*text->next;
        shown = true;
        if (c >= 0x80) {
            shown = next_wide(text, glyph);
        } else if (c == '\t') {
            int width = SC_TAB_COLUMNS - text->column % SC_TAB_COLUMNS;
            *glyph = (struct sc_glyph){spaces, (size_t)width, width};
            text->next++;
        } else if (c < 0x20 || c == 0x7f) {
            *glyph = control_picture(text, c);
            text->next++;
        } else {
            *glyph = (struct sc_glyph){text->next++, 1, 1};
        }
    }
    if (!shown)
        return false;
    if (glyph->width_columns > 0)
        text->n_marks = 0;
    /* The column matters to tabs alone; it must not overflow in endless lines. */
    text->column = (text->column + glyph->width_columns) & 0xffffff;
    return true;
}

int sc_text_width(const char *bytes, size_t n_bytes, bool unicode, int limit)
{
    struct sc_text text;
    struct sc_glyph glyph;
    int width = 0;
    sc_text_init(&text, bytes, n_bytes, unicode);
    while (width <= limit && sc_text_next(&text, &glyph))
        width += glyph.width_columns;
    return width;
}

size_t sc_text_trimmed(const char *bytes, size_t n_bytes)
{
    while (n_bytes > 0 && strchr(" \t\r\n\f\v", bytes[n_bytes - 1]) != NULL)
        n_bytes--;
    return n_bytes;
}
