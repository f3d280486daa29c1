/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Starts the program: the user's own command and environment, with the agent preloaded
 * and the run's directory named, and nothing else of ours: no descriptor, no signal
 * mask or disposition, no limit. One thread; cold contexts. */
#ifndef SC_RUN_LAUNCH_H
#define SC_RUN_LAUNCH_H

#include "run/run.h"
#include "run/rundir.h"
#include "run/signals.h"

#include <sys/resource.h>
#include <sys/types.h>

/* The front needs more descriptors than most programs (a clock per thread), and must
 * write its files whatever the program may. Its soft limits are raised to the hard
 * ones; the program gets the inherited ones back. */
struct sc_limits {
    struct rlimit descriptors;
    struct rlimit file_bytes;
};
void sc_limits_raise(struct sc_limits *inherited);

/* Makes sure that descriptors 0, 1 and 2 are taken, so that no file of ours becomes
 * the standard error of a front that was started without one. The program still finds
 * them closed. */
void sc_streams_guard(void);

/* Starts the program. SC_OK also when exec failed: *exec_errno is not 0 then, and
 * there is no process. Else *pid is a child to wait for. */
SC_MUST_USE enum sc_err sc_launch(const struct sc_run_config *config,
                                  const struct sc_rundir *rundir,
                                  const struct sc_signals *signals,
                                  const struct sc_limits *limits, pid_t *pid,
                                  int *exec_errno);

#endif
