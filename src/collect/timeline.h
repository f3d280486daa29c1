/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The run-length timeline: which thread stood where, and when. Its size has a bound:
 * when it is full, moments of a thread that fall into the same stretch of time become
 * one, and the stretch is doubled until half the room is free. Owned by sc_collect. */
#ifndef SC_COLLECT_TIMELINE_H
#define SC_COLLECT_TIMELINE_H

#include "collect/collect.h"

enum {
    SC_TIMELINE_MOMENTS = 50000
};

struct sc_timeline {
    struct sc_moment *moments; /* in the order they came */
    size_t n_moments, moments_capacity;
    uint32_t *votes; /* of each moment: samples at its stack less those elsewhere */
    size_t votes_capacity;
    size_t limit;        /* 0: SC_TIMELINE_MOMENTS; tests set a smaller one */
    uint64_t stretch_ns; /* moments nearer than this are one; 0 at first */
    uint32_t *last;      /* last moment + 1 of each thread; 0: none */
    size_t last_capacity;
};

/* A zeroed struct is an empty timeline. */
void sc_timeline_fini(struct sc_timeline *timeline);

/* A sample that carries weight; moment->count is 1. Once there are as many threads as
 * moments, further threads are left out. */
SC_MUST_USE enum sc_err sc_timeline_add(struct sc_timeline *timeline,
                                        const struct sc_moment *moment);

/* Puts the moments in order of thread, then time. Nothing is added after this. */
void sc_timeline_sort(struct sc_timeline *timeline);

#endif
