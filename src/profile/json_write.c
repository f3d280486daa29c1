/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The profile as JSON, field by field in the order of features, section 5. Fields that
 * 2.4 writes and that are not measured here have 2.4's "nothing". */
#include "profile/json.h"

#include "profile/json_emit.h"
#include "profile/json_write_stacks.h"
#include "profile/replace_file.h"

#include <math.h>
#include <string.h>

/* Decimals: microseconds, percent to 1e-4 (a line of a 1 h run at 36 ms), fractions
 * to 1e-6. */
enum {
    DECIMALS_SEC = 6,
    DECIMALS_PERCENT = 4,
    DECIMALS_FRACTION = 6
};

static void put_string(struct sc_json_emitter *out, const char *key, const char *value)
{
    sc_json_key(out, key);
    sc_json_string(out, value);
}

static void put_uint(struct sc_json_emitter *out, const char *key, uint64_t value)
{
    sc_json_key(out, key);
    sc_json_uint(out, value);
}

static void put_real(struct sc_json_emitter *out, const char *key, double value,
                     int decimals)
{
    sc_json_key(out, key);
    sc_json_real(out, value, decimals);
}

static void put_sec(struct sc_json_emitter *out, const char *key, double value)
{
    put_real(out, key, value, DECIMALS_SEC);
}

static void put_percent(struct sc_json_emitter *out, const char *key, double value)
{
    put_real(out, key, value, DECIMALS_PERCENT);
}

static void put_bool(struct sc_json_emitter *out, const char *key, bool value)
{
    sc_json_key(out, key);
    sc_json_bool(out, value);
}

static void put_null(struct sc_json_emitter *out, const char *key)
{
    sc_json_key(out, key);
    sc_json_null(out);
}

static void put_empty(struct sc_json_emitter *out, const char *key,
                      const char *brackets)
{
    sc_json_key(out, key);
    sc_json_open(out, brackets[0], true);
    sc_json_close(out, brackets[1]);
}

static void put_strings(struct sc_json_emitter *out, const char *key,
                        const char *const *values, size_t n)
{
    sc_json_key(out, key);
    sc_json_open(out, '[', true);
    for (size_t i = 0; i < n; i++) {
        sc_json_string(out, values[i]);
    }
    sc_json_close(out, ']');
}

static double rounded_percent(double value)
{
    return round(value * 1e4) / 1e4;
}

/* The three time figures. Rounding must not carry their sum over 100: the largest
 * gives way. */
static void put_times(struct sc_json_emitter *out, const struct sc_times *times)
{
    double parts[3] = {rounded_percent(times->python_percent),
                       rounded_percent(times->native_percent),
                       rounded_percent(times->kernel_percent)};
    double excess = parts[0] + parts[1] + parts[2] - 100;
    if (excess > 0 && excess < 1) {
        int largest = parts[1] > parts[0] ? 1 : 0;
        largest = parts[2] > parts[largest] ? 2 : largest;
        parts[largest] -= excess + 0.5e-4;
    }
    put_percent(out, "n_cpu_percent_python", parts[0]);
    put_percent(out, "n_cpu_percent_c", parts[1]);
    put_percent(out, "n_sys_percent", parts[2]);
    put_percent(out, "n_kernel_percent", parts[2]);
}

/* Fields of lines and functions that hold no measurement in this version. */
static void put_not_measured(struct sc_json_emitter *out)
{
    static const char *const zeros[] = {
        "n_malloc_mb",
        "n_peak_mb",
        "n_growth_mb",
        "n_avg_mb",
        "n_mallocs",
        "n_usage_fraction",
        "n_python_fraction",
        "n_copy_mb_s",
        "n_gpu_percent",
        "n_gpu_avg_memory_mb",
        "n_gpu_peak_memory_mb",
        "n_async_await_percent",
        "n_async_concurrency_mean",
        "n_async_concurrency_peak",
    };
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++) {
        put_uint(out, zeros[i], 0);
    }
    put_empty(out, "memory_samples", "[]");
    put_empty(out, "async_task_names", "[]");
}

/* What lines and functions have in common. */
static void put_row(struct sc_json_emitter *out, uint32_t lineno, const char *text,
                    const struct sc_times *times, double core_utilization_fraction,
                    const double *sample_times_sec, size_t n_sample_times)
{
    put_uint(out, "lineno", lineno);
    put_string(out, "line", text);
    put_times(out, times);
    put_real(out, "n_core_utilization", core_utilization_fraction, DECIMALS_FRACTION);
    put_uint(out, "n_cpu_samples", times->n_samples);
    if (times->has_interval) {
        sc_json_key(out, "interval_95");
        sc_json_open(out, '[', true);
        sc_json_real(out, times->interval_95[0], DECIMALS_PERCENT);
        sc_json_real(out, times->interval_95[1], DECIMALS_PERCENT);
        sc_json_close(out, ']');
    }
    sc_json_key(out, "cpu_samples_list");
    sc_json_open(out, '[', true);
    for (size_t i = 0; i < n_sample_times; i++) {
        sc_json_real(out, sample_times_sec[i], DECIMALS_SEC);
    }
    sc_json_close(out, ']');
    put_not_measured(out);
}

