/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Rows of lines: cells are sorted by file and line, so each line's cells are a run;
 * within it they are sorted again for callees and for columns. */
#include "base/units.h"
#include "profile/build.h"
#include "profile/intervals.h"
#include "profile/path.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_CALLEES = 10
};

/* The cells of one line. */
struct run {
    struct sc_charged_cell *cells;
    size_t n;
};

static double percent_of(const struct sc_build *build, double ns)
{
    return build->total_ns > 0 && ns > 0 ? 100 * ns / build->total_ns : 0;
}

static int by_callee(const void *a, const void *b)
{
    const struct sc_charged_cell *x = a, *y = b;
    if (x->callee_name == NULL || y->callee_name == NULL) {
        return (x->callee_name == NULL) - (y->callee_name == NULL);
    }
    int order = strcmp(x->callee_name, y->callee_name);
    return order != 0 ? order : strcmp(x->callee_file, y->callee_file);
}

static int by_share(const void *a, const void *b)
{
    const struct sc_callee *x = a, *y = b;
    if (x->percent != y->percent) {
        return x->percent > y->percent ? -1 : 1;
    }
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->file, y->file);
}

static enum sc_err add_callees(struct sc_build *build, struct run run,
                               struct sc_line *line)
{
    struct sc_callee *callees = calloc(run.n, sizeof *callees);
    if (callees == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    enum sc_err err = SC_OK;
    size_t n = 0;
    qsort(run.cells, run.n, sizeof *run.cells, by_callee);
    for (size_t i = 0; i < run.n && run.cells[i].callee_name != NULL; i++) {
        if (i == 0 || by_callee(&run.cells[i], &run.cells[i - 1]) != 0) {
            callees[n].name = run.cells[i].callee_name;
            callees[n++].file = run.cells[i].callee_file;
        }
        callees[n - 1].percent += percent_of(build, run.cells[i].callee_ns);
    }
    qsort(callees, n, sizeof *callees, by_share);
    n = n < MAX_CALLEES ? n : MAX_CALLEES;
    struct sc_callee *kept = sc_arena_alloc(build->arena, (n + 1) * sizeof *kept);
    if (kept == NULL) {
        err = SC_ERR_NO_MEMORY;
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        kept[i] = callees[i];
        kept[i].name = sc_build_text(build, callees[i].name);
        if (kept[i].name == NULL) {
            err = SC_ERR_NO_MEMORY;
        }
    }
    line->callees = kept;
    line->n_callees = n;
done:
    free(callees);
    return err;
}

static int by_columns(const void *a, const void *b)
{
    const struct sc_charged_cell *x = a, *y = b;
    if (x->start_column != y->start_column) {
        return x->start_column < y->start_column ? -1 : 1;
    }
    return x->end_column < y->end_column ? -1 : x->end_column > y->end_column;
}

static enum sc_err add_columns(struct sc_build *build, struct run run,
                               struct sc_line *line)
{
    struct sc_column_share *columns =
        sc_arena_alloc(build->arena, run.n * sizeof *columns);
    if (columns == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t n = 0;
    qsort(run.cells, run.n, sizeof *run.cells, by_columns);
    for (size_t i = 0; i < run.n; i++) {
        const struct sc_charged_cell *charged = &run.cells[i];
        if (charged->start_column < 0) {
            continue;
        }
        if (n == 0 || columns[n - 1].start != charged->start_column ||
            columns[n - 1].end != charged->end_column) {
            columns[n].start = charged->start_column;
            columns[n++].end = charged->end_column;
        }
        const struct sc_cell *cell = &build->collected->cells[charged->cell];
        columns[n - 1].percent +=
            percent_of(build, cell->python_ns + cell->native_ns + cell->kernel_ns);
    }
    line->columns = columns;
    line->n_columns = n;
    return SC_OK;
}

/* Fills a row from the cells of its line. */
static enum sc_err fill_line(struct sc_build *build, struct run run,
                             struct sc_line *line)
{
    for (size_t i = 0; i < run.n; i++) {
        sc_build_add(&line->times, &build->collected->cells[run.cells[i].cell]);
    }
    sc_build_to_percent(build, &line->times);
    enum sc_err err = add_callees(build, run, line);
    return err == SC_OK ? add_columns(build, run, line) : err;
}

/* Makes the rows: every line of the text, and every line with data, also past the end
 * of a text that has changed since. */
static enum sc_err make_rows(struct sc_build *build, const struct sc_build_file *file,
                             struct run run)
{
    struct sc_file *row = file->row;
    size_t n_data = 0;
    for (size_t i = 0; i < run.n; i++) {
        n_data += i == 0 || run.cells[i].line != run.cells[i - 1].line;
    }
    row->lines =
        sc_arena_alloc(build->arena, (n_data + file->n_text + 1) * sizeof *row->lines);
    if (row->lines == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    enum sc_err err = SC_OK;
    uint32_t next_text = 1;
    for (size_t i = 0; err == SC_OK && (i < run.n || next_text <= file->n_text);) {
        uint32_t data_line = i < run.n ? run.cells[i].line : UINT32_MAX;
        bool has_text = next_text <= file->n_text;
        struct sc_line *line = &row->lines[row->n_lines++];
        line->lineno = has_text && next_text <= data_line ? next_text : data_line;
        line->text = "";
        if (line->lineno <= file->n_text) {
            const struct sc_text_line *text = &file->text[line->lineno - 1];
            line->text = sc_text_from_bytes(build->arena, text->text, text->n_bytes);
            err = line->text != NULL ? SC_OK : SC_ERR_NO_MEMORY;
        }
        size_t end = i;
        while (end < run.n && run.cells[end].line == line->lineno) {
            end++;
        }
        if (end > i && err == SC_OK) {
            err = fill_line(build, (struct run){run.cells + i, end - i}, line);
        }
        i = end;
        next_text = line->lineno + 1;
    }
    return err;
}

static void mark(bool *is_kept, size_t n, const uint32_t region[2])
{
    for (uint32_t lineno = region[0]; lineno != 0 && lineno <= region[1]; lineno++) {
        if (lineno > n) {
            break;
        }
        is_kept[lineno - 1] = true;
    }
}

/* A reduced profile: lines with data, and the lines of their loops, or else of their
 * function. Row i is line i + 1 as far as the text goes; what follows has data. */
static enum sc_err reduce(struct sc_file *row, size_t n_text)
{
    bool *is_kept = calloc(row->n_lines + 1, sizeof *is_kept);
    if (is_kept == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < row->n_lines; i++) {
        const struct sc_line *line = &row->lines[i];
        if (line->times.n_samples > 0 || sc_times_total_percent(&line->times) > 0) {
            is_kept[i] = true;
            mark(is_kept, n_text, line->region);
            mark(is_kept, n_text, line->outermost_loop);
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < row->n_lines; i++) {
        if (is_kept[i]) {
            row->lines[n++] = row->lines[i];
        }
    }
    row->n_lines = n;
    free(is_kept);
    return SC_OK;
}

static enum sc_err make_file(struct sc_build *build, struct sc_build_file *file,
                             struct run run)
{
    struct sc_file *row = file->row;
    row->path = file->name;
    row->cpu_percent = percent_of(build, file->total_ns);
    row->changed = file->changed;
    const char **imports =
        sc_arena_alloc(build->arena, (file->facts.n_imports + 1) * sizeof *imports);
    if (imports == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < file->facts.n_imports; i++) {
        imports[i] = sc_build_text(build, file->facts.imports[i]);
        if (imports[i] == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    row->imports = imports;
    row->n_imports = file->facts.n_imports;
    enum sc_err err = make_rows(build, file, run);
    if (err == SC_OK) {
        err = sc_build_regions(file, row->lines, row->n_lines);
    }
    if (err == SC_OK && build->config->reduced) {
        err = reduce(row, file->n_text);
    }
    return err;
}

/* Times of samples, for rows found by file and line. */
static uint32_t n_rows_before(const struct sc_build *build, const struct sc_file *row)
{
    uint32_t n = 0;
    for (const struct sc_file *file = build->profile->files; file < row; file++) {
        n += (uint32_t)file->n_lines;
    }
    return n;
}

static uint32_t row_of_stack(const struct sc_build *build, const void *user,
                             uint32_t stack)
{
    const uint32_t *first_rows = user;
    uint32_t file, lineno, function;
    if (!sc_build_charge_of(build, stack, &file, &lineno, &function) ||
        build->files[file].row == NULL) {
        return SC_NONE;
    }
    const struct sc_file *row = build->files[file].row;
    size_t low = 0, high = row->n_lines;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (row->lines[middle].lineno < lineno) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == row->n_lines || row->lines[low].lineno != lineno) {
        return SC_NONE;
    }
    return first_rows[file] + (uint32_t)low;
}

static void set_times(const struct sc_build *build, void *user, uint32_t row,
                      const double *times_sec, size_t n)
{
    (void)user;
    struct sc_file *file = build->profile->files;
    while (row >= file->n_lines) {
        row -= (uint32_t)file->n_lines;
        file++;
    }
    file->lines[row].sample_times_sec = times_sec;
    file->lines[row].n_sample_times = n;
}

static enum sc_err add_times(struct sc_build *build)
{
    uint32_t *first_rows = calloc(build->n_files, sizeof *first_rows);
    if (first_rows == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    struct sc_times_target target = {
        .row_of = row_of_stack, .set = set_times, .user = first_rows};
    for (size_t i = 0; i < build->n_files; i++) {
        if (build->files[i].row != NULL) {
            first_rows[i] = n_rows_before(build, build->files[i].row);
            target.n_rows += build->files[i].row->n_lines;
        }
    }
    enum sc_err err = sc_build_times(build, &target);
    free(first_rows);
    return err;
}

static int by_total(const void *a, const void *b)
{
    const struct sc_build_file *const *x = a, *const *y = b;
    if ((*x)->total_ns != (*y)->total_ns) {
        return (*x)->total_ns > (*y)->total_ns ? -1 : 1;
    }
    return strcmp((*x)->name, (*y)->name);
}

/* Gives each reported file its row, the largest first. */
static enum sc_err make_file_rows(struct sc_build *build)
{
    struct sc_profile *profile = build->profile;
    struct sc_build_file **order = calloc(build->n_files, sizeof *order);
    if (order == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < build->n_files; i++) {
        if (build->files[i].reported) {
            order[profile->n_files++] = &build->files[i];
        }
    }
    qsort(order, profile->n_files, sizeof *order, by_total);
    profile->files =
        sc_arena_alloc(build->arena, (profile->n_files + 1) * sizeof *profile->files);
    for (size_t i = 0; profile->files != NULL && i < profile->n_files; i++) {
        order[i]->row = &profile->files[i];
    }
    free(order);
    return profile->files != NULL ? SC_OK : SC_ERR_NO_MEMORY;
}

enum sc_err sc_build_lines(struct sc_build *build)
{
    enum sc_err err = make_file_rows(build);
    for (size_t i = 0; i < build->n_cells && err == SC_OK;) {
        struct sc_build_file *file = &build->files[build->cells[i].file];
        size_t end = i;
        while (end < build->n_cells && build->cells[end].file == build->cells[i].file) {
            end++;
        }
        if (file->reported) {
            err = make_file(build, file, (struct run){build->cells + i, end - i});
        }
        i = end;
    }
    return err == SC_OK ? add_times(build) : err;
}
