/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Hashing for tables inside one process: fast, not cryptographic, never stored.
 * Signal-safe: pure functions of their arguments. */
#ifndef SC_BASE_HASH_H
#define SC_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Mixes 64 bits so that every input bit reaches every output bit (the finalizer
 * of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014). Context: any. */
static inline uint64_t sc_hash_u64(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline uint64_t sc_hash_combine(uint64_t hash, uint64_t value)
{
    return sc_hash_u64(hash ^ (value + UINT64_C(0x9e3779b97f4a7c15)));
}

/* Hash of n bytes, any alignment. Context: any. */
static inline uint64_t sc_hash_bytes(const void *data, size_t n, uint64_t seed)
{
    const unsigned char *p = data;
    uint64_t hash = sc_hash_u64(seed ^ n);
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        __builtin_memcpy(&word, p, 8);
        hash = sc_hash_combine(hash, word);
    }
    uint64_t tail = 0;
    __builtin_memcpy(&tail, p, n);
    return sc_hash_combine(hash, tail);
}

#endif
