/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The code objects of one ring: puts the pieces of each description together and
 * makes a function of it. Memory grows with what was received, never with what a
 * damaged record promises. Owned by a sc_collect_process. */
#ifndef SC_COLLECT_CODES_H
#define SC_COLLECT_CODES_H

#include "collect/index.h"
#include "collect/intern.h"
#include "trace/trace.h"

struct sc_code_entry {
    uint32_t code_id;
    uint32_t function;   /* SC_NONE until a whole, sound description has come */
    uint32_t blob_bytes; /* of the description in the making */
    uint32_t got_bytes;
    unsigned char *blob; /* NULL: none in the making */
    size_t blob_capacity;
};

struct sc_codes {
    struct sc_index index;
    struct sc_code_entry *entries;
    size_t n_entries, entries_capacity;
    uint64_t bad_blobs; /* descriptions that made no sense */
};

/* A zeroed struct is an empty table. */
void sc_codes_fini(struct sc_codes *codes);

/* Takes a checked CODE record. A description that makes no sense is counted and
 * leaves its id unknown; only a lack of memory is an error. */
SC_MUST_USE enum sc_err sc_codes_take(struct sc_codes *codes, struct sc_intern *intern,
                                      uint32_t python_hexversion,
                                      const struct sc_rec_code *code);

/* The function an id stands for now; SC_NONE: unknown. */
uint32_t sc_codes_function(const struct sc_codes *codes, uint32_t code_id);

/* Text as CPython keeps it (n_bytes of characters of `kind` bytes each) as UTF-8 with
 * a 0 at the end, in a block for free(). for_file: lone surrogates U+DC80..DCFF are
 * the bytes 0x80..0xFF that PEP 383 made them from. Everything that has no place in a
 * C string of valid UTF-8 (other surrogates, 0, beyond Unicode) becomes U+FFFD.
 * SC_ERR_FORMAT: no such kind, or not a whole number of characters. */
SC_MUST_USE enum sc_err sc_codes_text(const unsigned char *text, size_t n_bytes,
                                      unsigned kind, bool for_file, char **utf8);

#endif
