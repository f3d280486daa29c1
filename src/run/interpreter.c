/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The choice of an interpreter and the checks that it can carry the agent. A check
 * refuses only what is known to fail; where nothing can be known (a file that may be
 * run but not read, stripped section headers) the agent finds out. */
#include "run/interpreter.h"

#include "run/python_elf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
    OLDEST_MINOR = 8
};

enum sc_err sc_refuse(struct sc_refusal *refusal, enum sc_err err, int exit_status,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    refusal->exit_status = exit_status;
    vsnprintf(refusal->text, sizeof refusal->text, format, args);
    va_end(args);
    return err;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool is_executable_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

enum sc_err sc_interpreter_search(const char *name, char path[PATH_MAX])
{
    if (strchr(name, '/') != NULL) {
        int n = snprintf(path, PATH_MAX, "%s", name);
        return n < PATH_MAX ? SC_OK : SC_ERR_LIMIT;
    }
    const char *next = getenv("PATH");
    if (next == NULL || name[0] == 0) {
        return SC_ERR_NOT_FOUND;
    }
    while (next != NULL) {
        const char *directory = next;
        size_t n_bytes = strcspn(directory, ":");
        next = directory[n_bytes] == ':' ? directory + n_bytes + 1 : NULL;
        /* An empty entry is the current directory, as shells have it. */
        int n = n_bytes == 0 ? snprintf(path, PATH_MAX, "./%s", name)
                             : snprintf(path, PATH_MAX, "%.*s/%s", (int)n_bytes,
                                        directory, name);
        if (n < PATH_MAX && is_executable_file(path)) {
            return SC_OK;
        }
    }
    return SC_ERR_NOT_FOUND;
}

/* Splits words[from] at blanks, so that the words after it are its own parts. */
static void split_words(struct sc_shebang *shebang, char *text)
{
    for (char *rest = text;;) {
        rest += strspn(rest, " \t");
        if (*rest == 0 || shebang->n_words == SC_MAX_SHEBANG_WORDS) {
            return;
        }
        shebang->words[shebang->n_words++] = rest;
        rest += strcspn(rest, " \t");
        if (*rest != 0) {
            *rest++ = 0;
        }
    }
}

static bool is_python_name(const char *name)
{
    return strstr(name, "python") != NULL || strstr(name, "pypy") != NULL;
}

static bool is_shell_name(const char *name)
{
    return strcmp(name, "sh") == 0 || strcmp(name, "bash") == 0 ||
           strcmp(name, "dash") == 0 || strcmp(name, "zsh") == 0 ||
           strcmp(name, "ksh") == 0;
}

/* The kernel hands the rest of the line over as one word, blanks and all (execve(2));
 * env takes it apart when told so by -S. */
static enum sc_err parse_shebang(struct sc_shebang *shebang)
{
    char *interpreter = shebang->line + 2;
    interpreter += strspn(interpreter, " \t");
    char *rest = interpreter + strcspn(interpreter, " \t");
    if (*rest != 0) {
        *rest++ = 0;
        rest += strspn(rest, " \t");
    }
    if (*interpreter == 0) {
        return SC_ERR_FORMAT;
    }
    if (strcmp(last_part(interpreter), "env") != 0) {
        shebang->words[shebang->n_words++] = interpreter;
        if (*rest != 0) {
            shebang->words[shebang->n_words++] = rest;
        }
        return SC_OK;
    }
    bool split = strncmp(rest, "-S", 2) == 0;
    if (split) {
        split_words(shebang, rest + 2);
    } else if (*rest != 0) {
        shebang->words[shebang->n_words++] = rest;
    }
    /* env's own options and assignments are not played here. */
    if (shebang->n_words == 0 || shebang->words[0][0] == '-' ||
        strpbrk(shebang->words[0], "= \t") != NULL) {
        return SC_ERR_FORMAT;
    }
    return SC_OK;
}

enum sc_err sc_shebang_read(const char *path, struct sc_shebang *shebang)
{
    *shebang = (struct sc_shebang){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return errno == ENOENT ? SC_ERR_NOT_FOUND : SC_ERR_DENIED;
    }
    ssize_t n = read(fd, shebang->line, sizeof shebang->line - 1);
    close(fd);
    if (n < 3 || shebang->line[0] != '#' || shebang->line[1] != '!') {
        return SC_ERR_FORMAT;
    }
    char *end = memchr(shebang->line, '\n', (size_t)n);
    if (end == NULL) {
        return SC_ERR_FORMAT;
    }
    shebang->runs_python = strncmp(end + 1, "'''exec' ", 9) == 0;
    do {
        *end-- = 0;
    } while (*end == ' ' || *end == '\t' || *end == '\r');
    enum sc_err err = parse_shebang(shebang);
    if (err == SC_OK) {
        const char *name = last_part(shebang->words[0]);
        shebang->is_python = is_python_name(name);
        shebang->is_shell = is_shell_name(name);
        shebang->runs_python = shebang->runs_python && shebang->is_shell;
    } else {
        shebang->n_words = 0;
    }
    return err;
}

static enum sc_err refuse_unstartable(const char *path, int error,
                                      struct sc_refusal *refusal)
{
    bool missing = error == ENOENT || error == ENOTDIR;
    return sc_refuse(refusal, missing ? SC_ERR_NOT_FOUND : SC_ERR_DENIED,
                     missing ? SC_EXIT_NOT_FOUND : SC_EXIT_NOT_EXECUTABLE,
                     "interpreter %s: %s", path, strerror(error));
}

/* The loader ignores LD_PRELOAD where a program gains rights (ld.so(8), "secure-
 * execution mode"): the agent would not be there. */
static enum sc_err check_rights(const char *path, const struct stat *status,
                                struct sc_refusal *refusal)
{
    if ((status->st_mode & (S_ISUID | S_ISGID)) != 0) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_NOT_EXECUTABLE,
                         "%s is setuid or setgid: the profiler can't be loaded into it",
                         path);
    }
    if (geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_NOT_EXECUTABLE,
                         "%s has file capabilities: the profiler can't be "
                         "loaded into it",
                         path);
    }
    return SC_OK;
}

