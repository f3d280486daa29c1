/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Strata, and exact totals. While a collection is being filled, the cells of a process
 * are of two strata: its long threads, and its short ones
 * (docs/dev/sampling-math.md, 4.7 and 5). In the end each stratum is made to add up to
 * the clocks of its threads, and the two become one. */
#ifndef SC_COLLECT_BALANCE_H
#define SC_COLLECT_BALANCE_H

#include "collect/intern.h"

/* What sc_cell.process holds until sc_balance. */
static inline uint32_t sc_stratum(uint32_t process, bool is_short)
{
    return 2 * process + is_short;
}

/* Settles all cells. cpu_ns: by stratum, exact; 2 * n_processes of them. User time is
 * scaled to fit (everything, where that cannot do). Time of a stratum without any
 * samples goes with the other; a process without any gets a cell of no stack and no
 * symbol. Empty cells are dropped; sc_cell.process is the process after this. Once. */
SC_MUST_USE enum sc_err sc_balance(struct sc_intern *intern, double *cpu_ns,
                                   size_t n_processes);

#endif
