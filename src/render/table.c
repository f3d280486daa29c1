/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The rows of a file's table. */
#include "render/table.h"

#include "render/format.h"
#include "render/highlight.h"
#include "render/share.h"
#include "render/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MIN_LINENO_COLUMNS = 4,
    MARK_COLUMNS = 1,
    SEPARATOR_COLUMNS = 3
};

/* The columns left of a row's text: mark, line number, figures, bar. */
static void write_figures(struct sc_sheet *sheet, const struct sc_column_choice *choice,
                          int lineno_columns, uint32_t lineno,
                          const struct sc_times *times)
{
    enum sc_role role = sc_column_row_role(times);
    char text[16];
    snprintf(text, sizeof text, "%u", lineno);
    sc_sheet_put(sheet, role, role == SC_ROLE_HOT ? sheet->marks->hot : " ");
    sc_sheet_put_right(sheet, role, text, lineno_columns);
    for (int c = 0; c < choice->n_columns; c++) {
        int end_column = sheet->column + 1 + choice->columns[c]->width_columns;
        sc_sheet_space(sheet, 1);
        if (sc_times_total_percent(times) > 0)
            choice->columns[c]->print(sheet, times, choice->columns[c]->width_columns,
                                      role);
        sc_sheet_move_to(sheet, end_column);
    }
    sc_sheet_space(sheet, 1);
    sc_sheet_put(sheet, SC_ROLE_DIM, sheet->marks->bar);
    sc_sheet_space(sheet, 1);
}

static int text_column(const struct sc_column_choice *choice, int lineno_columns)
{
    int column = MARK_COLUMNS + lineno_columns + 3;
    for (int c = 0; c < choice->n_columns; c++)
        column += 1 + choice->columns[c]->width_columns;
    return column;
}

static void write_titles(struct sc_sheet *sheet, const struct sc_column_choice *choice,
                         int lineno_columns, const char *text_title)
{
    sc_sheet_space(sheet, MARK_COLUMNS);
    sc_sheet_put_right(sheet, SC_ROLE_DIM, "Line", lineno_columns);
    for (int c = 0; c < choice->n_columns; c++) {
        sc_sheet_space(sheet, 1);
        sc_sheet_put_right(sheet, SC_ROLE_DIM, choice->titles[c],
                           choice->columns[c]->width_columns);
    }
    sc_sheet_space(sheet, 1);
    sc_sheet_put(sheet, SC_ROLE_DIM, sheet->marks->bar);
    sc_sheet_space(sheet, 1);
    sc_sheet_put(sheet, SC_ROLE_DIM, text_title);
    sc_sheet_end_line(sheet);
}

static void write_heading(struct sc_sheet *sheet, const struct sc_profile *profile,
                          const struct sc_file *file)
{
    struct sc_number_text percent = sc_format_percent(file->cpu_percent);
    struct sc_number_text seconds =
        sc_format_seconds(profile->total_sec * file->cpu_percent / 100);
    char share[96];
    int room = sheet->style.width_columns;

    snprintf(share, sizeof share, "%s of %s%s%s", percent.text, sc_share_whole(profile),
             *seconds.text != '\0' ? ", " : "", seconds.text);
    int share_columns = *percent.text != '\0' ? (int)strlen(share) + 1 : 0;
    sc_sheet_end_line(sheet);
    sc_sheet_put_tail(sheet, SC_ROLE_STRONG, sc_format_path(profile, file->path),
                      room - share_columns - 4);
    sc_sheet_space(sheet, 1);
    sc_sheet_repeat(sheet, SC_ROLE_DIM, sheet->marks->rule,
                    room - sheet->column - share_columns);
    sc_sheet_space(sheet, 1);
    if (share_columns > 0)
        sc_sheet_put(sheet, SC_ROLE_STRONG, share);
    sc_sheet_end_line(sheet);
    if (file->changed) {
        sc_sheet_put(sheet, SC_ROLE_WARNING, sheet->marks->warning);
        sc_sheet_prose(sheet, SC_ROLE_WARNING,
                       "This file is not the one that ran: it has changed since.");
        sc_sheet_end_line(sheet);
    }
}

/* The row's columns up to the text, which stands as far in as the line's source. */
static void begin_callees(struct sc_sheet *sheet, const struct sc_line *line,
                          int column)
{
    size_t n_blank = strspn(line->text, " \t");
    sc_sheet_move_to(sheet, column - 2);
    sc_sheet_put(sheet, SC_ROLE_DIM, sheet->marks->bar);
    sc_sheet_space(sheet, 1);
    /* Deep code must not push its callees out of sight. */
    int most = sc_sheet_room(sheet) / 2;
    int indent = sc_text_width(line->text, n_blank, sheet->style.unicode, most);
    sc_sheet_space(sheet, indent < most ? indent : 0);
    sc_sheet_put(sheet, SC_ROLE_DIM, sheet->marks->callee);
}

/* What the line calls, under its source, as far as one row holds. */
static void write_callees(struct sc_sheet *sheet, const struct sc_line *line,
                          int column)
{
    int left_column = 0, room;
    for (size_t i = 0; i < line->n_callees; i++) {
        const struct sc_callee *callee = &line->callees[i];
        char text[560];
        if (!(callee->percent >= SC_NOTEWORTHY_PERCENT))
            break;
        snprintf(text, sizeof text, "%s %s", sc_format_percent(callee->percent).text,
                 sc_format_callee(callee).text);
        if (i == 0) {
            begin_callees(sheet, line, column);
            left_column = sheet->column;
        }
        room = sc_sheet_room(sheet) - SEPARATOR_COLUMNS;
        if (i > 0 &&
            sc_text_width(text, strlen(text), sheet->style.unicode, room) > room)
            break;
        sc_sheet_item(sheet, SC_ROLE_DIM, text, left_column);
    }
    if (left_column > 0)
        sc_sheet_end_line(sheet);
}

