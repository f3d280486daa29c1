/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The model: the one description of a profile. Built from collected facts
 * (attribute.h) or from JSON (json.h); every renderer reads this and does no
 * arithmetic of its own. All memory belongs to the profile's arena. Percentages are
 * of total_ns, the total time T of features (until waiting is measured: CPU time). */
#ifndef SC_PROFILE_PROFILE_H
#define SC_PROFILE_PROFILE_H

#include "base/arena.h"
#include "base/err.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SC_PROFILE_FORMAT_VERSION = 1,
    SC_MAX_SAMPLE_TIMES = 500
};

/* The time figures of a line, function or file, in percent of T. A figure that was
 * not measured in this profile (see `measured`) is 0 and shown nowhere. */
struct sc_times {
    double python_percent;
    double native_percent;
    double kernel_percent;
    uint64_t n_samples;    /* 0 also when read from a 2.4 profile */
    double interval_95[2]; /* of the total percent; valid if has_interval */
    bool has_interval;
};

/* Who spent the line's library or native time. */
struct sc_callee {
    const char *name; /* function, or module of a native place */
    const char *file; /* "" when native and unknown */
    double percent;   /* of T */
};

/* Time by column range inside a line (3.11+). UTF-8 byte offsets, end exclusive. */
struct sc_column_share {
    int32_t start;
    int32_t end;
    double percent; /* of T */
};

struct sc_line {
    uint32_t lineno;  /* 1-based */
    const char *text; /* source, no newline; "" when not available */
    struct sc_times times;
    double core_utilization_fraction; /* 0 until measured */
    const double *sample_times_sec;   /* since start, ascending, at most 500 */
    size_t n_sample_times;
    const struct sc_callee *callees; /* largest first */
    size_t n_callees;
    const struct sc_column_share *columns; /* by start */
    size_t n_columns;
    /* First and last line of each region; 0, 0 = none. */
    uint32_t region[2]; /* innermost loop, else function, else class, else itself */
    uint32_t outermost_loop[2];
    uint32_t function[2]; /* function, else class */
};

struct sc_function_row {
    uint32_t lineno;
    const char *name; /* qualified */
    struct sc_times times;
    double core_utilization_fraction;
    const double *sample_times_sec;
    size_t n_sample_times;
    bool is_coroutine;
};

struct sc_file {
    const char *path;
    double cpu_percent;         /* of T: all of the file's lines */
    bool changed;               /* the file on disk is not the one that ran */
    const char *const *imports; /* import statements, as written */
    size_t n_imports;
    struct sc_line *lines; /* every line of the source, or only those with data;
                              ascending lineno */
    size_t n_lines;
    struct sc_function_row *functions; /* with data; ascending lineno */
    size_t n_functions;
};

/* A frame of a kept stack. */
struct sc_stack_frame {
    const char *function;
    const char *file;
    uint32_t line; /* 0 for native */
    bool is_native;
};

struct sc_stack {
    const struct sc_stack_frame *frames; /* outermost first */
    size_t n_frames;
    uint64_t n_samples;
    double python_fraction; /* of T; 0 when read from a 2.4 profile */
    double native_fraction; /* native + kernel, of T; as above */
};

/* `count` samples of thread_id stood at stacks[stack_index] from t_sec on. */
struct sc_timeline_entry {
    double t_sec;
    uint32_t stack_index;
    uint32_t count;
    uint64_t thread_id;
};

struct sc_process_row {
    uint32_t pid;
    uint32_t ppid;
    const char *const *argv;
    size_t n_args;
    double start_sec; /* since the profile's start */
    double end_sec;
    bool has_exit;
    int exit_status; /* as a shell gives it: 128 + n for signal n; valid if has_exit */
    double share_percent; /* of T */
};

/* Where the time went when no line of the user's got any. */
struct sc_elsewhere {
    const char *place; /* file, library or "<native>" */
    double percent;
};

/* A count with its cause, for drops. */
struct sc_cause_count {
    const char *cause;
    uint64_t count;
};

/* What measured this profile, and how well. */
struct sc_profiler_info {
    const char *version; /* of scalene */
    const char *clock;   /* "perf+tick", "tick", "none" */
    double requested_interval_sec;
    double effective_rate_hz; /* samples per CPU second */
    uint64_t n_samples;
    const struct sc_cause_count *drops; /* only causes that happened */
    size_t n_drops;
    double lost_cpu_sec;
    double agent_cpu_sec; /* spent in the program by us */
    double front_cpu_sec;
    double front_max_rss_mb;
    const char *python_version;      /* "3.11.2"; "" unknown */
    const char *const *not_measured; /* fields of the profile file that hold no
                                        measurement; SC_FIGURE_WAITING among them
                                        while waiting is not measured */
    size_t n_not_measured;
    const char *const *warnings; /* whole sentences for the user */
    size_t n_warnings;
    bool split_known; /* Python and native told apart */
};

/* The figure whose absence means that percentages are of CPU time. */
#define SC_FIGURE_WAITING "n_wait_percent"

/* A profile. Strings are valid UTF-8; those of a profile read from a file may hold
 * anything else, control characters included. */
struct sc_profile {
    struct sc_arena arena;
    const char *program;     /* absolute path */
    const char *const *args; /* of the program, without its name */
    size_t n_args;
    const char *program_path; /* 2.4's `filename` is this too */
    const char *entrypoint_dir;
    double elapsed_sec;
    double start_epoch_sec;
    double start_perf_sec;  /* monotonic clock at start */
    double total_sec;       /* T; 0 when read from a 2.4 profile */
    struct sc_times totals; /* over everything, percent of T; `python_percent` and
                               so on add up to 100 where anything was measured */
    uint64_t main_thread_id;
    struct sc_file *files; /* by cpu_percent, largest first, then path */
    size_t n_files;
    const struct sc_stack *stacks; /* by n_samples, largest first (2.4: as read) */
    size_t n_stacks;
    const struct sc_timeline_entry *timeline;
    size_t n_timeline;
    const struct sc_process_row *processes;
    size_t n_processes;
    const struct sc_elsewhere *elsewhere; /* largest first; time outside `files` */
    size_t n_elsewhere;
    const char *const *hints; /* sentences: why nothing was collected, what to try */
    size_t n_hints;
    struct sc_profiler_info profiler;
    bool has_memory, has_gpu, has_async; /* measured in this profile */
    bool is_foreign;                     /* read from a profile that 2.4 wrote */
};

/* An empty profile with an arena. Destroy frees everything. */
SC_MUST_USE enum sc_err sc_profile_create(struct sc_profile **profile);
void sc_profile_destroy(struct sc_profile *profile);

/* False when the field of this name holds no measurement (profiler.not_measured). */
bool sc_profile_measures(const struct sc_profile *profile, const char *figure);

/* python + native + kernel. */
static inline double sc_times_total_percent(const struct sc_times *times)
{
    return times->python_percent + times->native_percent + times->kernel_percent;
}

#endif
