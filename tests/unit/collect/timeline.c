/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The bounded timeline and the tables under it. */
#include "collect/timeline.h"

#include "base/hash.h"
#include "collect/intern.h"
#include "harness.h"

static void add(struct sc_timeline *timeline, uint32_t thread, uint64_t t_ns,
                uint32_t stack)
{
    struct sc_moment moment = {
        .t_ns = t_ns, .stack = stack, .symbol = SC_NONE, .count = 1, .thread = thread};
    CHECK_INT(sc_timeline_add(timeline, &moment), SC_OK);
}

static uint64_t count_of(const struct sc_timeline *timeline, uint32_t thread)
{
    uint64_t n = 0;
    for (size_t i = 0; i < timeline->n_moments; i++) {
        n += timeline->moments[i].thread == thread ? timeline->moments[i].count : 0;
    }
    return n;
}

static void test_runs(void)
{
    struct sc_timeline timeline = {0};
    add(&timeline, 1, 100, 7);
    add(&timeline, 0, 101, 7);
    add(&timeline, 1, 102, 7);
    add(&timeline, 1, 103, 8);
    add(&timeline, 1, 104, 7);
    sc_timeline_sort(&timeline);
    CHECK_INT(timeline.n_moments, 4);
    CHECK_INT(timeline.moments[0].thread, 0);
    CHECK_INT(timeline.moments[1].t_ns, 100);
    CHECK_INT(timeline.moments[1].count, 2);
    CHECK_INT(timeline.moments[3].t_ns, 104);
    sc_timeline_fini(&timeline);
}

/* Two stacks in turn, 3:1 in time, by two threads: the bound holds, no sample is lost
 * from the counts, order stays, and the one seen more often is shown. */
static void test_bound(void)
{
    struct sc_timeline timeline = {.limit = 1000};
    enum {
        N = 100000
    };
    for (uint64_t i = 0; i < N; i++) {
        add(&timeline, i & 1, i * 1000000, (i / 2) % 4 == 0 ? 1 : 2);
        CHECK(timeline.n_moments <= 1000);
    }
    sc_timeline_sort(&timeline);
    CHECK(timeline.n_moments > 100);
    CHECK_INT(count_of(&timeline, 0), N / 2);
    CHECK_INT(count_of(&timeline, 1), N / 2);
    uint64_t n_rare = 0;
    for (size_t i = 0; i < timeline.n_moments; i++) {
        const struct sc_moment *moment = &timeline.moments[i];
        n_rare += moment->stack == 1 ? moment->count : 0;
        if (i > 0 && moment[-1].thread == moment->thread) {
            CHECK(moment[-1].t_ns < moment->t_ns);
        }
    }
    CHECK(n_rare < N / 4);
    sc_timeline_fini(&timeline);
}

/* More threads than room: the first ones are kept. */
static void test_many_threads(void)
{
    struct sc_timeline timeline = {.limit = 100};
    for (uint32_t i = 0; i < 1000; i++) {
        add(&timeline, i, 1000 + i, i);
    }
    CHECK_INT(timeline.n_moments, 100);
    sc_timeline_fini(&timeline);
}

static void test_interning(void)
{
    struct sc_intern intern;
    const char *text;
    const char *again;
    uint32_t place;
    sc_intern_init(&intern);
    CHECK_INT(sc_intern_string(&intern, "abcdef", 3, &text), SC_OK);
    CHECK_STR(text, "abc");
    CHECK_INT(sc_intern_string(&intern, "abc", 3, &again), SC_OK);
    CHECK(text == again);
    CHECK_INT(sc_intern_string(&intern, "abcd", 4, &again), SC_OK);
    CHECK(text != again);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 20000; i++) {
            CHECK_INT(sc_intern_cell(&intern, i % 3, i, SC_NONE, &place), SC_OK);
            CHECK_INT(place, i);
            struct sc_stack_node node = {i / 2 ? i / 2 : SC_NONE, i, -1};
            CHECK_INT(sc_intern_node(&intern, node, &place), SC_OK);
            CHECK_INT(place, i);
        }
    }
    CHECK_INT(intern.n_cells, 20000);
    CHECK_INT(intern.n_nodes, 20000);
    sc_intern_fini(&intern);
}

int main(void)
{
    RUN(test_runs);
    RUN(test_bound);
    RUN(test_many_threads);
    RUN(test_interning);
    return check_failures != 0;
}
