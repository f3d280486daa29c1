/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The reader of reader.h. Order matters with a live ring: a record is first copied
 * out and only the copy is looked at, so the profiled process cannot change it between
 * the check and the use. */
#include "trace/reader.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_COPY_BYTES = 8192
};

static enum sc_err check_header(const struct sc_ring_header *header)
{
    if (header->magic != SC_TRACE_MAGIC) {
        return SC_ERR_FORMAT;
    }
    if (header->version > SC_TRACE_VERSION) {
        return SC_ERR_VERSION;
    }
    if (header->version != SC_TRACE_VERSION ||
        header->header_bytes != SC_TRACE_PAGE_BYTES) {
        return SC_ERR_FORMAT;
    }
    return SC_OK;
}

enum sc_err sc_trace_reader_init(struct sc_trace_reader *reader,
                                 struct sc_ring_header *header, size_t file_bytes)
{
    *reader = (struct sc_trace_reader){.header = header};
    if (file_bytes < SC_TRACE_PAGE_BYTES) {
        return SC_ERR_TRUNCATED;
    }
    enum sc_err err = check_header(header);
    if (err != SC_OK) {
        return err;
    }
    /* Read once: the page is shared, so a second look could see another number. */
    uint64_t capacity_bytes =
        __atomic_load_n(&header->capacity_bytes, __ATOMIC_RELAXED);
    if (capacity_bytes > file_bytes - SC_TRACE_PAGE_BYTES) {
        return SC_ERR_TRUNCATED;
    }
    return sc_ring_attach(&reader->ring, &header->ring,
                          (unsigned char *)header + SC_TRACE_PAGE_BYTES,
                          capacity_bytes);
}

void sc_trace_reader_fini(struct sc_trace_reader *reader)
{
    free(reader->copy);
    *reader = (struct sc_trace_reader){0};
}

