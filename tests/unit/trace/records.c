/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * sc_trace_record_valid: each kind as it should be, then with each field that has a
 * meaning to the reader out of range in turn. */
#include "trace/reader.h"

#include "harness.h"
#include "make_records.h"

static struct record_buffer buffer;

static bool valid(const void *record)
{
    return sc_trace_record_valid(record, sc_record_bytes(record));
}

/* Makes the record afresh, applies the change, and expects a refusal. */
#define REFUSED(make, change)       \
    do {                            \
        const void *made_ = (make); \
        change;                     \
        CHECK(!valid(made_));       \
    } while (0)

static void valid_records_pass(void)
{
    CHECK(valid(make_process(&buffer)));
    CHECK(valid(make_thread_start(&buffer)));
    CHECK(valid(make_thread_end(&buffer)));
    CHECK(valid(make_sample(&buffer, 0)));
    CHECK(valid(make_sample(&buffer, 3)));
    CHECK(valid(make_sample(&buffer, SC_MAX_FRAMES)));
    CHECK(valid(make_code(&buffer)));
}

static void word_must_fit_the_size(void)
{
    struct sc_record *record = make_thread_start(&buffer);
    size_t n = sc_record_bytes(record);
    CHECK(!sc_trace_record_valid(record, n + 8));
    CHECK(!sc_trace_record_valid(record, n - 8));
    CHECK(!sc_trace_record_valid(record, 0));
    struct sc_record *r;
    REFUSED(r = make_sample(&buffer, 1), r->word |= SC_RING_OPEN);
    REFUSED(r = make_sample(&buffer, 1), r->word += 4);
    REFUSED(r = make_sample(&buffer, 1), r->word &= 0xff000000);
}

static void kinds_must_be_known(void)
{
    static const uint32_t kinds[] = {0, SC_RING_PAD_KIND, SC_REC_KIND_END, 127};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        CHECK(!valid(record_begin(&buffer, kinds[i], 4096)));
    }
}

static void records_shorter_than_their_kind_are_refused(void)
{
    for (uint32_t kind = SC_REC_PROCESS; kind < SC_REC_KIND_END; kind++) {
        CHECK(!valid(record_begin(&buffer, kind, sizeof(struct sc_record))));
    }
}

static void process_text_must_be_whole_strings(void)
{
    struct sc_rec_process *r;
    REFUSED(r = make_process(&buffer), r->text_bytes = 0);
    REFUSED(r = make_process(&buffer), r->text_bytes -= 1);
    REFUSED(r = make_process(&buffer), r->text_bytes += 64);
    REFUSED(r = make_process(&buffer), r->text_bytes = UINT32_MAX);
    REFUSED(r = make_process(&buffer), r->n_args = 1);
    REFUSED(r = make_process(&buffer), r->n_args = 3);
    REFUSED(r = make_process(&buffer), r->n_args = UINT32_MAX);
    REFUSED(r = make_process(&buffer), r->argv_cut = 2);
    struct sc_rec_process *cut = make_process(&buffer);
    cut->n_args = 900;
    cut->argv_cut = 1;
    CHECK(valid(cut));
}

static void samples_must_hold_their_frames(void)
{
    struct sc_rec_sample *r;
    CHECK(!valid(make_sample(&buffer, SC_MAX_FRAMES + 1)));
    REFUSED(r = make_sample(&buffer, 3), r->n_frames = 4);
    REFUSED(r = make_sample(&buffer, 3), r->n_frames = UINT16_MAX);
    REFUSED(r = make_sample(&buffer, 3), r->frames[2].instr = -2);
    REFUSED(r = make_sample(&buffer, 3), r->source = 0);
    REFUSED(r = make_sample(&buffer, 3), r->source = 3);
}

static void code_pieces_must_lie_in_their_blob(void)
{
    struct sc_rec_code *r;
    REFUSED(r = make_code(&buffer), r->code_id = 0);
    REFUSED(r = make_code(&buffer), r->piece_bytes = 0);
    REFUSED(r = make_code(&buffer), r->piece_bytes = 4000);
    REFUSED(r = make_code(&buffer), r->piece_bytes = 8);
    REFUSED(r = make_code(&buffer), r->offset_bytes = 8);
    REFUSED(r = make_code(&buffer), r->offset_bytes = UINT32_MAX);
    REFUSED(r = make_code(&buffer), r->blob_bytes = 8);
    REFUSED(r = make_code(&buffer), r->blob_bytes = SC_MAX_CODE_BLOB_BYTES + 1);
    REFUSED(r = make_code(&buffer), r->blob_bytes = UINT32_MAX);

    /* A middle piece is data only. */
    struct sc_rec_code *middle = make_code(&buffer);
    memset(middle->piece, 0xff, middle->piece_bytes);
    middle->offset_bytes = 4096;
    middle->blob_bytes = 9000;
    CHECK(valid(middle));
    struct sc_rec_code *too_long = record_begin(&buffer, SC_REC_CODE, 24 + 4104);
    too_long->code_id = 1;
    too_long->blob_bytes = 9000;
    too_long->offset_bytes = 100;
    too_long->piece_bytes = SC_MAX_CODE_PIECE_BYTES;
    CHECK(valid(too_long));
    too_long->piece_bytes++;
    CHECK(!valid(too_long));
}

static void code_heads_must_add_up(void)
{
    static const struct {
        size_t offset;
        uint32_t value;
    } damages[] = {
        {offsetof(struct sc_code_blob, filename_bytes), 5},
        {offsetof(struct sc_code_blob, filename_bytes), UINT32_MAX},
        {offsetof(struct sc_code_blob, qualname_bytes), 0},
        {offsetof(struct sc_code_blob, linetable_bytes), 4},
        {offsetof(struct sc_code_blob, linetable_bytes), UINT32_MAX},
        {offsetof(struct sc_code_blob, filename_kind), 0x0103}, /* kinds 3, 1 */
        {offsetof(struct sc_code_blob, filename_kind), 0x0001}, /* kinds 1, 0 */
        {offsetof(struct sc_code_blob, filename_kind), 0x0201}, /* 1 byte of UCS2 */
    };
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct sc_rec_code *code = make_code(&buffer);
        memcpy(code->piece + damages[i].offset, &damages[i].value, 4);
        CHECK(!valid(code));
    }
}

int main(void)
{
    RUN(valid_records_pass);
    RUN(word_must_fit_the_size);
    RUN(kinds_must_be_known);
    RUN(records_shorter_than_their_kind_are_refused);
    RUN(process_text_must_be_whole_strings);
    RUN(samples_must_hold_their_frames);
    RUN(code_pieces_must_lie_in_their_blob);
    RUN(code_heads_must_add_up);
    return check_failures != 0;
}
