/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Reads a profile file: the bytes, the JSON, then what a profile must have. A file
 * without format_version is 2.4's. */
#include "profile/json.h"

#include "os/heap.h"
#include "profile/json_read_rows.h"
#include "profile/json_take.h"
#include "profile/path.h"
#include "profile/replace_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_BYTES = 1 << 20
};
#define MAX_FILE_BYTES ((size_t)1 << 30)
#define NO_LIMIT 1e300

__attribute__((format(printf, 2, 3))) static void say(struct sc_json_problem *problem,
                                                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
}

/* The problem is shown on a terminal and quotes the file. */
static void make_printable(struct sc_json_problem *problem)
{
    size_t n = strlen(problem->text);
    for (size_t i = 0; i < n;) {
        size_t size = sc_utf8_sequence(problem->text + i, n - i);
        if (size == 0 || iscntrl((unsigned char)problem->text[i]) ||
            (size == 2 && problem->text[i] == '\xc2' &&
             (unsigned char)problem->text[i + 1] < 0xa0)) {
            problem->text[i] = '?';
        }
        i += size > 0 ? size : 1;
    }
}

static void read_profiler(struct sc_json_taker *taker, const json_t *root,
                          struct sc_profile *profile)
{
    const json_t *object = sc_take_object(taker, root, "profiler");
    struct sc_profiler_info *info = &profile->profiler;
    info->version = sc_take_string(taker, object, "version");
    info->clock = sc_take_string(taker, object, "clock");
    info->requested_interval_sec =
        sc_take_real(taker, object, "requested_interval_sec", NO_LIMIT);
    info->effective_rate_hz =
        sc_take_real(taker, object, "effective_rate_hz", NO_LIMIT);
    info->n_samples = sc_take_uint(taker, object, "samples", INT64_MAX);
    info->lost_cpu_sec = sc_take_real(taker, object, "lost_cpu_sec", NO_LIMIT);
    const json_t *own = sc_take_object(taker, object, "own_cpu_sec");
    info->agent_cpu_sec = sc_take_real(taker, own, "agent", NO_LIMIT);
    info->front_cpu_sec = sc_take_real(taker, own, "front", NO_LIMIT);
    info->front_max_rss_mb = sc_take_real(taker, object, "own_memory_mb", NO_LIMIT);
    info->python_version = sc_take_string(taker, object, "python_version");
    info->split_known =
        profile->is_foreign || sc_take_bool(taker, object, "split_known");
    info->not_measured =
        sc_take_strings(taker, object, "not_measured", &info->n_not_measured);
    info->warnings = sc_take_strings(taker, object, "warnings", &info->n_warnings);
    const json_t *drops = sc_take_object(taker, object, "drops");
    struct sc_cause_count *counts =
        sc_take_room(taker, json_object_size(drops), sizeof *counts);
    const char *cause;
    json_t *count;
    json_object_foreach((json_t *)drops, cause, count)
    {
        if (taker->err != SC_OK) {
            return;
        }
        counts[info->n_drops].cause = sc_arena_strdup(taker->arena, cause);
        counts[info->n_drops++].count = sc_take_uint(taker, drops, cause, INT64_MAX);
    }
    info->drops = counts;
}

static void read_processes(struct sc_json_taker *taker, const json_t *root,
                           struct sc_profile *profile)
{
    const json_t *list = sc_take_list(taker, root, "processes");
    size_t n = json_array_size(list);
    struct sc_process_row *rows = sc_take_room(taker, n, sizeof *rows);
    taker->list = "processes";
    for (taker->index = 0; taker->index < n && taker->err == SC_OK; taker->index++) {
        const json_t *object = json_array_get(list, taker->index);
        struct sc_process_row *row = &rows[taker->index];
        row->pid = (uint32_t)sc_take_uint(taker, object, "pid", UINT32_MAX);
        row->ppid = (uint32_t)sc_take_uint(taker, object, "ppid", UINT32_MAX);
        row->argv = sc_take_strings(taker, object, "argv", &row->n_args);
        row->start_sec = sc_take_real(taker, object, "start_sec", NO_LIMIT);
        row->end_sec = sc_take_real(taker, object, "end_sec", NO_LIMIT);
        row->has_exit = json_is_integer(json_object_get(object, "exit_status"));
        row->exit_status = (int)sc_take_uint(taker, object, "exit_status", 255);
        row->share_percent = sc_take_real(taker, object, "share_percent", 100);
    }
    taker->list = NULL;
    profile->processes = rows;
    profile->n_processes = taker->err == SC_OK ? n : 0;
}

