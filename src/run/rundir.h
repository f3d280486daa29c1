/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The directory of a run: private, in memory where there is room, with the control
 * page in it. The agents put their rings there. It goes away with the run; what a
 * killed front left behind is removed by the next one, which knows it by a lock that
 * nobody holds any more. One thread; cold contexts. */
#ifndef SC_RUN_RUNDIR_H
#define SC_RUN_RUNDIR_H

#include "base/err.h"
#include "trace/trace.h"

#include <limits.h>

struct sc_rundir {
    char path[PATH_MAX];
    int fd;         /* of the directory */
    int control_fd; /* holds the lock */
    struct sc_control *control;
};

/* Makes the directory and its control page, recording on. *os_errno says why not. */
SC_MUST_USE enum sc_err sc_rundir_create(struct sc_rundir *rundir, int *os_errno);

/* Removes the directory and everything in it. Files stay mapped where they are. */
void sc_rundir_remove(struct sc_rundir *rundir);

#endif
