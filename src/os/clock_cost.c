/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What an expiry of the perf clock costs on this machine: windows of the same work with
 * the clock, against the fastest without it, in CPU time shared among the expiries; the
 * median window decides. Where timers trap to a hypervisor it is tens of microseconds.
 * What else the machine does makes the answer larger, which errs on the cheap side. */
#include "base/units.h"
#include "os/os.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    N_WINDOWS = 9,
    N_TRIALS = 8,
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

/* How many steps fill a window: the fastest of a few trials, since the first ones find
 * cold caches and pages that a fork left shared. */
static uint64_t steps_of_window(void)
{
    uint64_t fastest_ns = UINT64_MAX;
    for (int i = 0; i < N_TRIALS; i++) {
        uint64_t trial_ns = work_ns(TRIAL_STEPS);
        fastest_ns = trial_ns > 0 && trial_ns < fastest_ns ? trial_ns : fastest_ns;
    }
    return TRIAL_STEPS * window_ns / fastest_ns + 1;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Measures with the handler in place. */
static uint64_t measure(int signal_number)
{
    uint64_t costs_ns[N_WINDOWS];
    uint64_t without_ns = UINT64_MAX;
    uint64_t n_steps = steps_of_window();
    for (int i = 0; i < N_WINDOWS; i++) {
        uint64_t idle_ns = work_ns(n_steps);
        without_ns = idle_ns < without_ns ? idle_ns : without_ns;
    }
    for (int i = 0; i < N_WINDOWS; i++) {
        int fd;
        if (sc_os_clock_open(getpid(), (uint32_t)gettid(), PERIOD_NS, signal_number,
                             &fd) != 0) {
            return 0;
        }
        expiries = 0;
        uint64_t with_ns = work_ns(n_steps);
        uint64_t n = (uint64_t)expiries;
        close(fd);
        costs_ns[i] = n > 0 && with_ns > without_ns ? (with_ns - without_ns) / n : 0;
    }
    qsort(costs_ns, N_WINDOWS, sizeof(costs_ns[0]), by_size);
    return costs_ns[N_WINDOWS / 2];
}

uint64_t sc_os_clock_cost_ns(int signal_number)
{
    struct sigaction action, old_action;
    sigset_t ours, old_mask;
    memset(&action, 0, sizeof(action));
    action.sa_handler = count_expiry;
    action.sa_flags = SA_RESTART;
    sigemptyset(&ours);
    sigaddset(&ours, signal_number);
    if (sigaction(signal_number, &action, &old_action) != 0) {
        return 0;
    }
    pthread_sigmask(SIG_UNBLOCK, &ours, &old_mask);
    uint64_t cost_ns = measure(signal_number);
    pthread_sigmask(SIG_SETMASK, &old_mask, NULL);
    sigaction(signal_number, &old_action, NULL);
    return cost_ns;
}
