/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The shared pages of this process: the run's control page, and a ring of its own,
 * made here. Blocks are allocated and touched at creation, because a sparse page and
 * a full disk would be a SIGBUS later. */
#include "agent/agent.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MIN_RING_BYTES = 64 << 10,
    MAX_RING_BYTES = 64 << 20,
    MAX_ARGUMENT_BYTES = 16384
};

struct sc_agent sc_agent;

bool sc_agent_is_own_process(void)
{
    return getpid() == sc_agent.pid;
}

static enum sc_err map_control(void)
{
    char path[sizeof(sc_agent.run_dir) + 16];
    snprintf(path, sizeof(path), "%s/%s", sc_agent.run_dir, SC_CONTROL_NAME);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return SC_ERR_NOT_FOUND;
    }
    struct sc_control *control =
        mmap(NULL, SC_TRACE_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (control == MAP_FAILED) {
        return SC_ERR_NO_MEMORY;
    }
    if (control->magic != SC_TRACE_MAGIC || control->version != SC_TRACE_VERSION) {
        munmap(control, SC_TRACE_PAGE_BYTES);
        return SC_ERR_FORMAT;
    }
    sc_sig.control = control;
    return SC_OK;
}

/* A file of n_bytes with all its blocks, mapped; NULL: no room, or not allowed. */
static void *map_new_file(const char *path, size_t n_bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < n_bytes) {
        return NULL; /* fallocate past the limit would raise SIGXFSZ */
    }
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return NULL;
    }
    void *memory = MAP_FAILED;
    /* The program's umask may leave no bit for the front to read by. */
    if (fchmod(fd, 0600) == 0 && posix_fallocate(fd, 0, (off_t)n_bytes) == 0) {
        memory = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                      fd, 0);
    }
    close(fd);
    if (memory == MAP_FAILED) {
        unlink(path);
        return NULL;
    }
    return memory;
}

/* CPU timers fire at the kernel's tick, the resolution of its coarse clocks. */
static uint32_t tick_spacing_ns(void)
{
    struct timespec tick;
    if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_sec != 0) {
        return 0;
    }
    return (uint32_t)tick.tv_nsec > sc_sig.tick_ns ? (uint32_t)tick.tv_nsec
                                                   : sc_sig.tick_ns;
}

static enum sc_err make_ring(uint64_t start_mono_ns, uint64_t wanted_bytes)
{
    char path[sizeof(sc_agent.run_dir) + 64];
    uint64_t capacity = MIN_RING_BYTES;
    while (capacity < wanted_bytes && capacity < MAX_RING_BYTES) {
        capacity *= 2;
    }
    snprintf(path, sizeof(path), "%s/%s%d.%llu", sc_agent.run_dir, SC_RING_PREFIX,
             (int)sc_agent.pid, (unsigned long long)start_mono_ns);
    struct sc_ring_header *header = NULL;
    for (; header == NULL && capacity >= MIN_RING_BYTES; capacity /= 2) {
        header = map_new_file(path, SC_TRACE_PAGE_BYTES + capacity);
        if (header != NULL) {
            break;
        }
    }
    if (header == NULL) {
        return SC_ERR_NO_SPACE;
    }
    sc_agent.mapping = header;
    sc_agent.mapping_bytes = SC_TRACE_PAGE_BYTES + capacity;
    header->version = SC_TRACE_VERSION;
    header->header_bytes = SC_TRACE_PAGE_BYTES;
    header->capacity_bytes = capacity;
    header->pid = (uint32_t)sc_agent.pid;
    header->ppid = (uint32_t)getppid();
    header->start_mono_ns = start_mono_ns;
    header->start_epoch_ns = sc_sig_clock_ns(CLOCK_REALTIME);
    header->python_hexversion = sc_agent.hexversion;
    header->tick_spacing_ns = tick_spacing_ns();
    sc_ring_init(&sc_sig.ring, &header->ring, (char *)header + SC_TRACE_PAGE_BYTES,
                 capacity);
    sc_sig.header = header;
    return SC_OK;
}

enum sc_err sc_session_open(uint64_t start_mono_ns)
{
    bool is_child = sc_sig.control != NULL;
    enum sc_err err = is_child ? SC_OK : map_control();
    if (err != SC_OK) {
        return err;
    }
    bool is_root = sc_sig.control->root_pid == (uint32_t)sc_agent.pid;
    uint32_t bytes =
        is_root ? sc_sig.control->root_ring_bytes : sc_sig.control->child_ring_bytes;
    if (sc_sig.tables == NULL) {
        void *tables = mmap(NULL, sizeof(*sc_sig.tables), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (tables == MAP_FAILED) {
            return SC_ERR_NO_MEMORY;
        }
        sc_sig.tables = tables;
    }
    sc_sig.tick_ns = sc_sig.control->tick_interval_ns;
    if (sc_sig.tick_ns < SC_NS_PER_MS / 10) {
        sc_sig.tick_ns = SC_NS_PER_MS;
    }
    sc_sig.cookie = &sc_sig;
    atomic_store(&sc_sig.next_code_id, 1);
    err = make_ring(start_mono_ns, bytes);
    if (err != SC_OK) {
        return err;
    }
    sc_session_announce_process();
    /* The magic last: a reader that sees it sees all of the above. */
    __atomic_store_n(&sc_sig.header->magic, SC_TRACE_MAGIC, __ATOMIC_RELEASE);
    atomic_fetch_add(&sc_sig.control->rings_made, 1);
    return SC_OK;
}

/* The executable and the arguments as the kernel has them. */
void sc_session_announce_process(void)
{
    /* Not on the stack, which may be a small one of a thread that forked. There is one
     * thread, before main and in a fork child. */
    static char text[MAX_ARGUMENT_BYTES];
    ssize_t executable = readlink("/proc/self/exe", text, 4096);
    size_t used = executable > 0 ? (size_t)executable : 0;
    text[used++] = 0;
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text + used, sizeof(text) - used - 1) : 0;
    if (fd >= 0) {
        close(fd);
    }
    uint32_t n_args = 0;
    bool cut = got == (ssize_t)(sizeof(text) - used - 1);
    size_t end = used + (got > 0 ? (size_t)got : 0);
    if (text[end - 1] != 0) { /* cut, or the process wrote its own title there */
        text[end++] = 0;
    }
    for (size_t i = used; i < end; i++) {
        n_args += text[i] == 0;
    }
    struct sc_rec_process *record =
        sc_ring_reserve(&sc_sig.ring, SC_REC_PROCESS, sizeof(*record) + end);
    if (record == NULL) {
        sc_sig_count_drop(SC_DROP_RING_FULL);
        return;
    }
    record->rec.thread = 0;
    record->n_args = n_args;
    record->argv_cut = cut;
    record->text_bytes = (uint32_t)end;
    record->reserved = 0;
    memcpy(record->text, text, end);
    sc_ring_commit(record);
}

void sc_session_drop(void)
{
    atomic_store(&sc_sig.recording, false);
    if (sc_agent.mapping != NULL) {
        munmap(sc_agent.mapping, sc_agent.mapping_bytes);
    }
    sc_agent.mapping = NULL;
    sc_sig.header = NULL;
    if (sc_sig.tables != NULL) {
        /* Private anonymous memory: this gives zeroed pages back. */
        madvise(sc_sig.tables, sizeof(*sc_sig.tables), MADV_DONTNEED);
    }
}

void sc_session_set_state(enum sc_agent_state state)
{
    if (sc_sig.header != NULL) {
        atomic_store(&sc_sig.header->state, (uint32_t)state);
    }
}
