/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Open addressing with linear probing over indices into the array of keys. */
#include "profile/key_map.h"

#include "base/hash.h"
#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

void sc_key_map_fini(struct sc_key_map *map)
{
    free(map->keys);
    free(map->slots);
    memset(map, 0, sizeof *map);
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t find_slot(const struct sc_key_map *map, const struct sc_key *key)
{
    size_t mask = map->n_slots - 1;
    size_t slot = sc_hash_bytes(key, sizeof *key, 0) & mask;
    while (map->slots[slot] != 0 &&
           memcmp(&map->keys[map->slots[slot] - 1], key, sizeof *key) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static enum sc_err grow(struct sc_key_map *map)
{
    size_t n_slots = map->n_slots > 0 ? map->n_slots * 2 : 64;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    free(map->slots);
    map->slots = slots;
    map->n_slots = n_slots;
    for (size_t i = 0; i < map->n; i++) {
        slots[find_slot(map, &map->keys[i])] = (uint32_t)i + 1;
    }
    return SC_OK;
}

enum sc_err sc_key_map_put(struct sc_key_map *map, struct sc_key key, uint32_t *index)
{
    if (map->n * 2 >= map->n_slots) {
        enum sc_err err = map->n < UINT32_MAX / 4 ? grow(map) : SC_ERR_LIMIT;
        if (err != SC_OK) {
            return err;
        }
    }
    size_t slot = find_slot(map, &key);
    if (map->slots[slot] == 0) {
        void *keys = map->keys;
        enum sc_err err =
            sc_os_grow(&keys, &map->capacity, map->n + 1, sizeof *map->keys);
        if (err != SC_OK) {
            return err;
        }
        map->keys = keys;
        map->keys[map->n++] = key;
        map->slots[slot] = (uint32_t)map->n;
    }
    *index = map->slots[slot] - 1;
    return SC_OK;
}

uint32_t sc_key_map_get(const struct sc_key_map *map, struct sc_key key)
{
    if (map->n_slots == 0) {
        return UINT32_MAX;
    }
    uint32_t found = map->slots[find_slot(map, &key)];
    return found - 1; /* 0, a free slot, wraps to UINT32_MAX */
}
