/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The ring: order, wrap, full, pads, damage, dead writers, writers in handlers. */
#include "base/ring.h"

#include "harness.h"

#include <signal.h>
#include <stdlib.h>

enum {
    CAPACITY = 4096,
    KIND = 5,
    MAX_RECORD = CAPACITY / 4
};

static struct sc_ring_state state;
static _Alignas(64) unsigned char data[CAPACITY];
static struct sc_ring ring;

static void fresh(void)
{
    memset(&state, 0, sizeof(state));
    memset(data, 0, sizeof(data));
    sc_ring_init(&ring, &state, data, CAPACITY);
}

/* Writes a record whose body is all `fill`. */
static bool put(size_t size_bytes, unsigned char fill)
{
    unsigned char *record = sc_ring_reserve(&ring, KIND, size_bytes);
    if (record == NULL) {
        return false;
    }
    memset(record + 4, fill, size_bytes - 4);
    sc_ring_commit(record);
    return true;
}

/* Takes the oldest record and compares it with what put wrote. */
static bool got(size_t size_bytes, unsigned char fill)
{
    size_t n;
    enum sc_err err;
    const unsigned char *record = sc_ring_peek(&ring, &n, &err);
    if (record == NULL || err != SC_OK || n != size_bytes ||
        sc_ring_kind(record) != KIND) {
        return false;
    }
    for (size_t i = 4; i < size_bytes; i++) {
        if (record[i] != fill) {
            return false;
        }
    }
    sc_ring_release(&ring, n);
    return true;
}

static enum sc_err peek_error(void)
{
    size_t n;
    enum sc_err err;
    const void *record = sc_ring_peek(&ring, &n, &err);
    CHECK(record == NULL || err == SC_OK);
    return err;
}

static bool nothing_there(void)
{
    size_t n;
    enum sc_err err;
    return sc_ring_peek(&ring, &n, &err) == NULL && err == SC_OK && n == 0;
}

static void put_word(size_t offset_bytes, uint32_t word)
{
    memcpy(data + offset_bytes, &word, sizeof(word));
}

static void records_come_out_in_order_and_whole(void)
{
    fresh();
    CHECK(nothing_there());
    CHECK(put(24, 1));
    CHECK(put(8, 2));
    CHECK(put(MAX_RECORD, 3));
    CHECK_INT(sc_ring_used_bytes(&ring), 24 + 8 + MAX_RECORD);
    CHECK(got(24, 1));
    CHECK(got(8, 2));
    CHECK(got(MAX_RECORD, 3));
    CHECK(nothing_there());
    CHECK_INT(sc_ring_used_bytes(&ring), 0);
}

static void sizes_are_rounded_up_to_eight(void)
{
    fresh();
    unsigned char *record = sc_ring_reserve(&ring, KIND, 13);
    CHECK(record != NULL);
    sc_ring_commit(record);
    size_t n;
    enum sc_err err;
    CHECK(sc_ring_peek(&ring, &n, &err) == record);
    CHECK_INT(n, 16);
    sc_ring_release(&ring, 13);
    CHECK(nothing_there());
}

static void sizes_that_cannot_be_are_refused(void)
{
    fresh();
    CHECK(sc_ring_reserve(&ring, KIND, 0) == NULL);
    CHECK(sc_ring_reserve(&ring, KIND, MAX_RECORD + 1) == NULL);
    CHECK(sc_ring_reserve(&ring, KIND, SIZE_MAX) == NULL);
    CHECK_INT(sc_ring_used_bytes(&ring), 0);
}

static void full_ring_refuses_and_goes_on_after_release(void)
{
    fresh();
    for (unsigned char i = 0; i < 4; i++) {
        CHECK(put(MAX_RECORD, i));
    }
    CHECK_INT(sc_ring_used_bytes(&ring), CAPACITY);
    CHECK(!put(8, 9));
    CHECK(got(MAX_RECORD, 0));
    CHECK(put(8, 9));
    CHECK(got(MAX_RECORD, 1));
    CHECK(got(MAX_RECORD, 2));
    CHECK(got(MAX_RECORD, 3));
    CHECK(got(8, 9));
    CHECK(nothing_there());
}

