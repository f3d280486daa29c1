/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What differs between operating systems, for the front: clocks, randomness, the perf
 * clock of another process's thread, facts about processes, places for shared files.
 * One file per system stands behind it (os_linux.c). Everything here may be called
 * from any thread of the front, in cold contexts only; nothing is signal-safe. */
#ifndef SC_OS_OS_H
#define SC_OS_OS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Time of the monotonic clock. */
uint64_t sc_os_mono_ns(void);

/* Fills n bytes (at most 256) that nobody can guess. */
SC_MUST_USE enum sc_err sc_os_random(void *bytes, size_t n);

/* Opens a clock on the user-mode CPU time of a thread of another process: from now
 * on, after each period_ns of it, that thread gets signal_number (si_code POLL_IN).
 * The descriptor is ours alone and closes on exec; the clock ends with the thread, at
 * its exec, and with close(). Returns 0, or the errno that says why there is none;
 * *fd is -1 then. ESRCH: tid is no thread of pid now, or has no handler for the signal
 * and would die of it. */
SC_MUST_USE int sc_os_clock_open(pid_t pid, uint32_t tid, uint64_t period_ns,
                                 int signal_number, int *fd);

/* Sets a new period. The time since the clock's last expiry is cut off: the first
 * period begins now. *counted_ns: CPU time counted since the clock was opened, user
 * and kernel mode together, read just before the change. */
SC_MUST_USE enum sc_err sc_os_clock_set_period(int fd, uint64_t period_ns,
                                               uint64_t *counted_ns);

/* CPU time that one expiry of such a clock takes from the thread it interrupts,
 * measured here and now on the calling thread with an empty handler: a few microseconds
 * on bare hardware, tens on a virtual machine. Takes 10 to 15 ms of CPU time. 0:
 * unknown. */
uint64_t sc_os_clock_cost_ns(int signal_number);

/* A descriptor, closing on exec, that poll() finds readable once the process has
 * ended (a zombie has). SC_ERR_NOT_FOUND: no such process now; SC_ERR_UNSUPPORTED:
 * this system cannot; SC_ERR_LIMIT: no descriptor left. *fd is -1 then. */
SC_MUST_USE enum sc_err sc_os_process_watch(pid_t pid, int *fd);

/* True when the process has ended: it is gone or a zombie. */
bool sc_os_process_ended(pid_t pid);

/* True when tid is a thread of pid now. */
bool sc_os_thread_exists(pid_t pid, uint32_t tid);

/* The mappings of a process, in the text form of Linux's /proc/PID/maps. *text is the
 * caller's to free(); it is not 0-terminated. */
SC_MUST_USE enum sc_err sc_os_process_maps(pid_t pid, char **text, size_t *n_bytes);

/* True when a signal with this si_code was made by the kernel (a terminal's Ctrl-C,
 * a hang-up), false when a process sent it. */
bool sc_os_signal_from_kernel(int si_code);

enum {
    SC_OS_MAX_SHARED_DIRECTORIES = 4
};

/* Directories for files that processes share, best first: in memory, then on disk.
 * They may not exist or be full. Strings belong to the environment. */
size_t sc_os_shared_directories(const char *directories[SC_OS_MAX_SHARED_DIRECTORIES]);

/* Room left for this user on the file system of an open directory; 0: unknown. */
uint64_t sc_os_room_bytes(int directory_fd);

#endif
