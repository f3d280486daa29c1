/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The settling of all cells. */
#include "collect/balance.h"

#include <stdlib.h>

/* What a stratum's cells are multiplied by, for user and for kernel time. */
struct scale {
    double user_ns, kernel_ns; /* sums before */
    double user_factor, kernel_factor;
};

static double cell_ns(const struct sc_cell *cell)
{
    return cell->python_ns + cell->native_ns + cell->kernel_ns;
}

static bool is_empty(const struct scale *scale)
{
    return scale->user_ns + scale->kernel_ns <= 0;
}

/* Time of threads of which nothing was seen goes with the others of their process. A
 * process of which nothing was seen at all gets a cell that says so. */
static enum sc_err place_unseen(struct sc_intern *intern, const struct scale *scales,
                                double *cpu_ns, size_t n_processes)
{
    for (uint32_t i = 0; i < n_processes; i++) {
        uint32_t is_long = sc_stratum(i, false);
        uint32_t is_short = sc_stratum(i, true);
        if (is_empty(&scales[is_short])) {
            cpu_ns[is_long] += cpu_ns[is_short];
            cpu_ns[is_short] = 0;
        } else if (is_empty(&scales[is_long])) {
            cpu_ns[is_short] += cpu_ns[is_long];
            cpu_ns[is_long] = 0;
        }
        if (is_empty(&scales[is_long]) && cpu_ns[is_long] > 0) {
            uint32_t cell;
            enum sc_err err = sc_intern_cell(intern, is_long, SC_NONE, SC_NONE, &cell);
            if (err != SC_OK) {
                return err;
            }
            intern->cells[cell].native_ns = cpu_ns[is_long];
        }
    }
    return SC_OK;
}

static void sum_strata(const struct sc_intern *intern, struct scale *scales,
                       size_t n_strata)
{
    for (size_t i = 0; i < n_strata; i++) {
        scales[i] = (struct scale){0};
    }
    for (size_t i = 0; i < intern->n_cells; i++) {
        const struct sc_cell *cell = &intern->cells[i];
        scales[cell->process].user_ns += cell->python_ns + cell->native_ns;
        scales[cell->process].kernel_ns += cell->kernel_ns;
    }
}

static void find_factors(struct scale *scale, double cpu_ns)
{
    if (scale->user_ns > 0 && cpu_ns >= scale->kernel_ns) {
        scale->user_factor = (cpu_ns - scale->kernel_ns) / scale->user_ns;
        scale->kernel_factor = 1;
    } else if (!is_empty(scale)) {
        scale->user_factor = scale->kernel_factor =
            cpu_ns / (scale->user_ns + scale->kernel_ns);
    }
}

static void apply(const struct scale *scale, struct sc_cell *cell)
{
    double before_ns = cell_ns(cell);
    cell->python_ns *= scale->user_factor;
    cell->native_ns *= scale->user_factor;
    cell->kernel_ns *= scale->kernel_factor;
    double factor = before_ns > 0 ? cell_ns(cell) / before_ns : 0;
    cell->sum_weight_sq_ns2 *= factor * factor;
}

/* Adds the cells of short threads to those of long ones at the same place. */
static enum sc_err merge_strata(struct sc_intern *intern)
{
    size_t n = intern->n_cells; /* those that are added are of long threads */
    for (size_t i = 0; i < n; i++) {
        struct sc_cell from = intern->cells[i];
        uint32_t into;
        if (from.process % 2 == 0 || (from.n_samples == 0 && cell_ns(&from) <= 0)) {
            continue;
        }
        enum sc_err err = sc_intern_cell(intern, sc_stratum(from.process / 2, false),
                                         from.stack, from.symbol, &into);
        if (err != SC_OK) {
            return err;
        }
        struct sc_cell *cell = &intern->cells[into];
        cell->python_ns += from.python_ns;
        cell->native_ns += from.native_ns;
        cell->kernel_ns += from.kernel_ns;
        cell->n_samples += from.n_samples;
        cell->sum_weight_sq_ns2 += from.sum_weight_sq_ns2;
    }
    return SC_OK;
}

/* Leaves the cells of long threads that hold something, under their processes. The
 * index of cells is of no use after this. */
static void tidy(struct sc_intern *intern)
{
    size_t n = 0;
    for (size_t i = 0; i < intern->n_cells; i++) {
        struct sc_cell cell = intern->cells[i];
        if (cell.process % 2 == 0 && (cell.n_samples > 0 || cell_ns(&cell) > 0)) {
            cell.process /= 2;
            intern->cells[n++] = cell;
        }
    }
    intern->n_cells = n;
}

enum sc_err sc_balance(struct sc_intern *intern, double *cpu_ns, size_t n_processes)
{
    struct scale *scales = calloc(2 * n_processes + 1, sizeof(*scales));
    if (scales == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    sum_strata(intern, scales, 2 * n_processes);
    enum sc_err err = place_unseen(intern, scales, cpu_ns, n_processes);
    if (err != SC_OK) {
        goto done;
    }
    sum_strata(intern, scales, 2 * n_processes);
    for (size_t i = 0; i < 2 * n_processes; i++) {
        find_factors(&scales[i], cpu_ns[i]);
    }
    for (size_t i = 0; i < intern->n_cells; i++) {
        apply(&scales[intern->cells[i].process], &intern->cells[i]);
    }
    err = merge_strata(intern);
    if (err == SC_OK) {
        tidy(intern);
    }
done:
    free(scales);
    return err;
}