static enum sc_err check_version(const char *path, const struct sc_python_elf *facts,
                                 struct sc_refusal *refusal)
{
    int major = facts->libpython_major;
    int minor = facts->libpython_minor;
    if (major != 0 && (major < 3 || (major == 3 && minor < OLDEST_MINOR))) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_NOT_EXECUTABLE,
                         "%s is Python %d.%d: scalene needs 3.%d or newer", path, major,
                         minor, OLDEST_MINOR);
    }
    if (facts->exports_py_main && !facts->exports_audit_hook) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_NOT_EXECUTABLE,
                         "%s is older than Python 3.%d: scalene needs 3.%d "
                         "or newer",
                         path, OLDEST_MINOR, OLDEST_MINOR);
    }
    return SC_OK;
}

static enum sc_err check_elf(const char *path, int fd, struct sc_refusal *refusal)
{
    struct sc_python_elf facts;
    const char *fault = NULL;
    enum sc_err err = sc_python_elf_read(fd, &facts);
    if (err != SC_OK) {
        fault = "is a damaged executable";
    } else if (!facts.same_machine) {
        fault = "is made for another kind of machine than this scalene";
    } else if (!facts.is_dynamic) {
        fault = "is statically linked: the profiler can't be loaded into it";
    } else if (facts.is_musl) {
        fault = "is linked with musl: the profiler needs one linked with glibc";
    } else if (facts.has_sanitizer) {
        fault = "is built with a sanitizer, which can't share a process with the "
                "profiler";
    } else if (facts.symbols_readable && !facts.needs_libpython &&
               !facts.exports_audit_hook && !facts.exports_py_main) {
        fault = "is not CPython";
    }
    if (fault != NULL) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_NOT_EXECUTABLE, "%s %s",
                         path, fault);
    }
    return check_version(path, &facts, refusal);
}

