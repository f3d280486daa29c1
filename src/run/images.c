/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Finding, beginning and ending the process images of a run. */
#include "run/images.h"

#include "base/units.h"
#include "os/heap.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t maps_interval_ns = 100 * SC_NS_PER_MS;

/* Per round that read something, so that idle programs cost nothing. A clock too many
 * does no harm; when descriptors run short, all are looked at. */
enum {
    LOOKS_FOR_ENDED_THREADS = 2
};

void sc_run_warn(struct sc_run_result *result, const char *format, ...)
{
    size_t n = sizeof(result->warning) / sizeof(result->warning[0]);
    for (size_t i = 0; i < n; i++) {
        if (result->warning[i][0] == '\0') {
            va_list arguments;
            va_start(arguments, format);
            vsnprintf(result->warning[i], sizeof(result->warning[i]), format,
                      arguments);
            va_end(arguments);
            return;
        }
    }
}

enum sc_err sc_images_init(struct sc_images *images, const struct sc_rundir *rundir,
                           struct sc_collect *collect,
                           const struct sc_run_config *config,
                           struct sc_run_result *result)
{
    *images = (struct sc_images){
        .rundir = rundir,
        .collect = collect,
        .result = result,
        .save_trace_path = config->save_trace_path,
        .root_starting = true,
    };
    return sc_clock_policy_init(&images->policy, config->interval_ns);
}

