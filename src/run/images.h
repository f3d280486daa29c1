/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * All process images of a run: found in the run's directory, drained round by round
 * into the collect, ended one by one. A thousand short children cost a thousand short
 * moments, not a thousand mappings. One thread. */
#ifndef SC_RUN_IMAGES_H
#define SC_RUN_IMAGES_H

#include "run/image.h"
#include "run/run.h"
#include "run/rundir.h"

#include <poll.h>

struct sc_images {
    const struct sc_rundir *rundir;
    struct sc_collect *collect;
    struct sc_run_result *result;
    const char *save_trace_path; /* NULL: no */
    struct sc_clock_policy policy;
    pid_t root_pid;          /* the program; set by the caller when it has started */
    struct sc_image **items; /* by time of birth */
    size_t n;
    size_t capacity;
    uint32_t rings_seen;  /* control->rings_made at the last scan */
    bool root_starting;   /* the program's agent has not begun to record */
    bool crowded;         /* a ring was over a quarter full in the last round */
    bool said_unreadable; /* one warning each, however often */
    bool said_damaged;
    size_t next_reaped; /* index of the image whose clocks are looked at next */
};

/* Context: cold. The pointers must outlive the set. */
SC_MUST_USE enum sc_err sc_images_init(struct sc_images *images,
                                       const struct sc_rundir *rundir,
                                       struct sc_collect *collect,
                                       const struct sc_run_config *config,
                                       struct sc_run_result *result);

/* One round: looks for new rings if there are any, drains all, ends those that are
 * over. Returns the number of records read. */
uint64_t sc_images_round(struct sc_images *images, uint64_t now_mono_ns);

/* The last round: the program has ended. Images still living are drained once more
 * and ended as well. Frees everything. */
void sc_images_finish(struct sc_images *images, uint64_t now_mono_ns);

/* Puts a poll entry for each image that can be waited for into fds, which has room
 * for images->n. Returns how many. */
size_t sc_images_poll_begin(const struct sc_images *images, struct pollfd *fds);

/* Takes in what poll found. */
void sc_images_poll_end(struct sc_images *images, const struct pollfd *fds);

/* Adds a sentence to the result; the list holds a few, later ones are dropped. */
void sc_run_warn(struct sc_run_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
