/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Rows of functions. A row is a code object (file, qualified name, first line), but
 * for two things that users do not see as functions: a comprehension or generator
 * expression belongs to the function around it (as since 3.12, where comprehensions
 * have no code object), and modules and class bodies have no row. */
#include "profile/build.h"

#include <stdlib.h>
#include <string.h>

/* A collected function and the row it belongs to. */
struct entry {
    uint32_t file;
    uint32_t first_line;
    const char *name;
    uint32_t function; /* SC_NONE: native threads */
};

struct rows {
    struct entry *entries;
    size_t n_entries;
    uint32_t *row_of_function; /* SC_NONE: none */
    uint32_t native_row;
    struct sc_function_row **rows;
    size_t n_rows;
};

static bool is_comprehension(const char *name)
{
    static const char *const names[] = {"<listcomp>", "<setcomp>", "<dictcomp>",
                                        "<genexpr>"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes comprehensions off the end of a qualified name: "f.<locals>.<genexpr>" is
 * "f". Returns false when nothing is left: the module's own. */
static bool strip_comprehensions(char *name)
{
    static const char locals[] = ".<locals>";
    for (;;) {
        char *dot = strrchr(name, '.');
        if (!is_comprehension(dot != NULL ? dot + 1 : name)) {
            return strcmp(name, "<module>") != 0;
        }
        if (dot == NULL) {
            return false;
        }
        *dot = '\0';
        size_t n = strlen(name), n_locals = sizeof locals - 1;
        if (n > n_locals && strcmp(name + n - n_locals, locals) == 0) {
            name[n - n_locals] = '\0';
        }
    }
}

/* The first line of the function of this name around a line: the one that starts
 * last before it. 0 when the source's facts do not tell. */
static uint32_t first_line_around(const struct sc_source_facts *facts, const char *name,
                                  uint32_t line)
{
    uint32_t first = 0;
    for (size_t i = 0; i < facts->n_functions; i++) {
        const struct sc_source_function *function = &facts->functions[i];
        if (function->range.first <= line && line <= function->range.last &&
            function->range.first > first && strcmp(function->qualname, name) == 0) {
            first = function->range.first;
        }
    }
    return first;
}

/* As above from the functions that were seen running, for sources without facts; the
 * line itself when there is none. */
static uint32_t first_line_before(const struct sc_build *build, uint32_t file,
                                  const char *name, uint32_t line)
{
    uint32_t first = 0;
    for (size_t i = 0; i < build->collected->n_functions; i++) {
        const struct sc_function *function = &build->collected->functions[i];
        int32_t begins = function->first_line;
        if (build->file_of_function[i] == file && begins > 0 &&
            (uint32_t)begins <= line && (uint32_t)begins > first &&
            strcmp(function->qualname, name) == 0) {
            first = (uint32_t)begins;
        }
    }
    return first != 0 ? first : line;
}

static bool is_class_body(const struct sc_source_facts *facts, const char *name,
                          uint32_t first_line)
{
    for (size_t i = 0; i < facts->n_classes; i++) {
        if (facts->classes[i].first == first_line) {
            return first_line_around(facts, name, first_line) != first_line;
        }
    }
    return false;
}

/* Adds the entry of a collected function, unless it has no row. */
static enum sc_err add_entry(struct sc_build *build, struct rows *rows, uint32_t index)
{
    const struct sc_function *function = &build->collected->functions[index];
    uint32_t file = build->file_of_function[index];
    const struct sc_source_facts *facts = &build->files[file].facts;
    uint32_t line = function->first_line > 0 ? (uint32_t)function->first_line : 1;
    char *name = sc_arena_strdup(&build->scratch, function->qualname);
    if (name == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    bool has_row = strip_comprehensions(name);
    if (has_row && strcmp(name, function->qualname) != 0) {
        uint32_t around = first_line_around(facts, name, line);
        line = around != 0 ? around : first_line_before(build, file, name, line);
    }
    if (has_row && !is_class_body(facts, name, line)) {
        rows->entries[rows->n_entries++] = (struct entry){
            .file = file, .first_line = line, .name = name, .function = index};
    }
    return SC_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->file != y->file) {
        return x->file < y->file ? -1 : 1;
    }
    if (x->first_line != y->first_line) {
        return x->first_line < y->first_line ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

/* Finds the functions that charged cells of reported files stand in. */
static enum sc_err add_entries(struct sc_build *build, struct rows *rows)
{
    bool *is_added = calloc(build->collected->n_functions + 1, sizeof *is_added);
    enum sc_err err = is_added != NULL ? SC_OK : SC_ERR_NO_MEMORY;
    bool has_native = false;
    for (size_t i = 0; i < build->n_cells && err == SC_OK; i++) {
        const struct sc_charged_cell *charged = &build->cells[i];
        if (!build->files[charged->file].reported) {
            continue;
        }
        if (charged->function == SC_NONE) {
            has_native = true;
        } else if (!is_added[charged->function]) {
            is_added[charged->function] = true;
            err = add_entry(build, rows, charged->function);
        }
    }
    if (has_native) {
        rows->entries[rows->n_entries++] = (struct entry){.file = build->native_file,
                                                          .first_line = 1,
                                                          .name = "<native>",
                                                          .function = SC_NONE};
    }
    qsort(rows->entries, rows->n_entries, sizeof *rows->entries, by_place);
    free(is_added);
    return err;
}

static bool is_coroutine(const struct sc_source_facts *facts, const struct entry *entry)
{
    for (size_t i = 0; i < facts->n_functions; i++) {
        if (facts->functions[i].range.first == entry->first_line &&
            strcmp(facts->functions[i].qualname, entry->name) == 0) {
            return facts->functions[i].is_async;
        }
    }
    return false;
}

/* Makes a row for each distinct entry, file by file. */
static enum sc_err make_rows(struct sc_build *build, struct rows *rows)
{
    struct sc_function_row *all =
        sc_arena_alloc(build->arena, (rows->n_entries + 1) * sizeof *all);
    if (all == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < rows->n_entries; i++) {
        const struct entry *entry = &rows->entries[i];
        const struct sc_build_file *file = &build->files[entry->file];
        if (i == 0 || by_place(entry, entry - 1) != 0) {
            struct sc_function_row *row = &all[rows->n_rows];
            row->lineno = entry->first_line;
            row->name = sc_build_text(build, entry->name);
            row->is_coroutine = is_coroutine(&file->facts, entry);
            if (row->name == NULL) {
                return SC_ERR_NO_MEMORY;
            }
            if (file->row->n_functions++ == 0) {
                file->row->functions = row;
            }
            rows->rows[rows->n_rows++] = row;
        }
        if (entry->function == SC_NONE) {
            rows->native_row = (uint32_t)rows->n_rows - 1;
        } else {
            rows->row_of_function[entry->function] = (uint32_t)rows->n_rows - 1;
        }
    }
    return SC_OK;
}

static uint32_t row_of(const struct rows *rows, uint32_t function)
{
    return function == SC_NONE ? rows->native_row : rows->row_of_function[function];
}

static void add_times(struct sc_build *build, struct rows *rows)
{
    for (size_t i = 0; i < build->n_cells; i++) {
        const struct sc_charged_cell *charged = &build->cells[i];
        uint32_t row = row_of(rows, charged->function);
        if (row != SC_NONE) {
            sc_build_add(&rows->rows[row]->times,
                         &build->collected->cells[charged->cell]);
        }
    }
    for (size_t i = 0; i < rows->n_rows; i++) {
        sc_build_to_percent(build, &rows->rows[i]->times);
    }
}

static uint32_t row_of_stack(const struct sc_build *build, const void *user,
                             uint32_t stack)
{
    uint32_t file, line, function;
    if (!sc_build_charge_of(build, stack, &file, &line, &function)) {
        return SC_NONE;
    }
    return row_of(user, function);
}

static void set_sample_times(const struct sc_build *build, void *user, uint32_t row,
                             const double *times_sec, size_t n)
{
    (void)build;
    struct rows *rows = user;
    rows->rows[row]->sample_times_sec = times_sec;
    rows->rows[row]->n_sample_times = n;
}

enum sc_err sc_build_functions(struct sc_build *build)
{
    size_t n = build->collected->n_functions + 1;
    struct rows rows = {.native_row = SC_NONE};
    rows.entries = calloc(n, sizeof *rows.entries);
    rows.rows = calloc(n, sizeof *rows.rows);
    rows.row_of_function = malloc(n * sizeof *rows.row_of_function);
    enum sc_err err = SC_ERR_NO_MEMORY;
    if (rows.entries == NULL || rows.rows == NULL || rows.row_of_function == NULL) {
        goto done;
    }
    memset(rows.row_of_function, 0xff, n * sizeof *rows.row_of_function);
    err = add_entries(build, &rows);
    if (err == SC_OK) {
        err = make_rows(build, &rows);
    }
    if (err == SC_OK) {
        add_times(build, &rows);
        struct sc_times_target target = {.row_of = row_of_stack,
                                         .set = set_sample_times,
                                         .user = &rows,
                                         .n_rows = rows.n_rows};
        err = sc_build_times(build, &target);
    }
done:
    free(rows.entries);
    free(rows.rows);
    free(rows.row_of_function);
    return err;
}
