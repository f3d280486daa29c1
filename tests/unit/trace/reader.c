/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The reader on a live ring, and saved traces: what goes in comes out, what is damaged
 * is skipped and counted or stops the reading, and nothing foreign is accepted. */
#include "trace/reader.h"

#include "harness.h"
#include "make_records.h"

#include <stdlib.h>

enum {
    CAPACITY = 65536,
    FILE_BYTES = SC_TRACE_PAGE_BYTES + CAPACITY,
    N_KINDS = 5
};

static _Alignas(4096) unsigned char file_bytes[FILE_BYTES];
static struct sc_ring_header *const header = (struct sc_ring_header *)file_bytes;
static struct sc_ring writer;
static struct sc_trace_reader reader;
static struct record_buffer records[N_KINDS];

static const struct sc_record *record_of(size_t i)
{
    return (const void *)records[i].bytes;
}

static void make_all(void)
{
    make_process(&records[0]);
    make_thread_start(&records[1]);
    make_code(&records[2]);
    make_sample(&records[3], 7);
    make_thread_end(&records[4]);
}

static void fresh(void)
{
    memset(file_bytes, 0, sizeof(file_bytes));
    header->magic = SC_TRACE_MAGIC;
    header->version = SC_TRACE_VERSION;
    header->header_bytes = SC_TRACE_PAGE_BYTES;
    header->capacity_bytes = CAPACITY;
    sc_ring_init(&writer, &header->ring, file_bytes + SC_TRACE_PAGE_BYTES, CAPACITY);
    make_all();
}

static void open_reader(void)
{
    fresh();
    CHECK_INT(sc_trace_reader_init(&reader, header, FILE_BYTES), SC_OK);
}

static void write_record(const struct sc_record *record)
{
    size_t n_bytes = sc_record_bytes(record);
    unsigned char *place = sc_ring_reserve(&writer, sc_ring_kind(record), n_bytes);
    CHECK(place != NULL);
    if (place == NULL) {
        return;
    }
    memcpy(place + 4, (const unsigned char *)record + 4, n_bytes - 4);
    sc_ring_commit(place);
}

static bool same(const struct sc_record *a, const struct sc_record *b)
{
    return a != NULL && sc_record_bytes(a) == sc_record_bytes(b) &&
           memcmp(a, b, sc_record_bytes(b)) == 0;
}

static void every_kind_comes_out_as_written(void)
{
    open_reader();
    enum sc_err err;
    for (int lap = 0; lap < 300; lap++) { /* several times round the ring */
        for (size_t i = 0; i < N_KINDS; i++) {
            write_record(record_of(i));
        }
        for (size_t i = 0; i < N_KINDS; i++) {
            CHECK(same(sc_trace_reader_next(&reader, &err), record_of(i)));
        }
        CHECK(sc_trace_reader_next(&reader, &err) == NULL && err == SC_OK);
    }
    CHECK_INT(reader.bad_records, 0);
    sc_trace_reader_fini(&reader);
}

/* The process goes on writing into its pages; what was handed out does not change. */
static void record_in_hand_is_a_copy(void)
{
    open_reader();
    enum sc_err err;
    write_record(record_of(3));
    const struct sc_record *record = sc_trace_reader_next(&reader, &err);
    memset(file_bytes + SC_TRACE_PAGE_BYTES, 0xff, CAPACITY);
    CHECK(same(record, record_of(3)));
    sc_trace_reader_fini(&reader);
}

static void large_records_pass(void)
{
    open_reader();
    enum sc_err err;
    size_t text_bytes = CAPACITY / 4 - sizeof(struct sc_rec_process);
    struct sc_rec_process *process =
        sc_ring_reserve(&writer, SC_REC_PROCESS, CAPACITY / 4);
    CHECK(process != NULL);
    if (process == NULL) {
        return;
    }
    memset(process->text, 'x', text_bytes - 1);
    process->text_bytes = (uint32_t)text_bytes;
    sc_ring_commit(process);
    const struct sc_record *record = sc_trace_reader_next(&reader, &err);
    CHECK(record != NULL && sc_record_bytes(record) == CAPACITY / 4);
    sc_trace_reader_fini(&reader);
}

static void bad_records_are_skipped_and_counted(void)
{
    open_reader();
    enum sc_err err;
    struct sc_rec_sample *sample = (void *)records[3].bytes;
    sample->n_frames = 900;
    write_record(record_of(3));
    write_record(record_begin(&records[0], 99, 64));
    write_record(record_of(4));
    CHECK(same(sc_trace_reader_next(&reader, &err), record_of(4)));
    CHECK_INT(reader.bad_records, 2);
    sc_trace_reader_fini(&reader);
}

static void damaged_ring_is_an_error(void)
{
    open_reader();
    enum sc_err err;
    write_record(record_of(1));
    file_bytes[SC_TRACE_PAGE_BYTES] = 3;
    CHECK(sc_trace_reader_next(&reader, &err) == NULL);
    CHECK_INT(err, SC_ERR_FORMAT);
    sc_trace_reader_fini(&reader);
}

static void dead_records_are_counted(void)
{
    open_reader();
    enum sc_err err;
    CHECK(sc_ring_reserve(&writer, SC_REC_SAMPLE, 64) != NULL);
    write_record(record_of(4));
    CHECK(sc_trace_reader_next(&reader, &err) == NULL && err == SC_OK);
    CHECK(sc_trace_reader_skip_dead(&reader));
    CHECK(same(sc_trace_reader_next(&reader, &err), record_of(4)));
    CHECK(!sc_trace_reader_skip_dead(&reader));
    CHECK_INT(reader.dead_records, 1);
    sc_trace_reader_fini(&reader);
}

