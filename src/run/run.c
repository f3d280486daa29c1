/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The life of a run: prepare, start, watch until the program's end, tidy up. */
#include "run/run.h"

#include "base/units.h"
#include "os/heap.h"
#include "os/os.h"
#include "run/images.h"
#include "run/launch.h"
#include "run/rundir.h"
#include "run/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long the loop sleeps, on average; each time by chance, so that it keeps step
 * with nothing the program does. */
/* Of the program's CPU time, what the perf clock may take by itself, in thousandths;
 * and the longest interval that this leads to. */
static const uint64_t clock_share_permille = 8;
static const uint64_t slowest_interval_ns = 10 * SC_NS_PER_MS;
static const uint64_t starting_sleep_ns = 3 * SC_NS_PER_MS / 2;
static const uint64_t crowded_sleep_ns = 2 * SC_NS_PER_MS;
static const uint64_t busy_sleep_ns = 10 * SC_NS_PER_MS;
static const uint64_t idle_sleep_ns = 100 * SC_NS_PER_MS;
static const uint64_t starting_ends_ns = 500 * SC_NS_PER_MS;

static const uint64_t shortest_tick_ns = SC_NS_PER_MS;
static const uint32_t root_ring_bytes = 2 * SC_BYTES_PER_MIB;
static const uint32_t child_ring_bytes = SC_BYTES_PER_MIB;

/* Everything that lives as long as the program. */
struct run {
    const struct sc_run_config *config;
    struct sc_run_result *result;
    struct sc_limits limits;
    struct sc_signals signals;
    struct sc_rundir rundir;
    struct sc_images images;
    pid_t pid;
    int watch_fd; /* of the program; -1: none, it is looked at each round */
    uint64_t exec_mono_ns;
    uint64_t sleep_ns;
    bool signal_came; /* what the last wait found */
    bool end_came;
    struct pollfd *fds;
    size_t fds_capacity;
};

/* Takes the program's end, if it has come. */
static bool program_ended(struct run *run)
{
    struct sc_run_result *result = run->result;
    int status;
    struct rusage usage;
    if (run->watch_fd >= 0 && !run->end_came) {
        return false;
    }
    pid_t ended = wait4(run->pid, &status, WNOHANG, &usage);
    if (ended != run->pid) {
        return false;
    }
    result->wall_ns = sc_os_mono_ns() - run->exec_mono_ns;
    result->exited = WIFEXITED(status);
    if (result->exited) {
        result->exit_code = WEXITSTATUS(status);
    } else {
        result->signal = WTERMSIG(status);
    }
    result->user_ns = (uint64_t)usage.ru_utime.tv_sec * SC_NS_PER_SEC +
                      (uint64_t)usage.ru_utime.tv_usec * SC_NS_PER_US;
    result->kernel_ns = (uint64_t)usage.ru_stime.tv_sec * SC_NS_PER_SEC +
                        (uint64_t)usage.ru_stime.tv_usec * SC_NS_PER_US;
    return true;
}

/* How long to sleep after a round that read n_records. */
static uint64_t next_sleep_ns(struct run *run, uint64_t n_records, uint64_t now_ns)
{
    if (n_records > 0) {
        run->sleep_ns = busy_sleep_ns;
    } else {
        run->sleep_ns += run->sleep_ns / 2;
    }
    if (run->sleep_ns > idle_sleep_ns) {
        run->sleep_ns = idle_sleep_ns;
    }
    uint64_t sleep_ns = run->sleep_ns;
    if (run->images.root_starting && now_ns - run->exec_mono_ns < starting_ends_ns) {
        sleep_ns = starting_sleep_ns;
    } else if (run->images.crowded) {
        sleep_ns = crowded_sleep_ns;
    }
    double part = 0.5 + sc_clock_random(&run->images.policy);
    return (uint64_t)((double)sleep_ns * part);
}

/* Sleeps until time is up, a signal arrives or a process ends. */
static void wait_for_news(struct run *run, uint64_t sleep_ns)
{
    enum {
        OWN_FDS = 2
    };
    struct pollfd few[OWN_FDS];
    struct pollfd *fds = few;
    size_t n = 0;
    bool all = sc_os_grow((void **)&run->fds, &run->fds_capacity,
                          OWN_FDS + run->images.n, sizeof(*run->fds)) == SC_OK;
    if (all) {
        fds = run->fds;
    }
    fds[n++] = (struct pollfd){.fd = sc_signals_fd(&run->signals), .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = run->watch_fd, .events = POLLIN};
    if (all) {
        n += sc_images_poll_begin(&run->images, fds + OWN_FDS);
    }
    struct timespec timeout = {.tv_sec = (time_t)(sleep_ns / SC_NS_PER_SEC),
                               .tv_nsec = (long)(sleep_ns % SC_NS_PER_SEC)};
    run->signal_came = false;
    if (ppoll(fds, n, &timeout, NULL) <= 0) {
        return;
    }
    run->signal_came = fds[0].revents != 0;
    run->end_came = fds[1].revents != 0;
    if (all) {
        sc_images_poll_end(&run->images, fds + OWN_FDS);
    }
}

