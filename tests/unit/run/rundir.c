/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The directory of a run: who may enter, where it is made, and what happens to the
 * directories of runs whose front was killed. */
#include "support.h"

#include "run/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void is_private_and_goes_away(void)
{
    struct sc_rundir rundir;
    struct stat status;
    int os_errno = 0;
    base_directory();
    umask(0777); /* the hardest of all must not lock us out */
    CHECK_INT(sc_rundir_create(&rundir, &os_errno), SC_OK);
    CHECK(strncmp(rundir.path, base_directory(), strlen(base_directory())) == 0);
    CHECK_INT(base_entries(), 1);
    CHECK(stat(rundir.path, &status) == 0);
    CHECK_INT(status.st_mode & 07777, 0700);
    CHECK(fstat(rundir.control_fd, &status) == 0);
    CHECK_INT(status.st_mode & 07777, 0600);
    CHECK_INT(rundir.control->magic, SC_TRACE_MAGIC);
    CHECK_INT(rundir.control->on, 1);
    CHECK_INT(rundir.control->stop, 0);
    close(openat(rundir.fd, "ring.1.1", O_CREAT | O_WRONLY, 0600));
    sc_rundir_remove(&rundir);
    CHECK_INT(base_entries(), 0);
}

static void next_place_is_tried(void)
{
    struct sc_rundir rundir;
    int os_errno = 0;
    setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
    CHECK_INT(sc_rundir_create(&rundir, &os_errno), SC_OK);
    CHECK(strncmp(rundir.path, "/nonexistent", 12) != 0);
    sc_rundir_remove(&rundir);
    setenv("XDG_RUNTIME_DIR", "relative", 1);
    CHECK_INT(sc_rundir_create(&rundir, &os_errno), SC_OK);
    CHECK_INT(rundir.path[0], '/');
    sc_rundir_remove(&rundir);
}

static void failure_says_why(void)
{
    struct sc_rundir rundir;
    int os_errno = 0;
    const struct rlimit nothing = {0, 0};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &nothing);
    base_directory();
    CHECK(sc_rundir_create(&rundir, &os_errno) != SC_OK);
    CHECK_INT(os_errno, EFBIG);
    CHECK_INT(base_entries(), 0);
}

/* A front that is killed leaves its directory; the next one sweeps it, but not that of
 * a front that lives. */
static void leftovers_are_swept(void)
{
    struct sc_rundir living, next;
    int os_errno = 0, made[2];
    base_directory();
    CHECK_INT(sc_rundir_create(&living, &os_errno), SC_OK);
    CHECK(pipe(made) == 0);
    fflush(stdout);
    pid_t front = fork();
    if (front == 0) {
        struct sc_rundir rundir;
        /* The test's lock must not live on in this process. */
        close(living.control_fd);
        if (sc_rundir_create(&rundir, &os_errno) != SC_OK ||
            write(made[1], "x", 1) != 1) {
            _exit(1);
        }
        for (;;) {
            pause();
        }
    }
    close(made[1]);
    char byte;
    CHECK(read(made[0], &byte, 1) == 1);
    CHECK_INT(base_entries(), 2);
    kill(front, SIGKILL);
    waitpid(front, NULL, 0);
    CHECK_INT(base_entries(), 2);
    CHECK_INT(sc_rundir_create(&next, &os_errno), SC_OK);
    CHECK_INT(base_entries(), 2);
    CHECK(access(living.path, F_OK) == 0);
    CHECK(access(next.path, F_OK) == 0);
    sc_rundir_remove(&next);
    sc_rundir_remove(&living);
    CHECK_INT(base_entries(), 0);
}

/* One that a front was killed in the making of, long ago and just now. */
static void unfinished_ones_are_swept_when_old(void)
{
    struct sc_rundir next;
    int os_errno = 0;
    char path[256];
    const struct timespec long_ago[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/scalene-%d-0", base_directory(), i);
        CHECK(mkdir(path, 0700) == 0);
    }
    CHECK(utimensat(AT_FDCWD, path, long_ago, 0) == 0);
    CHECK_INT(sc_rundir_create(&next, &os_errno), SC_OK);
    CHECK(access(path, F_OK) != 0);
    sc_rundir_remove(&next);
    CHECK_INT(base_entries(), 1);
    snprintf(path, sizeof(path), "%s/scalene-0-0", base_directory());
    CHECK(rmdir(path) == 0);
}

int main(void)
{
    RUN_ALONE(is_private_and_goes_away);
    RUN_ALONE(next_place_is_tried);
    RUN_ALONE(failure_says_why);
    RUN_ALONE(leftovers_are_swept);
    RUN_ALONE(unfinished_ones_are_swept_when_old);
    return check_failures != 0;
}
