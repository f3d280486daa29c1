/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * From collected facts to the model: each cell's time goes to the innermost frame in
 * a profiled file; what lies below that frame is its callee. Decides what a line, a
 * function, a callee and a region is; see docs/dev/sampling-math.md for intervals. */
#ifndef SC_PROFILE_ATTRIBUTE_H
#define SC_PROFILE_ATTRIBUTE_H

#include "collect/collect.h"
#include "profile/filter.h"
#include "profile/profile.h"

/* Everything the front knows of the run that the records do not tell. Strings belong
 * to the caller; what the profile keeps is copied. */
struct sc_run_facts {
    const char *program; /* absolute path, "-c", "-" or module name */
    const char *const *args;
    size_t n_args;
    const char *code_argument;   /* source given with -c; NULL: none */
    const char *interpreter;     /* path, for the source-facts helper; NULL: none */
    const char *start_directory; /* relative code paths are relative to this */
    const char *version;         /* of scalene */
    uint64_t elapsed_ns;         /* of the root process's recording */
    bool has_exit;
    int exit_status;
    double requested_interval_sec;
    bool perf_used;
    bool tick_used;
    double front_cpu_sec;
    double front_max_rss_mb;
    const char *const *warnings; /* sentences from the run */
    size_t n_warnings;
};

struct sc_attribute_config {
    struct sc_filter_config filter;
    double cpu_percent_threshold; /* a file below it is left out */
    bool keep_stacks;
    bool reduced; /* only lines with data and their regions */
};

SC_MUST_USE enum sc_err sc_profile_build(const struct sc_collected *collected,
                                         const struct sc_run_facts *facts,
                                         const struct sc_attribute_config *config,
                                         struct sc_profile **profile);

#endif
