/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The table of columns, and the choice of those to show. */
#include "render/column.h"

#include "render/format.h"
#include "render/share.h"

#include <math.h>
#include <stdio.h>

static bool has_total(const struct sc_times *times)
{
    return sc_times_total_percent(times) > 0;
}

static bool has_python(const struct sc_times *times)
{
    return times->python_percent > 0;
}

static bool has_native(const struct sc_times *times)
{
    return times->native_percent > 0;
}

static bool has_system(const struct sc_times *times)
{
    return times->kernel_percent > 0;
}

static bool has_interval(const struct sc_times *times)
{
    return times->has_interval;
}

/* The role of a part of the total, unless its row has a role of its own. */
static enum sc_role part_role(enum sc_role row, enum sc_role part)
{
    return row == SC_ROLE_PLAIN ? part : row;
}

static void print_total(struct sc_sheet *sheet, const struct sc_times *times, int width,
                        enum sc_role role)
{
    sc_sheet_put_right(sheet, role,
                       sc_format_percent(sc_times_total_percent(times)).text, width);
}

/* The larger side of the interval, so that one number is true for both. */
static void print_interval(struct sc_sheet *sheet, const struct sc_times *times,
                           int width, enum sc_role role)
{
    char text[32] = "";
    double total = sc_times_total_percent(times);
    double margin = fmax(times->interval_95[1] - total, total - times->interval_95[0]);
    if (times->has_interval && total > 0 && margin >= 0 && margin < 100)
        snprintf(text, sizeof text, "%s%.1f", sheet->marks->uncertainty, margin);
    sc_sheet_put_right(sheet, role == SC_ROLE_PLAIN ? SC_ROLE_DIM : role, text, width);
}

static void print_python(struct sc_sheet *sheet, const struct sc_times *times,
                         int width, enum sc_role role)
{
    sc_sheet_put_right(sheet, part_role(role, SC_ROLE_PYTHON),
                       sc_format_percent(times->python_percent).text, width);
}

static void print_native(struct sc_sheet *sheet, const struct sc_times *times,
                         int width, enum sc_role role)
{
    sc_sheet_put_right(sheet, part_role(role, SC_ROLE_NATIVE),
                       sc_format_percent(times->native_percent).text, width);
}

static void print_system(struct sc_sheet *sheet, const struct sc_times *times,
                         int width, enum sc_role role)
{
    sc_sheet_put_right(sheet, part_role(role, SC_ROLE_SYSTEM),
                       sc_format_percent(times->kernel_percent).text, width);
}

static void print_bar(struct sc_sheet *sheet, const struct sc_times *times, int width,
                      enum sc_role role)
{
    (void)role;
    int end_column = sheet->column + width;
    sc_share_bar(sheet, times, width);
    sc_sheet_move_to(sheet, end_column);
}

static const char *interval_title(const struct sc_sheet *sheet,
                                  const struct sc_profile *profile)
{
    (void)profile;
    return sheet->marks->uncertainty;
}

static const char *python_title(const struct sc_sheet *sheet,
                                const struct sc_profile *profile)
{
    (void)sheet;
    return sc_share_python_title(profile);
}

static const struct sc_column columns[] = {
    {.title = "Total",
     .kind = SC_COLUMN_TOTAL,
     .width_columns = 6,
     .has_data = has_total,
     .print = print_total},
    {.title_for = interval_title,
     .note = "95% interval",
     .kind = SC_COLUMN_OTHER,
     .width_columns = 5,
     .least_sheet_columns = 120,
     .has_data = has_interval,
     .print = print_interval},
    {.title_for = python_title,
     .kind = SC_COLUMN_PART,
     .width_columns = 6,
     .least_sheet_columns = 70,
     .has_data = has_python,
     .print = print_python},
    {.title = "native",
     .kind = SC_COLUMN_PART,
     .width_columns = 6,
     .least_sheet_columns = 70,
     .has_data = has_native,
     .print = print_native},
    {.title = "system",
     .kind = SC_COLUMN_PART,
     .width_columns = 6,
     .least_sheet_columns = 70,
     .has_data = has_system,
     .print = print_system},
    {.title = "",
     .kind = SC_COLUMN_OTHER,
     .width_columns = 12,
     .least_sheet_columns = 140,
     .has_data = has_total,
     .print = print_bar},
};
enum {
    N_COLUMNS = sizeof columns / sizeof *columns
};
_Static_assert((int)N_COLUMNS <= (int)SC_MAX_COLUMNS, "room in a choice");

static void find_data(const struct sc_profile *profile, bool has_data[N_COLUMNS])
{
    for (size_t i = 0; i < profile->n_files; i++) {
        for (size_t k = 0; k < profile->files[i].n_lines; k++) {
            for (int c = 0; c < N_COLUMNS; c++)
                has_data[c] |= columns[c].has_data(&profile->files[i].lines[k].times);
        }
    }
}

/* The part with data when there is but one; else NULL. */
static const struct sc_column *find_only_part(const bool has_data[N_COLUMNS])
{
    const struct sc_column *found = NULL;
    for (int c = 0; c < N_COLUMNS; c++) {
        if (columns[c].kind != SC_COLUMN_PART || !has_data[c])
            continue;
        if (found != NULL)
            return NULL;
        found = &columns[c];
    }
    return found;
}

void sc_column_choose(struct sc_column_choice *choice, const struct sc_sheet *sheet,
                      const struct sc_profile *profile)
{
    bool has_data[N_COLUMNS] = {false};
    find_data(profile, has_data);
    const struct sc_column *only_part = find_only_part(has_data);

    *choice = (struct sc_column_choice){.n_columns = 0};
    for (int c = 0; c < N_COLUMNS; c++) {
        const struct sc_column *column = &columns[c], *named = column;
        if (!has_data[c] || column == only_part ||
            sheet->style.width_columns < column->least_sheet_columns)
            continue;
        if (column->kind == SC_COLUMN_TOTAL && only_part != NULL)
            named = only_part;
        choice->titles[choice->n_columns] =
            named->title_for != NULL ? named->title_for(sheet, profile) : named->title;
        choice->columns[choice->n_columns++] = column;
    }
}

enum sc_role sc_column_row_role(const struct sc_times *times)
{
    double percent = sc_times_total_percent(times);
    if (sc_share_is_hot(percent))
        return SC_ROLE_HOT;
    return percent < SC_NOTEWORTHY_PERCENT ? SC_ROLE_DIM : SC_ROLE_PLAIN;
}
