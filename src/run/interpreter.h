/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Which interpreter runs a program, and whether the agent can live in it: found out
 * from files alone, before anything is started. Used by the front; cold contexts; one
 * thread. Paths are left as they were found, links and all: an interpreter knows its
 * virtual environment by the path it was started with. */
#ifndef SC_RUN_INTERPRETER_H
#define SC_RUN_INTERPRETER_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of our own failures (features, "Exit"). */
enum {
    SC_EXIT_USAGE = 2,
    SC_EXIT_NO_PROFILER = 125,
    SC_EXIT_NOT_EXECUTABLE = 126,
    SC_EXIT_NOT_FOUND = 127,
};

/* Why nothing was started: one line for the user and the exit status. */
struct sc_refusal {
    int exit_status;
    char text[1024];
};

/* Fills a refusal, cutting a text that is too long. Returns err. */
enum sc_err sc_refuse(struct sc_refusal *refusal, enum sc_err err, int exit_status,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

enum {
    SC_MAX_SHEBANG_BYTES = 512,
    SC_MAX_SHEBANG_WORDS = 16
};

/* The first line of a script, in words: the interpreter, then what it is given before
 * the script. `#!/usr/bin/env [-S] name` is resolved to name. */
struct sc_shebang {
    char line[SC_MAX_SHEBANG_BYTES]; /* holds the words */
    const char *words[SC_MAX_SHEBANG_WORDS];
    size_t n_words;
    bool is_python; /* the interpreter's name says so */
    bool is_shell;
    bool runs_python; /* a shell line whose second line starts Python again, as
                         installers write when the interpreter's path is too long */
};

/* Reads the first line. SC_ERR_FORMAT: no shebang, or none that can be understood. */
SC_MUST_USE enum sc_err sc_shebang_read(const char *path, struct sc_shebang *shebang);

/* The executable file that a shell would start for name: itself when it holds a
 * slash, else the first in PATH. SC_ERR_NOT_FOUND, or SC_ERR_LIMIT: path too long. */
SC_MUST_USE enum sc_err sc_interpreter_search(const char *name, char path[PATH_MAX]);

struct sc_interpreter {
    char path[PATH_MAX];
    struct sc_shebang shebang; /* n_words = 0 unless it comes from the program */
};

/* The interpreter for a program: wanted (--python; NULL: not given), else that of the
 * program's first line when it is an executable script (program NULL: no file), else
 * the active virtual environment's, else python3 or python in PATH; checked. */
SC_MUST_USE enum sc_err sc_interpreter_choose(const char *wanted, const char *program,
                                              struct sc_interpreter *interpreter,
                                              struct sc_refusal *refusal);

/* Checks that path can be started and is a CPython that the agent can live in, or a
 * script that will start one. Returns SC_OK, or an error with a refusal. */
SC_MUST_USE enum sc_err sc_interpreter_check(const char *path,
                                             struct sc_refusal *refusal);

#endif