static void read_elsewhere(struct sc_json_taker *taker, const json_t *root,
                           struct sc_profile *profile)
{
    const json_t *list = sc_take_list(taker, root, "elsewhere");
    size_t n = json_array_size(list);
    struct sc_elsewhere *places = sc_take_room(taker, n, sizeof *places);
    taker->list = "elsewhere";
    for (taker->index = 0; taker->index < n && taker->err == SC_OK; taker->index++) {
        const json_t *object = json_array_get(list, taker->index);
        places[taker->index].place = sc_take_string(taker, object, "place");
        places[taker->index].percent = sc_take_real(taker, object, "percent", 100);
    }
    taker->list = NULL;
    profile->elsewhere = places;
    profile->n_elsewhere = taker->err == SC_OK ? n : 0;
}

/* 2.4 gives no totals: they are the sums over the lines. */
static void add_totals(struct sc_profile *profile)
{
    for (size_t i = 0; i < profile->n_files; i++) {
        for (size_t k = 0; k < profile->files[i].n_lines; k++) {
            const struct sc_times *times = &profile->files[i].lines[k].times;
            profile->totals.python_percent += times->python_percent;
            profile->totals.native_percent += times->native_percent;
            profile->totals.kernel_percent += times->kernel_percent;
        }
    }
    profile->totals.python_percent = fmin(profile->totals.python_percent, 100);
    profile->totals.native_percent = fmin(profile->totals.native_percent, 100);
    profile->totals.kernel_percent = fmin(profile->totals.kernel_percent, 100);
}

/* 2.4 puts the program's own name before its arguments. */
static void drop_program_name(struct sc_profile *profile)
{
    if (profile->n_args > 0 &&
        strcmp(sc_path_base(profile->args[0]), sc_path_base(profile->program)) == 0) {
        profile->args++;
        profile->n_args--;
    }
}

static void read_program(struct sc_json_taker *taker, const json_t *root,
                         struct sc_profile *profile)
{
    profile->program = sc_take_string(taker, root, "program");
    profile->args = sc_take_strings(taker, root, "args", &profile->n_args);
    profile->program_path = sc_take_string(taker, root, "filename");
    profile->entrypoint_dir = sc_take_string(taker, root, "entrypoint_dir");
    profile->elapsed_sec = sc_take_real(taker, root, "elapsed_time_sec", NO_LIMIT);
    profile->start_epoch_sec =
        sc_take_real(taker, root, "start_time_absolute", NO_LIMIT);
    profile->start_perf_sec = sc_take_real(taker, root, "start_time_perf", NO_LIMIT);
    profile->main_thread_id = sc_take_uint(taker, root, "main_thread_id", INT64_MAX);
    profile->has_memory = sc_take_bool(taker, root, "memory");
    profile->has_gpu = sc_take_bool(taker, root, "gpu");
    profile->has_async = sc_take_bool(taker, root, "async_profile");
    profile->hints = sc_take_strings(taker, root, "hints", &profile->n_hints);
    profile->total_sec = sc_take_real(taker, root, "total_sec", NO_LIMIT);
    const json_t *totals = sc_take_object(taker, root, "totals");
    profile->totals.python_percent = sc_take_real(taker, totals, "python", 100);
    profile->totals.native_percent = sc_take_real(taker, totals, "native", 100);
    profile->totals.kernel_percent = sc_take_real(taker, totals, "kernel", 100);
}

static void read_all(struct sc_json_taker *taker, const json_t *root,
                     struct sc_profile *profile)
{
    read_program(taker, root, profile);
    read_profiler(taker, root, profile);
    read_processes(taker, root, profile);
    read_elsewhere(taker, root, profile);
    sc_json_read_files(taker, json_object_get(root, "files"), profile);
    if (taker->err == SC_OK) {
        sc_json_read_stacks(taker, root, profile);
    }
    profile->totals.n_samples = profile->profiler.n_samples;
    if (profile->is_foreign && taker->err == SC_OK) {
        add_totals(profile);
        drop_program_name(profile);
    }
}

/* Looks whether this JSON is a profile that this version can read. */
static enum sc_err check_kind(const json_t *root, struct sc_json_problem *problem)
{
    const json_t *version = json_object_get(root, "format_version");
    if (!json_is_object(root)) {
        say(problem, "this is JSON, but not a profile: a profile is an object");
        return SC_ERR_FORMAT;
    }
    if (version != NULL && !json_is_integer(version)) {
        say(problem, "this is JSON, but not a profile: format_version is no integer");
        return SC_ERR_FORMAT;
    }
    if (version != NULL && json_integer_value(version) > SC_PROFILE_FORMAT_VERSION) {
        say(problem, "made by a newer scalene (format %lld; this one reads up to %d)",
            (long long)json_integer_value(version), SC_PROFILE_FORMAT_VERSION);
        return SC_ERR_VERSION;
    }
    static const char *const needed[] = {"files", "elapsed_time_sec", "program"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (json_object_get(root, needed[i]) == NULL) {
            say(problem, "this is JSON, but not a profile: it has no \"%s\"",
                needed[i]);
            return SC_ERR_FORMAT;
        }
    }
    if (!json_is_object(json_object_get(root, "files"))) {
        say(problem, "files is not an object");
        return SC_ERR_FORMAT;
    }
    return SC_OK;
}

