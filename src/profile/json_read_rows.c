/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Files, lines and functions as read. */
#include "profile/json_read_rows.h"

#include <stdlib.h>
#include <string.h>

/* 2.4 writes & < > of source text as six characters each, and a newline at the end. */
static void undo_escapes(char *text)
{
    static const struct {
        const char *escape;
        char character;
    } escapes[] = {{"\\u0026", '&'}, {"\\u003c", '<'}, {"\\u003e", '>'}};
    char *out = text;
    while (*text != '\0') {
        char character = '\0';
        for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
            if (strncmp(text, escapes[i].escape, 6) == 0) {
                character = escapes[i].character;
            }
        }
        *out++ = character != '\0' ? character : *text;
        text += character != '\0' ? 6 : 1;
    }
    *out = '\0';
}

static const char *take_source(struct sc_json_taker *taker, const json_t *row)
{
    /* The text is this reader's own copy. */
    char *text = (char *)sc_take_string(taker, row, "line");
    size_t n = strlen(text);
    if (n > 0 && text[n - 1] == '\n') {
        text[--n] = '\0';
    }
    if (n > 0 && taker->is_foreign) {
        undo_escapes(text);
    }
    return text;
}

static void take_times(struct sc_json_taker *taker, const json_t *row,
                       struct sc_times *times)
{
    times->python_percent = sc_take_real(taker, row, "n_cpu_percent_python", 100);
    times->native_percent = sc_take_real(taker, row, "n_cpu_percent_c", 100);
    times->kernel_percent = sc_take_real(taker, row, "n_sys_percent", 100);
    times->n_samples = sc_take_uint(taker, row, "n_cpu_samples", INT64_MAX);
    const json_t *interval = sc_take_list(taker, row, "interval_95");
    if (interval == NULL) {
        return;
    }
    const json_t *low = json_array_get(interval, 0),
                 *high = json_array_get(interval, 1);
    if (json_array_size(interval) != 2 || !json_is_number(low) ||
        !json_is_number(high)) {
        sc_take_problem(taker, "interval_95", "is not a pair of numbers");
        return;
    }
    times->interval_95[0] = json_number_value(low);
    times->interval_95[1] = json_number_value(high);
    times->has_interval = true;
}

static const double *take_sample_times(struct sc_json_taker *taker, const json_t *row,
                                       size_t *n)
{
    static const char key[] = "cpu_samples_list";
    const json_t *list = sc_take_list(taker, row, key);
    size_t size = json_array_size(list);
    size = size < SC_MAX_SAMPLE_TIMES ? size : SC_MAX_SAMPLE_TIMES;
    *n = 0;
    if (size == 0) {
        return NULL;
    }
    double *times_sec = sc_take_room(taker, size, sizeof *times_sec);
    for (size_t i = 0; i < size && taker->err == SC_OK; i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_number(item)) {
            sc_take_problem(taker, key, "holds something that is not a number");
            break;
        }
        times_sec[(*n)++] = json_number_value(item);
    }
    return times_sec;
}

static uint32_t take_lineno(struct sc_json_taker *taker, const json_t *row)
{
    if (!json_is_object(row)) {
        sc_take_problem(taker, "(row)", "is not an object");
        return 0;
    }
    uint32_t lineno = (uint32_t)sc_take_uint(taker, row, "lineno", INT32_MAX);
    if (lineno == 0) {
        sc_take_problem(taker, "lineno", "is missing or 0");
    }
    return lineno;
}

static void take_callees(struct sc_json_taker *taker, const json_t *row,
                         struct sc_line *line)
{
    const json_t *list = sc_take_list(taker, row, "callees");
    size_t n = json_array_size(list);
    if (n == 0) {
        return;
    }
    struct sc_callee *callees = sc_take_room(taker, n, sizeof *callees);
    for (size_t i = 0; i < n && taker->err == SC_OK; i++) {
        const json_t *item = json_array_get(list, i);
        callees[i].name = sc_take_string(taker, item, "name");
        callees[i].file = sc_take_string(taker, item, "file");
        callees[i].percent = sc_take_real(taker, item, "percent", 100);
    }
    line->callees = callees;
    line->n_callees = taker->err == SC_OK ? n : 0;
}

static void take_columns(struct sc_json_taker *taker, const json_t *row,
                         struct sc_line *line)
{
    const json_t *list = sc_take_list(taker, row, "columns");
    size_t n = json_array_size(list);
    if (n == 0) {
        return;
    }
    struct sc_column_share *columns = sc_take_room(taker, n, sizeof *columns);
    for (size_t i = 0; i < n && taker->err == SC_OK; i++) {
        const json_t *item = json_array_get(list, i);
        columns[i].start = (int32_t)sc_take_uint(taker, item, "start", INT32_MAX);
        columns[i].end = (int32_t)sc_take_uint(taker, item, "end", INT32_MAX);
        columns[i].percent = sc_take_real(taker, item, "percent", 100);
    }
    line->columns = columns;
    line->n_columns = taker->err == SC_OK ? n : 0;
}

