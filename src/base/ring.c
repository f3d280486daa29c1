/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The ring of ring.h. Two facts carry the whole of it. First, every byte between tail
 * and head that no writer has filled yet is 0, because the reader zeroes a record
 * before it moves the tail: a 0 where a record's first word should be means "reserved
 * a moment ago". Second, the tail's release store and its acquire load order that
 * zeroing before the next writer's stores, and a record's release store at commit
 * orders its content before the reader's loads. */
#include "base/ring.h"

enum {
    MIN_CAPACITY_BYTES = 4096,
    PAD_SHIFT = 24
};

static _Atomic uint32_t *word_at(const struct sc_ring *ring, uint64_t offset_bytes)
{
    uint64_t position = offset_bytes & (ring->capacity_bytes - 1);
    return (_Atomic uint32_t *)(void *)(ring->data + position);
}

static uint64_t bytes_to_end(const struct sc_ring *ring, uint64_t offset_bytes)
{
    return ring->capacity_bytes - (offset_bytes & (ring->capacity_bytes - 1));
}

static uint64_t max_record_bytes(const struct sc_ring *ring)
{
    uint64_t quarter = ring->capacity_bytes / 4;
    uint64_t mask = SC_RING_SIZE_MASK & ~(uint64_t)(SC_RING_ALIGN - 1);
    return quarter < mask ? quarter : mask;
}

static bool capacity_valid(uint64_t capacity_bytes)
{
    return capacity_bytes >= MIN_CAPACITY_BYTES &&
           (capacity_bytes & (capacity_bytes - 1)) == 0;
}

void sc_ring_init(struct sc_ring *ring, struct sc_ring_state *state, void *data,
                  uint64_t capacity_bytes)
{
    state->capacity_bytes = capacity_bytes;
    *ring = (struct sc_ring){state, data, capacity_bytes};
}

enum sc_err sc_ring_attach(struct sc_ring *ring, struct sc_ring_state *state,
                           void *data, uint64_t capacity_bytes)
{
    if (!capacity_valid(capacity_bytes) || state->capacity_bytes != capacity_bytes) {
        return SC_ERR_FORMAT;
    }
    *ring = (struct sc_ring){state, data, capacity_bytes};
    return SC_OK;
}

void *sc_ring_reserve(struct sc_ring *ring, uint32_t kind, size_t size_bytes)
{
    if (size_bytes == 0 || size_bytes > max_record_bytes(ring)) {
        return NULL;
    }
    uint64_t size = (size_bytes + SC_RING_ALIGN - 1) & ~(uint64_t)(SC_RING_ALIGN - 1);
    uint64_t head, pad;
    do {
        /* The tail first: a head loaded after it is never behind it, while an old
         * head beside a new tail would look like a full ring. */
        uint64_t tail =
            atomic_load_explicit(&ring->state->tail_bytes, memory_order_acquire);
        head = atomic_load_explicit(&ring->state->head_bytes, memory_order_relaxed);
        uint64_t to_end = bytes_to_end(ring, head);
        pad = size > to_end ? to_end : 0;
        uint64_t used = head - tail;
        if (used > ring->capacity_bytes || pad + size > ring->capacity_bytes - used) {
            return NULL;
        }
    } while (!atomic_compare_exchange_weak_explicit(
        &ring->state->head_bytes, &head, head + pad + size, memory_order_relaxed,
        memory_order_relaxed));

    if (pad != 0) {
        atomic_store_explicit(word_at(ring, head),
                              (uint32_t)pad | ((uint32_t)SC_RING_PAD_KIND << PAD_SHIFT),
                              memory_order_release);
    }
    _Atomic uint32_t *word = word_at(ring, head + pad);
    atomic_store_explicit(word,
                          SC_RING_OPEN | (kind & 0x7f) << PAD_SHIFT | (uint32_t)size,
                          memory_order_relaxed);
    /* The word says how far to step if this thread dies inside the record, so the
     * compiler must not move the caller's stores before it. */
    atomic_signal_fence(memory_order_seq_cst);
    return (void *)word;
}

void sc_ring_commit(void *record)
{
    _Atomic uint32_t *word = record;
    uint32_t open = atomic_load_explicit(word, memory_order_relaxed);
    atomic_store_explicit(word, open & ~SC_RING_OPEN, memory_order_release);
}

enum slot {
    SLOT_EMPTY,
    SLOT_UNWRITTEN,
    SLOT_OPEN,
    SLOT_PAD,
    SLOT_RECORD,
    SLOT_DAMAGED
};

/* What lies at the tail, and its size where it has one. Trusts nothing: the program
 * under profile can overwrite these pages. */
