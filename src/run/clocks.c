/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Opening, re-drawing and closing perf clocks. Setting a period starts it afresh, so
 * each re-draw cuts off the part of a period that had passed: 5 % of the time at
 * 10 samples per draw. The clock's own count tells exactly how much, and what the
 * samples stand for is raised by that share (sc_ring_header.perf_period_ns). */
#include "run/clocks.h"

#include "base/hash.h"
#include "os/heap.h"
#include "os/os.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bounds of the periods, as parts of their mean. A fixed period shows a program that
 * runs on nearly the same one in false proportions. */
static const double period_low = 0.9 / 1.05;
static const double period_high = 1.2 / 1.05;

/* Fewer samples per draw cut off a larger part of the time and cost more calls; more
 * samples stay in step with a program for longer. */
static const uint32_t samples_per_draw = 8;

/* Below this the machine would do little but take samples. */
static const uint64_t shortest_period_ns = 100000;

enum sc_err sc_clock_policy_init(struct sc_clock_policy *policy,
                                 uint64_t mean_period_ns)
{
    *policy = (struct sc_clock_policy){
        .mean_period_ns =
            mean_period_ns > shortest_period_ns ? mean_period_ns : shortest_period_ns,
    };
    return sc_os_random(&policy->random_state, sizeof(policy->random_state));
}

double sc_clock_random(struct sc_clock_policy *policy)
{
    policy->random_state += UINT64_C(0x9e3779b97f4a7c15);
    return (double)(sc_hash_u64(policy->random_state) >> 11) * 0x1p-53;
}

static uint64_t draw_period_ns(struct sc_clock_policy *policy)
{
    double part = period_low + (period_high - period_low) * sc_clock_random(policy);
    double period_ns = (double)policy->mean_period_ns * part;
    /* The header's field has 32 bits: 4 s, a period that no one asks for. */
    return period_ns < UINT32_MAX / 2 ? (uint64_t)period_ns : UINT32_MAX / 2;
}

/* Tells the agent what a sample stands for and how many clocks there are. */
static void publish(const struct sc_clocks *clocks)
{
    double made_up = 1.0;
    if (clocks->counted_ns > clocks->cut_ns) {
        made_up =
            (double)clocks->counted_ns / (double)(clocks->counted_ns - clocks->cut_ns);
    }
    double stands_for_ns = (double)clocks->period_ns * made_up;
    atomic_store(&clocks->header->perf_period_ns,
                 stands_for_ns < UINT32_MAX ? (uint32_t)stands_for_ns : UINT32_MAX);
    atomic_store(&clocks->header->perf_threads, (uint32_t)clocks->n);
}

void sc_clocks_init(struct sc_clocks *clocks, struct sc_clock_policy *policy,
                    struct sc_ring_header *header, pid_t pid)
{
    *clocks = (struct sc_clocks){
        .policy = policy,
        .header = header,
        .pid = pid,
        .period_ns = draw_period_ns(policy),
    };
    publish(clocks);
}

void sc_clocks_close(struct sc_clocks *clocks, bool forbid)
{
    for (size_t i = 0; i < clocks->n; i++) {
        close(clocks->items[i].fd);
    }
    free(clocks->items);
    clocks->items = NULL;
    clocks->n = 0;
    clocks->capacity = 0;
    clocks->forbidden = clocks->forbidden || forbid;
    publish(clocks);
}

