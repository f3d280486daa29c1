/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The one reader of the record format. The memory it reads is shared with a process
 * that may be damaged, so nothing in it is trusted: each record is copied out, then
 * checked, and only a record that passed is handed on. Owned by the front; one
 * reader per ring. Works on a live ring and on a saved trace alike. */
#ifndef SC_TRACE_READER_H
#define SC_TRACE_READER_H

#include "trace/trace.h"

#include <stdio.h>

struct sc_trace_reader {
    struct sc_ring ring;
    const struct sc_ring_header *header;
    unsigned char *copy; /* of the record in hand */
    size_t copy_bytes;
    uint64_t bad_records;  /* failed the checks; skipped */
    uint64_t dead_records; /* reserved, never committed, their process gone */
};

/* Reads from a mapped ring file of file_bytes. Returns SC_ERR_FORMAT, _VERSION or
 * _TRUNCATED for anything that is no ring of ours. The mapping stays the caller's
 * and must outlive the reader. */
SC_MUST_USE enum sc_err sc_trace_reader_init(struct sc_trace_reader *reader,
                                             struct sc_ring_header *header,
                                             size_t file_bytes);
void sc_trace_reader_fini(struct sc_trace_reader *reader);

/* The next record, checked, in the reader's own memory until the next call; NULL
 * when there is none now. *err: SC_ERR_FORMAT when the ring is damaged beyond
 * reading on (the caller stops using it), SC_ERR_NO_MEMORY. */
const struct sc_record *sc_trace_reader_next(struct sc_trace_reader *reader,
                                             enum sc_err *err);

/* After the writers' process has died and next has returned NULL: steps over one
 * record that was never committed and counts it. Returns false when there is none. */
bool sc_trace_reader_skip_dead(struct sc_trace_reader *reader);

/* True when a record's fields agree with its size. size_bytes as in its word. */
bool sc_trace_record_valid(const struct sc_record *record, size_t size_bytes);

static inline size_t sc_record_bytes(const struct sc_record *record)
{
    return record->word & SC_RING_SIZE_MASK;
}

/* Saved traces: a header page, then records end to end. The file is for replay in
 * tests and bug reports. */
SC_MUST_USE enum sc_err sc_trace_save_header(FILE *file,
                                             const struct sc_ring_header *header);
SC_MUST_USE enum sc_err sc_trace_save_record(FILE *file,
                                             const struct sc_record *record);

/* Calls take for each checked record of a saved trace of n_bytes at data. take
 * returns non-SC_OK to stop. header_out: points into data. */
SC_MUST_USE enum sc_err sc_trace_replay(
    const void *data, size_t n_bytes, const struct sc_ring_header **header_out,
    enum sc_err (*take)(void *user, const struct sc_ring_header *header,
                        const struct sc_record *record),
    void *user);

#endif
