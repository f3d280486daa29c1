/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * How much CPU time each sample stands for, and how much of it was in the kernel: the
 * estimators of docs/dev/sampling-math.md, one clock per sampled thread. What a clock
 * books goes to cells at once or at the end of a window, so it needs no memory per
 * sample. Pure but for the window's block; one thread. */
#ifndef SC_COLLECT_WEIGHTS_H
#define SC_COLLECT_WEIGHTS_H

#include "collect/ledger.h"

struct sc_window; /* what is carried while the perf clock lives */

struct sc_clock {
    uint64_t start_cpu_ns;
    uint64_t now_cpu_ns;    /* the last one told */
    uint64_t booked_cpu_ns; /* up to here all time is booked, or in the window */
    uint64_t spacing_ns;    /* least CPU time between ticks */
    /* The last record with system time, for differences. */
    uint64_t tick_cpu_ns;
    uint64_t tick_sys_ns;
    bool tick_known;
    uint64_t perf_cpu_ns; /* at the last perf sample; 0: none yet */
    /* Tick clock alone: time not booked yet, and how much of it is system time. */
    double alone_ns;
    double alone_sys_ns;
    struct sc_window *window; /* NULL: tick clock alone */
    struct sc_ledger ledger;
};

struct sc_tick {
    uint64_t cpu_ns;
    uint64_t sys_ns;
    bool after_syscall; /* the PC says that it was in a system call */
};

/* cpu_ns: the thread's clock when its recording began. spacing_ns: least CPU time
 * between two ticks; 0: unknown, the usual 4 ms is taken. A process's main thread is
 * never reckoned as a short one. */
void sc_clock_init(struct sc_clock *clock, bool is_main, uint64_t cpu_ns,
                   uint64_t spacing_ns);

/* Gives memory back; books nothing. */
void sc_clock_fini(struct sc_clock *clock);

/* A sample of the perf clock: the thread was in user mode. cells: all of them. */
SC_MUST_USE enum sc_err sc_clock_perf(struct sc_clock *clock, struct sc_cell *cells,
                                      struct sc_place place, uint64_t cpu_ns,
                                      uint32_t period_ns);

/* A sample of the tick timer. *has_weight: it stands for time of its own. */
SC_MUST_USE enum sc_err sc_clock_tick(struct sc_clock *clock, struct sc_cell *cells,
                                      struct sc_place place, struct sc_tick tick,
                                      bool *has_weight);

/* The thread ended; end NULL: unseen, its last slice is unknown. What cannot be put
 * anywhere with reason stays unbooked for sc_balance. A thread that ended short
 * (!ledger.is_long) has booked nothing: its looks are the caller's to count. */
void sc_clock_end(struct sc_clock *clock, struct sc_cell *cells,
                  const struct sc_tick *end);

/* CPU time of the thread since recording began, exact. */
static inline uint64_t sc_clock_total_ns(const struct sc_clock *clock)
{
    return clock->now_cpu_ns - clock->start_cpu_ns;
}

#endif