/* A range that ends before it starts is none. */
static void take_region(struct sc_json_taker *taker, const json_t *row,
                        const char *start_key, const char *end_key, uint32_t region[2])
{
    region[0] = (uint32_t)sc_take_uint(taker, row, start_key, INT32_MAX);
    region[1] = (uint32_t)sc_take_uint(taker, row, end_key, INT32_MAX);
    if (region[1] < region[0]) {
        region[0] = region[1] = 0;
    }
}

static void take_line(struct sc_json_taker *taker, const json_t *row,
                      struct sc_line *line)
{
    line->lineno = take_lineno(taker, row);
    line->text = take_source(taker, row);
    take_times(taker, row, &line->times);
    line->core_utilization_fraction = sc_take_real(taker, row, "n_core_utilization", 1);
    line->sample_times_sec = take_sample_times(taker, row, &line->n_sample_times);
    take_region(taker, row, "start_region_line", "end_region_line", line->region);
    take_region(taker, row, "start_outermost_loop", "end_outermost_loop",
                line->outermost_loop);
    take_region(taker, row, "start_function_line", "end_function_line", line->function);
    /* "Its own line" is how the file says that there is no loop. */
    if (line->outermost_loop[0] == line->outermost_loop[1]) {
        line->outermost_loop[0] = line->outermost_loop[1] = 0;
    }
    take_callees(taker, row, line);
    take_columns(taker, row, line);
}

static void take_function(struct sc_json_taker *taker, const json_t *row,
                          struct sc_function_row *function)
{
    function->lineno = take_lineno(taker, row);
    function->name = sc_take_string(taker, row, "line");
    take_times(taker, row, &function->times);
    function->core_utilization_fraction =
        sc_take_real(taker, row, "n_core_utilization", 1);
    function->sample_times_sec =
        take_sample_times(taker, row, &function->n_sample_times);
    function->is_coroutine = sc_take_bool(taker, row, "is_coroutine");
}

static int lines_by_number(const void *a, const void *b)
{
    const struct sc_line *x = a, *y = b;
    return (x->lineno > y->lineno) - (x->lineno < y->lineno);
}

static int functions_by_line(const void *a, const void *b)
{
    const struct sc_function_row *x = a, *y = b;
    int order = (x->lineno > y->lineno) - (x->lineno < y->lineno);
    return order != 0 ? order : strcmp(x->name, y->name);
}

static void take_lines(struct sc_json_taker *taker, const json_t *object,
                       struct sc_file *file)
{
    const json_t *list = sc_take_list(taker, object, "lines");
    size_t n = json_array_size(list);
    struct sc_line *lines = sc_take_room(taker, n, sizeof *lines);
    taker->list = "lines";
    for (taker->index = 0; taker->index < n && taker->err == SC_OK; taker->index++) {
        take_line(taker, json_array_get(list, taker->index), &lines[taker->index]);
    }
    taker->list = NULL;
    if (taker->err == SC_OK) {
        qsort(lines, n, sizeof *lines, lines_by_number);
        file->lines = lines;
        file->n_lines = n;
    }
}

static void take_functions(struct sc_json_taker *taker, const json_t *object,
                           struct sc_file *file)
{
    const json_t *list = sc_take_list(taker, object, "functions");
    size_t n = json_array_size(list);
    struct sc_function_row *functions = sc_take_room(taker, n, sizeof *functions);
    taker->list = "functions";
    for (taker->index = 0; taker->index < n && taker->err == SC_OK; taker->index++) {
        take_function(taker, json_array_get(list, taker->index),
                      &functions[taker->index]);
    }
    taker->list = NULL;
    if (taker->err == SC_OK) {
        qsort(functions, n, sizeof *functions, functions_by_line);
        file->functions = functions;
        file->n_functions = n;
    }
}

static int files_by_percent(const void *a, const void *b)
{
    const struct sc_file *x = a, *y = b;
    if (x->cpu_percent != y->cpu_percent) {
        return x->cpu_percent > y->cpu_percent ? -1 : 1;
    }
    return strcmp(x->path, y->path);
}

void sc_json_read_files(struct sc_json_taker *taker, const json_t *files,
                        struct sc_profile *profile)
{
    size_t n = json_object_size(files);
    profile->files = sc_take_room(taker, n, sizeof *profile->files);
    const char *path;
    json_t *object;
    json_object_foreach((json_t *)files, path, object)
    {
        if (taker->err != SC_OK) {
            return;
        }
        struct sc_file *file = &profile->files[profile->n_files];
        taker->file = path;
        file->path = sc_arena_strdup(taker->arena, path);
        if (file->path == NULL) {
            sc_take_no_memory(taker);
            return;
        }
        if (!json_is_object(object)) {
            sc_take_problem(taker, "(file)", "is not an object");
            return;
        }
        file->cpu_percent = sc_take_real(taker, object, "percent_cpu_time", 100);
        file->changed = sc_take_bool(taker, object, "changed");
        file->imports = sc_take_strings(taker, object, "imports", &file->n_imports);
        take_lines(taker, object, file);
        take_functions(taker, object, file);
        taker->file = NULL;
        profile->n_files++;
    }
    if (taker->err == SC_OK) {
        qsort(profile->files, n, sizeof *profile->files, files_by_percent);
    }
}
