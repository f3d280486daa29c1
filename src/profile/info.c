/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What was run, what measured it and how well, and the processes. */
#include "base/units.h"
#include "profile/build.h"

#include <stdlib.h>
#include <string.h>

/* Fields of the profile file that this version has no measurement for. */
static const char *const not_measured[] = {
    SC_FIGURE_WAITING,
    "n_core_utilization",
    "n_malloc_mb",
    "n_mallocs",
    "n_peak_mb",
    "n_avg_mb",
    "n_growth_mb",
    "n_usage_fraction",
    "n_python_fraction",
    "n_copy_mb_s",
    "memory_samples",
    "n_gpu_percent",
    "n_gpu_avg_memory_mb",
    "n_gpu_peak_memory_mb",
    "n_async_await_percent",
    "n_async_concurrency_mean",
    "n_async_concurrency_peak",
    "async_task_names",
    "leaks",
    "alloc_samples",
    "growth_rate",
    "max_footprint_mb",
    "max_footprint_python_fraction",
    "max_footprint_fname",
    "max_footprint_lineno",
    "native_allocations_mb",
    "samples",
    "memory_stacks",
    /* Only without stacks: */
    "stacks",
    "combined_stacks",
    "combined_stacks_timeline",
};
enum {
    N_STACK_FIGURES = 3
};

static double seconds(double ns)
{
    return ns / (double)SC_NS_PER_SEC;
}

/* "3.13.0", "3.14.0rc2" from PY_VERSION_HEX; "" when unknown. */
static const char *python_version(const struct sc_build *build, uint32_t hexversion)
{
    unsigned level = hexversion >> 4 & 15, serial = hexversion & 15;
    const char *name = level == 0xa ? "a" : level == 0xb ? "b" : "rc";
    if (hexversion == 0) {
        return "";
    }
    if (level == 0xf) {
        return sc_build_format(build, "%u.%u.%u", hexversion >> 24,
                               hexversion >> 16 & 255, hexversion >> 8 & 255);
    }
    return sc_build_format(build, "%u.%u.%u%s%u", hexversion >> 24,
                           hexversion >> 16 & 255, hexversion >> 8 & 255, name, serial);
}

