/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The perf clocks of a process: one per thread, opened here on the program's threads,
 * with periods drawn anew so that no program runs in step with them. Where the system
 * refuses, or descriptors run out, a thread stays on the agent's own tick clock. One
 * thread; cold contexts. */
#ifndef SC_RUN_CLOCKS_H
#define SC_RUN_CLOCKS_H

#include "base/err.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What all processes of a run share. */
struct sc_clock_policy {
    uint64_t mean_period_ns;
    uint64_t random_state;
    bool ever_opened;
    int denied_errno; /* not 0: the system has no perf clock for us */
};

struct sc_clock {
    uint32_t thread; /* sc_record.thread */
    uint32_t tid;
    int fd;
    uint32_t samples;    /* since its period was set */
    uint64_t period_ns;  /* set on it now */
    uint64_t counted_ns; /* its count when the period was set */
};

struct sc_clocks {
    struct sc_clock_policy *policy;
    struct sc_ring_header *header; /* what the front tells the agent */
    pid_t pid;
    struct sc_clock *items; /* ascending thread */
    size_t n;
    size_t capacity;
    uint64_t period_ns;  /* last drawn */
    uint64_t counted_ns; /* CPU time under clocks whose period was set anew */
    uint64_t cut_ns;     /* of it, what setting the period anew cut off */
    size_t next_reaped;  /* index of the clock whose thread is looked at next */
    bool forbidden;      /* the program wants the signal for itself */
};

/* mean_period_ns: CPU time between samples that was asked for. */
SC_MUST_USE enum sc_err sc_clock_policy_init(struct sc_clock_policy *policy,
                                             uint64_t mean_period_ns);

/* A number of [0, 1). */
double sc_clock_random(struct sc_clock_policy *policy);

void sc_clocks_init(struct sc_clocks *clocks, struct sc_clock_policy *policy,
                    struct sc_ring_header *header, pid_t pid);

/* Closes all clocks; forbid: none is opened on this process again. */
void sc_clocks_close(struct sc_clocks *clocks, bool forbid);

/* A thread began, ended, or was sampled by its perf clock. */
void sc_clocks_thread_start(struct sc_clocks *clocks, uint32_t thread, uint32_t tid);
void sc_clocks_thread_end(struct sc_clocks *clocks, uint32_t thread);
void sc_clocks_sampled(struct sc_clocks *clocks, uint32_t thread);

/* Draws a new period for the threads that were sampled often enough since the last
 * one. To be called after each round of draining. */
void sc_clocks_redraw(struct sc_clocks *clocks);

/* Closes the clocks of threads that ended without a record of it. Looks at n_looks
 * clocks, one after the other from call to call. */
void sc_clocks_reap(struct sc_clocks *clocks, size_t n_looks);

#endif