static void put_region(struct sc_json_emitter *out, const char *start_key,
                       const char *end_key, const uint32_t region[2],
                       uint32_t when_none)
{
    put_uint(out, start_key, region[0] != 0 ? region[0] : when_none);
    put_uint(out, end_key, region[0] != 0 ? region[1] : when_none);
}

static void put_callees(struct sc_json_emitter *out, const struct sc_line *line)
{
    sc_json_key(out, "callees");
    sc_json_open(out, '[', true);
    for (size_t i = 0; i < line->n_callees; i++) {
        sc_json_open(out, '{', true);
        put_string(out, "name", line->callees[i].name);
        put_string(out, "file", line->callees[i].file);
        put_percent(out, "percent", line->callees[i].percent);
        sc_json_close(out, '}');
    }
    sc_json_close(out, ']');
}

static void put_columns(struct sc_json_emitter *out, const struct sc_line *line)
{
    sc_json_key(out, "columns");
    sc_json_open(out, '[', true);
    for (size_t i = 0; i < line->n_columns; i++) {
        sc_json_open(out, '{', true);
        put_uint(out, "start", (uint32_t)line->columns[i].start);
        put_uint(out, "end", (uint32_t)line->columns[i].end);
        put_percent(out, "percent", line->columns[i].percent);
        sc_json_close(out, '}');
    }
    sc_json_close(out, ']');
}

/* 2.4's readers require a start_outermost_loop of at least 1, and its writer gives
 * the line itself where there is no loop; so does this, and the reader knows. */
static void put_line(struct sc_json_emitter *out, const struct sc_line *line)
{
    sc_json_open(out, '{', true);
    put_row(out, line->lineno, line->text, &line->times,
            line->core_utilization_fraction, line->sample_times_sec,
            line->n_sample_times);
    put_bool(out, "is_coroutine", false);
    put_region(out, "start_region_line", "end_region_line", line->region, line->lineno);
    put_region(out, "start_outermost_loop", "end_outermost_loop", line->outermost_loop,
               line->lineno);
    put_region(out, "start_function_line", "end_function_line", line->function, 0);
    put_callees(out, line);
    put_columns(out, line);
    sc_json_close(out, '}');
}

static void put_function(struct sc_json_emitter *out,
                         const struct sc_function_row *function)
{
    sc_json_open(out, '{', true);
    put_row(out, function->lineno, function->name, &function->times,
            function->core_utilization_fraction, function->sample_times_sec,
            function->n_sample_times);
    put_bool(out, "is_coroutine", function->is_coroutine);
    sc_json_close(out, '}');
}

static void put_file(struct sc_json_emitter *out, const struct sc_file *file)
{
    sc_json_key(out, file->path);
    sc_json_open(out, '{', false);
    put_percent(out, "percent_cpu_time", file->cpu_percent);
    if (file->changed) {
        put_bool(out, "changed", true);
    }
    put_strings(out, "imports", file->imports, file->n_imports);
    put_empty(out, "leaks", "{}");
    sc_json_key(out, "functions");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < file->n_functions; i++) {
        put_function(out, &file->functions[i]);
    }
    sc_json_close(out, ']');
    sc_json_key(out, "lines");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < file->n_lines; i++) {
        put_line(out, &file->lines[i]);
    }
    sc_json_close(out, ']');
    sc_json_close(out, '}');
}

static void put_profiler(struct sc_json_emitter *out, const struct sc_profile *profile)
{
    const struct sc_profiler_info *info = &profile->profiler;
    sc_json_key(out, "profiler");
    sc_json_open(out, '{', false);
    put_string(out, "name", "scalene");
    put_string(out, "version", info->version);
    put_string(out, "clock", info->clock);
    put_sec(out, "requested_interval_sec", info->requested_interval_sec);
    put_real(out, "effective_rate_hz", info->effective_rate_hz, 2);
    put_uint(out, "samples", info->n_samples);
    sc_json_key(out, "drops");
    sc_json_open(out, '{', true);
    for (size_t i = 0; i < info->n_drops; i++) {
        put_uint(out, info->drops[i].cause, info->drops[i].count);
    }
    sc_json_close(out, '}');
    put_sec(out, "lost_cpu_sec", info->lost_cpu_sec);
    sc_json_key(out, "own_cpu_sec");
    sc_json_open(out, '{', true);
    put_sec(out, "agent", info->agent_cpu_sec);
    put_sec(out, "front", info->front_cpu_sec);
    sc_json_close(out, '}');
    put_real(out, "own_memory_mb", info->front_max_rss_mb, 2);
    put_string(out, "python_version", info->python_version);
    put_bool(out, "split_known", info->split_known);
    put_strings(out, "not_measured", info->not_measured, info->n_not_measured);
    put_strings(out, "warnings", info->warnings, info->n_warnings);
    sc_json_close(out, '}');
}

