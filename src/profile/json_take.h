/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Takes typed values out of a JSON tree that may hold anything. The first thing that
 * is wrong is remembered with its place, and later calls give harmless values, so
 * that readers are written as if all were well and look at `err` where it matters.
 * A missing or null field has its default; a field of another type is wrong. */
#ifndef SC_PROFILE_JSON_TAKE_H
#define SC_PROFILE_JSON_TAKE_H

#include "base/arena.h"
#include "profile/json.h"

#include <jansson.h>

struct sc_json_taker {
    struct sc_arena *arena;
    struct sc_json_problem *problem;
    enum sc_err err;
    bool is_foreign;
    /* Where the reader is, for messages: file, list in it, index in that. */
    const char *file;
    const char *list;
    size_t index;
};

/* Remembers that the field is wrong: "files["x.py"].lines[3].lineno WHAT". */
void sc_take_problem(struct sc_json_taker *taker, const char *field, const char *what);
void sc_take_no_memory(struct sc_json_taker *taker);

/* A copy in the arena, valid UTF-8. */
const char *sc_take_text(struct sc_json_taker *taker, const json_t *string);
const char *sc_take_string(struct sc_json_taker *taker, const json_t *object,
                           const char *key);
/* A number of at least 0; a larger one than max becomes max. */
double sc_take_real(struct sc_json_taker *taker, const json_t *object, const char *key,
                    double max);
/* An integer in 0..max. */
uint64_t sc_take_uint(struct sc_json_taker *taker, const json_t *object,
                      const char *key, uint64_t max);
bool sc_take_bool(struct sc_json_taker *taker, const json_t *object, const char *key);
/* The list or object at key, NULL when there is none. */
const json_t *sc_take_list(struct sc_json_taker *taker, const json_t *object,
                           const char *key);
const json_t *sc_take_object(struct sc_json_taker *taker, const json_t *object,
                             const char *key);
const char *const *sc_take_strings(struct sc_json_taker *taker, const json_t *object,
                                   const char *key, size_t *n);
/* Room for n items in the arena; NULL (and err) when memory is short. */
void *sc_take_room(struct sc_json_taker *taker, size_t n, size_t item_bytes);

#endif
