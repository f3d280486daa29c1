/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What an expiry of the perf clock costs on this machine. Each of a few pairs of
 * windows does the same work without and with the clock; their difference in CPU time,
 * shared among the expiries, is the cost, and one of the cheaper pairs decides. Where
 * timers trap to a hypervisor an expiry costs tens of microseconds. */
#include "base/units.h"
#include "os/os.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    N_PAIRS = 7,
    TAKEN_PAIR =
        2, /* of those in order of cost: what else the machine does adds to it */
    TRIAL_STEPS = 20000,
    PERIOD_NS = 100000
};
static const uint64_t window_ns = 500 * SC_NS_PER_US;

static volatile sig_atomic_t expiries;

static void count_expiry(int signal_number)
{
    (void)signal_number;
    expiries++;
}

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * SC_NS_PER_SEC + (uint64_t)now.tv_nsec;
}

/* CPU time of that many steps of work. */
static uint64_t work_ns(uint64_t n_steps)
{
    uint64_t begin_ns = cpu_ns();
    for (volatile uint64_t step = 0; step < n_steps; step++) {
    }
    return cpu_ns() - begin_ns;
}

/* The cost by one pair of windows; 0: no clock, or nothing to be seen. */
static uint64_t cost_by_pair_ns(int signal_number, uint64_t n_steps)
{
    int fd;
    uint64_t without_ns = work_ns(n_steps);
    if (sc_os_clock_open(getpid(), (uint32_t)gettid(), PERIOD_NS, signal_number, &fd) !=
        0) {
        return 0;
    }
    expiries = 0;
    uint64_t with_ns = work_ns(n_steps);
    uint64_t n = (uint64_t)expiries;
    close(fd);
    return n > 0 && with_ns > without_ns ? (with_ns - without_ns) / n : 0;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

uint64_t sc_os_clock_cost_ns(int signal_number)
{
    struct sigaction action, old_action;
    sigset_t ours, old_mask;
    uint64_t costs[N_PAIRS];
    memset(&action, 0, sizeof(action));
    action.sa_handler = count_expiry;
    action.sa_flags = SA_RESTART;
    sigemptyset(&ours);
    sigaddset(&ours, signal_number);
    if (sigaction(signal_number, &action, &old_action) != 0) {
        return 0;
    }
    pthread_sigmask(SIG_UNBLOCK, &ours, &old_mask);
    uint64_t trial_ns = work_ns(TRIAL_STEPS);
    uint64_t n_steps = TRIAL_STEPS * window_ns / (trial_ns > 0 ? trial_ns : 1);
    for (int i = 0; i < N_PAIRS; i++) {
        costs[i] = cost_by_pair_ns(signal_number, n_steps);
    }
    pthread_sigmask(SIG_SETMASK, &old_mask, NULL);
    sigaction(signal_number, &old_action, NULL);
    qsort(costs, N_PAIRS, sizeof(costs[0]), by_size);
    return costs[TAKEN_PAIR];
}
