/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The frame walk: whole chains, shims, and chains caught in the middle of a change. */
#include "agent/sig/sig.h"
#include "fake_python.h"
#include "harness.h"

#include <sys/mman.h>

enum {
    N = 6
};
static struct fake_code codes[N];
static struct fake_frame frames[N];
static struct fake_tstate tstate;
static struct fake_text name;
static struct fake_bytes table;

static void build(void)
{
    fake_text_set(&name, "name");
    for (int i = 0; i < N; i++) {
        fake_code_set(&codes[i], &name, &name, &table, i);
        frames[i] = (struct fake_frame){
            .code = &codes[i],
            .previous = i + 1 < N ? &frames[i + 1] : NULL,
            .instr = &codes[i].units[i],
        };
    }
    tstate.frame = &frames[0];
}

static uint32_t walk(struct sc_frame_ref *refs, uint32_t max, enum sc_walk_end *end)
{
    struct sc_sig_memory memory;
    sc_sig_memory_init(&memory, 1);
    return sc_frames_walk(&fake_layout, &memory.base, (uint64_t)(uintptr_t)&tstate,
                          FAKE_CODE_TYPE, refs, max, end);
}

static void a_whole_chain_is_read_innermost_first(void)
{
    struct sc_frame_ref refs[N];
    enum sc_walk_end end;
    build();
    CHECK_INT(walk(refs, N, &end), N);
    CHECK_INT(end, SC_WALK_COMPLETE);
    for (int i = 0; i < N; i++) {
        CHECK(refs[i].code == (uint64_t)(uintptr_t)&codes[i]);
        CHECK_INT(refs[i].instr, i);
        CHECK_INT(refs[i].n_instr, FAKE_UNITS);
    }
}

static void shims_are_skipped_and_a_frame_not_begun_is_minus_one(void)
{
    struct sc_frame_ref refs[N];
    enum sc_walk_end end;
    build();
    frames[1].owner = 3;
    frames[1].code = NULL;
    frames[0].instr = codes[0].units - 1;
    CHECK_INT(walk(refs, N, &end), N - 1);
    CHECK_INT(refs[0].instr, -1);
    CHECK(refs[1].code == (uint64_t)(uintptr_t)&codes[2]);
}

static void too_many_frames_are_truncated_not_torn(void)
{
    struct sc_frame_ref refs[N];
    enum sc_walk_end end;
    build();
    CHECK_INT(walk(refs, 2, &end), 2);
    CHECK_INT(end, SC_WALK_TRUNCATED);
    frames[2].previous = &frames[1]; /* a cycle ends, too */
    CHECK_INT(walk(refs, N, &end), N);
    CHECK_INT(end, SC_WALK_TRUNCATED);
}

static void what_cannot_be_is_torn(void)
{
    struct sc_frame_ref refs[N];
    enum sc_walk_end end;
    void *no_page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

#define TORN(change)                   \
    build();                           \
    change;                            \
    CHECK_INT(walk(refs, N, &end), 0); \
    CHECK_INT(end, SC_WALK_TORN)

    TORN(frames[2].previous = (void *)0x10);
    TORN(frames[2].previous = (void *)((char *)&frames[3] + 1));
    TORN(frames[2].previous = no_page);
    TORN(frames[2].previous = &frames[2]);
    TORN(frames[3].code = no_page);
    TORN(frames[3].code = NULL);
    TORN(codes[3].type++);
    TORN(codes[3].size = 0);
    TORN(frames[3].instr = codes[3].units + FAKE_UNITS);
    TORN(frames[3].instr = codes[3].units - 2);
    TORN(frames[3].owner = 200);
    TORN(tstate.frame = no_page);
    munmap(no_page, 4096);
}

static void pages_are_checked_at_both_ends(void)
{
    char *pages =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sc_sig_memory memory;
    sc_sig_memory_init(&memory, 1);
    struct sc_memory *base = &memory.base;
    munmap(pages + 4096, 4096);
    CHECK(base->view(base, (uint64_t)(uintptr_t)pages, 4096) == pages);
    CHECK(base->view(base, (uint64_t)(uintptr_t)pages + 4090, 8) == NULL);
    CHECK(base->view(base, UINT64_MAX - 3, 8) == NULL);
    CHECK(base->view(base, 0, 8) == NULL);
    munmap(pages, 4096);
    /* Old answers are believed for a while, and for a while only. */
    sc_sig_memory_init(&memory, UINT64_C(1) << 40);
    CHECK(base->view(base, (uint64_t)(uintptr_t)pages, 8) == NULL);
}

static void strings_and_bytes_are_found(void)
{
    struct sc_sig_memory memory;
    struct sc_text_ref text;
    sc_sig_memory_init(&memory, 1);
    fake_text_set(&name, "qualified.name");
    CHECK(sc_unicode_find(&fake_layout, &memory.base, (uint64_t)(uintptr_t)&name, 100,
                          &text));
    CHECK_INT(text.n_bytes, 14);
    CHECK(text.address == (uint64_t)(uintptr_t)name.data);
    CHECK(!sc_unicode_find(&fake_layout, &memory.base, (uint64_t)(uintptr_t)&name, 13,
                           &text));
    name.state &= ~(1u << 5); /* not compact */
    CHECK(!sc_unicode_find(&fake_layout, &memory.base, (uint64_t)(uintptr_t)&name, 100,
                           &text));
    name.length = UINT64_MAX;
    name.state |= 1u << 5;
    CHECK(!sc_unicode_find(&fake_layout, &memory.base, (uint64_t)(uintptr_t)&name, 100,
                           &text));
    table.size = 7;
    CHECK(sc_bytes_find(&fake_layout, &memory.base, (uint64_t)(uintptr_t)&table, 100,
                        &text));
    CHECK_INT(text.n_bytes, 7);
}

int main(void)
{
    static struct sc_sig_tables tables;
    sc_sig.tables = &tables;
    RUN(a_whole_chain_is_read_innermost_first);
    RUN(shims_are_skipped_and_a_frame_not_begun_is_minus_one);
    RUN(too_many_frames_are_truncated_not_torn);
    RUN(what_cannot_be_is_torn);
    RUN(pages_are_checked_at_both_ends);
    RUN(strings_and_bytes_are_found);
    return check_failures != 0;
}
