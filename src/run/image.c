/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Mapping, draining and watching one process image. */
#include "run/image.h"

#include "base/units.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* An agent makes rings of a few MiB; a larger file is not one. */
static const off_t max_file_bytes = 256 << 20;

/* An exec that fails takes the agent's word back at once. */
static const uint64_t leaving_is_certain_ns = 200 * SC_NS_PER_MS;

/* Takes ring.PID.NS apart. */
static bool parse_name(struct sc_image *image, const char *name)
{
    size_t prefix_bytes = strlen(SC_RING_PREFIX);
    size_t n = strlen(name);
    if (n >= sizeof(image->name) || strncmp(name, SC_RING_PREFIX, prefix_bytes) != 0) {
        return false;
    }
    memcpy(image->name, name, n + 1);
    char *end;
    errno = 0;
    unsigned long pid = strtoul(name + prefix_bytes, &end, 10);
    if (errno != 0 || end == name + prefix_bytes || *end != '.' || pid == 0 ||
        pid > INT_MAX) {
        return false;
    }
    const char *born = end + 1;
    image->pid = (pid_t)pid;
    image->born_mono_ns = strtoull(born, &end, 10);
    return errno == 0 && end != born && *end == '\0';
}

static enum sc_err map_file(struct sc_image *image, int directory_fd)
{
    enum sc_err err = SC_ERR_AGAIN;
    struct stat status;
    int fd = openat(directory_fd, image->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES || errno == ELOOP ? SC_ERR_DENIED : SC_ERR_AGAIN;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != geteuid()) {
        err = SC_ERR_DENIED;
        goto done;
    }
    if (status.st_size <= SC_TRACE_PAGE_BYTES) {
        goto done;
    }
    if (status.st_size > max_file_bytes) {
        err = SC_ERR_FORMAT;
        goto done;
    }
    void *file =
        mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file == MAP_FAILED) {
        err = SC_ERR_NO_MEMORY;
        goto done;
    }
    image->header = file;
    image->file_bytes = (size_t)status.st_size;
    err = SC_OK;
done:
    close(fd);
    return err;
}