static void record_that_would_wrap_is_preceded_by_a_pad(void)
{
    fresh();
    for (unsigned char i = 0; i < 4; i++) {
        CHECK(put(1000, i));
    }
    CHECK(got(1000, 0));
    CHECK(put(600, 7)); /* 96 bytes are left at the end: a pad of 96 */
    CHECK_INT(sc_ring_used_bytes(&ring), 3 * 1000 + 96 + 600);
    CHECK(got(1000, 1));
    CHECK(got(1000, 2));
    CHECK(got(1000, 3));
    CHECK(got(600, 7));
    CHECK(nothing_there());
    for (size_t i = 0; i < CAPACITY; i++) {
        CHECK_INT(data[i], 0);
    }
}

static void pad_counts_against_the_room(void)
{
    fresh();
    for (unsigned char i = 0; i < 4; i++) {
        CHECK(put(1000, i));
    }
    CHECK(got(1000, 0));
    CHECK(!put(1008, 7)); /* pad 96 + 1008 > 1096 free */
    CHECK(put(1000, 8));  /* pad 96 + 1000 = 1096 */
    CHECK(!put(8, 9));
}

static void every_size_passes_at_every_position(void)
{
    fresh();
    for (size_t size = 8; size <= MAX_RECORD; size += 8) {
        for (unsigned char i = 0; i < 9; i++) {
            CHECK(put(size, i));
            CHECK(got(size, i));
        }
    }
    CHECK(nothing_there());
}

static void record_is_invisible_until_committed(void)
{
    fresh();
    void *first = sc_ring_reserve(&ring, KIND, 16);
    CHECK(put(8, 2));
    CHECK(nothing_there()); /* in order: the second waits for the first */
    memset((char *)first + 4, 1, 12);
    sc_ring_commit(first);
    CHECK(got(16, 1));
    CHECK(got(8, 2));
}

static void reserved_memory_is_zero(void)
{
    fresh();
    for (int lap = 0; lap < 20; lap++) {
        unsigned char *record = sc_ring_reserve(&ring, KIND, 520);
        CHECK(record != NULL);
        for (int i = 4; i < 520; i++) {
            CHECK_INT(record[i], 0);
        }
        memset(record + 4, 0xff, 516);
        sc_ring_commit(record);
        CHECK(got(520, 0xff));
    }
}

static void dead_record_is_stepped_over_once(void)
{
    fresh();
    unsigned char *dead = sc_ring_reserve(&ring, KIND, 40);
    memset(dead + 4, 0xee, 20);
    CHECK(put(8, 2));
    CHECK(nothing_there());
    CHECK(sc_ring_skip_dead(&ring));
    CHECK(!sc_ring_skip_dead(&ring)); /* a complete record is not dead */
    CHECK(got(8, 2));
    CHECK(!sc_ring_skip_dead(&ring));
    for (size_t i = 0; i < 48; i++) {
        CHECK_INT(data[i], 0);
    }
}

/* A writer that dies between the reservation and the first word leaves zeroes. */
static void unwritten_record_is_stepped_over_to_the_next(void)
{
    fresh();
    CHECK(sc_ring_reserve(&ring, KIND, 40) != NULL);
    put_word(0, 0);
    CHECK(put(8, 2));
    CHECK(nothing_there());
    CHECK(sc_ring_skip_dead(&ring));
    CHECK(got(8, 2));

    CHECK(sc_ring_reserve(&ring, KIND, 16) != NULL);
    put_word(48, 0);
    CHECK(sc_ring_skip_dead(&ring)); /* up to the head: nothing follows */
    CHECK(!sc_ring_skip_dead(&ring));
    CHECK_INT(sc_ring_used_bytes(&ring), 0);
}

static void damaged_words_are_errors(void)
{
    static const uint32_t words[] = {
        UINT32_C(5) << 24,                           /* size 0 */
        UINT32_C(5) << 24 | 12,                      /* no multiple of 8 */
        UINT32_C(5) << 24 | 4,                       /* too small */
        UINT32_C(5) << 24 | 64,                      /* beyond the head */
        UINT32_C(5) << 24 | (MAX_RECORD + 8),        /* beyond the largest */
        16,                                          /* kind 0 */
        SC_RING_OPEN | UINT32_C(5) << 24 | 0xfffff8, /* open, and too large */
        (uint32_t)SC_RING_PAD_KIND << 24 | 16,       /* a pad away from the end */
        SC_RING_OPEN | (uint32_t)SC_RING_PAD_KIND << 24 | 16,
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        fresh();
        CHECK(put(16, 1));
        put_word(0, words[i]);
        CHECK_INT(peek_error(), SC_ERR_FORMAT);
        CHECK(!sc_ring_skip_dead(&ring));
    }
}