enum sc_err sc_interpreter_check(const char *path, struct sc_refusal *refusal)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return refuse_unstartable(path, errno, refusal);
    }
    if (S_ISDIR(status.st_mode)) {
        return refuse_unstartable(path, EISDIR, refusal);
    }
    if (!is_executable_file(path)) {
        return sc_refuse(refusal, SC_ERR_DENIED, SC_EXIT_NOT_EXECUTABLE,
                         "%s is not executable", path);
    }
    enum sc_err err = check_rights(path, &status, refusal);
    if (err != SC_OK) {
        return err;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return SC_OK; /* may be run, may not be read */
    }
    char start[4] = {0};
    ssize_t n = pread(fd, start, sizeof start, 0);
    if (n == 4 && memcmp(start, "\177ELF", 4) == 0) {
        err = check_elf(path, fd, refusal);
    } else if (n < 2 || memcmp(start, "#!", 2) != 0) {
        err = sc_refuse(refusal, SC_ERR_FORMAT, SC_EXIT_NOT_EXECUTABLE,
                        "%s is neither a program nor a script with a #! line", path);
    }
    close(fd);
    return err;
}

/* The interpreter that the program's own first line asks for. SC_ERR_NOT_FOUND: none,
 * or another language's, whose line is a comment to Python. */
static enum sc_err choose_by_program(const char *program,
                                     struct sc_interpreter *interpreter,
                                     struct sc_refusal *refusal)
{
    struct sc_shebang *shebang = &interpreter->shebang;
    if (!is_executable_file(program) || sc_shebang_read(program, shebang) != SC_OK) {
        shebang->n_words = 0;
        return SC_ERR_NOT_FOUND;
    }
    enum sc_err err = sc_interpreter_search(shebang->words[0], interpreter->path);
    if (err == SC_OK) {
        err = sc_interpreter_check(interpreter->path, refusal);
    } else {
        sc_refuse(refusal, err, SC_EXIT_NOT_FOUND, "interpreter %s: not found in PATH",
                  shebang->words[0]);
    }
    if (err != SC_OK && !shebang->is_python) {
        shebang->n_words = 0;
        return SC_ERR_NOT_FOUND;
    }
    if (err != SC_OK) {
        size_t used = strlen(refusal->text);
        snprintf(refusal->text + used, sizeof refusal->text - used,
                 " (named in the first line of %s; --python chooses another)", program);
        err = SC_ERR_UNSUPPORTED;
    }
    return err;
}

static bool choose_by_environment(struct sc_interpreter *interpreter)
{
    const char *directory = getenv("VIRTUAL_ENV");
    if (directory != NULL && directory[0] != 0) {
        int n = snprintf(interpreter->path, PATH_MAX, "%s/bin/python", directory);
        /* A variable left over from a deleted environment is passed by. */
        if (n < PATH_MAX && is_executable_file(interpreter->path)) {
            return true;
        }
    }
    return sc_interpreter_search("python3", interpreter->path) == SC_OK ||
           sc_interpreter_search("python", interpreter->path) == SC_OK;
}

enum sc_err sc_interpreter_choose(const char *wanted, const char *program,
                                  struct sc_interpreter *interpreter,
                                  struct sc_refusal *refusal)
{
    interpreter->path[0] = 0;
    interpreter->shebang.n_words = 0;
    if (wanted != NULL) {
        if (sc_interpreter_search(wanted, interpreter->path) != SC_OK) {
            return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_NOT_FOUND,
                             "interpreter %s: not found in PATH", wanted);
        }
        return sc_interpreter_check(interpreter->path, refusal);
    }
    if (program != NULL) {
        enum sc_err err = choose_by_program(program, interpreter, refusal);
        if (err != SC_ERR_NOT_FOUND) {
            return err;
        }
    }
    if (!choose_by_environment(interpreter)) {
        return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_NOT_FOUND,
                         "no Python found: neither python3 nor python is in PATH; "
                         "--python names one");
    }
    return sc_interpreter_check(interpreter->path, refusal);
}
