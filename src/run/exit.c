/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The front's own end, which is the program's once more. */
#include "run/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* What shells return for a command that is not there, or that can not be executed. */
enum {
    EXIT_CANNOT_EXECUTE = 126,
    EXIT_NOT_THERE = 127,
    EXIT_SIGNAL_BASE = 128
};

static _Noreturn void die_of(int number)
{
    /* The program has left its core file, if it was to; a second one helps nobody. */
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    fflush(NULL);
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigaction(number, &action, NULL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    kill(getpid(), number);
    /* Still here: a process that is the first of its namespace does not die of it. */
    _exit(EXIT_SIGNAL_BASE + number);
}

_Noreturn void sc_run_exit_as(const struct sc_run_result *result)
{
    if (!result->started) {
        exit(result->start_errno == ENOENT ? EXIT_NOT_THERE : EXIT_CANNOT_EXECUTE);
    }
    if (!result->exited) {
        die_of(result->signal);
    }
    exit(result->exit_code);
}