static enum slot look(const struct sc_ring *ring, uint64_t *tail_out, uint64_t *size)
{
    uint64_t tail =
        atomic_load_explicit(&ring->state->tail_bytes, memory_order_relaxed);
    uint64_t head =
        atomic_load_explicit(&ring->state->head_bytes, memory_order_acquire);
    *tail_out = tail;
    *size = 0;
    uint64_t used = head - tail;
    if (((head | tail) & (SC_RING_ALIGN - 1)) != 0 || used > ring->capacity_bytes) {
        return SLOT_DAMAGED;
    }
    if (used == 0) {
        return SLOT_EMPTY;
    }

    uint32_t word = atomic_load_explicit(word_at(ring, tail), memory_order_acquire);
    if (word == 0) {
        return SLOT_UNWRITTEN;
    }
    uint32_t kind = sc_ring_kind(&word);
    uint64_t n = word & SC_RING_SIZE_MASK;
    uint64_t to_end = bytes_to_end(ring, tail);
    if (n < SC_RING_ALIGN || n % SC_RING_ALIGN != 0 || n > used || n > to_end ||
        n > max_record_bytes(ring) || kind == 0) {
        return SLOT_DAMAGED;
    }
    *size = n;
    if (kind == SC_RING_PAD_KIND) {
        return n == to_end && (word & SC_RING_OPEN) == 0 ? SLOT_PAD : SLOT_DAMAGED;
    }
    return (word & SC_RING_OPEN) != 0 ? SLOT_OPEN : SLOT_RECORD;
}

/* Zeroes what lies at the tail and moves it. The bound at the ring's end holds even
 * if the tail was overwritten since it was looked at. */
static void give_back(struct sc_ring *ring, uint64_t tail, uint64_t size)
{
    tail &= ~(uint64_t)(SC_RING_ALIGN - 1);
    uint64_t to_end = bytes_to_end(ring, tail);
    uint64_t n = size < to_end ? size : to_end;
    __builtin_memset((void *)word_at(ring, tail), 0, n);
    atomic_store_explicit(&ring->state->tail_bytes, tail + n, memory_order_release);
}

const void *sc_ring_peek(struct sc_ring *ring, size_t *size_bytes, enum sc_err *err)
{
    uint64_t tail, size;
    enum slot slot = look(ring, &tail, &size);
    /* A pad fills the ring's end, so what follows it is never another pad. */
    if (slot == SLOT_PAD) {
        give_back(ring, tail, size);
        slot = look(ring, &tail, &size);
    }
    *size_bytes = slot == SLOT_RECORD ? size : 0;
    *err = slot == SLOT_DAMAGED || slot == SLOT_PAD ? SC_ERR_FORMAT : SC_OK;
    return slot == SLOT_RECORD ? (const void *)word_at(ring, tail) : NULL;
}

void sc_ring_release(struct sc_ring *ring, size_t size_bytes)
{
    uint64_t tail =
        atomic_load_explicit(&ring->state->tail_bytes, memory_order_relaxed);
    give_back(ring, tail,
              (size_bytes + SC_RING_ALIGN - 1) & ~(uint64_t)(SC_RING_ALIGN - 1));
}

/* Steps over a reservation whose writer died before it wrote the first word. Its size
 * is unknown, but it is all zeroes: the next record begins at the next word that is
 * not 0. Neighbours that died the same way go with it. */
static void skip_unwritten(struct sc_ring *ring, uint64_t tail)
{
    uint64_t head =
        atomic_load_explicit(&ring->state->head_bytes, memory_order_acquire);
    if (head - tail > ring->capacity_bytes) {
        return;
    }
    while (tail != head &&
           atomic_load_explicit(word_at(ring, tail), memory_order_relaxed) == 0) {
        tail += SC_RING_ALIGN;
    }
    atomic_store_explicit(&ring->state->tail_bytes, tail, memory_order_release);
}

bool sc_ring_skip_dead(struct sc_ring *ring)
{
    uint64_t tail, size;
    switch (look(ring, &tail, &size)) {
    case SLOT_OPEN:
        give_back(ring, tail, size);
        return true;
    case SLOT_UNWRITTEN:
        skip_unwritten(ring, tail);
        return true;
    case SLOT_EMPTY:
    case SLOT_PAD:
    case SLOT_RECORD:
    case SLOT_DAMAGED:
        break;
    }
    return false;
}

uint64_t sc_ring_used_bytes(const struct sc_ring *ring)
{
    uint64_t tail =
        atomic_load_explicit(&ring->state->tail_bytes, memory_order_acquire);
    uint64_t head =
        atomic_load_explicit(&ring->state->head_bytes, memory_order_relaxed);
    return head - tail;
}
