/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Identity of code objects, and their description in the ring. */
#include "agent/sig/sig.h"
#include "fake_python.h"
#include "harness.h"

static struct sc_sig_tables tables;
static struct sc_ring_header header;
static _Alignas(8) unsigned char data[1 << 18];
static struct fake_code code;
static struct fake_text filename, qualname;
static struct fake_bytes table;

static void reset(void)
{
    memset(&tables, 0, sizeof(tables));
    memset(&header, 0, sizeof(header));
    memset(data, 0, sizeof(data));
    sc_sig.tables = &tables;
    sc_sig.header = &header;
    sc_sig.layout = fake_layout;
    atomic_store(&sc_sig.next_code_id, 1);
    sc_ring_init(&sc_sig.ring, &header.ring, data, sizeof(data));
    fake_text_set(&filename, "/p/file.py");
    fake_text_set(&qualname, "f");
    memset(&table, 7, sizeof(table));
    table.size = 100;
    fake_code_set(&code, &filename, &qualname, &table, 10);
}

static uint32_t see(void)
{
    struct sc_sig_memory memory;
    struct sc_frame_ref ref = {(uint64_t)(uintptr_t)&code, 0, (uint32_t)code.size};
    sc_sig_memory_init(&memory, 1);
    struct sc_sig_seen seen = {0};
    return sc_sig_code_id(&memory, &ref, 3, &seen);
}

static void the_same_contents_are_the_same_code(void)
{
    reset();
    uint32_t first = see();
    CHECK_INT(first, 1);
    CHECK_INT(see(), first);
    CHECK_INT(see(), first);
}

static void another_function_at_the_same_address_is_new(void)
{
    reset();
    uint32_t first = see();
    fake_text_set(&qualname, "g"); /* same addresses and sizes, other name */
    uint32_t second = see();
    CHECK(second != first);
    table.data[3] = 8; /* other lines */
    CHECK(see() != second);
    code.first_line++;
    CHECK_INT(see(), 4);
    CHECK_INT(see(), 4);
}

static void cpythons_own_number_decides_where_there_is_one(void)
{
    reset();
    sc_sig.layout.code_version = offsetof(struct fake_code, version);
    code.version = 7;
    uint32_t first = see();
    CHECK_INT(see(), first);
    code.version = 8; /* another function, alike in all that is looked at */
    uint32_t second = see();
    CHECK(second != first);
    code.version = 0; /* CPython has no numbers left: the contents decide */
    uint32_t third = see();
    CHECK(third != second);
    fake_text_set(&qualname, "g");
    CHECK(see() != third);
}

static void what_was_last_seen_is_believed_only_for_the_same_code(void)
{
    reset();
    struct sc_sig_memory memory;
    struct sc_sig_seen seen = {0};
    struct sc_frame_ref ref = {(uint64_t)(uintptr_t)&code, 0, (uint32_t)code.size};
    sc_sig_memory_init(&memory, 1);
    uint32_t first = sc_sig_code_id(&memory, &ref, 3, &seen);
    CHECK_INT(seen.id, first);
    memset(&tables, 0, sizeof(tables)); /* only what was seen knows it now */
    CHECK_INT(sc_sig_code_id(&memory, &ref, 3, &seen), first);
    fake_text_set(&qualname, "g");
    CHECK(sc_sig_code_id(&memory, &ref, 3, &seen) != first);
}

static void a_description_comes_in_pieces_and_whole(void)
{
    reset();
    table.size = 15000;
    for (uint32_t i = 0; i < table.size; i++) {
        table.data[i] = (unsigned char)(i * 31);
    }
    uint32_t id = see();
    unsigned char blob[20000];
    uint32_t got = 0, total = 0;
    size_t size;
    enum sc_err err;
    const struct sc_rec_code *piece;
    while ((piece = sc_ring_peek(&sc_sig.ring, &size, &err)) != NULL) {
        CHECK_INT(sc_ring_kind(piece), SC_REC_CODE);
        CHECK_INT(piece->rec.thread, 3);
        CHECK_INT(piece->code_id, id);
        CHECK_INT(piece->offset_bytes, got);
        memcpy(blob + got, piece->piece, piece->piece_bytes);
        got += piece->piece_bytes;
        total = piece->blob_bytes;
        sc_ring_release(&sc_sig.ring, size);
    }
    struct sc_code_blob head;
    memcpy(&head, blob, sizeof(head));
    CHECK_INT(got, total);
    CHECK_INT(got, sizeof(head) + 10 + 1 + 15000);
    CHECK_INT(head.first_line, 10);
    CHECK_INT(head.n_instr, FAKE_UNITS);
    CHECK(memcmp(blob + sizeof(head), "/p/file.pyf", 11) == 0);
    CHECK(memcmp(blob + sizeof(head) + 11, table.data, 15000) == 0);
}

static void a_full_ring_is_no_sight(void)
{
    reset();
    while (sc_ring_reserve(&sc_sig.ring, SC_REC_SAMPLE, 1024) != NULL) {
    }
    CHECK_INT(see(), 0);
    CHECK(header.drops[SC_DROP_RING_FULL] == 1);
    sc_ring_init(&sc_sig.ring, &header.ring, data, sizeof(data));
    atomic_store(&header.ring.head_bytes, 0);
    memset(data, 0, sizeof(data));
    CHECK(see() != 0); /* described again, since nobody got it */
}

static void more_functions_than_the_table_holds_stay_right(void)
{
    reset();
    enum {
        MANY = 3 * SC_SIG_CODE_SETS * SC_SIG_CODE_WAYS
    };
    uint32_t last = 0;
    for (int i = 1; i < MANY; i++) {
        atomic_store(&header.ring.head_bytes, 0);
        memset(data, 0, 4096);
        code.first_line = i;
        uint32_t id = see();
        CHECK(id > last);
        last = id;
    }
    CHECK_INT(see(), last);
}

static void what_cannot_be_read_has_no_id(void)
{
    reset();
    code.qualname = (void *)8;
    CHECK_INT(see(), 0);
    CHECK(header.drops[SC_DROP_CODE_UNREADABLE] == 1);
    reset();
    qualname.length = 1 << 20;
    CHECK_INT(see(), 0);
}

int main(void)
{
    RUN(the_same_contents_are_the_same_code);
    RUN(another_function_at_the_same_address_is_new);
    RUN(cpythons_own_number_decides_where_there_is_one);
    RUN(what_was_last_seen_is_believed_only_for_the_same_code);
    RUN(a_description_comes_in_pieces_and_whole);
    RUN(a_full_ring_is_no_sight);
    RUN(more_functions_than_the_table_holds_stay_right);
    RUN(what_cannot_be_read_has_no_id);
    return check_failures != 0;
}
