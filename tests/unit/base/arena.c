/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The arena: alignment, zeroed memory, big blocks, a source that runs dry. */
#include "base/arena.h"

#include "harness.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static size_t live_bytes;
static size_t n_takes;
static size_t takes_allowed = SIZE_MAX;

static void *take(size_t size_bytes)
{
    if (n_takes == takes_allowed) {
        return NULL;
    }
    n_takes++;
    live_bytes += size_bytes;
    return calloc(1, size_bytes);
}

static void give_back(void *pages, size_t size_bytes)
{
    live_bytes -= size_bytes;
    free(pages);
}

static const struct sc_page_source source = {take, give_back};
static struct sc_arena arena;

static void fresh(void)
{
    n_takes = 0;
    takes_allowed = SIZE_MAX;
    sc_arena_init(&arena, &source);
}

static bool all_zero(const unsigned char *block, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (block[i] != 0) {
            return false;
        }
    }
    return true;
}

static void blocks_are_aligned_zeroed_and_apart(void)
{
    enum {
        BLOCKS = 2000
    };
    static unsigned char *blocks[BLOCKS];
    fresh();
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = i % 300;
        blocks[i] = sc_arena_alloc(&arena, size);
        CHECK(blocks[i] != NULL);
        CHECK_INT((uintptr_t)blocks[i] % 16, 0);
        CHECK(all_zero(blocks[i], size));
        memset(blocks[i], (int)i & 0xff, size);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        for (size_t k = 0; k < i % 300; k++) {
            CHECK_INT(blocks[i][k], i & 0xff);
        }
    }
    CHECK_INT(live_bytes, arena.total_bytes);
    sc_arena_fini(&arena);
    CHECK_INT(live_bytes, 0);
}

static void empty_blocks_have_addresses_of_their_own(void)
{
    fresh();
    void *first = sc_arena_alloc(&arena, 0);
    void *second = sc_arena_alloc(&arena, 0);
    CHECK(first != NULL && second != NULL && first != second);
    sc_arena_fini(&arena);
}

static void big_block_does_not_waste_the_chunk_in_use(void)
{
    fresh();
    char *small = sc_arena_alloc(&arena, 32);
    unsigned char *big = sc_arena_alloc(&arena, 1 << 20);
    char *next = sc_arena_alloc(&arena, 32);
    CHECK(big != NULL && all_zero(big, 1 << 20));
    CHECK_INT(n_takes, 2);
    CHECK(next == small + 32);
    sc_arena_fini(&arena);
    CHECK_INT(live_bytes, 0);
}

static void big_block_may_come_first(void)
{
    fresh();
    unsigned char *big = sc_arena_alloc(&arena, 100000);
    CHECK(big != NULL && all_zero(big, 100000));
    memset(big, 0xff, 100000);
    unsigned char *small = sc_arena_alloc(&arena, 48);
    CHECK(small != NULL && all_zero(small, 48));
    CHECK(small + 48 <= big || small >= big + 100000);
    sc_arena_fini(&arena);
    CHECK_INT(live_bytes, 0);
}

static void chunk_is_used_to_its_last_byte(void)
{
    fresh();
    size_t n_blocks = 0;
    while (n_takes < 2) {
        CHECK(sc_arena_alloc(&arena, 16) != NULL);
        n_blocks++;
    }
    size_t chunk_bytes = arena.total_bytes / 2;
    CHECK_INT(n_blocks - 1, (chunk_bytes - 16) / 16);
    sc_arena_fini(&arena);
}

static void no_memory_is_null_and_leaves_the_arena_usable(void)
{
    fresh();
    takes_allowed = 1;
    void *block = sc_arena_alloc(&arena, 64);
    CHECK(block != NULL);
    CHECK(sc_arena_alloc(&arena, 1 << 20) == NULL);
    CHECK(sc_arena_alloc(&arena, SIZE_MAX) == NULL);
    CHECK(sc_arena_alloc(&arena, SIZE_MAX - 8) == NULL);
    CHECK(sc_arena_alloc(&arena, SIZE_MAX / 2 + 1) == NULL);
    CHECK(sc_arena_alloc(&arena, 64) == (char *)block + 64);
    sc_arena_fini(&arena);
    takes_allowed = n_takes;
    CHECK(sc_arena_alloc(&arena, 1) == NULL);
    CHECK(sc_arena_strdup(&arena, "x") == NULL);
    CHECK_INT(live_bytes, 0);
}

static void strings_are_copied_with_their_end(void)
{
    fresh();
    char *text = sc_arena_strdup(&arena, "line");
    CHECK_STR(text, "line");
    CHECK_STR(sc_arena_strndup(&arena, "library", 3), "lib");
    CHECK_STR(sc_arena_strndup(&arena, "", 0), "");
    CHECK_STR(sc_arena_strdup(&arena, ""), "");
    CHECK(memcmp(sc_arena_strndup(&arena, "a\0b", 3), "a\0b", 4) == 0);
    CHECK(sc_arena_strndup(&arena, text, SIZE_MAX) == NULL);
    sc_arena_fini(&arena);
}

static void fini_leaves_it_ready_for_more(void)
{
    fresh();
    CHECK(sc_arena_alloc(&arena, 8) != NULL);
    sc_arena_fini(&arena);
    CHECK_INT(arena.total_bytes, 0);
    CHECK(sc_arena_alloc(&arena, 8) != NULL);
    sc_arena_fini(&arena);
    sc_arena_fini(&arena);
    CHECK_INT(live_bytes, 0);
}

int main(void)
{
    RUN(blocks_are_aligned_zeroed_and_apart);
    RUN(empty_blocks_have_addresses_of_their_own);
    RUN(big_block_does_not_waste_the_chunk_in_use);
    RUN(big_block_may_come_first);
    RUN(chunk_is_used_to_its_last_byte);
    RUN(no_memory_is_null_and_leaves_the_arena_usable);
    RUN(strings_are_copied_with_their_end);
    RUN(fini_leaves_it_ready_for_more);
    return check_failures != 0;
}
