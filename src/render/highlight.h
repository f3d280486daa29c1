/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Splits lines of Python source into tokens with roles. The state carries strings
 * that go on over lines, and f-strings with what is nested in them, from one line to
 * the next; a line out of order needs a new state. Any bytes are accepted: a wrong
 * guess costs a colour. No allocation; one thread per state. */
#ifndef SC_RENDER_HIGHLIGHT_H
#define SC_RENDER_HIGHLIGHT_H

#include "render/palette.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    SC_HIGHLIGHT_DEPTH = 8
};

/* What we are inside of: a string, or a replacement field {...} of an f-string. */
struct sc_highlight_scope {
    char quote; /* of the string; 0: a field */
    bool triple;
    bool formatted;
    bool in_format; /* of a field: behind its colon */
    int n_brackets; /* of a field: open inside it */
};

struct sc_highlight {
    struct sc_highlight_scope scopes[SC_HIGHLIGHT_DEPTH]; /* outermost first */
    int n_scopes;
};

/* One line being read. */
struct sc_highlight_line {
    struct sc_highlight *state;
    const char *text;
    size_t n_bytes;
    size_t position; /* end of the token last given */
    size_t start;    /* of the first token that is no space */
    bool names_next; /* the name after def or class follows */
    bool in_decorator;
};

/* state: all zero before a file's first line. */
void sc_highlight_begin(struct sc_highlight_line *line, struct sc_highlight *state,
                        const char *text, size_t n_bytes);

/* Steps over one token and gives its role; false at the end of the line, when the
 * state is that of the next. */
bool sc_highlight_next(struct sc_highlight_line *line, enum sc_role *role);

/* Reads a whole line for the state that it leaves behind. */
void sc_highlight_skip(struct sc_highlight *state, const char *text);

#endif
