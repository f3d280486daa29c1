/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Kinds of files by their first and last bytes. */
#include "cli/program_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 4096,
    /* The longest end of a ZIP archive: its last record and a comment of 65535 bytes
     * (APPNOTE.TXT, 4.3.16). */
    ZIP_END_BYTES = 22 + 65535,
};

static bool has_main(const char *directory)
{
    static const char *const names[] = {"__main__.py", "__main__.pyc"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        if (n < (int)sizeof path && access(path, F_OK) == 0) {
            return true;
        }
    }
    return false;
}

/* An archive may have anything before it, a #! line for one; its end tells. */
static bool ends_as_zip(int fd, off_t file_bytes)
{
    static char end[ZIP_END_BYTES];
    off_t start = file_bytes > ZIP_END_BYTES ? file_bytes - ZIP_END_BYTES : 0;
    ssize_t n = pread(fd, end, sizeof end, start);
    return n > 0 && memmem(end, (size_t)n, "PK\5\6", 4) != NULL;
}

/* Compiled Python: by its name, or by the end of its magic number, which is the same
 * in all versions (CPython, Python/pythonrun.c). */
static bool is_compiled_python(const char *path, const char *head, size_t n)
{
    size_t n_path = strlen(path);
    return (n_path > 4 && strcmp(path + n_path - 4, ".pyc") == 0) ||
           (n >= 4 && head[2] == '\r' && head[3] == '\n' && (head[1] & 0x80) == 0 &&
            (head[0] & 0x80) != 0);
}

static enum sc_err check_content(const char *path, int fd, off_t file_bytes,
                                 struct sc_refusal *refusal)
{
    char head[HEAD_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0) {
        return sc_refuse(refusal, SC_ERR_IO, SC_EXIT_NOT_EXECUTABLE,
                         "can't read %s: %s", path, strerror(errno));
    }
    if (n >= 4 && memcmp(head, "\177ELF", 4) == 0) {
        return sc_refuse(refusal, SC_ERR_FORMAT, SC_EXIT_NOT_EXECUTABLE,
                         "%s is a compiled program, not Python; a command that CPython "
                         "runs goes after --: scalene run -- %s",
                         path, path);
    }
    if (memchr(head, 0, (size_t)n) == NULL ||
        is_compiled_python(path, head, (size_t)n) || ends_as_zip(fd, file_bytes)) {
        return SC_OK;
    }
    return sc_refuse(refusal, SC_ERR_FORMAT, SC_EXIT_NOT_EXECUTABLE,
                     "%s is a binary file, not Python", path);
}

static enum sc_err refuse_missing(const char *path, int error,
                                  struct sc_refusal *refusal)
{
    char command[PATH_MAX];
    bool missing = error == ENOENT || error == ENOTDIR;
    if (missing && strchr(path, '/') == NULL &&
        sc_interpreter_search(path, command) == SC_OK) {
        return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_NOT_FOUND,
                         "no file %s here; for the command: scalene run -- %s", path,
                         path);
    }
    return sc_refuse(refusal, missing ? SC_ERR_NOT_FOUND : SC_ERR_DENIED,
                     missing ? SC_EXIT_NOT_FOUND : SC_EXIT_NOT_EXECUTABLE,
                     "can't open program %s: %s", path, strerror(error));
}

enum sc_err sc_program_file_check(const char *path, struct sc_refusal *refusal)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return refuse_missing(path, errno, refusal);
    }
    if (S_ISDIR(status.st_mode)) {
        return has_main(path)
                   ? SC_OK
                   : sc_refuse(refusal, SC_ERR_FORMAT, SC_EXIT_NOT_EXECUTABLE,
                               "%s is a directory without __main__.py", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return SC_OK; /* a pipe: what is read here would be missing there */
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return refuse_missing(path, errno, refusal);
    }
    enum sc_err err = check_content(path, fd, status.st_size, refusal);
    close(fd);
    return err;
}