enum sc_err sc_image_open(struct sc_image **image_out, int directory_fd,
                          const char *name, struct sc_clock_policy *policy)
{
    struct sc_image *image = calloc(1, sizeof(*image));
    if (image == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    image->watch_fd = -1;
    enum sc_err err = parse_name(image, name) ? SC_OK : SC_ERR_FORMAT;
    if (err == SC_OK) {
        err = map_file(image, directory_fd);
    }
    if (err != SC_OK) {
        goto done;
    }
    /* The agent writes the magic number last; what it wrote before is visible then. */
    if (__atomic_load_n(&image->header->magic, __ATOMIC_ACQUIRE) == 0) {
        err = SC_ERR_AGAIN;
        goto done;
    }
    err = sc_trace_reader_init(&image->reader, image->header, image->file_bytes);
    if (err != SC_OK) {
        goto done;
    }
    sc_clocks_init(&image->clocks, policy, image->header, image->pid);
    image->process_ended =
        sc_os_process_watch(image->pid, &image->watch_fd) == SC_ERR_NOT_FOUND;
    *image_out = image;
    image = NULL;
done:
    if (image != NULL) {
        sc_image_close(image);
    }
    return err;
}

void sc_image_close(struct sc_image *image)
{
    if (image->clocks.header != NULL) {
        sc_clocks_close(&image->clocks, true);
    }
    sc_trace_reader_fini(&image->reader);
    if (image->header != NULL) {
        munmap(image->header, image->file_bytes);
    }
    if (image->watch_fd >= 0) {
        close(image->watch_fd);
    }
    if (image->trace != NULL) {
        fclose(image->trace);
    }
    free(image->maps);
    free(image);
}

static uint32_t agent_state(const struct sc_image *image)
{
    return atomic_load_explicit(&image->header->state, memory_order_acquire);
}

bool sc_image_ready(const struct sc_image *image)
{
    return agent_state(image) != SC_AGENT_LOADED || image->process_ended;
}

/* What a record tells about the image's clocks. */
static void follow_threads(struct sc_image *image, const struct sc_record *record)
{
    const void *typed = record;
    switch (sc_ring_kind(record)) {
    case SC_REC_THREAD_START: {
        const struct sc_rec_thread_start *start = typed;
        sc_clocks_thread_start(&image->clocks, record->thread, start->tid);
        break;
    }
    case SC_REC_THREAD_END:
        sc_clocks_thread_end(&image->clocks, record->thread);
        break;
    case SC_REC_SAMPLE: {
        const struct sc_rec_sample *sample = typed;
        if (sample->source == SC_SOURCE_PERF) {
            image->n_perf_samples++;
            sc_clocks_sampled(&image->clocks, record->thread);
        } else {
            image->n_tick_samples++;
        }
        break;
    }
    default:
        break;
    }
}

static enum sc_err take_record(struct sc_image *image, const struct sc_record *record)
{
    follow_threads(image, record);
    if (image->trace != NULL && sc_trace_save_record(image->trace, record) != SC_OK) {
        fclose(image->trace);
        image->trace = NULL;
    }
    return sc_collect_record(image->process, record);
}

enum sc_err sc_image_drain(struct sc_image *image, uint64_t *n_records)
{
    enum sc_err err = SC_OK;
    uint64_t read_bytes = 0;
    if (image->given_up || image->process == NULL) {
        return SC_OK;
    }
    uint32_t flags = atomic_load(&image->header->flags);
    if ((flags & SC_RING_FLAG_SIGPROF_TAKEN) != 0 || image->process_ended) {
        sc_clocks_close(&image->clocks, true);
    }
    /* A program that writes as fast as this reads must not hold the loop up. */
    while (err == SC_OK && read_bytes < image->reader.ring.capacity_bytes) {
        const struct sc_record *record = sc_trace_reader_next(&image->reader, &err);
        if (record != NULL) {
            read_bytes += sc_record_bytes(record);
            ++*n_records;
            err = take_record(image, record);
        } else if (err != SC_OK || !image->process_ended ||
                   !sc_trace_reader_skip_dead(&image->reader)) {
            break;
        }
    }
    if (err != SC_OK) {
        image->given_up = true;
        sc_clocks_close(&image->clocks, true);
        return err;
    }
    sc_clocks_redraw(&image->clocks);
    return SC_OK;
}

void sc_image_give_maps(struct sc_image *image, const char *maps, size_t n_bytes)
{
    /* Out of memory in there costs names only, and shows itself elsewhere. */
    enum sc_err err = sc_collect_process_maps(image->process, maps, n_bytes);
    (void)err;
}

void sc_image_read_maps(struct sc_image *image, uint64_t now_mono_ns)
{
    char *maps;
    size_t n_bytes;
    image->maps_mono_ns = now_mono_ns;
    if (image->process_ended ||
        sc_os_process_maps(image->pid, &maps, &n_bytes) != SC_OK) {
        return;
    }
    free(image->maps);
    image->maps = maps;
    image->maps_bytes = n_bytes;
    sc_image_give_maps(image, maps, n_bytes);
}

void sc_image_check_alive(struct sc_image *image)
{
    if (image->watch_fd < 0 && !image->process_ended) {
        image->process_ended = sc_os_process_ended(image->pid);
    }
}

bool sc_image_over(struct sc_image *image, uint64_t now_mono_ns)
{
    uint32_t state = agent_state(image);
    if (image->process_ended || image->given_up) {
        return true;
    }
    if (state != SC_AGENT_ENDED && state != SC_AGENT_EXECED) {
        image->leaving_mono_ns = 0;
        return false;
    }
    if (image->leaving_mono_ns == 0) {
        image->leaving_mono_ns = now_mono_ns;
    }
    return now_mono_ns - image->leaving_mono_ns >= leaving_is_certain_ns;
}
