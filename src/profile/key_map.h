/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A hash map from three numbers to the index of a row that the caller keeps. Rows
 * are numbered in order of first sight, which keeps results deterministic. */
#ifndef SC_PROFILE_KEY_MAP_H
#define SC_PROFILE_KEY_MAP_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct sc_key {
    uint64_t part[3];
};

struct sc_key_map {
    struct sc_key *keys; /* by index */
    size_t n;
    size_t capacity;
    uint32_t *slots; /* index + 1; 0 = free */
    size_t n_slots;  /* power of two, at least twice n */
};

/* Starts empty from a zeroed map. */
void sc_key_map_fini(struct sc_key_map *map);

/* The key's index, a new one (*index == the former n) when it was not there. */
SC_MUST_USE enum sc_err sc_key_map_put(struct sc_key_map *map, struct sc_key key,
                                       uint32_t *index);

/* The key's index, or UINT32_MAX. */
uint32_t sc_key_map_get(const struct sc_key_map *map, struct sc_key key);

#endif
