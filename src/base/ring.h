/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A ring of variable-size records in memory shared by many writers (threads of the
 * profiled process, also inside signal handlers) and one reader (the front). It is
 * a file mapping, so it outlives the writers' process, however that ends.
 *
 * Writers reserve by one compare-and-swap on head_bytes and commit by one release
 * store of the record's first word; a record never wraps: where it would, a pad
 * record fills the end. The reader takes committed records in order, zeroes them
 * and moves tail_bytes. A full ring refuses; the caller counts the drop by cause.
 *
 * Offsets grow without end; the position in the ring is offset % capacity. */
#ifndef SC_BASE_RING_H
#define SC_BASE_RING_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SC_RING_ALIGN = 8,
    SC_RING_PAD_KIND = 1
};

/* First word of each record: size in bytes (multiple of 8) in bits 0..23, kind in
 * bits 24..30, bit 31 set while the record is reserved and not yet committed. */
#define SC_RING_SIZE_MASK UINT32_C(0x00ffffff)
#define SC_RING_OPEN UINT32_C(0x80000000)

/* Lives in shared memory; each side's counter has its own cache line. */
struct sc_ring_state {
    uint64_t capacity_bytes; /* power of two; constant after init */
    uint64_t reserved[7];
    _Atomic uint64_t head_bytes; /* written by writers */
    uint64_t reserved_head[7];
    _Atomic uint64_t tail_bytes; /* written by the reader */
    uint64_t reserved_tail[7];
};
_Static_assert(sizeof(struct sc_ring_state) == 192, "three cache lines");

/* One side's view: where the shared state and the data are in this process. The
 * capacity is copied here at attach, checked once, and never read again from the
 * shared page, which the other side could have damaged. */
struct sc_ring {
    struct sc_ring_state *state;
    unsigned char *data;
    uint64_t capacity_bytes;
};

/* Prepares zeroed shared memory. capacity_bytes: a power of two of 4096 or more.
 * Context: cold. */
void sc_ring_init(struct sc_ring *ring, struct sc_ring_state *state, void *data,
                  uint64_t capacity_bytes);

/* Takes part in a ring that another process made. Returns SC_ERR_FORMAT when the
 * capacity in it is not the one given or no power of two. Context: cold. */
SC_MUST_USE enum sc_err sc_ring_attach(struct sc_ring *ring,
                                       struct sc_ring_state *state, void *data,
                                       uint64_t capacity_bytes);

/* Reserves size_bytes (rounded up to 8) for a record of this kind (2..127). The
 * record's first word is written; the caller fills the rest, then commits.
 * Returns the record, or NULL when the ring is full or the size is over a quarter
 * of it. Context: signal. */
void *sc_ring_reserve(struct sc_ring *ring, uint32_t kind, size_t size_bytes);

/* Makes a reserved record visible to the reader. Context: signal. */
void sc_ring_commit(void *record);

/* The oldest record, or NULL when there is none that is complete. *size_bytes is
 * checked: it lies inside the ring. Pads are skipped. Where the shared memory is
 * damaged (a size that cannot be) *err is SC_ERR_FORMAT. Context: any; one reader. */
const void *sc_ring_peek(struct sc_ring *ring, size_t *size_bytes, enum sc_err *err);

/* Gives the record that peek returned back to the writers. Context: one reader. */
void sc_ring_release(struct sc_ring *ring, size_t size_bytes);

/* After the writers' process has died: steps over one record that was reserved and
 * never committed. Returns true when it stepped over one (count it as lost).
 * Context: one reader, no writer left. */
bool sc_ring_skip_dead(struct sc_ring *ring);

/* Bytes reserved and not yet released. Context: any. */
uint64_t sc_ring_used_bytes(const struct sc_ring *ring);

static inline uint32_t sc_ring_kind(const void *record)
{
    return (*(const uint32_t *)record >> 24) & 0x7f;
}

#endif