/* True for \uD800 to \uDFFF at text. */
static bool is_surrogate(const char *text, const char *end, char high_low)
{
    if (end - text < 6 || text[0] != '\\' || text[1] != 'u' ||
        tolower((unsigned char)text[2]) != 'd') {
        return false;
    }
    const char *digits = high_low == 'h' ? "89abAB" : "cdefCDEF";
    return text[3] != '\0' && strchr(digits, text[3]) != NULL;
}

/* Makes surrogates that stand alone U+FFFD, in place; returns how many there were.
 * Python writes them for file names that are no UTF-8; jansson takes no such text. */
static size_t mend_surrogates(char *text, size_t n)
{
    size_t n_mended = 0;
    const char *end = text + n;
    for (char *at = text; at < end;) {
        if (is_surrogate(at, end, 'h') && is_surrogate(at + 6, end, 'l')) {
            at += 12;
        } else if (is_surrogate(at, end, 'h') || is_surrogate(at, end, 'l')) {
            memcpy(at + 2, "fffd", 4);
            at += 6;
            n_mended++;
        } else {
            at += *at == '\\' ? 2 : 1; /* an escaped backslash is a pair */
        }
    }
    return n_mended;
}

static enum sc_err load(const char *text, size_t n, json_t **root,
                        struct sc_json_problem *problem)
{
    const size_t flags = JSON_ALLOW_NUL | JSON_DECODE_ANY;
    json_error_t error;
    *root = json_loadb(text, n, flags, &error);
    if (*root == NULL && json_error_code(&error) != json_error_out_of_memory) {
        char *mended = malloc(n);
        if (mended != NULL && mend_surrogates(memcpy(mended, text, n), n) > 0) {
            *root = json_loadb(mended, n, flags, &error);
        }
        free(mended);
    }
    if (*root != NULL) {
        return SC_OK;
    }
    switch (json_error_code(&error)) {
    case json_error_out_of_memory:
        say(problem, "%s", sc_err_text(SC_ERR_NO_MEMORY));
        return SC_ERR_NO_MEMORY;
    case json_error_premature_end_of_input:
        say(problem, "the file ends too early (line %d:%d)", error.line, error.column);
        return SC_ERR_TRUNCATED;
    default:
        say(problem, "this is not JSON (line %d:%d: %s)", error.line, error.column,
            error.text);
        return SC_ERR_FORMAT;
    }
}

enum sc_err sc_profile_parse_json(const char *text, size_t n_bytes,
                                  struct sc_profile **profile,
                                  struct sc_json_problem *problem)
{
    struct sc_profile *made = NULL;
    json_t *root = NULL;
    problem->text[0] = '\0';
    if (n_bytes == 0) {
        say(problem, "the file is empty");
        return SC_ERR_TRUNCATED;
    }
    enum sc_err err = load(text, n_bytes, &root, problem);
    if (err == SC_OK) {
        err = check_kind(root, problem);
    }
    if (err == SC_OK) {
        err = sc_profile_create(&made);
    }
    if (err == SC_OK) {
        made->is_foreign = json_object_get(root, "format_version") == NULL;
        struct sc_json_taker taker = {
            .arena = &made->arena, .problem = problem, .is_foreign = made->is_foreign};
        read_all(&taker, root, made);
        err = taker.err;
    }
    json_decref(root);
    make_printable(problem);
    if (err != SC_OK) {
        sc_profile_destroy(made);
        return err;
    }
    *profile = made;
    return SC_OK;
}

/* All bytes of a file, to free(). */
static enum sc_err read_file(const char *path, char **data, size_t *n)
{
    size_t capacity = 0;
    void *items = NULL;
    *n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return sc_err_of_errno(errno);
    }
    enum sc_err err = SC_OK;
    for (;;) {
        err = *n <= MAX_FILE_BYTES ? sc_os_grow(&items, &capacity, *n + READ_BYTES, 1)
                                   : SC_ERR_LIMIT;
        if (err != SC_OK) {
            break;
        }
        ssize_t got = read(fd, (char *)items + *n, READ_BYTES);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            err = got < 0 ? sc_err_of_errno(errno) : SC_OK;
            break;
        }
        *n += (size_t)got;
    }
    int error = errno;
    close(fd);
    errno = error;
    *data = items;
    return err;
}

enum sc_err sc_profile_read_json(const char *path, struct sc_profile **profile,
                                 struct sc_json_problem *problem)
{
    char *data = NULL;
    size_t n;
    errno = 0;
    enum sc_err err = read_file(path, &data, &n);
    if (err == SC_OK) {
        err = sc_profile_parse_json(data, n, profile, problem);
    } else if (err == SC_ERR_LIMIT) {
        say(problem, "the file is larger than %zu MB", MAX_FILE_BYTES >> 20);
    } else {
        say(problem, "%s", errno != 0 ? strerror(errno) : sc_err_text(err));
    }
    free(data);
    return err;
}
