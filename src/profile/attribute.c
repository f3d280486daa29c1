/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The order of the steps (build.h) and what they share. */
#include "profile/attribute.h"

#include "os/heap.h"
#include "profile/build.h"
#include "profile/intervals.h"
#include "profile/path.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sc_build_add(struct sc_times *times, const struct sc_cell *cell)
{
    times->python_percent += cell->python_ns;
    times->native_percent += cell->native_ns;
    times->kernel_percent += cell->kernel_ns;
    times->n_samples += cell->n_samples;
}

/* What estimators carry over may leave a sum a little below 0. */
static double share_percent(double ns, double total_ns)
{
    return ns > 0 && total_ns > 0 ? 100 * ns / total_ns : 0;
}

void sc_build_to_percent(const struct sc_build *build, struct sc_times *times)
{
    times->python_percent = share_percent(times->python_percent, build->total_ns);
    times->native_percent = share_percent(times->native_percent, build->total_ns);
    times->kernel_percent = share_percent(times->kernel_percent, build->total_ns);
    if (build->n_effective > 0) {
        double interval[2];
        sc_interval_95(sc_times_total_percent(times) / 100, build->n_effective,
                       interval);
        times->interval_95[0] = 100 * interval[0];
        times->interval_95[1] = 100 * interval[1];
        times->has_interval = true;
    }
}

const char *sc_build_text(const struct sc_build *build, const char *bytes)
{
    return sc_text_from_bytes(build->arena, bytes, strlen(bytes));
}

static const char *format_text(const struct sc_build *build, const char *format,
                               va_list arguments)
{
    char *made = NULL;
    int n = vasprintf(&made, format, arguments);
    if (n < 0) {
        return NULL;
    }
    const char *text = sc_text_from_bytes(build->arena, made, (size_t)n);
    free(made);
    return text;
}

const char *sc_build_format(const struct sc_build *build, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = format_text(build, format, arguments);
    va_end(arguments);
    return text;
}

enum sc_err sc_build_warn(struct sc_build *build, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = format_text(build, format, arguments);
    va_end(arguments);
    void *items = build->warnings;
    enum sc_err err = text != NULL ? SC_OK : SC_ERR_NO_MEMORY;
    if (err == SC_OK) {
        err = sc_os_grow(&items, &build->warnings_capacity, build->n_warnings + 1,
                         sizeof *build->warnings);
    }
    if (err == SC_OK) {
        build->warnings = items;
        build->warnings[build->n_warnings++] = text;
    }
    return err;
}

/* The warnings go into the profile last, since every step may add one. */
static enum sc_err keep_warnings(struct sc_build *build)
{
    size_t n_bytes = build->n_warnings * sizeof *build->warnings;
    const char **kept = sc_arena_alloc(build->arena, n_bytes + 1);
    if (kept == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    if (n_bytes > 0) {
        memcpy(kept, build->warnings, n_bytes);
    }
    build->profile->profiler.warnings = kept;
    build->profile->profiler.n_warnings = build->n_warnings;
    return SC_OK;
}

enum sc_err sc_profile_build(const struct sc_collected *collected,
                             const struct sc_run_facts *facts,
                             const struct sc_attribute_config *config,
                             struct sc_profile **profile)
{
    static enum sc_err (*const steps[])(struct sc_build *) = {
        sc_build_files, sc_build_charges,   sc_build_sources,
        sc_build_lines, sc_build_functions, sc_build_stacks,
        sc_build_info,  sc_build_verdict,   keep_warnings,
    };
    struct sc_build build = {.collected = collected, .facts = facts, .config = config};
    enum sc_err err = sc_profile_create(&build.profile);
    if (err != SC_OK) {
        return err;
    }
    build.arena = &build.profile->arena;
    sc_arena_init(&build.scratch, &sc_os_pages);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && err == SC_OK; i++) {
        err = steps[i](&build);
    }
    free(build.warnings);
    sc_arena_fini(&build.scratch);
    if (err != SC_OK) {
        sc_profile_destroy(build.profile);
        return err;
    }
    *profile = build.profile;
    return SC_OK;
}