static void watch_program(struct run *run)
{
    while (!program_ended(run)) {
        uint64_t now_ns = sc_os_mono_ns();
        uint64_t n_records = sc_images_round(&run->images, now_ns);
        if (run->signal_came) {
            sc_signals_take(&run->signals, now_ns);
        }
        uint64_t due_ns = sc_signals_hand_on(&run->signals, run->pid, now_ns);
        uint64_t sleep_ns = next_sleep_ns(run, n_records, now_ns);
        if (due_ns - now_ns < sleep_ns) {
            sleep_ns = due_ns - now_ns;
        }
        wait_for_news(run, sleep_ns);
    }
}

static void fill_control(struct sc_control *control, uint64_t interval_ns)
{
    uint64_t tick_ns = interval_ns > shortest_tick_ns ? interval_ns : shortest_tick_ns;
    control->tick_interval_ns = tick_ns < UINT32_MAX ? (uint32_t)tick_ns : UINT32_MAX;
    control->root_ring_bytes = root_ring_bytes;
    control->child_ring_bytes = child_ring_bytes;
}

/* Settles the span of the program's recording. What the agent wrote is believed only
 * where it can be true. */
static void settle_span(struct run *run)
{
    uint64_t *span = run->result->root_mono_ns;
    uint64_t end_ns = run->exec_mono_ns + run->result->wall_ns;
    if (span[0] < run->exec_mono_ns || span[0] > end_ns) {
        span[0] = run->exec_mono_ns;
    }
    if (span[1] < span[0] || span[1] > end_ns) {
        span[1] = end_ns;
    }
}

/* The interval at which the perf clock's own cost stays within its share, and not below
 * the one asked for. The program is starting meanwhile; it is sampled later. */
static uint64_t affordable_interval_ns(uint64_t asked_ns)
{
    uint64_t bound_ns = sc_os_clock_cost_ns(SIGPROF) * 1000 / clock_share_permille;
    if (bound_ns > slowest_interval_ns) {
        bound_ns = slowest_interval_ns;
    }
    return asked_ns > bound_ns ? asked_ns : bound_ns;
}

/* From the start of the program to its end. */
static enum sc_err run_started(struct run *run, struct sc_collect *collect)
{
    enum sc_err err =
        sc_images_init(&run->images, &run->rundir, collect, run->config, run->result);
    if (err != SC_OK) {
        run->result->start_errno = errno;
        return err;
    }
    run->exec_mono_ns = sc_os_mono_ns();
    err = sc_launch(run->config, &run->rundir, &run->signals, &run->limits, &run->pid,
                    &run->result->start_errno);
    if (err != SC_OK) {
        run->result->start_errno = errno;
        return err;
    }
    if (run->result->start_errno != 0) {
        return SC_OK; /* exec failed; there was no program */
    }
    run->result->started = true;
    run->result->interval_ns = run->config->interval_ns;
    if (run->config->may_slow_down) {
        run->result->interval_ns = affordable_interval_ns(run->config->interval_ns);
        run->images.policy.mean_period_ns = run->result->interval_ns;
    }
    run->images.root_pid = run->pid;
    run->sleep_ns = busy_sleep_ns;
    err = sc_os_process_watch(run->pid, &run->watch_fd);
    if (err != SC_OK) {
        run->watch_fd = -1; /* poll passes over it */
    }
    watch_program(run);
    atomic_store(&run->rundir.control->stop, 1);
    sc_images_finish(&run->images, sc_os_mono_ns());
    settle_span(run);
    if (run->watch_fd >= 0) {
        close(run->watch_fd);
    }
    free(run->fds);
    return SC_OK;
}

enum sc_err sc_run_program(const struct sc_run_config *config,
                           struct sc_collect *collect, struct sc_run_result *result)
{
    struct run run = {.config = config, .result = result, .watch_fd = -1};
    *result = (struct sc_run_result){0};
    sc_streams_guard();
    sc_limits_raise(&run.limits);
    enum sc_err err = sc_signals_init(&run.signals);
    if (err != SC_OK) {
        result->start_errno = errno;
        return err;
    }
    err = sc_rundir_create(&run.rundir, &result->start_errno);
    if (err == SC_OK) {
        fill_control(run.rundir.control, config->interval_ns);
        err = run_started(&run, collect);
        sc_rundir_remove(&run.rundir);
    }
    sc_signals_fini(&run.signals);
    return err;
}
