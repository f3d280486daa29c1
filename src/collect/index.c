/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The hash table of indices. Slots keep 32 bits of the hash, so growing needs no
 * look at the keys and most probes that miss need none either. */
#include "collect/index.h"

#include <stdlib.h>

enum {
    FIRST_SLOTS = 16
};

/* The upper half: the lower bits of a 64-bit hash are the caller's to use. */
static uint32_t short_hash(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

void sc_index_fini(struct sc_index *index)
{
    free(index->slots);
    *index = (struct sc_index){0};
}

uint32_t sc_index_find(const struct sc_index *index, uint64_t hash,
                       bool (*same)(const void *context, uint32_t item),
                       const void *context)
{
    if (index->n_slots == 0) {
        return UINT32_MAX;
    }
    size_t mask = index->n_slots - 1;
    uint32_t wanted = short_hash(hash);
    for (size_t i = wanted & mask; index->slots[i].item_plus_1 != 0;
         i = (i + 1) & mask) {
        const struct sc_index_slot *slot = &index->slots[i];
        if (slot->hash == wanted && same(context, slot->item_plus_1 - 1)) {
            return slot->item_plus_1 - 1;
        }
    }
    return UINT32_MAX;
}

static void put(struct sc_index_slot *slots, size_t mask, struct sc_index_slot slot)
{
    size_t i = slot.hash & mask;
    while (slots[i].item_plus_1 != 0) {
        i = (i + 1) & mask;
    }
    slots[i] = slot;
}

static enum sc_err grow(struct sc_index *index)
{
    size_t n_slots = index->n_slots ? index->n_slots * 2 : FIRST_SLOTS;
    struct sc_index_slot *slots = calloc(n_slots, sizeof(*slots));
    if (slots == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < index->n_slots; i++) {
        if (index->slots[i].item_plus_1 != 0) {
            put(slots, n_slots - 1, index->slots[i]);
        }
    }
    free(index->slots);
    index->slots = slots;
    index->n_slots = n_slots;
    return SC_OK;
}

enum sc_err sc_index_add(struct sc_index *index, uint64_t hash, uint32_t item)
{
    if (item == UINT32_MAX) {
        return SC_ERR_LIMIT;
    }
    /* At most two thirds full: probes stay short. */
    if ((index->n_used + 1) * 3 > index->n_slots * 2) {
        enum sc_err err = grow(index);
        if (err != SC_OK) {
            return err;
        }
    }
    put(index->slots, index->n_slots - 1,
        (struct sc_index_slot){short_hash(hash), item + 1});
    index->n_used++;
    return SC_OK;
}