static enum sc_err grow_copy(struct sc_trace_reader *reader, size_t size_bytes)
{
    if (size_bytes <= reader->copy_bytes) {
        return SC_OK;
    }
    size_t wanted = reader->copy_bytes == 0 ? FIRST_COPY_BYTES : reader->copy_bytes;
    while (wanted < size_bytes) {
        wanted *= 2;
    }
    unsigned char *copy = realloc(reader->copy, wanted);
    if (copy == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    reader->copy = copy;
    reader->copy_bytes = wanted;
    return SC_OK;
}

const struct sc_record *sc_trace_reader_next(struct sc_trace_reader *reader,
                                             enum sc_err *err)
{
    for (;;) {
        size_t size_bytes;
        const void *shared = sc_ring_peek(&reader->ring, &size_bytes, err);
        if (shared == NULL) {
            return NULL;
        }
        *err = grow_copy(reader, size_bytes);
        if (*err != SC_OK) {
            return NULL;
        }
        memcpy(reader->copy, shared, size_bytes);
        sc_ring_release(&reader->ring, size_bytes);
        const struct sc_record *record = (const void *)reader->copy;
        if (sc_trace_record_valid(record, size_bytes)) {
            return record;
        }
        reader->bad_records++;
    }
}

bool sc_trace_reader_skip_dead(struct sc_trace_reader *reader)
{
    bool skipped = sc_ring_skip_dead(&reader->ring);
    reader->dead_records += skipped;
    return skipped;
}

/* The checks of each kind. Each gets a record of at least its fixed part, and the
 * number of bytes that follow it. */

static bool process_valid(const struct sc_rec_process *process, size_t rest_bytes)
{
    if (process->text_bytes > rest_bytes || process->argv_cut > 1) {
        return false;
    }
    /* Every string lies inside the text, so who reads them needs no bound. */
    if (process->text_bytes == 0 || process->text[process->text_bytes - 1] != '\0') {
        return false;
    }
    uint64_t n_strings = 0;
    for (uint32_t i = 0; i < process->text_bytes; i++) {
        n_strings += process->text[i] == '\0';
    }
    uint64_t n_whole = (uint64_t)process->n_args + 1; /* with the executable's path */
    return n_strings == n_whole || (process->argv_cut == 1 && n_strings < n_whole);
}

static bool sample_valid(const struct sc_rec_sample *sample, size_t rest_bytes)
{
    if (sample->n_frames > SC_MAX_FRAMES ||
        sample->n_frames * sizeof(struct sc_rec_frame) > rest_bytes) {
        return false;
    }
    for (size_t i = 0; i < sample->n_frames; i++) {
        if (sample->frames[i].instr < -1) {
            return false;
        }
    }
    return sample->source == SC_SOURCE_PERF || sample->source == SC_SOURCE_TICK;
}

static bool text_kind_valid(uint8_t kind, uint32_t n_bytes)
{
    return (kind == SC_TEXT_UCS1 || kind == SC_TEXT_UCS2 || kind == SC_TEXT_UCS4) &&
           n_bytes % kind == 0;
}

static bool code_valid(const struct sc_rec_code *code, size_t rest_bytes)
{
    if (code->code_id == 0 || code->piece_bytes == 0 ||
        code->piece_bytes > rest_bytes || code->piece_bytes > SC_MAX_CODE_PIECE_BYTES ||
        code->blob_bytes < sizeof(struct sc_code_blob) ||
        code->blob_bytes > SC_MAX_CODE_BLOB_BYTES ||
        code->offset_bytes > code->blob_bytes ||
        code->piece_bytes > code->blob_bytes - code->offset_bytes) {
        return false;
    }
    if (code->offset_bytes != 0) {
        return true;
    }
    /* The first piece holds the whole head, and its lengths add up to the blob. */
    struct sc_code_blob blob;
    if (code->piece_bytes < sizeof(blob)) {
        return false;
    }
    memcpy(&blob, code->piece, sizeof(blob));
    uint64_t whole = sizeof(blob) + (uint64_t)blob.filename_bytes +
                     blob.qualname_bytes + blob.linetable_bytes;
    return whole == code->blob_bytes &&
           text_kind_valid(blob.filename_kind, blob.filename_bytes) &&
           text_kind_valid(blob.qualname_kind, blob.qualname_bytes);
}

static size_t fixed_bytes(uint32_t kind)
{
    switch (kind) {
    case SC_REC_PROCESS:
        return sizeof(struct sc_rec_process);
    case SC_REC_THREAD_START:
        return sizeof(struct sc_rec_thread_start);
    case SC_REC_THREAD_END:
        return sizeof(struct sc_rec_thread_end);
    case SC_REC_SAMPLE:
        return sizeof(struct sc_rec_sample);
    case SC_REC_CODE:
        return sizeof(struct sc_rec_code);
    default:
        return 0;
    }
}

bool sc_trace_record_valid(const struct sc_record *record, size_t size_bytes)
{
    if (size_bytes < sizeof(*record) || size_bytes % SC_RING_ALIGN != 0 ||
        sc_record_bytes(record) != size_bytes || (record->word & SC_RING_OPEN) != 0) {
        return false;
    }
    uint32_t kind = sc_ring_kind(record);
    size_t fixed = fixed_bytes(kind);
    if (fixed == 0 || fixed > size_bytes) {
        return false;
    }
    const void *typed = record;
    switch (kind) {
    case SC_REC_PROCESS:
        return process_valid(typed, size_bytes - fixed);
    case SC_REC_SAMPLE:
        return sample_valid(typed, size_bytes - fixed);
    case SC_REC_CODE:
        return code_valid(typed, size_bytes - fixed);
    default:
        return true; /* threads: numbers only */
    }
}

static enum sc_err write_whole(FILE *file, const void *data, size_t n_bytes)
{
    return fwrite(data, 1, n_bytes, file) == n_bytes ? SC_OK : SC_ERR_IO;
}

enum sc_err sc_trace_save_header(FILE *file, const struct sc_ring_header *header)
{
    static const unsigned char zeroes[SC_TRACE_PAGE_BYTES - sizeof(*header)];
    enum sc_err err = write_whole(file, header, sizeof(*header));
    return err != SC_OK ? err : write_whole(file, zeroes, sizeof(zeroes));
}

enum sc_err sc_trace_save_record(FILE *file, const struct sc_record *record)
{
    return write_whole(file, record, sc_record_bytes(record));
}

enum sc_err sc_trace_replay(const void *data, size_t n_bytes,
                            const struct sc_ring_header **header_out,
                            enum sc_err (*take)(void *user,
                                                const struct sc_ring_header *header,
                                                const struct sc_record *record),
                            void *user)
{
    *header_out = NULL;
    if (n_bytes < SC_TRACE_PAGE_BYTES) {
        return SC_ERR_TRUNCATED;
    }
    const struct sc_ring_header *header = data;
    enum sc_err err = check_header(header);
    if (err != SC_OK) {
        return err;
    }
    *header_out = header;
    const unsigned char *next = (const unsigned char *)data + SC_TRACE_PAGE_BYTES;
    size_t left_bytes = n_bytes - SC_TRACE_PAGE_BYTES;
    while (left_bytes > 0) {
        const struct sc_record *record = (const void *)next;
        if (left_bytes < sizeof(*record)) {
            return SC_ERR_TRUNCATED;
        }
        size_t size_bytes = sc_record_bytes(record);
        if (size_bytes > left_bytes) {
            return SC_ERR_TRUNCATED;
        }
        if (!sc_trace_record_valid(record, size_bytes)) {
            return SC_ERR_FORMAT;
        }
        err = take(user, header, record);
        if (err != SC_OK) {
            return err;
        }
        next += size_bytes;
        left_bytes -= size_bytes;
    }
    return SC_OK;
}
