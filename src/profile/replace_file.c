/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Atomic replacement by rename(2). */
#include "profile/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_LINKS = 40
}; /* as Linux follows before it says ELOOP */

enum sc_err sc_err_of_errno(int error)
{
    switch (error) {
    case 0:
        return SC_OK;
    case ENOMEM:
        return SC_ERR_NO_MEMORY;
    case ENOENT:
    case ENOTDIR:
        return SC_ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return SC_ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return SC_ERR_NO_SPACE;
    default:
        return SC_ERR_IO;
    }
}

/* The number in "/dev/fd/N" and its kin, or -1. Opening such a name anew would lose
 * the descriptor's position and overwrite what the program wrote to it. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0) {
        return STDOUT_FILENO;
    }
    if (strcmp(path, "/dev/stderr") == 0) {
        return STDERR_FILENO;
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t n = strlen(folders[i]);
        const char *number = path + n;
        if (strncmp(path, folders[i], n) == 0 && *number != '\0' &&
            strspn(number, "0123456789") == strlen(number) && strlen(number) < 7) {
            return atoi(number);
        }
    }
    return -1;
}

/* What a chain of symbolic links ends at, existing or not, to free(). */
static char *follow_links(const char *path, int *error)
{
    char *at = strdup(path);
    char link[4096];
    for (int i = 0; at != NULL && i < MAX_LINKS; i++) {
        ssize_t n = readlink(at, link, sizeof link - 1);
        if (n < 0) {
            return at; /* no link: this is it */
        }
        link[n] = '\0';
        const char *slash = strrchr(at, '/');
        int n_folder = link[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - at);
        char *next = NULL;
        if (asprintf(&next, "%.*s%s", n_folder, at, link) < 0) {
            next = NULL;
        }
        free(at);
        at = next;
    }
    *error = at == NULL ? ENOMEM : ELOOP;
    free(at);
    return NULL;
}

/* Makes an empty file beside target with the mode that the new file shall have. */
static int make_temporary(struct sc_replacement *replacement, const struct stat *old)
{
    const char *slash = strrchr(replacement->target, '/');
    int n_folder = slash == NULL ? 0 : (int)(slash + 1 - replacement->target);
    char *name = NULL;
    if (asprintf(&name, "%.*s.scalene-%d-XXXXXX.tmp", n_folder, replacement->target,
                 (int)getpid()) < 0) {
        replacement->error = ENOMEM;
        return -1;
    }
    int fd = mkostemps(name, 4, O_CLOEXEC);
    if (fd < 0) {
        replacement->error = errno;
        free(name);
        return -1;
    }
    replacement->temporary = name;
    mode_t mask = umask(0);
    umask(mask);
    mode_t mode = old != NULL ? old->st_mode & 07777 : 0666 & ~mask;
    /* Another's file keeps its owner where we may give files away, else not. */
    if (old != NULL && fchown(fd, old->st_uid, old->st_gid) != 0) {
        mode &= 0777;
    }
    if (fchmod(fd, mode) != 0) {
        replacement->error = errno;
        close(fd);
        return -1;
    }
    return fd;
}

/* The descriptor to write to, or -1 with replacement->error. */
static int open_output(struct sc_replacement *replacement, const char *path)
{
    int fd = descriptor_of(path);
    if (fd >= 0) {
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        replacement->error = errno;
        return fd;
    }
    replacement->target = follow_links(path, &replacement->error);
    if (replacement->target == NULL) {
        return -1;
    }
    struct stat old;
    bool exists = stat(replacement->target, &old) == 0;
    if (exists && access(replacement->target, W_OK) != 0) {
        replacement->error = errno;
        return -1;
    }
    if (!exists || S_ISREG(old.st_mode)) {
        return make_temporary(replacement, exists ? &old : NULL);
    }
    fd = open(replacement->target, O_WRONLY | O_CLOEXEC);
    replacement->error = errno;
    return fd;
}

static void forget(struct sc_replacement *replacement)
{
    if (replacement->temporary != NULL) {
        unlink(replacement->temporary);
    }
    free(replacement->temporary);
    free(replacement->target);
    replacement->temporary = NULL;
    replacement->target = NULL;
    replacement->file = NULL;
}

enum sc_err sc_replace_begin(struct sc_replacement *replacement, const char *path)
{
    memset(replacement, 0, sizeof *replacement);
    int fd = open_output(replacement, path);
    if (fd >= 0) {
        replacement->file = fdopen(fd, "w");
        if (replacement->file != NULL) {
            replacement->error = 0;
            errno = 0; /* see sc_replace_end */
            return SC_OK;
        }
        replacement->error = errno;
        close(fd);
    }
    forget(replacement);
    return sc_err_of_errno(replacement->error);
}

enum sc_err sc_replace_end(struct sc_replacement *replacement)
{
    /* stdio keeps only the fact of an error that it met while it was written to; its
     * errno is still there, since nothing else failed in between. */
    bool failed = ferror(replacement->file) || fflush(replacement->file) != 0;
    int error = errno;
    if (fclose(replacement->file) != 0 && !failed) {
        failed = true;
        error = errno;
    }
    if (!failed && replacement->temporary != NULL) {
        if (rename(replacement->temporary, replacement->target) == 0) {
            free(replacement->temporary);
            replacement->temporary = NULL;
        } else {
            failed = true;
            error = errno;
        }
    }
    forget(replacement);
    replacement->error = !failed ? 0 : error != 0 ? error : EIO;
    return sc_err_of_errno(replacement->error);
}

void sc_replace_give_up(struct sc_replacement *replacement)
{
    fclose(replacement->file);
    forget(replacement);
}