static void record_across_the_end_is_an_error(void)
{
    fresh();
    atomic_store(&state.tail_bytes, CAPACITY - 16);
    atomic_store(&state.head_bytes, CAPACITY + 64);
    put_word(CAPACITY - 16, UINT32_C(5) << 24 | 32);
    CHECK_INT(peek_error(), SC_ERR_FORMAT);
    /* A pad at the end, and damage behind it. */
    put_word(CAPACITY - 16, (uint32_t)SC_RING_PAD_KIND << 24 | 16);
    put_word(0, 12);
    CHECK_INT(peek_error(), SC_ERR_FORMAT);
}

static void damaged_counters_are_errors_and_stay_in_bounds(void)
{
    static const uint64_t heads[] = {4, CAPACITY + 8, UINT64_MAX - 7, 1 << 20};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        fresh();
        CHECK(put(16, 1));
        atomic_store(&state.head_bytes, heads[i]);
        CHECK_INT(peek_error(), SC_ERR_FORMAT);
        CHECK(!sc_ring_skip_dead(&ring));
    }
    fresh();
    atomic_store(&state.head_bytes, UINT64_MAX - 7);
    CHECK(sc_ring_reserve(&ring, KIND, 16) == NULL);
    /* The tail changes between peek and release: the write stays in the ring. */
    fresh();
    CHECK(put(MAX_RECORD, 1));
    atomic_store(&state.tail_bytes, CAPACITY - 12);
    sc_ring_release(&ring, MAX_RECORD);
    CHECK_INT(atomic_load(&state.tail_bytes), CAPACITY);
}

/* Offsets grow without end: also past 2^64. */
static void offsets_wrap(void)
{
    fresh();
    atomic_store(&state.head_bytes, UINT64_MAX - 1023);
    atomic_store(&state.tail_bytes, UINT64_MAX - 1023);
    for (unsigned char i = 0; i < 8; i++) {
        CHECK(put(504, i));
        CHECK(got(504, i));
    }
    atomic_store(&state.head_bytes, UINT64_C(8));
    atomic_store(&state.tail_bytes, UINT64_MAX - 15);
    CHECK(sc_ring_skip_dead(&ring)); /* zeroes on both sides of 2^64 */
    CHECK_INT(atomic_load(&state.tail_bytes), 8);
}

static void attach_checks_the_capacity(void)
{
    fresh();
    struct sc_ring other;
    CHECK_INT(sc_ring_attach(&other, &state, data, CAPACITY), SC_OK);
    CHECK_INT(sc_ring_attach(&other, &state, data, CAPACITY * 2), SC_ERR_FORMAT);
    static const uint64_t bad[] = {0, 8, 2048, 4096 + 8, 12288, UINT64_MAX};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        state.capacity_bytes = bad[i];
        CHECK_INT(sc_ring_attach(&other, &state, data, bad[i]), SC_ERR_FORMAT);
    }
}

static void put_in_handler(int signal_number)
{
    (void)signal_number;
    put(32, 2);
}

static void handler_writes_while_its_thread_does(void)
{
    fresh();
    struct sigaction action = {.sa_handler = put_in_handler};
    CHECK_INT(sigaction(SIGUSR1, &action, NULL), 0);
    unsigned char *record = sc_ring_reserve(&ring, KIND, 24);
    CHECK(raise(SIGUSR1) == 0);
    memset(record + 4, 1, 20);
    sc_ring_commit(record);
    CHECK(got(24, 1));
    CHECK(got(32, 2));
    CHECK(nothing_there());
}

int main(void)
{
    RUN(records_come_out_in_order_and_whole);
    RUN(sizes_are_rounded_up_to_eight);
    RUN(sizes_that_cannot_be_are_refused);
    RUN(full_ring_refuses_and_goes_on_after_release);
    RUN(record_that_would_wrap_is_preceded_by_a_pad);
    RUN(pad_counts_against_the_room);
    RUN(every_size_passes_at_every_position);
    RUN(record_is_invisible_until_committed);
    RUN(reserved_memory_is_zero);
    RUN(dead_record_is_stepped_over_once);
    RUN(unwritten_record_is_stepped_over_to_the_next);
    RUN(damaged_words_are_errors);
    RUN(record_across_the_end_is_an_error);
    RUN(damaged_counters_are_errors_and_stay_in_bounds);
    RUN(offsets_wrap);
    RUN(attach_checks_the_capacity);
    RUN(handler_writes_while_its_thread_does);
    return check_failures != 0;
}
