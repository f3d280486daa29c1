/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Fuzzes the trace reader. The input's first byte chooses: a saved trace as it is; a
 * saved trace behind a valid header; a live ring with counters and data from the
 * input. Every record handed out is read as far as its fields say it reaches, so that
 * AddressSanitizer sees a check that is missing. */
#include "fuzz.h"

#include "trace/reader.h"

enum {
    CAPACITY = 4096
};

static uint64_t sink;

static void read_bytes(const void *bytes, size_t n_bytes)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n_bytes; i++) {
        sink += p[i];
    }
}

static void read_process(const struct sc_rec_process *process)
{
    size_t at = 0;
    for (uint64_t i = 0; i <= process->n_args && at < process->text_bytes; i++) {
        at += strlen(process->text + at) + 1;
    }
    MUST(at <= process->text_bytes);
}

static void read_code(const struct sc_rec_code *code)
{
    MUST((uint64_t)code->offset_bytes + code->piece_bytes <= code->blob_bytes);
    read_bytes(code->piece, code->piece_bytes);
}

static enum sc_err read_record(void *user, const struct sc_ring_header *header,
                               const struct sc_record *record)
{
    (void)user;
    (void)header;
    const void *typed = record;
    const struct sc_rec_sample *sample = typed;
    switch (sc_ring_kind(record)) {
    case SC_REC_PROCESS:
        read_process(typed);
        break;
    case SC_REC_THREAD_START:
        read_bytes(typed, sizeof(struct sc_rec_thread_start));
        break;
    case SC_REC_THREAD_END:
        read_bytes(typed, sizeof(struct sc_rec_thread_end));
        break;
    case SC_REC_SAMPLE:
        MUST(sample->n_frames <= SC_MAX_FRAMES);
        read_bytes(sample->frames, sample->n_frames * sizeof(sample->frames[0]));
        break;
    case SC_REC_CODE:
        read_code(typed);
        break;
    default:
        abort();
    }
    return SC_OK;
}

static void valid_header(struct sc_ring_header *header)
{
    header->magic = SC_TRACE_MAGIC;
    header->version = SC_TRACE_VERSION;
    header->header_bytes = SC_TRACE_PAGE_BYTES;
    header->capacity_bytes = CAPACITY;
    header->ring.capacity_bytes = CAPACITY;
}

static void *aligned(size_t n_bytes)
{
    void *bytes = aligned_alloc(8, (n_bytes + 7) & ~(size_t)7);
    MUST(bytes != NULL);
    return bytes;
}

static void replay(struct input input, bool with_header)
{
    size_t skip = with_header ? SC_TRACE_PAGE_BYTES : 0;
    size_t n_bytes = skip + input.left_bytes;
    unsigned char *trace = aligned(n_bytes + 8);
    memset(trace, 0, skip);
    if (with_header) {
        valid_header((struct sc_ring_header *)trace);
    }
    memcpy(trace + skip, input.data, input.left_bytes);
    const struct sc_ring_header *header;
    enum sc_err err = sc_trace_replay(trace, n_bytes, &header, read_record, NULL);
    MUST(err == SC_OK || err == SC_ERR_TRUNCATED || err == SC_ERR_FORMAT ||
         err == SC_ERR_VERSION);
    free(trace);
}

static void live(struct input input)
{
    unsigned char *file = aligned(SC_TRACE_PAGE_BYTES + CAPACITY);
    memset(file, 0, SC_TRACE_PAGE_BYTES + CAPACITY);
    struct sc_ring_header *header = (struct sc_ring_header *)file;
    valid_header(header);
    uint16_t tail, used;
    input_take(&input, &tail, sizeof(tail));
    input_take(&input, &used, sizeof(used));
    atomic_store(&header->ring.tail_bytes, tail);
    atomic_store(&header->ring.head_bytes, (uint64_t)tail + used);
    input_take(&input, file + SC_TRACE_PAGE_BYTES, CAPACITY);

    struct sc_trace_reader reader;
    MUST(sc_trace_reader_init(&reader, header, SC_TRACE_PAGE_BYTES + CAPACITY) ==
         SC_OK);
    enum sc_err err;
    /* Each step moves on by 8 bytes at least, so it ends within the ring. */
    int n_steps = 0;
    do {
        const struct sc_record *record;
        while ((record = sc_trace_reader_next(&reader, &err)) != NULL) {
            read_record(NULL, header, record);
            MUST(n_steps++ <= CAPACITY / SC_RING_ALIGN);
        }
    } while (err == SC_OK && sc_trace_reader_skip_dead(&reader) &&
             n_steps++ <= CAPACITY / SC_RING_ALIGN);
    if (err == SC_OK) {
        MUST(sc_ring_used_bytes(&reader.ring) == 0);
    }
    sc_trace_reader_fini(&reader);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    struct input input = {data, n_bytes};
    uint8_t mode;
    input_take(&input, &mode, sizeof(mode));
    if (mode % 3 == 2) {
        live(input);
    } else {
        replay(input, mode % 3 == 1);
    }
    return 0;
}
