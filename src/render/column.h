/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The columns of figures in the terminal view. A new figure is one more entry in the
 * table of column.c: its title, width, role, when a row has it and how it is printed.
 * Which columns are shown is decided once per profile: those with data in any line,
 * as far as the sheet is wide enough. */
#ifndef SC_RENDER_COLUMN_H
#define SC_RENDER_COLUMN_H

#include "render/sheet.h"

enum {
    SC_MAX_COLUMNS = 8
};

enum sc_column_kind {
    SC_COLUMN_TOTAL, /* goes by the name of the only part when there is but one */
    SC_COLUMN_PART,  /* of the total: left out when it is the only one with data */
    SC_COLUMN_OTHER,
};

struct sc_column {
    const char *title;
    const char *(*title_for)(const struct sc_sheet *sheet,
                             const struct sc_profile *profile); /* instead of title */
    const char *note; /* what the summary says of the title; NULL: it says enough */
    enum sc_column_kind kind;
    int width_columns;
    int least_sheet_columns; /* left out on narrower sheets */
    bool (*has_data)(const struct sc_times *times);
    /* Fills width_columns or less; role is that of the row. */
    void (*print)(struct sc_sheet *sheet, const struct sc_times *times, int width,
                  enum sc_role role);
};

/* The columns to show, and their titles. */
struct sc_column_choice {
    const struct sc_column *columns[SC_MAX_COLUMNS];
    const char *titles[SC_MAX_COLUMNS];
    int n_columns;
};

void sc_column_choose(struct sc_column_choice *choice, const struct sc_sheet *sheet,
                      const struct sc_profile *profile);

/* The role of a row by its share: hot, of note, or of none. */
enum sc_role sc_column_row_role(const struct sc_times *times);

/* Shares below this are a few samples, and rarely worth a look. */
#define SC_NOTEWORTHY_PERCENT 1.0

#endif
