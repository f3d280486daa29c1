/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Python's own command line, read as far as to know what it will run. Pure. */
#ifndef SC_CLI_PYTHON_WORDS_H
#define SC_CLI_PYTHON_WORDS_H

#include "cli/command_line.h"

struct sc_python_words {
    enum sc_form form;       /* FILE, MODULE, CODE or STDIN */
    const char *program;     /* path, module, code, or "-" */
    const char *const *args; /* of the program */
    size_t n_args;
};

/* words: what follows the interpreter's name. */
void sc_python_words_read(const char *const *words, size_t n_words,
                          struct sc_python_words *read);

#endif
