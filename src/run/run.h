/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Runs the user's program with the agent in it: makes the run's directory, starts
 * the program, opens its perf clocks, drains its rings into a collect, hands signals
 * on, and waits for its end. The program's own streams, group and terminal are
 * untouched. */
#ifndef SC_RUN_RUN_H
#define SC_RUN_RUN_H

#include "base/err.h"
#include "collect/collect.h"

#include <stdbool.h>
#include <stdint.h>

struct sc_run_config {
    const char *const *argv; /* interpreter first; NULL-terminated; argv[0] is a
                                path that exec takes as it is */
    const char *agent_path;  /* libscalene.so */
    uint64_t interval_ns;    /* mean CPU time between samples asked for */
    bool may_slow_down; /* nobody asked for just this interval: take a longer one where
                           the perf clock's own cost would be over its share */
    const char *const *environment; /* "NAME=value" added when NAME is unset;
                                       NULL-terminated; may be NULL */
    const char *save_trace_path; /* developers: every record goes here too; NULL: no */
};

struct sc_run_result {
    bool started;    /* the program ran; else start_error tells why not */
    int start_errno; /* of exec or of our preparation */
    bool exited;     /* by exit; else by signal */
    int exit_code;
    int signal;
    bool agent_seen;      /* at least the program's own process made a ring */
    uint64_t interval_ns; /* mean CPU time between samples that was set */
    bool perf_used;
    bool tick_used;
    int perf_errno;           /* why there is no perf clock; 0: there is */
    uint64_t root_mono_ns[2]; /* first and last moment of the program's recording */
    uint64_t wall_ns;         /* from exec to the end */
    uint64_t user_ns;         /* CPU time of the program and of the children it */
    uint64_t kernel_ns;       /* waited for, as the kernel accounts it */
    char warning[8][160];     /* sentences; "" ends the list */
};

/* Context: cold, before any other thread. Installs handlers for the signals it passes
 * on and restores them, but for SIGINT, SIGTERM and SIGHUP: the first of each that
 * comes after the program's end is swallowed, so that the profile is written; the next
 * ends the front. Soft limits on descriptors and file sizes stay raised, SIGXFSZ stays
 * ignored. SC_OK also when exec failed (result->started is false). Any other value: the
 * preparation failed, start_errno says why, and no program ran. */
SC_MUST_USE enum sc_err sc_run_program(const struct sc_run_config *config,
                                       struct sc_collect *collect,
                                       struct sc_run_result *result);

/* Ends this process the way the program ended: by exit or by the same signal, with
 * no core file of ours; as a shell ends for a program that exec refused (126, 127).
 * Does not return. */
_Noreturn void sc_run_exit_as(const struct sc_run_result *result);

#endif
