/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The scratch directory of tests. What goes wrong here ends the test. */
#include "scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void require(int condition, const char *what)
{
    if (!condition) {
        perror(what);
        exit(1);
    }
}

void scratch_enter(char path[PATH_MAX])
{
    char made[] = "/tmp/scalene-test-XXXXXX";
    require(mkdtemp(made) != NULL, "mkdtemp");
    require(realpath(made, path) != NULL, path);
    require(chdir(path) == 0, path);
}

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void scratch_leave(const char *path)
{
    require(chdir("/") == 0, "/");
    require(nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0, path);
}

void scratch_write(const char *name, const void *bytes, size_t n, mode_t mode)
{
    char directory[PATH_MAX];
    for (const char *slash = strchr(name, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        snprintf(directory, sizeof directory, "%.*s", (int)(slash - name), name);
        mkdir(directory, 0755);
    }
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(fd >= 0, name);
    require(write(fd, bytes, n) == (ssize_t)n, name);
    require(fchmod(fd, mode) == 0, name);
    close(fd);
}

void scratch_write_text(const char *name, const char *text, mode_t mode)
{
    scratch_write(name, text, strlen(text), mode);
}