/* Index of the first clock whose thread number is not below thread. */
static size_t find_place(const struct sc_clocks *clocks, uint32_t thread)
{
    size_t low = 0, high = clocks->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (clocks->items[middle].thread < thread) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct sc_clock *find(const struct sc_clocks *clocks, uint32_t thread)
{
    size_t place = find_place(clocks, thread);
    return place < clocks->n && clocks->items[place].thread == thread
               ? &clocks->items[place]
               : NULL;
}

static void remove_at(struct sc_clocks *clocks, size_t place)
{
    close(clocks->items[place].fd);
    memmove(&clocks->items[place], &clocks->items[place + 1],
            (clocks->n - place - 1) * sizeof(clocks->items[0]));
    clocks->n--;
}

static void insert(struct sc_clocks *clocks, struct sc_clock clock)
{
    if (sc_os_grow((void **)&clocks->items, &clocks->capacity, clocks->n + 1,
                   sizeof(clock)) != SC_OK) {
        close(clock.fd); /* this thread stays on the tick clock */
        return;
    }
    size_t place = find_place(clocks, clock.thread);
    memmove(&clocks->items[place + 1], &clocks->items[place],
            (clocks->n - place) * sizeof(clock));
    clocks->items[place] = clock;
    clocks->n++;
}

/* Notes why a clock could not be opened. Returns true when another try is worth it:
 * descriptors were short, and threads that have ended still held some. */
static bool note_failure(struct sc_clocks *clocks, int error)
{
    switch (error) {
    case ESRCH: /* the thread has ended, or its program was replaced */
        return false;
    case EMFILE:
    case ENFILE: {
        size_t before = clocks->n;
        sc_clocks_reap(clocks, before);
        return clocks->n < before;
    }
    default:
        /* Once a clock could be opened, a refusal is this thread's matter (a process
         * that may not be looked at); before, it is the system's answer. */
        if (!clocks->policy->ever_opened) {
            clocks->policy->denied_errno = error;
        }
        return false;
    }
}

static int open_clock(const struct sc_clocks *clocks, struct sc_clock *clock)
{
    return sc_os_clock_open(clocks->pid, clock->tid, clock->period_ns, SIGPROF,
                            &clock->fd);
}

void sc_clocks_thread_start(struct sc_clocks *clocks, uint32_t thread, uint32_t tid)
{
    if (clocks->forbidden || clocks->policy->denied_errno != 0) {
        return;
    }
    /* A number seen again is a slot of the agent with a new thread in it. */
    sc_clocks_thread_end(clocks, thread);
    struct sc_clock clock = {
        .thread = thread, .tid = tid, .fd = -1, .period_ns = clocks->period_ns};
    int error = open_clock(clocks, &clock);
    if (error != 0 && note_failure(clocks, error)) {
        error = open_clock(clocks, &clock);
    }
    if (error == 0) {
        clocks->policy->ever_opened = true;
        insert(clocks, clock);
        publish(clocks);
    }
}

void sc_clocks_thread_end(struct sc_clocks *clocks, uint32_t thread)
{
    const struct sc_clock *clock = find(clocks, thread);
    if (clock != NULL) {
        remove_at(clocks, (size_t)(clock - clocks->items));
        publish(clocks);
    }
}

void sc_clocks_sampled(struct sc_clocks *clocks, uint32_t thread)
{
    struct sc_clock *clock = find(clocks, thread);
    if (clock != NULL) {
        clock->samples++;
    }
}

/* Sets the new period on a clock and books what that cuts off. */
static void set_period(struct sc_clocks *clocks, struct sc_clock *clock)
{
    uint64_t counted_ns = clock->counted_ns;
    clock->samples = 0;
    if (sc_os_clock_set_period(clock->fd, clocks->period_ns, &counted_ns) != SC_OK) {
        return; /* the thread has ended; reap finds its clock */
    }
    uint64_t passed_ns =
        counted_ns > clock->counted_ns ? counted_ns - clock->counted_ns : 0;
    clocks->counted_ns += passed_ns;
    clocks->cut_ns += passed_ns % clock->period_ns;
    clock->counted_ns = counted_ns;
    clock->period_ns = clocks->period_ns;
}

void sc_clocks_redraw(struct sc_clocks *clocks)
{
    bool drawn = false;
    for (size_t i = 0; i < clocks->n; i++) {
        if (clocks->items[i].samples < samples_per_draw) {
            continue;
        }
        if (!drawn) {
            clocks->period_ns = draw_period_ns(clocks->policy);
            drawn = true;
        }
        set_period(clocks, &clocks->items[i]);
    }
    if (drawn) {
        publish(clocks);
    }
}

/* The descriptors cannot tell: an event without a buffer always polls as hung up. */
void sc_clocks_reap(struct sc_clocks *clocks, size_t n_looks)
{
    size_t n_before = clocks->n;
    for (size_t i = 0; i < n_looks && i < n_before && clocks->n > 0; i++) {
        /* From the end, so that a removal moves no clock that is still to come. */
        if (clocks->next_reaped == 0 || clocks->next_reaped > clocks->n) {
            clocks->next_reaped = clocks->n;
        }
        clocks->next_reaped--;
        if (!sc_os_thread_exists(clocks->pid, clocks->items[clocks->next_reaped].tid)) {
            remove_at(clocks, clocks->next_reaped);
        }
    }
    if (clocks->n != n_before) {
        publish(clocks);
    }
}
