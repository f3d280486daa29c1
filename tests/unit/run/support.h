/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What the tests of src/run share: a collect that only counts what it is given, runs
 * of fake_program, and tests in processes of their own (a run changes signals, limits
 * and descriptors of its process). */
#ifndef SC_TESTS_UNIT_RUN_SUPPORT_H
#define SC_TESTS_UNIT_RUN_SUPPORT_H

#include "harness.h"
#include "run/run.h"

enum {
    SPY_PROCESSES = 2048,
    SPY_THREADS = 64
};

/* What the collect was told of one process image. */
struct sc_collect_process {
    struct sc_collect *collect;
    uint32_t pid;
    uint32_t flags;
    int n_records[SC_REC_KIND_END]; /* by kind */
    int n_perf_samples[SPY_THREADS];
    double perf_ns;      /* sum of the samples' periods */
    uint32_t periods[2]; /* smallest and largest seen */
    int n_maps;
    bool ended;
    uint32_t end_state;
    uint64_t bad_records;
    uint64_t handler_calls; /* of the last header */
};

struct sc_collect {
    struct sc_collect_process processes[SPY_PROCESSES];
    int n_processes;
};

/* A run of fake_program and what came of it. The run's directory is made in a fresh
 * directory, which must be empty afterwards. */
struct test_run {
    struct sc_run_result result;
    enum sc_err err;
    struct sc_collect *spy;
};
/* act names what the program does; the other words may be NULL. */
void run_fake(struct test_run *run, const char *act, const char *argument,
              const char *option);
void test_run_fini(struct test_run *run);

/* The base directory of runs in this process, made on first use. */
const char *base_directory(void);
/* Number of entries in it. */
int base_entries(void);

/* Runs the test in a child process; its failures count here. A test that cannot run
 * calls skip, which ends it and says why. */
void in_child(void (*test)(void), const char *name);
#define RUN_ALONE(test) in_child(test, #test)
_Noreturn void skip(const char *why);

/* Refuses perf_event_open in this process and its children with this errno. */
bool deny_perf(int error);

#endif