static bool known(const struct sc_images *images, const char *name)
{
    for (size_t i = 0; i < images->n; i++) {
        if (strcmp(images->items[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds an image; the list stays in order of birth, so that the program is first and a
 * parent comes before its children. */
static enum sc_err add(struct sc_images *images, struct sc_image *image)
{
    enum sc_err err = sc_os_grow((void **)&images->items, &images->capacity,
                                 images->n + 1, sizeof(images->items[0]));
    if (err != SC_OK) {
        return err;
    }
    size_t place = images->n++;
    while (place > 0 && images->items[place - 1]->born_mono_ns > image->born_mono_ns) {
        images->items[place] = images->items[place - 1];
        place--;
    }
    images->items[place] = image;
    if (image->pid == images->root_pid) {
        images->result->agent_seen = true;
    }
    return SC_OK;
}

static void open_image(struct sc_images *images, const char *name)
{
    struct sc_image *image = NULL;
    enum sc_err err = sc_image_open(&image, images->rundir->fd, name, &images->policy);
    if (err == SC_OK) {
        err = add(images, image);
        if (err != SC_OK) {
            sc_image_close(image);
        }
    }
    /* AGAIN: its agent is still at it, and counts it when done. */
    if (err != SC_OK && err != SC_ERR_AGAIN && !images->said_unreadable) {
        images->said_unreadable = true;
        sc_run_warn(images->result,
                    "The record of a process could not be opened (%s): its time is "
                    "missing.",
                    sc_err_text(err));
    }
}

/* Looks for ring files. The count is read first: a ring made while this looks will be
 * looked for again. */
static void scan(struct sc_images *images)
{
    images->rings_seen = atomic_load(&images->rundir->control->rings_made);
    int fd = openat(images->rundir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (directory == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (strncmp(entry->d_name, SC_RING_PREFIX, strlen(SC_RING_PREFIX)) == 0 &&
            !known(images, entry->d_name)) {
            open_image(images, entry->d_name);
        }
    }
    closedir(directory);
}

/* The saved trace of the program itself has the name asked for; those of further
 * images have their ring's name added. */
static void open_trace(const struct sc_images *images, struct sc_image *image,
                       bool first)
{
    char path[PATH_MAX + NAME_MAX + 2];
    snprintf(path, sizeof(path), "%s%s%s", images->save_trace_path, first ? "" : ".",
             first ? "" : image->name);
    image->trace = fopen(path, "we");
    if (image->trace == NULL ||
        sc_trace_save_header(image->trace, image->header) != SC_OK) {
        sc_run_warn(images->result, "The trace could not be written.");
    }
}

/* The image that this one was forked from, whose mappings it shares; NULL: unknown. */
static const struct sc_image *parent_of(const struct sc_images *images,
                                        const struct sc_image *image)
{
    uint32_t flags = atomic_load(&image->header->flags);
    for (size_t i = images->n; (flags & SC_RING_FLAG_FORKED) != 0 && i-- > 0;) {
        const struct sc_image *other = images->items[i];
        if (other != image && (uint32_t)other->pid == image->header->ppid &&
            other->maps != NULL) {
            return other;
        }
    }
    return NULL;
}

static void begin(struct sc_images *images, struct sc_image *image, uint64_t now_ns)
{
    struct sc_run_result *result = images->result;
    enum sc_err err =
        sc_collect_process_begin(images->collect, image->header, &image->process);
    if (err != SC_OK) {
        image->given_up = true;
        sc_run_warn(result, "A process could not be recorded: %s.", sc_err_text(err));
        return;
    }
    bool first = result->root_mono_ns[0] == 0 && image->pid == images->root_pid;
    if (first) {
        result->root_mono_ns[0] = image->header->start_mono_ns;
    }
    if (images->save_trace_path != NULL) {
        open_trace(images, image, first);
    }
    /* A child that lived too briefly has its parent's mappings, if it was forked. */
    const struct sc_image *parent = parent_of(images, image);
    if (parent != NULL) {
        sc_image_give_maps(image, parent->maps, parent->maps_bytes);
    }
    sc_image_read_maps(image, now_ns);
}

static void end(struct sc_images *images, struct sc_image *image, uint64_t now_ns)
{
    struct sc_run_result *result = images->result;
    if (image->pid == images->root_pid && image->process != NULL) {
        uint64_t end_ns = image->header->end_mono_ns;
        result->root_mono_ns[1] = end_ns != 0 ? end_ns : now_ns;
    }
    result->perf_used = result->perf_used || image->n_perf_samples > 0;
    result->tick_used = result->tick_used || image->n_tick_samples > 0;
    if (image->process != NULL) {
        uint64_t lost = image->reader.bad_records + image->reader.dead_records;
        enum sc_err err =
            sc_collect_process_end(image->process, image->header, lost, now_ns);
        if (err != SC_OK) {
            sc_run_warn(result, "A process's figures are incomplete: %s.",
                        sc_err_text(err));
        }
    }
    if (image->trace != NULL && fseek(image->trace, 0, SEEK_SET) == 0 &&
        sc_trace_save_header(image->trace, image->header) != SC_OK) {
        sc_run_warn(result, "The trace could not be written.");
    }
    unlinkat(images->rundir->fd, image->name, 0);
    sc_image_close(image);
}

/* Begins, drains and looks after one image. Returns the number of records read. */
static uint64_t visit(struct sc_images *images, struct sc_image *image, uint64_t now_ns)
{
    uint64_t n_records = 0;
    sc_image_check_alive(image);
    if (image->process == NULL && !image->given_up && sc_image_ready(image)) {
        begin(images, image, now_ns);
        if (image->pid == images->root_pid) {
            images->root_starting = false;
        }
    }
    if (image->process == NULL) {
        return 0;
    }
    if (sc_ring_used_bytes(&image->reader.ring) >
        image->reader.ring.capacity_bytes / 4) {
        images->crowded = true;
    }
    if (sc_image_drain(image, &n_records) != SC_OK && !images->said_damaged) {
        images->said_damaged = true;
        sc_run_warn(images->result,
                    "The record of process %d was damaged: its later samples are "
                    "lost.",
                    (int)image->pid);
    }
    if (now_ns - image->maps_mono_ns >= maps_interval_ns &&
        sc_collect_process_wants_maps(image->process)) {
        sc_image_read_maps(image, now_ns);
    }
    return n_records;
}

uint64_t sc_images_round(struct sc_images *images, uint64_t now_mono_ns)
{
    uint64_t n_records = 0;
    size_t n_kept = 0;
    images->crowded = false;
    if (atomic_load(&images->rundir->control->rings_made) != images->rings_seen) {
        scan(images);
    }
    for (size_t i = 0; i < images->n; i++) {
        n_records += visit(images, images->items[i], now_mono_ns);
    }
    if (n_records > 0) {
        images->next_reaped = (images->next_reaped + 1) % images->n;
        sc_clocks_reap(&images->items[images->next_reaped]->clocks,
                       LOOKS_FOR_ENDED_THREADS);
    }
    for (size_t i = 0; i < images->n; i++) {
        struct sc_image *image = images->items[i];
        if (sc_image_over(image, now_mono_ns)) {
            n_records += visit(images, image, now_mono_ns);
            end(images, image, now_mono_ns);
        } else {
            images->items[n_kept++] = image;
        }
    }
    images->n = n_kept;
    return n_records;
}

void sc_images_finish(struct sc_images *images, uint64_t now_mono_ns)
{
    scan(images);
    for (size_t i = 0; i < images->n; i++) {
        struct sc_image *image = images->items[i];
        if (image->pid == images->root_pid) {
            image->process_ended = true;
        }
        /* No late signal for those that go on living without us. */
        sc_clocks_close(&image->clocks, true);
    }
    size_t n_living = 0;
    for (size_t i = 0; i < images->n; i++) {
        visit(images, images->items[i], now_mono_ns);
        /* One whose agent said goodbye is as good as gone. */
        n_living += !sc_image_over(images->items[i], now_mono_ns) &&
                    images->items[i]->leaving_mono_ns == 0;
    }
    if (n_living > 0) {
        sc_run_warn(
            images->result,
            "When the program ended, %zu of its child processes still ran: what "
            "they did after that is not in this profile.",
            n_living);
    }
    for (size_t i = 0; i < images->n; i++) {
        end(images, images->items[i], now_mono_ns);
    }
    images->result->perf_errno =
        images->policy.ever_opened ? 0 : images->policy.denied_errno;
    free(images->items);
    images->items = NULL;
    images->n = 0;
}

size_t sc_images_poll_begin(const struct sc_images *images, struct pollfd *fds)
{
    size_t n = 0;
    for (size_t i = 0; i < images->n; i++) {
        if (images->items[i]->watch_fd >= 0 && !images->items[i]->process_ended) {
            fds[n++] =
                (struct pollfd){.fd = images->items[i]->watch_fd, .events = POLLIN};
        }
    }
    return n;
}

void sc_images_poll_end(struct sc_images *images, const struct pollfd *fds)
{
    size_t n = 0;
    for (size_t i = 0; i < images->n; i++) {
        struct sc_image *image = images->items[i];
        if (image->watch_fd >= 0 && !image->process_ended) {
            image->process_ended = fds[n++].revents != 0;
        }
    }
}
