/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The inside of a collection: what collect.c makes and settles and samples.c fills.
 * Nobody else includes this. */
#ifndef SC_COLLECT_STATE_H
#define SC_COLLECT_STATE_H

#include "collect/balance.h"
#include "collect/codes.h"
#include "collect/intern.h"
#include "collect/place.h"
#include "collect/timeline.h"
#include "collect/weights.h"

/* A thread that has begun and not ended. */
struct sc_live_thread {
    uint32_t collected; /* index into sc_collect.threads */
    uint64_t seen_mono_ns;
    struct sc_clock clock;
};

struct sc_thread_entry {
    uint32_t number;             /* as in the records */
    struct sc_live_thread *live; /* NULL: it has ended */
};

/* When a thread with Python frames was last seen somewhere native. */
struct sc_sighting {
    uint64_t mono_ns; /* 0: never */
    uint32_t stack;
};

struct sc_collect_process {
    struct sc_collect *collect;
    uint32_t index; /* into sc_collect.processes */
    bool ended;
    bool lines_known; /* else no thread has frames, and that tells nothing of it */
    uint32_t python_hexversion;
    uint64_t spacing_ns;
    struct sc_codes codes;
    struct sc_places places;
    struct sc_index thread_index;
    struct sc_thread_entry *threads;
    size_t n_threads, threads_capacity;
    uint64_t cpu_ns[2];            /* of threads that have ended: long, short */
    struct sc_sighting library;    /* in any library */
    struct sc_sighting *in_module; /* by module */
    size_t in_module_capacity;
};

struct sc_collect {
    struct sc_intern intern;
    struct sc_module_files files;
    struct sc_timeline timeline;
    struct sc_collect_process **states; /* parallel to processes */
    size_t n_states, states_capacity;
    struct sc_collected_process *processes;
    size_t processes_capacity;
    struct sc_collected_thread *threads;
    size_t n_threads, threads_capacity;
    double sum_perf_period_ns;
    uint64_t root_start_mono_ns;
    bool finished;
    struct sc_collected collected;
};

/* Takes a THREAD_START, THREAD_END or SAMPLE record. */
SC_MUST_USE enum sc_err sc_samples_thread_start(
    struct sc_collect_process *process, const struct sc_rec_thread_start *start);
SC_MUST_USE enum sc_err sc_samples_thread_end(struct sc_collect_process *process,
                                              const struct sc_rec_thread_end *end);
SC_MUST_USE enum sc_err sc_samples_take(struct sc_collect_process *process,
                                        const struct sc_rec_sample *sample);

/* Ends a thread; end NULL: its last slice was not seen. Frees entry->live. */
SC_MUST_USE enum sc_err sc_samples_end_thread(struct sc_collect_process *process,
                                              struct sc_thread_entry *entry,
                                              const struct sc_tick *end);

#endif