static void put_processes(struct sc_json_emitter *out, const struct sc_profile *profile)
{
    sc_json_key(out, "processes");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < profile->n_processes; i++) {
        const struct sc_process_row *process = &profile->processes[i];
        sc_json_open(out, '{', true);
        put_uint(out, "pid", process->pid);
        put_uint(out, "ppid", process->ppid);
        put_strings(out, "argv", process->argv, process->n_args);
        put_sec(out, "start_sec", process->start_sec);
        put_sec(out, "end_sec", process->end_sec);
        sc_json_key(out, "exit_status");
        if (process->has_exit) {
            sc_json_int(out, process->exit_status);
        } else {
            sc_json_null(out);
        }
        put_percent(out, "share_percent", process->share_percent);
        sc_json_close(out, '}');
    }
    sc_json_close(out, ']');
}

static void put_program(struct sc_json_emitter *out, const struct sc_profile *profile)
{
    put_uint(out, "format_version", SC_PROFILE_FORMAT_VERSION);
    put_string(out, "program", profile->program);
    put_strings(out, "args", profile->args, profile->n_args);
    put_string(out, "filename", profile->program_path);
    put_string(out, "entrypoint_dir", profile->entrypoint_dir);
    put_sec(out, "elapsed_time_sec", profile->elapsed_sec);
    put_sec(out, "start_time_absolute", profile->start_epoch_sec);
    put_sec(out, "start_time_perf", profile->start_perf_sec);
    put_sec(out, "total_sec", profile->total_sec);
    sc_json_key(out, "totals");
    sc_json_open(out, '{', true);
    put_percent(out, "python", profile->totals.python_percent);
    put_percent(out, "native", profile->totals.native_percent);
    put_percent(out, "kernel", profile->totals.kernel_percent);
    sc_json_close(out, '}');
}

/* 2.4's figures of the whole run that this version does not measure. */
static void put_run_not_measured(struct sc_json_emitter *out,
                                 const struct sc_profile *profile)
{
    put_bool(out, "memory", profile->has_memory);
    put_bool(out, "gpu", profile->has_gpu);
    put_bool(out, "async_profile", profile->has_async);
    put_string(out, "gpu_device", "");
    put_uint(out, "alloc_samples", 0);
    put_uint(out, "growth_rate", 0);
    put_uint(out, "max_footprint_mb", 0);
    put_uint(out, "max_footprint_python_fraction", 0);
    put_null(out, "max_footprint_fname");
    put_null(out, "max_footprint_lineno");
    put_uint(out, "native_allocations_mb", 0);
    put_empty(out, "samples", "[]");
    put_empty(out, "memory_stacks", "[]");
}

static void put_elsewhere(struct sc_json_emitter *out, const struct sc_profile *profile)
{
    sc_json_key(out, "elsewhere");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < profile->n_elsewhere; i++) {
        sc_json_open(out, '{', true);
        put_string(out, "place", profile->elsewhere[i].place);
        put_percent(out, "percent", profile->elsewhere[i].percent);
        sc_json_close(out, '}');
    }
    sc_json_close(out, ']');
}

static enum sc_err write_profile(FILE *file, const struct sc_profile *profile)
{
    struct sc_json_emitter emitter = {.out = file};
    struct sc_json_emitter *out = &emitter;
    sc_json_open(out, '{', false);
    put_program(out, profile);
    put_run_not_measured(out, profile);
    put_profiler(out, profile);
    put_processes(out, profile);
    put_strings(out, "hints", profile->hints, profile->n_hints);
    put_elsewhere(out, profile);
    sc_json_key(out, "files");
    sc_json_open(out, '{', false);
    for (size_t i = 0; i < profile->n_files; i++) {
        put_file(out, &profile->files[i]);
    }
    sc_json_close(out, '}');
    enum sc_err err = sc_json_write_stacks(out, profile);
    sc_json_close(out, '}');
    putc('\n', file);
    return err;
}

static void say(struct sc_json_problem *problem, const char *path, const char *why)
{
    snprintf(problem->text, sizeof problem->text, "cannot write %s: %s", path, why);
}

enum sc_err sc_profile_write_json(const struct sc_profile *profile, const char *path,
                                  struct sc_json_problem *problem)
{
    struct sc_replacement replacement;
    problem->text[0] = '\0';
    enum sc_err err = sc_replace_begin(&replacement, path);
    if (err != SC_OK) {
        say(problem, path, strerror(replacement.error));
        return err;
    }
    err = write_profile(replacement.file, profile);
    if (err != SC_OK) {
        sc_replace_give_up(&replacement);
        say(problem, path, sc_err_text(err));
        return err;
    }
    err = sc_replace_end(&replacement);
    if (err != SC_OK) {
        say(problem, path, strerror(replacement.error));
    }
    return err;
}