static void write_fold(struct sc_sheet *sheet, int lineno_columns, int column)
{
    sc_sheet_space(sheet, MARK_COLUMNS);
    sc_sheet_put_right(sheet, SC_ROLE_DIM, "...", lineno_columns);
    sc_sheet_move_to(sheet, column - 2);
    sc_sheet_put(sheet, SC_ROLE_DIM, sheet->marks->bar);
    sc_sheet_end_line(sheet);
}

static void write_line(struct sc_sheet *sheet, const struct sc_column_choice *choice,
                       int lineno_columns, const struct sc_line *line,
                       struct sc_highlight *state)
{
    enum sc_role role = sc_column_row_role(&line->times);
    write_figures(sheet, choice, lineno_columns, line->lineno, &line->times);
    if (*line->text == '\0' && sc_times_total_percent(&line->times) > 0)
        sc_sheet_put(sheet, SC_ROLE_DIM, "(source not available)");
    else
        sc_sheet_put_source(sheet, state, role == SC_ROLE_HOT ? role : SC_ROLE_PLAIN,
                            line->text);
    sc_sheet_end_line(sheet);
}

static void write_lines(struct sc_sheet *sheet, const struct sc_column_choice *choice,
                        const struct sc_file *file, int lineno_columns)
{
    int column = text_column(choice, lineno_columns);
    struct sc_highlight state = {0};
    uint32_t next_lineno = 1;
    bool folded = false;

    write_titles(sheet, choice, lineno_columns, "Source");
    for (size_t i = 0; i < file->n_lines; i++) {
        const struct sc_line *line = &file->lines[i];
        bool gap = line->lineno != next_lineno;
        bool hidden =
            sheet->style.reduced && !(sc_times_total_percent(&line->times) > 0);
        next_lineno = line->lineno + 1;
        /* What stood in lines that are missing is unknown. */
        if (gap)
            state = (struct sc_highlight){.n_scopes = 0};
        if ((gap || hidden) && !folded)
            write_fold(sheet, lineno_columns, column);
        folded = hidden;
        if (hidden) {
            sc_highlight_skip(&state, line->text);
        } else {
            write_line(sheet, choice, lineno_columns, line, &state);
            write_callees(sheet, line, column);
        }
    }
}

/* A function and its share, to sort by. */
struct ranked {
    const struct sc_function_row *row;
    double percent;
};

static int by_share(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->percent != y->percent)
        return x->percent > y->percent ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void write_function(struct sc_sheet *sheet,
                           const struct sc_column_choice *choice, int lineno_columns,
                           const struct sc_function_row *row)
{
    enum sc_role role = sc_column_row_role(&row->times);
    write_figures(sheet, choice, lineno_columns, row->lineno, &row->times);
    if (row->is_coroutine) {
        sc_sheet_put(sheet, role == SC_ROLE_HOT ? role : SC_ROLE_KEYWORD, "async");
        sc_sheet_space(sheet, 1);
    }
    sc_sheet_put(sheet, role == SC_ROLE_HOT ? role : SC_ROLE_DEFINITION, row->name);
    sc_sheet_end_line(sheet);
}

static enum sc_err write_functions(struct sc_sheet *sheet,
                                   const struct sc_column_choice *choice,
                                   const struct sc_file *file, int lineno_columns)
{
    struct ranked *ranking;
    size_t n = 0;
    if (file->n_functions == 0)
        return SC_OK;
    ranking = calloc(file->n_functions, sizeof *ranking);
    if (ranking == NULL)
        return SC_ERR_NO_MEMORY;
    for (size_t i = 0; i < file->n_functions; i++) {
        double percent = sc_times_total_percent(&file->functions[i].times);
        if (percent > 0)
            ranking[n++] = (struct ranked){&file->functions[i], percent};
    }
    qsort(ranking, n, sizeof *ranking, by_share);
    if (n > 0) {
        sc_sheet_end_line(sheet);
        write_titles(sheet, choice, lineno_columns, "Function");
    }
    for (size_t i = 0; i < n; i++)
        write_function(sheet, choice, lineno_columns, ranking[i].row);
    free(ranking);
    return SC_OK;
}

static int digits(uint32_t number)
{
    int n = 1;
    while (number >= 10) {
        number /= 10;
        n++;
    }
    return n;
}

enum sc_err sc_table_write_file(struct sc_sheet *sheet,
                                const struct sc_column_choice *choice,
                                const struct sc_profile *profile,
                                const struct sc_file *file)
{
    uint32_t last = file->n_lines > 0 ? file->lines[file->n_lines - 1].lineno : 0;
    int lineno_columns = digits(last);
    if (lineno_columns < MIN_LINENO_COLUMNS)
        lineno_columns = MIN_LINENO_COLUMNS;
    write_heading(sheet, profile, file);
    write_lines(sheet, choice, file, lineno_columns);
    return write_functions(sheet, choice, file, lineno_columns);
}