static enum sc_err init_error(size_t n_bytes)
{
    enum sc_err err = sc_trace_reader_init(&reader, header, n_bytes);
    sc_trace_reader_fini(&reader);
    return err;
}

static void foreign_and_damaged_headers_are_refused(void)
{
    fresh();
    CHECK_INT(init_error(0), SC_ERR_TRUNCATED);
    CHECK_INT(init_error(SC_TRACE_PAGE_BYTES - 1), SC_ERR_TRUNCATED);
    CHECK_INT(init_error(FILE_BYTES - 1), SC_ERR_TRUNCATED);
    CHECK_INT(init_error(FILE_BYTES), SC_OK);
    header->magic++;
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_FORMAT);
    fresh();
    header->version = SC_TRACE_VERSION + 1;
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_VERSION);
    header->version = 0;
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_FORMAT);
    fresh();
    header->header_bytes = 64;
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_FORMAT);
    fresh();
    header->capacity_bytes = CAPACITY / 2; /* the ring's own state disagrees */
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_FORMAT);
    header->capacity_bytes = UINT64_MAX;
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_TRUNCATED);
    header->capacity_bytes = 12;
    CHECK_INT(init_error(FILE_BYTES), SC_ERR_FORMAT);
}

struct replayed {
    size_t n_records;
    size_t stop_at;
};

static enum sc_err take(void *user, const struct sc_ring_header *saved_header,
                        const struct sc_record *record)
{
    struct replayed *replayed = user;
    CHECK_INT(saved_header->pid, 77);
    CHECK(same(record, record_of(replayed->n_records)));
    replayed->n_records++;
    return replayed->n_records == replayed->stop_at ? SC_ERR_LIMIT : SC_OK;
}

/* A trace of all kinds, as saved; the caller frees it. */
static char *save_all(size_t *n_bytes)
{
    char *bytes = NULL;
    FILE *file = open_memstream(&bytes, n_bytes);
    CHECK(file != NULL);
    fresh();
    header->pid = 77;
    CHECK_INT(sc_trace_save_header(file, header), SC_OK);
    for (size_t i = 0; i < N_KINDS; i++) {
        CHECK_INT(sc_trace_save_record(file, record_of(i)), SC_OK);
    }
    fclose(file);
    return bytes;
}

static void saved_trace_replays_the_same(void)
{
    size_t n_bytes;
    char *bytes = save_all(&n_bytes);
    const struct sc_ring_header *saved;
    struct replayed replayed = {0};
    CHECK_INT(sc_trace_replay(bytes, n_bytes, &saved, take, &replayed), SC_OK);
    CHECK_INT(replayed.n_records, N_KINDS);
    CHECK(saved == (const void *)bytes);
    CHECK_INT(saved->capacity_bytes, CAPACITY);

    replayed = (struct replayed){.stop_at = 2};
    CHECK_INT(sc_trace_replay(bytes, n_bytes, &saved, take, &replayed), SC_ERR_LIMIT);
    CHECK_INT(replayed.n_records, 2);
    free(bytes);
}

/* Cut anywhere, a trace gives its whole records and then says that it is cut. */
static void cut_traces_are_truncated(void)
{
    size_t n_bytes;
    char *bytes = save_all(&n_bytes);
    const struct sc_ring_header *saved;
    size_t n_whole = 0;
    for (size_t cut = 0; cut < n_bytes; cut++) {
        struct replayed replayed = {0};
        enum sc_err err = sc_trace_replay(bytes, cut, &saved, take, &replayed);
        if (err == SC_OK) { /* between two records */
            n_whole++;
        } else {
            CHECK_INT(err, SC_ERR_TRUNCATED);
        }
    }
    CHECK_INT(n_whole, N_KINDS);
    free(bytes);
}

static void damaged_traces_are_refused(void)
{
    size_t n_bytes;
    char *bytes = save_all(&n_bytes);
    const struct sc_ring_header *saved;
    struct replayed replayed = {0};
    struct sc_rec_process *process = (void *)(bytes + SC_TRACE_PAGE_BYTES);
    process->n_args = 9;
    CHECK_INT(sc_trace_replay(bytes, n_bytes, &saved, take, &replayed), SC_ERR_FORMAT);
    process->rec.word = 0;
    CHECK_INT(sc_trace_replay(bytes, n_bytes, &saved, take, &replayed), SC_ERR_FORMAT);
    bytes[0] ^= 1;
    CHECK_INT(sc_trace_replay(bytes, n_bytes, &saved, take, &replayed), SC_ERR_FORMAT);
    CHECK_INT(replayed.n_records, 0);
    free(bytes);
}

static void full_disk_is_an_error(void)
{
    fresh();
    FILE *file = fopen("/dev/full", "w");
    CHECK(file != NULL);
    if (file == NULL) {
        return;
    }
    setvbuf(file, NULL, _IONBF, 0);
    CHECK_INT(sc_trace_save_header(file, header), SC_ERR_IO);
    CHECK_INT(sc_trace_save_record(file, record_of(0)), SC_ERR_IO);
    fclose(file);
}

int main(void)
{
    RUN(every_kind_comes_out_as_written);
    RUN(record_in_hand_is_a_copy);
    RUN(large_records_pass);
    RUN(bad_records_are_skipped_and_counted);
    RUN(damaged_ring_is_an_error);
    RUN(dead_records_are_counted);
    RUN(foreign_and_damaged_headers_are_refused);
    RUN(saved_trace_replays_the_same);
    RUN(cut_traces_are_truncated);
    RUN(damaged_traces_are_refused);
    RUN(full_disk_is_an_error);
    return check_failures != 0;
}