static enum sc_err copy_strings(struct sc_build *build, const char *const *from,
                                size_t n, const char *const **to, size_t *n_to)
{
    const char **copies = sc_arena_alloc(build->arena, (n + 1) * sizeof *copies);
    if (copies == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        copies[i] = sc_build_text(build, from[i]);
        if (copies[i] == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    *to = copies;
    *n_to = n;
    return SC_OK;
}

static enum sc_err add_drops(struct sc_build *build)
{
    static const char *const causes[] = {
#define SC_DROP_TEXT(name, text) text,
        SC_DROP_TABLE(SC_DROP_TEXT)
#undef SC_DROP_TEXT
    };
    const struct sc_collected *collected = build->collected;
    struct sc_profiler_info *info = &build->profile->profiler;
    struct sc_cause_count *drops =
        sc_arena_alloc(build->arena, (SC_DROP_COUNT + 1) * sizeof *drops);
    if (drops == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < SC_DROP_COUNT; i++) {
        if (collected->drops[i] > 0) {
            drops[info->n_drops++] = (struct sc_cause_count){
                .cause = causes[i], .count = collected->drops[i]};
        }
    }
    if (collected->lost_records > 0) {
        drops[info->n_drops++] = (struct sc_cause_count){
            .cause = "damaged record", .count = collected->lost_records};
    }
    info->drops = drops;
    return SC_OK;
}

/* A process that ended before its libraries could be read has all its user time
 * counted as Python. Below this part of the whole that spoils no figure. */
static const double negligible_part = 0.01;

static bool is_split_known(const struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    bool any = false;
    for (size_t i = 0; i < collected->n_processes; i++) {
        any = any || collected->processes[i].split_known;
    }
    double unsplit_ns = 0;
    for (size_t i = 0; i < collected->n_cells; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        if (!collected->processes[cell->process].split_known) {
            unsplit_ns += cell->python_ns + cell->native_ns;
        }
    }
    return any && unsplit_ns <= negligible_part * build->total_ns;
}

static enum sc_err add_profiler(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    const struct sc_run_facts *facts = build->facts;
    struct sc_profiler_info *info = &build->profile->profiler;
    info->version = sc_build_text(build, facts->version);
    info->clock = facts->perf_used && facts->tick_used ? "perf+tick"
                  : facts->perf_used                   ? "perf"
                  : facts->tick_used                   ? "tick"
                                                       : "none";
    info->requested_interval_sec = facts->requested_interval_sec;
    info->n_samples = build->n_samples;
    info->effective_rate_hz =
        build->total_ns > 0 ? (double)build->n_samples / seconds(build->total_ns) : 0;
    info->lost_cpu_sec = seconds(collected->lost_cpu_ns);
    info->agent_cpu_sec = seconds((double)collected->handler_ns);
    info->front_cpu_sec = facts->front_cpu_sec;
    info->front_max_rss_mb = facts->front_max_rss_mb;
    info->python_version = "";
    info->not_measured = not_measured;
    info->n_not_measured = sizeof not_measured / sizeof *not_measured -
                           (build->config->keep_stacks ? N_STACK_FIGURES : 0);
    info->split_known = is_split_known(build);
    if (collected->n_processes > 0) {
        info->python_version =
            python_version(build, collected->processes[0].python_hexversion);
    }
    if (info->version == NULL || info->python_version == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    return add_drops(build);
}

/* Says which processes were recorded without lines, and why. */
static enum sc_err warn_of_process(struct sc_build *build,
                                   const struct sc_collected_process *process)
{
    const char *version = python_version(build, process->python_hexversion);
    if (version == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    if (process->agent_state == SC_AGENT_NO_LINES) {
        return sc_build_warn(build,
                             "Process %u runs Python %s, whose memory layout is not "
                             "known to this version: it has no lines in this profile.",
                             process->pid, version[0] != '\0' ? version : "(unknown)");
    }
    if (process->agent_state == SC_AGENT_FAILED) {
        return sc_build_warn(build, "Recording could not start in process %u: %s.",
                             process->pid,
                             sc_err_text((enum sc_err)process->layout_error));
    }
    if (process->flags & SC_RING_FLAG_HOOK_STAYS) {
        return sc_build_warn(build,
                             "The start hook could not be removed from process %u: "
                             "operations that raise audit events cost more there.",
                             process->pid);
    }
    return SC_OK;
}

static double since_start_sec(const struct sc_collected *collected, uint64_t mono_ns)
{
    uint64_t start_ns = collected->processes[0].start_mono_ns;
    return mono_ns > start_ns ? seconds((double)(mono_ns - start_ns)) : 0;
}

static enum sc_err add_processes(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    size_t n = collected->n_processes;
    struct sc_process_row *rows = sc_arena_alloc(build->arena, (n + 1) * sizeof *rows);
    double *cpu_ns = sc_arena_alloc(&build->scratch, (n + 1) * sizeof *cpu_ns);
    if (rows == NULL || cpu_ns == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < collected->n_cells; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        cpu_ns[cell->process] += cell->python_ns + cell->native_ns + cell->kernel_ns;
    }
    enum sc_err err = SC_OK;
    for (size_t i = 0; i < n && err == SC_OK; i++) {
        const struct sc_collected_process *process = &collected->processes[i];
        struct sc_process_row *row = &rows[i];
        row->pid = process->pid;
        row->ppid = process->ppid;
        row->start_sec = since_start_sec(collected, process->start_mono_ns);
        row->end_sec = since_start_sec(collected, process->end_mono_ns);
        row->share_percent = build->total_ns > 0 && cpu_ns[i] > 0
                                 ? 100 * cpu_ns[i] / build->total_ns
                                 : 0;
        row->has_exit = i == 0 && build->facts->has_exit;
        row->exit_status = row->has_exit ? build->facts->exit_status : 0;
        err = copy_strings(build, process->argv, process->n_args, &row->argv,
                           &row->n_args);
        if (err == SC_OK) {
            err = warn_of_process(build, process);
        }
    }
    build->profile->processes = rows;
    build->profile->n_processes = n;
    return err;
}

static enum sc_err add_program(struct sc_build *build)
{
    const struct sc_run_facts *facts = build->facts;
    const struct sc_collected *collected = build->collected;
    struct sc_profile *profile = build->profile;
    const char *program_path = build->config->filter.program_path;
    profile->program = sc_build_text(build, facts->program);
    profile->program_path =
        sc_build_text(build, program_path != NULL ? program_path : "");
    profile->entrypoint_dir = sc_build_text(build, facts->start_directory);
    profile->elapsed_sec = seconds((double)facts->elapsed_ns);
    profile->total_sec = seconds(build->total_ns);
    if (collected->n_processes > 0) {
        const struct sc_collected_process *root = &collected->processes[0];
        profile->start_epoch_sec = seconds((double)root->start_epoch_ns);
        profile->start_perf_sec = seconds((double)root->start_mono_ns);
    }
    for (size_t i = 0; i < collected->n_threads; i++) {
        if (collected->threads[i].is_main && collected->threads[i].process == 0) {
            profile->main_thread_id = collected->threads[i].tid;
            break;
        }
    }
    for (size_t i = 0; i < collected->n_cells; i++) {
        sc_build_add(&profile->totals, &collected->cells[i]);
    }
    sc_build_to_percent(build, &profile->totals);
    /* The whole is not a sampled share. */
    profile->totals.has_interval = false;
    profile->totals.interval_95[0] = profile->totals.interval_95[1] = 0;
    if (profile->program == NULL || profile->program_path == NULL ||
        profile->entrypoint_dir == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    return copy_strings(build, facts->args, facts->n_args, &profile->args,
                        &profile->n_args);
}

enum sc_err sc_build_info(struct sc_build *build)
{
    enum sc_err err = SC_OK;
    for (size_t i = 0; i < build->facts->n_warnings && err == SC_OK; i++) {
        err = sc_build_warn(build, "%s", build->facts->warnings[i]);
    }
    if (err == SC_OK) {
        err = add_program(build);
    }
    if (err == SC_OK) {
        err = add_profiler(build);
    }
    return err == SC_OK ? add_processes(build) : err;
}
