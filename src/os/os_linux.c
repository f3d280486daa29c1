/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * os.h on Linux 5.4 and newer (the perf clock: 5.13). Kernel facts are from
 * perf_event_open(2), pidfd_open(2), proc(5), sigaction(2). */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Missing in the headers of older C libraries and kernels; the numbers are fixed. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

uint64_t sc_os_mono_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

enum sc_err sc_os_random(void *bytes, size_t n)
{
    /* Up to 256 bytes come whole, signals or not: getrandom(2). */
    ssize_t got = getrandom(bytes, n, 0);
    return got == (ssize_t)n ? SC_OK : SC_ERR_IO;
}

/* True when tid is a thread of pid and the process has a handler for the signal. */
static bool catches_signal(pid_t pid, uint32_t tid, int signal_number)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task/%u/status", (int)pid, tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    char text[4096];
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    /* A line of its own: the thread's name, further up, has its newlines escaped. */
    const char *line = strstr(text, "\nSigCgt:");
    if (line == NULL) {
        return false;
    }
    unsigned long long caught = strtoull(line + strlen("\nSigCgt:"), NULL, 16);
    return (caught >> (signal_number - 1) & 1) != 0;
}

int sc_os_clock_open(pid_t pid, uint32_t tid, uint64_t period_ns, int signal_number,
                     int *fd)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof(attr),
        .config = PERF_COUNT_SW_CPU_CLOCK,
        .sample_period = period_ns,
        .disabled = 1,
        /* A signal raised in kernel mode would end a sleeping poll with EINTR. */
        .exclude_kernel = 1,
        .exclude_hv = 1,
        .wakeup_events = 1,
        /* The next program of the process has no handler and would die of it. */
        .remove_on_exec = 1,
    };
    *fd = -1;
    int event = (int)syscall(SYS_perf_event_open, &attr, (pid_t)tid, -1, -1,
                             PERF_FLAG_FD_CLOEXEC);
    if (event < 0) {
        return errno;
    }
    /* The overflow of an event without a buffer still raises the descriptor's signal,
     * and F_OWNER_TID sends it to the very thread that is on the CPU. */
    struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = (pid_t)tid};
    int error = 0;
    if (fcntl(event, F_SETOWN_EX, &owner) != 0 ||
        fcntl(event, F_SETSIG, signal_number) != 0 ||
        fcntl(event, F_SETFL, O_ASYNC) != 0) {
        error = errno;
    }
    /* The process may have replaced its program before the event was there. The order
     * decides: a program seen with a handler now takes the event along if it is
     * replaced later. */
    if (error == 0 && !catches_signal(pid, tid, signal_number)) {
        error = ESRCH;
    }
    if (error == 0 && ioctl(event, PERF_EVENT_IOC_ENABLE, 0) != 0) {
        error = errno;
    }
    if (error != 0) {
        close(event);
        return error;
    }
    *fd = event;
    return 0;
}

enum sc_err sc_os_clock_set_period(int fd, uint64_t period_ns, uint64_t *counted_ns)
{
    if (read(fd, counted_ns, sizeof(*counted_ns)) != sizeof(*counted_ns) ||
        ioctl(fd, PERF_EVENT_IOC_PERIOD, &period_ns) != 0) {
        return SC_ERR_IO;
    }
    return SC_OK;
}

enum sc_err sc_os_process_watch(pid_t pid, int *fd)
{
    *fd = (int)syscall(SYS_pidfd_open, pid, 0); /* always closes on exec */
    if (*fd >= 0) {
        return SC_OK;
    }
    *fd = -1;
    switch (errno) {
    case ESRCH:
    case EINVAL: /* no process id */
        return SC_ERR_NOT_FOUND;
    case EMFILE:
    case ENFILE:
        return SC_ERR_LIMIT;
    case ENOMEM:
        return SC_ERR_NO_MEMORY;
    default: /* ENOSYS, or a sandbox that refuses what it does not know */
        return SC_ERR_UNSUPPORTED;
    }
}

bool sc_os_process_ended(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        /* Without /proc a zombie cannot be told from a living process. */
        return kill(pid, 0) != 0 && errno == ESRCH;
    }
    char text[256];
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0) {
        return true; /* it went between open and read */
    }
    text[n] = '\0';
    /* The name stands in parentheses and may hold any character, so the state is
     * looked for behind the last one. */
    const char *name_end = strrchr(text, ')');
    return name_end != NULL && name_end[1] == ' ' &&
           (name_end[2] == 'Z' || name_end[2] == 'X');
}

bool sc_os_thread_exists(pid_t pid, uint32_t tid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/task/%u", (int)pid, tid);
    return access(path, F_OK) == 0;
}

enum sc_err sc_os_process_maps(pid_t pid, char **text, size_t *n_bytes)
{
    enum sc_err err = SC_ERR_NOT_FOUND;
    char *buffer = NULL;
    size_t used = 0, capacity = 0;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES || errno == EPERM ? SC_ERR_DENIED : SC_ERR_NOT_FOUND;
    }
    for (;;) {
        if (capacity - used < 4096) {
            size_t larger = capacity ? 2 * capacity : 65536;
            char *grown = realloc(buffer, larger);
            if (grown == NULL) {
                err = SC_ERR_NO_MEMORY;
                goto done;
            }
            buffer = grown;
            capacity = larger;
        }
        ssize_t n = read(fd, buffer + used, capacity - used);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            err = errno == EACCES || errno == EPERM ? SC_ERR_DENIED : SC_ERR_IO;
            goto done;
        }
        if (n == 0) {
            break;
        }
        used += (size_t)n;
    }
    if (used == 0) {
        goto done; /* a zombie has no mappings */
    }
    *text = buffer;
    *n_bytes = used;
    buffer = NULL;
    err = SC_OK;
done:
    free(buffer);
    close(fd);
    return err;
}

bool sc_os_signal_from_kernel(int si_code)
{
    return si_code > 0;
}

size_t sc_os_shared_directories(const char *directories[SC_OS_MAX_SHARED_DIRECTORIES])
{
    const char *const candidates[SC_OS_MAX_SHARED_DIRECTORIES] = {
        getenv("XDG_RUNTIME_DIR"),
        "/dev/shm",
        getenv("TMPDIR"),
        "/tmp",
    };
    size_t n = 0;
    for (size_t i = 0; i < SC_OS_MAX_SHARED_DIRECTORIES; i++) {
        /* A relative path would change its meaning with the program's directory. */
        if (candidates[i] != NULL && candidates[i][0] == '/') {
            directories[n++] = candidates[i];
        }
    }
    return n;
}

uint64_t sc_os_room_bytes(int directory_fd)
{
    struct statvfs room;
    if (fstatvfs(directory_fd, &room) != 0) {
        return 0;
    }
    return (uint64_t)room.f_bavail * room.f_frsize;
}
