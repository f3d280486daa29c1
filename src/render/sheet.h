/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The sheet that the view is written on, line by line, from left to right. It alone
 * writes to the stream, so three promises hold for all that is shown: no line is wider
 * than the sheet, no byte of a profile reaches the terminal unchecked, and no line ends
 * in spaces or in a colour. Text that does not fit ends in an ellipsis. */
#ifndef SC_RENDER_SHEET_H
#define SC_RENDER_SHEET_H

#include "render/palette.h"
#include "render/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Characters that the view draws with, in Unicode and in ASCII. */
struct sc_marks {
    const char *ellipsis;
    const char *rule;
    const char *bar;     /* between figures and source */
    const char *hot;     /* before a hot line */
    const char *callee;  /* before what a line calls */
    const char *warning; /* before a warning */
    const char *item;    /* before one of several sentences */
    const char *separator;
    const char *uncertainty;
    const char *python, *native, *system; /* of a bar of shares */
};

struct sc_sheet {
    FILE *out;
    struct sc_terminal_style style;
    const struct sc_marks *marks;
    int column;         /* of the next glyph; spaces before it may be unwritten */
    int pending_spaces; /* counted in column, written before the next glyph */
    enum sc_role role;  /* in force in the terminal */
};

void sc_sheet_init(struct sc_sheet *sheet, FILE *out,
                   const struct sc_terminal_style *style);

/* Columns left in this line. */
int sc_sheet_room(const struct sc_sheet *sheet);

/* Text, at most as wide as max_columns and the room. A cut is marked. */
void sc_sheet_put(struct sc_sheet *sheet, enum sc_role role, const char *text);
void sc_sheet_put_within(struct sc_sheet *sheet, enum sc_role role, const char *text,
                         int max_columns);

/* As above, but a text too wide loses its beginning: for paths. */
void sc_sheet_put_tail(struct sc_sheet *sheet, enum sc_role role, const char *text,
                       int max_columns);

/* Text at the right end of the next width columns. */
void sc_sheet_put_right(struct sc_sheet *sheet, enum sc_role role, const char *text,
                        int width_columns);

/* Python source, highlighted; see highlight.h for the state. A role other than
 * SC_ROLE_PLAIN is given to all of it. */
struct sc_highlight;
void sc_sheet_put_source(struct sc_sheet *sheet, struct sc_highlight *state,
                         enum sc_role role, const char *text);

/* The same glyph again and again. */
void sc_sheet_repeat(struct sc_sheet *sheet, enum sc_role role, const char *glyph,
                     int n);

/* Prose, broken between words; continued lines begin at the column of the first. */
void sc_sheet_prose(struct sc_sheet *sheet, enum sc_role role, const char *text);

/* One of a list: behind the one before, if there is room for all of it, else in a new
 * line that begins at left_column. */
void sc_sheet_item(struct sc_sheet *sheet, enum sc_role role, const char *text,
                   int left_column);

/* Moves right by n columns, or to a column (never back). */
void sc_sheet_space(struct sc_sheet *sheet, int n_columns);
void sc_sheet_move_to(struct sc_sheet *sheet, int column);

void sc_sheet_end_line(struct sc_sheet *sheet);

#endif
