/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What `run` starts: the full argument vector, and what the profile says about the
 * program. Everything that can be found wrong before the start is found here. */
#ifndef SC_CLI_TARGET_H
#define SC_CLI_TARGET_H

#include "base/arena.h"
#include "cli/command_line.h"
#include "run/interpreter.h"

struct sc_target {
    const char *const *argv; /* NULL-terminated; argv[0] is a path */
    const char *interpreter; /* path; NULL: the command starts one by itself */
    const char *program;     /* absolute path, module name, "-c" or "-" */
    const char *const *args; /* of the program */
    size_t n_args;
    const char *code_argument; /* of -c; NULL: none */
    bool is_stdin;             /* the program comes on standard input */
    const char *program_path;  /* absolute directory */
    const char *package_path;  /* of -m; NULL: not found */
};

/* Works out the target. start_directory: absolute. Strings lie in the options' arena
 * or in line. */
SC_MUST_USE enum sc_err sc_target_resolve(const struct sc_command_line *line,
                                          struct sc_options *options,
                                          const char *start_directory,
                                          struct sc_target *target,
                                          struct sc_refusal *refusal);

#endif
