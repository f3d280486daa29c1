/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Two short rankings. Equal shares keep the order of the profile, so that the same
 * profile always gives the same view. */
#include "render/hottest.h"

#include "render/format.h"
#include "render/highlight.h"
#include "render/share.h"
#include "render/text.h"

#include <stdio.h>
#include <string.h>

enum {
    MAX_ROWS = 5,
    WIDE_COLUMNS = 100,
    BAR_COLUMNS = 20
};

/* Below this share a line is no news in a ranking, unless it is the first. */
static const double ranked_percent = 1;

struct row {
    const struct sc_file *file;
    const struct sc_times *times;
    uint32_t lineno;
    bool is_function;
    const char *text; /* source of a line, name of a function */
};

struct ranking {
    struct row rows[MAX_ROWS];
    int n_rows;
};

static void rank(struct ranking *ranking, struct row row)
{
    double percent = sc_times_total_percent(row.times);
    int place = ranking->n_rows;
    if (!(percent > 0))
        return;
    while (place > 0 &&
           sc_times_total_percent(ranking->rows[place - 1].times) < percent)
        place--;
    if (place == MAX_ROWS)
        return;
    if (ranking->n_rows < MAX_ROWS)
        ranking->n_rows++;
    for (int i = ranking->n_rows - 1; i > place; i--)
        ranking->rows[i] = ranking->rows[i - 1];
    ranking->rows[place] = row;
}

/* Code outside Python has one row that is neither a line nor a function. */
static bool is_native(const struct sc_file *file)
{
    return strcmp(file->path, "<native>") == 0;
}

static void rank_all(const struct sc_profile *profile, struct ranking *lines,
                     struct ranking *functions)
{
    for (size_t i = 0; i < profile->n_files; i++) {
        const struct sc_file *file = &profile->files[i];
        for (size_t k = 0; k < file->n_lines; k++) {
            const struct sc_line *line = &file->lines[k];
            rank(lines,
                 (struct row){file, &line->times, line->lineno, false, line->text});
        }
        for (size_t k = 0; k < file->n_functions && !is_native(file); k++) {
            const struct sc_function_row *function = &file->functions[k];
            rank(functions, (struct row){file, &function->times, function->lineno, true,
                                         function->name});
        }
    }
}

/* "prog.py:12" */
static struct sc_name_text place_of(const struct sc_profile *profile,
                                    const struct row *row)
{
    struct sc_name_text place;
    const char *path = sc_format_path(profile, row->file->path);
    size_t n = strlen(path);
    if (is_native(row->file)) {
        snprintf(place.text, sizeof place.text, "%s", path);
        return place;
    }
    /* The end of a path says more than its beginning. */
    snprintf(place.text, sizeof place.text, "%s:%u", n > 400 ? path + n - 400 : path,
             row->lineno);
    return place;
}

static int width_of(const struct sc_sheet *sheet, const char *text)
{
    return sc_text_width(text, strlen(text), sheet->style.unicode,
                         sheet->style.width_columns);
}

/* The column's width: that of its longest text, up to a share of the sheet. */
static int place_columns(const struct sc_sheet *sheet, const struct sc_profile *profile,
                         const struct ranking *ranking)
{
    int widest = 0, most = sheet->style.width_columns * 2 / 5;
    for (int i = 0; i < ranking->n_rows; i++) {
        int width = width_of(sheet, place_of(profile, &ranking->rows[i]).text);
        widest = width > widest ? width : widest;
    }
    return widest < most ? widest : most;
}

static void write_figures(struct sc_sheet *sheet, const struct sc_profile *profile,
                          const struct row *row, enum sc_role role)
{
    double percent = sc_times_total_percent(row->times);
    sc_sheet_put(sheet, role, sc_share_is_hot(percent) ? sheet->marks->hot : " ");
    sc_sheet_put_right(sheet, role, sc_format_percent(percent).text,
                       SC_PERCENT_COLUMNS + 1);
    sc_sheet_space(sheet, 2);
    if (sheet->style.width_columns < WIDE_COLUMNS)
        return;
    if (profile->total_sec > 0) {
        double seconds = profile->total_sec * percent / 100;
        sc_sheet_put_right(sheet, role, sc_format_seconds(seconds).text, 7);
        sc_sheet_space(sheet, 2);
    }
    int end_column = sheet->column + BAR_COLUMNS;
    sc_share_bar(sheet, row->times, BAR_COLUMNS);
    sc_sheet_move_to(sheet, end_column + 2);
}

static void write_row(struct sc_sheet *sheet, const struct sc_profile *profile,
                      const struct row *row, int place_width)
{
    bool hot = sc_share_is_hot(sc_times_total_percent(row->times));
    enum sc_role role = hot ? SC_ROLE_HOT : SC_ROLE_PLAIN;
    struct sc_highlight state = {0};

    write_figures(sheet, profile, row, role);
    int end_column = sheet->column + place_width;
    sc_sheet_put_tail(sheet, hot ? role : SC_ROLE_DIM, place_of(profile, row).text,
                      place_width);
    sc_sheet_move_to(sheet, end_column + 2);
    if (row->is_function)
        sc_sheet_put(sheet, hot ? role : SC_ROLE_DEFINITION, row->text);
    else
        sc_sheet_put_source(sheet, &state, role,
                            row->text + strspn(row->text, " \t\f"));
    sc_sheet_end_line(sheet);
}

static void write_ranking(struct sc_sheet *sheet, const struct sc_profile *profile,
                          const struct ranking *ranking, const char *title,
                          int place_width)
{
    if (ranking->n_rows == 0)
        return;
    sc_sheet_end_line(sheet);
    sc_sheet_put(sheet, SC_ROLE_STRONG, title);
    sc_sheet_end_line(sheet);
    for (int i = 0; i < ranking->n_rows; i++) {
        const struct row *row = &ranking->rows[i];
        if (i > 0 && sc_times_total_percent(row->times) < ranked_percent)
            break;
        write_row(sheet, profile, row, place_width);
    }
}

bool sc_hottest_write(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    struct ranking lines = {0}, functions = {0};
    rank_all(profile, &lines, &functions);
    if (lines.n_rows == 0)
        return false;

    /* Both lists are aligned to one column of places. */
    int width = place_columns(sheet, profile, &lines);
    int other = place_columns(sheet, profile, &functions);
    width = other > width ? other : width;
    write_ranking(sheet, profile, &lines, "Hottest lines", width);
    write_ranking(sheet, profile, &functions, "Hottest functions", width);
    return true;
}
