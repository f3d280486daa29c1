/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The bounded timeline. */
#include "collect/timeline.h"

#include "base/units.h"
#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t first_stretch_ns = SC_NS_PER_MS;

void sc_timeline_fini(struct sc_timeline *timeline)
{
    free(timeline->moments);
    free(timeline->votes);
    free(timeline->last);
    *timeline = (struct sc_timeline){0};
}

/* Tries to make moment a part of the thread's last one. */
static bool merge(struct sc_timeline *timeline, const struct sc_moment *moment,
                  uint32_t votes)
{
    uint32_t last = timeline->last[moment->thread];
    if (last == 0) {
        return false;
    }
    struct sc_moment *former = &timeline->moments[last - 1];
    uint32_t *former_votes = &timeline->votes[last - 1];
    if (former->stack == moment->stack && former->symbol == moment->symbol) {
        former->count += moment->count;
        *former_votes += votes;
        return true;
    }
    uint64_t stretch = timeline->stretch_ns;
    if (stretch == 0 || former->t_ns / stretch != moment->t_ns / stretch) {
        return false;
    }
    /* The stack seen most often stands for all of a stretch: Boyer and Moore's
     * majority vote ("MJRTY", 1991) finds it without keeping the others. */
    if (votes > *former_votes) {
        former->stack = moment->stack;
        former->symbol = moment->symbol;
        *former_votes = votes - *former_votes;
    } else {
        *former_votes -= votes;
    }
    former->count += moment->count;
    return true;
}

static void append(struct sc_timeline *timeline, const struct sc_moment *moment,
                   uint32_t votes)
{
    timeline->votes[timeline->n_moments] = votes;
    timeline->moments[timeline->n_moments++] = *moment;
    timeline->last[moment->thread] = (uint32_t)timeline->n_moments;
}

static size_t limit_of(const struct sc_timeline *timeline)
{
    return timeline->limit ? timeline->limit : SC_TIMELINE_MOMENTS;
}

/* Halves the resolution until half the room is free, or nothing more can be merged
 * because each thread has one moment. */
static void coarsen(struct sc_timeline *timeline, uint64_t now_ns)
{
    while (timeline->n_moments > limit_of(timeline) / 2 &&
           timeline->stretch_ns <= now_ns) {
        size_t n_before = timeline->n_moments;
        timeline->stretch_ns =
            timeline->stretch_ns ? timeline->stretch_ns * 2 : first_stretch_ns;
        memset(timeline->last, 0, timeline->last_capacity * sizeof(*timeline->last));
        timeline->n_moments = 0;
        for (size_t i = 0; i < n_before; i++) {
            struct sc_moment moment = timeline->moments[i];
            uint32_t votes = timeline->votes[i];
            if (!merge(timeline, &moment, votes)) {
                append(timeline, &moment, votes);
            }
        }
    }
}

enum sc_err sc_timeline_add(struct sc_timeline *timeline,
                            const struct sc_moment *moment)
{
    enum sc_err err = sc_os_grow((void **)&timeline->last, &timeline->last_capacity,
                                 (size_t)moment->thread + 1, sizeof(*timeline->last));
    if (err != SC_OK || merge(timeline, moment, moment->count)) {
        return err;
    }
    if (timeline->n_moments >= limit_of(timeline)) {
        coarsen(timeline, moment->t_ns);
        if (merge(timeline, moment, moment->count) ||
            timeline->n_moments >= limit_of(timeline)) {
            return SC_OK;
        }
    }
    err = sc_os_grow((void **)&timeline->moments, &timeline->moments_capacity,
                     timeline->n_moments + 1, sizeof(*timeline->moments));
    if (err == SC_OK) {
        err = sc_os_grow((void **)&timeline->votes, &timeline->votes_capacity,
                         timeline->n_moments + 1, sizeof(*timeline->votes));
    }
    if (err == SC_OK) {
        append(timeline, moment, moment->count);
    }
    return err;
}

static int by_thread_and_time(const void *a, const void *b)
{
    const struct sc_moment *x = a;
    const struct sc_moment *y = b;
    if (x->thread != y->thread) {
        return x->thread < y->thread ? -1 : 1;
    }
    return x->t_ns < y->t_ns ? -1 : x->t_ns > y->t_ns;
}

void sc_timeline_sort(struct sc_timeline *timeline)
{
    if (timeline->n_moments > 0) {
        qsort(timeline->moments, timeline->n_moments, sizeof(*timeline->moments),
              by_thread_and_time);
    }
}
