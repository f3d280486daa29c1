/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What fake_program does in place of the agent: the control page, a ring, and records
 * as trace.h has them. Whatever fails ends the process with status FAKE_FAIL. */
#ifndef SC_TESTS_UNIT_RUN_FAKE_AGENT_H
#define SC_TESTS_UNIT_RUN_FAKE_AGENT_H

#include "trace/trace.h"

#include <stdint.h>
#include <time.h>

enum {
    FAKE_FAIL = 99
};

extern struct sc_control *fake_control;
extern struct sc_ring_header *fake_header;
extern __thread uint32_t fake_thread_number;

void fake_nap_ms(int ms);
/* Uses CPU time of the calling thread. */
void fake_burn_ms(uint64_t ms);
uint64_t fake_now_ns(clockid_t clock);

void fake_open_control(void);
/* Ring, first records, state RUNNING: what an agent does at its start. */
void fake_start_agent(uint32_t flags);
void fake_end_agent(enum sc_agent_state state);

/* A record to be filled and committed; NULL when the ring is full. */
void *fake_reserve(uint32_t kind, size_t n_bytes);
void fake_write_thread_start(void);
void fake_write_thread_end(void);
void fake_write_sample(enum sc_sample_source source);

/* From now on, signals of the front's clocks write samples. */
void fake_catch_perf_signal(void);
/* Waits for the front to open n clocks; where there is no perf, for a while. */
void fake_wait_for_clocks(uint32_t n);

#endif
