/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * When a row's samples fell. The timeline is run-length coded, so a run's samples are
 * laid out evenly from its start, at most to the start of the thread's next run; a
 * row keeps every k-th of its samples, with the smallest k that gives it no more than
 * the limit. */
#include "base/units.h"
#include "profile/build.h"

#include <math.h>
#include <stdlib.h>

struct row_times {
    uint64_t n_samples;
    uint64_t n_seen;
    uint64_t step;
    double *times_sec;
    size_t n;
};

/* Time between the samples of a run. */
static double spacing_ns(const struct sc_build *build, size_t index)
{
    const struct sc_collected *collected = build->collected;
    const struct sc_moment *moment = &collected->timeline[index];
    double mean_ns =
        build->n_samples > 0 ? build->total_ns / (double)build->n_samples : 0;
    if (index + 1 < collected->n_timeline && moment[1].thread == moment->thread &&
        moment[1].t_ns >= moment->t_ns && moment->count > 0) {
        return fmin(mean_ns, (double)(moment[1].t_ns - moment->t_ns) / moment->count);
    }
    return mean_ns;
}

static void lay_out(const struct sc_build *build, struct row_times *row, size_t index)
{
    const struct sc_moment *moment = &build->collected->timeline[index];
    double step_ns = spacing_ns(build, index);
    /* The run holds the row's samples n_seen .. n_seen + count - 1. */
    uint64_t k = (row->step - row->n_seen % row->step) % row->step;
    for (; k < moment->count && row->n < SC_MAX_SAMPLE_TIMES; k += row->step) {
        row->times_sec[row->n++] =
            ((double)moment->t_ns + (double)k * step_ns) / (double)SC_NS_PER_SEC;
    }
    row->n_seen += moment->count;
}

static int by_time(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

enum sc_err sc_build_times(struct sc_build *build, const struct sc_times_target *target)
{
    const struct sc_collected *collected = build->collected;
    struct row_times *rows = calloc(target->n_rows + 1, sizeof *rows);
    uint32_t *row_of = calloc(collected->n_timeline + 1, sizeof *row_of);
    enum sc_err err = SC_ERR_NO_MEMORY;
    if (rows == NULL || row_of == NULL) {
        goto done;
    }
    for (size_t i = 0; i < collected->n_timeline; i++) {
        row_of[i] = target->row_of(build, target->user, collected->timeline[i].stack);
        if (row_of[i] != SC_NONE) {
            rows[row_of[i]].n_samples += collected->timeline[i].count;
        }
    }
    for (size_t i = 0; i < target->n_rows; i++) {
        struct row_times *row = &rows[i];
        row->step = (row->n_samples + SC_MAX_SAMPLE_TIMES - 1) / SC_MAX_SAMPLE_TIMES;
        if (row->n_samples == 0) {
            continue;
        }
        size_t n = (size_t)((row->n_samples + row->step - 1) / row->step);
        row->times_sec = sc_arena_alloc(build->arena, n * sizeof *row->times_sec);
        if (row->times_sec == NULL) {
            goto done;
        }
    }
    for (size_t i = 0; i < collected->n_timeline; i++) {
        if (row_of[i] != SC_NONE && rows[row_of[i]].n_samples > 0) {
            lay_out(build, &rows[row_of[i]], i);
        }
    }
    for (uint32_t i = 0; i < target->n_rows; i++) {
        if (rows[i].n > 0) {
            qsort(rows[i].times_sec, rows[i].n, sizeof(double), by_time);
            target->set(build, target->user, i, rows[i].times_sec, rows[i].n);
        }
    }
    err = SC_OK;
done:
    free(rows);
    free(row_of);
    return err;
}
