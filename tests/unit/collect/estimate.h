/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A run of the estimators on made-up records: begin, finish with the checks that hold
 * for every run, and the comparison of a share with its truth. */
#ifndef SC_TESTS_UNIT_COLLECT_ESTIMATE_H
#define SC_TESTS_UNIT_COLLECT_ESTIMATE_H

#include "harness.h"
#include "synthetic.h"

enum {
    PYTHON_3_11 = 0x030b07f0
};

/* A collection of one process with one function of ten lines. */
struct run {
    struct sc_collect *collect;
    struct synthetic out;
    const struct sc_collected *collected;
};

static struct run begin(void)
{
    struct run run = {0};
    if (sc_collect_create(&run.collect) != SC_OK) {
        check_failures++;
    }
    synthetic_begin(&run.out, run.collect, 100, PYTHON_3_11, NULL);
    synthetic_function(&run.out, 1, "/home/user/prog.py", "f", 1, 10);
    return run;
}

/* Settles; checks what must hold for every run. */
static void finish(struct run *run, uint64_t cpu_ns)
{
    synthetic_end(&run->out);
    CHECK_INT(run->out.n_invalid, 0);
    CHECK_INT(run->out.err, SC_OK);
    CHECK_INT(sc_collect_finish(run->collect, &run->collected), SC_OK);
    CHECK_INT(run->collected->lost_records, 0);
    CHECK_NEAR(run->collected->cpu_ns, (double)cpu_ns, 0.5);
    CHECK_NEAR(sum_of_cells(run->collected, 0), (double)cpu_ns, 1e-9 * (double)cpu_ns);
    for (size_t i = 0; i < run->collected->n_cells; i++) {
        const struct sc_cell *cell = &run->collected->cells[i];
        CHECK(cell->python_ns >= 0 && cell->native_ns >= 0 && cell->kernel_ns >= 0);
    }
}

static double tolerance(double share, double n_samples)
{
    double three_sigma = 3 * sqrt(share * (1 - share) / n_samples);
    return three_sigma > 0.01 ? three_sigma : 0.01;
}

static void check_share(double part_ns, double whole_ns, double truth, double n)
{
    CHECK_NEAR(part_ns / whole_ns, truth, tolerance(truth, n));
}

#endif
