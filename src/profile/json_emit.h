/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Writes JSON as it goes, with memory for nothing but the state of the punctuation: a
 * profile of a long source has a million values, and a tree of them would cost more
 * than all the rest of the front. Containers may be laid out on one line, so that a
 * profile has one row to a line and is pleasant to read, grep and diff.
 *
 * Strings are escaped so that the output can stand inside a script element of an HTML
 * page: & < > are \u0026 \u003c \u003e. A byte that is no UTF-8 becomes U+FFFD, and a
 * number that is not finite becomes 0. Output errors are found by ferror. */
#ifndef SC_PROFILE_JSON_EMIT_H
#define SC_PROFILE_JSON_EMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct sc_json_emitter {
    FILE *out;
    unsigned depth;
    unsigned inline_depth; /* depth from which all is on one line; 0: none */
    bool needs_comma;
    bool after_key;
};

/* bracket is '{' or '['; on_one_line holds for everything inside. */
void sc_json_open(struct sc_json_emitter *emitter, char bracket, bool on_one_line);
void sc_json_close(struct sc_json_emitter *emitter, char bracket);
void sc_json_key(struct sc_json_emitter *emitter, const char *key);

void sc_json_string(struct sc_json_emitter *emitter, const char *text);
void sc_json_uint(struct sc_json_emitter *emitter, uint64_t value);
void sc_json_int(struct sc_json_emitter *emitter, int64_t value);
/* Rounded to so many decimals. */
void sc_json_real(struct sc_json_emitter *emitter, double value, int decimals);
void sc_json_bool(struct sc_json_emitter *emitter, bool value);
void sc_json_null(struct sc_json_emitter *emitter);

#endif
