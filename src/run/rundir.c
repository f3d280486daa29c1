/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Making, locking, sweeping and removing directories of runs. */
#include "run/rundir.h"

#include "base/units.h"
#include "os/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RUNDIR_PREFIX "scalene-"
/* A control page gets its final name once it is complete and locked. */
#define CONTROL_NEW_NAME "control.new"

/* Room for the rings of the program and a few children. */
static const uint64_t comfortable_bytes = 16 * SC_BYTES_PER_MIB;

/* Making a directory takes a millisecond; nobody is at it for this long. */
static const time_t making_sec = 60;

/* Removes all files of an open directory; the agents make no subdirectories. */
static void remove_files(int directory_fd)
{
    int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (directory == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            unlinkat(directory_fd, entry->d_name, 0);
        }
    }
    closedir(directory);
}

/* Removes a directory of an earlier run if that run's front is gone. Its lock tells:
 * process ids would not, where several containers share the file system. One without
 * a control page was left in the making, unless it is young. */
static void sweep_one(int base_fd, const char *name)
{
    struct stat status;
    int control_fd = -1;
    int fd = openat(base_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0 || status.st_uid != geteuid()) {
        goto done;
    }
    control_fd = openat(fd, SC_CONTROL_NAME, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    bool abandoned = control_fd >= 0
                         ? flock(control_fd, LOCK_EX | LOCK_NB) == 0
                         : errno == ENOENT && time(NULL) - status.st_mtime > making_sec;
    if (abandoned) {
        remove_files(fd);
        unlinkat(base_fd, name, AT_REMOVEDIR);
    }
done:
    if (control_fd >= 0) {
        close(control_fd);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void sweep(int base_fd)
{
    int fd = openat(base_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *base = fd >= 0 ? fdopendir(fd) : NULL;
    if (base == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(base)) != NULL) {
        if (strncmp(entry->d_name, RUNDIR_PREFIX, strlen(RUNDIR_PREFIX)) == 0) {
            sweep_one(base_fd, entry->d_name);
        }
    }
    closedir(base);
}

static enum sc_err make_control(struct sc_rundir *rundir)
{
    int fd = openat(rundir->fd, CONTROL_NEW_NAME,
                    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return SC_ERR_IO;
    }
    rundir->control_fd = fd;
    /* Blocks are allocated now: a full disk must fail here, not as SIGBUS later. */
    int error = posix_fallocate(fd, 0, SC_TRACE_PAGE_BYTES);
    if (error != 0) {
        errno = error;
        return error == ENOSPC ? SC_ERR_NO_SPACE : SC_ERR_IO;
    }
    if (fchmod(fd, 0600) != 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
        return SC_ERR_IO;
    }
    void *page =
        mmap(NULL, SC_TRACE_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        return SC_ERR_NO_MEMORY;
    }
    rundir->control = page;
    rundir->control->magic = SC_TRACE_MAGIC;
    rundir->control->version = SC_TRACE_VERSION;
    atomic_store(&rundir->control->on, 1);
    return renameat(rundir->fd, CONTROL_NEW_NAME, rundir->fd, SC_CONTROL_NAME) == 0
               ? SC_OK
               : SC_ERR_IO;
}

/* Makes the run's directory in base, if base can be written and has room_bytes. */
static enum sc_err create_in(struct sc_rundir *rundir, const char *base,
                             uint64_t room_bytes)
{
    enum sc_err err;
    uint64_t random;
    int base_fd = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (base_fd < 0) {
        return SC_ERR_NOT_FOUND;
    }
    sweep(base_fd);
    if (sc_os_room_bytes(base_fd) < room_bytes) {
        errno = ENOSPC;
        err = SC_ERR_NO_SPACE;
        goto done;
    }
    err = sc_os_random(&random, sizeof(random));
    if (err != SC_OK) {
        goto done;
    }
    int n =
        snprintf(rundir->path, sizeof(rundir->path), "%s/" RUNDIR_PREFIX "%d-%016llx",
                 base, (int)getpid(), (unsigned long long)random);
    if (n < 0 || (size_t)n >= sizeof(rundir->path)) {
        errno = ENAMETOOLONG;
        err = SC_ERR_LIMIT;
        goto done;
    }
    if (mkdir(rundir->path, 0700) != 0) {
        err = SC_ERR_DENIED;
        goto done;
    }
    /* The umask may have taken our own rights away. */
    chmod(rundir->path, 0700);
    rundir->fd = open(rundir->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    err = rundir->fd >= 0 ? make_control(rundir) : SC_ERR_IO;
    if (err != SC_OK) {
        int error = errno;
        sc_rundir_remove(rundir);
        errno = error;
    }
done:
    close(base_fd);
    return err;
}

enum sc_err sc_rundir_create(struct sc_rundir *rundir, int *os_errno)
{
    const char *bases[SC_OS_MAX_SHARED_DIRECTORIES];
    size_t n_bases = sc_os_shared_directories(bases);
    enum sc_err err = SC_ERR_NOT_FOUND;
    errno = ENOENT;
    *rundir = (struct sc_rundir){.fd = -1, .control_fd = -1};
    /* First where there is room for everything, else wherever a page fits. */
    const uint64_t rooms_bytes[] = {comfortable_bytes, SC_TRACE_PAGE_BYTES};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n_bases; i++) {
            err = create_in(rundir, bases[i], rooms_bytes[pass]);
            if (err == SC_OK) {
                return SC_OK;
            }
        }
    }
    *os_errno = errno;
    return err;
}

void sc_rundir_remove(struct sc_rundir *rundir)
{
    /* A child that is just making its ring may add a file between the two steps. */
    enum {
        REMOVE_TRIES = 10
    };
    for (int i = 0; rundir->fd >= 0 && i < REMOVE_TRIES; i++) {
        remove_files(rundir->fd);
        if (rmdir(rundir->path) == 0 || errno == ENOENT) {
            break;
        }
    }
    if (rundir->control != NULL) {
        munmap(rundir->control, SC_TRACE_PAGE_BYTES);
    }
    if (rundir->control_fd >= 0) {
        close(rundir->control_fd);
    }
    if (rundir->fd >= 0) {
        close(rundir->fd);
    }
    *rundir = (struct sc_rundir){.fd = -1, .control_fd = -1};
}
