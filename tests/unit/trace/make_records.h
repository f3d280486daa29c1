/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * One valid record of each kind, for tests to write, save and then damage. Each call
 * builds it in the buffer given and returns its size. */
#ifndef SC_TESTS_UNIT_TRACE_MAKE_RECORDS_H
#define SC_TESTS_UNIT_TRACE_MAKE_RECORDS_H

#include "trace/trace.h"

#include <stddef.h>
#include <string.h>

enum {
    RECORD_BUFFER_BYTES = 8192
};

/* Aligned as records are in a ring. */
struct record_buffer {
    _Alignas(8) unsigned char bytes[RECORD_BUFFER_BYTES];
};

static inline void *record_begin(struct record_buffer *buffer, uint32_t kind,
                                 size_t n_bytes)
{
    memset(buffer, 0, sizeof(*buffer));
    struct sc_record *record = (void *)buffer->bytes;
    record->word = kind << 24 | (uint32_t)((n_bytes + 7) & ~(size_t)7);
    return record;
}

static inline void *make_process(struct record_buffer *buffer)
{
    static const char text[] = "/usr/bin/python3\0prog.py\0-v";
    struct sc_rec_process *process =
        record_begin(buffer, SC_REC_PROCESS, sizeof(*process) + sizeof(text));
    process->n_args = 2;
    process->text_bytes = sizeof(text);
    memcpy(process->text, text, sizeof(text));
    return process;
}

static inline void *make_thread_start(struct record_buffer *buffer)
{
    struct sc_rec_thread_start *start =
        record_begin(buffer, SC_REC_THREAD_START, sizeof(*start));
    start->rec.thread = 1;
    start->tid = 4242;
    start->mono_ns = 1000;
    return start;
}

static inline void *make_thread_end(struct record_buffer *buffer)
{
    struct sc_rec_thread_end *end =
        record_begin(buffer, SC_REC_THREAD_END, sizeof(*end));
    end->rec.thread = 1;
    end->mono_ns = 9000;
    end->cpu_ns = 777;
    return end;
}

static inline void *make_sample(struct record_buffer *buffer, uint16_t n_frames)
{
    struct sc_rec_sample *sample =
        record_begin(buffer, SC_REC_SAMPLE,
                     sizeof(*sample) + n_frames * sizeof(struct sc_rec_frame));
    sample->mono_ns = 5000;
    sample->cpu_ns = 500;
    sample->source = SC_SOURCE_TICK;
    sample->n_frames = n_frames;
    for (uint16_t i = 0; i < n_frames; i++)
        sample->frames[i] = (struct sc_rec_frame){i + 1u, i - 1};
    return sample;
}

/* The whole blob in one piece: "m.py", "f", and a linetable of 3 bytes. */
static inline void *make_code(struct record_buffer *buffer)
{
    static const char text[] = "m.pyf\xf8\xf9\xfa";
    struct sc_code_blob blob = {.first_line = 3,
                                .n_instr = 6,
                                .filename_bytes = 4,
                                .qualname_bytes = 1,
                                .linetable_bytes = 3,
                                .filename_kind = SC_TEXT_UCS1,
                                .qualname_kind = SC_TEXT_UCS1};
    size_t blob_bytes = sizeof(blob) + sizeof(text) - 1;
    struct sc_rec_code *code =
        record_begin(buffer, SC_REC_CODE, sizeof(*code) + blob_bytes);
    code->code_id = 1;
    code->blob_bytes = (uint32_t)blob_bytes;
    code->piece_bytes = (uint32_t)blob_bytes;
    memcpy(code->piece, &blob, sizeof(blob));
    memcpy(code->piece + sizeof(blob), text, sizeof(text) - 1);
    return code;
}

#endif
