/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * One process image under observation: its ring file mapped here, the records read
 * from it into the collect, its perf clocks, and whether it has ended. Owned by the
 * set of images (images.h). Nothing in the ring is trusted. One thread. */
#ifndef SC_RUN_IMAGE_H
#define SC_RUN_IMAGE_H

#include "collect/collect.h"
#include "run/clocks.h"
#include "trace/reader.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct sc_image {
    char name[NAME_MAX + 1]; /* of the ring file */
    pid_t pid;
    uint64_t born_mono_ns; /* from the name: images are read in this order */
    struct sc_ring_header *header;
    size_t file_bytes;
    struct sc_trace_reader reader;
    struct sc_clocks clocks;
    struct sc_collect_process *process; /* NULL until the agent records */
    int watch_fd; /* readable once the process has ended; -1: none */
    bool process_ended;
    bool given_up;            /* damaged or out of memory: read no further */
    uint64_t leaving_mono_ns; /* when the agent was first seen to have ended; 0 */
    uint64_t maps_mono_ns;    /* when the mappings were last read */
    char *maps;
    size_t maps_bytes;
    FILE *trace; /* the saved trace; NULL: none */
    uint64_t n_perf_samples;
    uint64_t n_tick_samples;
};

/* Maps the ring file `name` of the run's directory. SC_ERR_AGAIN: its agent has not
 * finished making it; SC_ERR_DENIED: it belongs to somebody else; SC_ERR_FORMAT,
 * SC_ERR_VERSION: it is no ring of ours. */
SC_MUST_USE enum sc_err sc_image_open(struct sc_image **image, int directory_fd,
                                      const char *name, struct sc_clock_policy *policy);

/* Closes the clocks, unmaps, frees; the collect's process must have been ended. */
void sc_image_close(struct sc_image *image);

/* True once the agent records, or did: there is something to begin. */
bool sc_image_ready(const struct sc_image *image);

/* Reads what there is, at most the ring's capacity. After the process has ended also
 * what lies behind records that nobody will complete. *n_records counts up. On an
 * error the image is given up. */
SC_MUST_USE enum sc_err sc_image_drain(struct sc_image *image, uint64_t *n_records);

/* Reads the process's mappings into the collect. Errors are no matter: its native
 * places stay without names. */
void sc_image_read_maps(struct sc_image *image, uint64_t now_mono_ns);

/* Gives the collect mappings that are known otherwise. */
void sc_image_give_maps(struct sc_image *image, const char *maps, size_t n_bytes);

/* Looks whether the process has ended, for images that cannot be waited for. */
void sc_image_check_alive(struct sc_image *image);

/* True when the image is over: its process ended, or it was replaced by another
 * program and that is certain by now. */
bool sc_image_over(struct sc_image *image, uint64_t now_mono_ns);

#endif
