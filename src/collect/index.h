/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A hash table of indices: it maps the hash of a key to the place of an item in an
 * array that somebody else keeps. Keys are compared by the caller's function, so one
 * table serves every kind of item. Open addressing, linear probing, nothing is ever
 * removed. One thread; cold contexts. */
#ifndef SC_COLLECT_INDEX_H
#define SC_COLLECT_INDEX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sc_index_slot {
    uint32_t hash;
    uint32_t item_plus_1; /* 0: free */
};

struct sc_index {
    struct sc_index_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    size_t n_used;
};

/* A zeroed struct is an empty table. */
void sc_index_fini(struct sc_index *index);

/* The item with this hash for which same(context, item) holds, else UINT32_MAX. */
uint32_t sc_index_find(const struct sc_index *index, uint64_t hash,
                       bool (*same)(const void *context, uint32_t item),
                       const void *context);

/* Adds an item that is not there yet. */
SC_MUST_USE enum sc_err sc_index_add(struct sc_index *index, uint64_t hash,
                                     uint32_t item);

#endif
