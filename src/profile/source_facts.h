/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What the grammar says of the profiled files: functions, classes, loops, imports.
 * Asked of the program's own interpreter, in one short-lived process that reads the
 * sources and runs none of them (source_facts.py). Context: cold. */
#ifndef SC_PROFILE_SOURCE_FACTS_H
#define SC_PROFILE_SOURCE_FACTS_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SC_SOURCE_FACTS_LIMIT_MS = 10000
};

/* A source to ask about: a file, or text that is no file (text is not NULL). */
struct sc_source_request {
    const char *path;
    const char *text;
};

/* First and last line. */
struct sc_line_range {
    uint32_t first;
    uint32_t last;
};

struct sc_source_function {
    const char *qualname;
    struct sc_line_range range; /* from the first decorator on */
    bool is_async;
};

struct sc_source_facts {
    struct sc_source_function *functions;
    size_t n_functions;
    struct sc_line_range *classes;
    size_t n_classes;
    struct sc_line_range *loops; /* statements */
    size_t n_loops;
    const char **imports; /* statements as written, each once */
    size_t n_imports;
    const char *text; /* UTF-8, where the file's bytes are not; else NULL */
    size_t text_bytes;
};

/* Fills facts[n] for requests[n]; all zero where the interpreter rejects a source or
 * finds no file. Gives up after limit_ms. On failure (no such interpreter, a hang, a
 * crash, nonsense for an answer) facts are all zero. Results live in the arena. */
SC_MUST_USE enum sc_err sc_source_facts_ask(struct sc_arena *arena,
                                            const char *interpreter,
                                            const struct sc_source_request *requests,
                                            size_t n, int limit_ms,
                                            struct sc_source_facts *facts);

#endif
