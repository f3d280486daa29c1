/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The arena of arena.h: a list of chunks, the newest being filled from its start. A
 * block too big to share a chunk gets one of its own behind the newest, so that the
 * room left in the newest is not lost. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

enum {
    ALIGN_BYTES = 16,
    PAGE_BYTES = 4096,
    CHUNK_BYTES = 64 * 1024
};

struct sc_arena_chunk {
    struct sc_arena_chunk *next;
    size_t size_bytes; /* with this header */
};
_Static_assert(sizeof(struct sc_arena_chunk) % ALIGN_BYTES == 0, "blocks are aligned");

void sc_arena_init(struct sc_arena *arena, const struct sc_page_source *source)
{
    *arena = (struct sc_arena){.source = source};
}

void sc_arena_fini(struct sc_arena *arena)
{
    struct sc_arena_chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        struct sc_arena_chunk *next = chunk->next;
        arena->source->give_back(chunk, chunk->size_bytes);
        chunk = next;
    }
    *arena = (struct sc_arena){.source = arena->source};
}

static struct sc_arena_chunk *take_chunk(struct sc_arena *arena, size_t size_bytes)
{
    struct sc_arena_chunk *chunk = arena->source->take(size_bytes);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->size_bytes = size_bytes;
    arena->total_bytes += size_bytes;
    return chunk;
}

static void *alloc_alone(struct sc_arena *arena, size_t size_bytes)
{
    size_t whole = sizeof(struct sc_arena_chunk) + size_bytes;
    struct sc_arena_chunk *chunk =
        take_chunk(arena, (whole + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1));
    if (chunk == NULL) {
        return NULL;
    }
    if (arena->chunks == NULL) {
        arena->chunks = chunk;
        arena->used_bytes = chunk->size_bytes;
    } else {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    }
    return chunk + 1;
}

void *sc_arena_alloc(struct sc_arena *arena, size_t size_bytes)
{
    if (size_bytes > SIZE_MAX / 2) {
        return NULL;
    }
    /* An empty block still gets an address of its own. */
    size_t size = size_bytes == 0
                      ? ALIGN_BYTES
                      : (size_bytes + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
    struct sc_arena_chunk *newest = arena->chunks;
    if (newest == NULL || size > newest->size_bytes - arena->used_bytes) {
        if (size > CHUNK_BYTES / 4) {
            return alloc_alone(arena, size);
        }
        struct sc_arena_chunk *chunk = take_chunk(arena, CHUNK_BYTES);
        if (chunk == NULL) {
            return NULL;
        }
        chunk->next = newest;
        arena->chunks = newest = chunk;
        arena->used_bytes = sizeof(*chunk);
    }
    void *block = (char *)newest + arena->used_bytes;
    arena->used_bytes += size;
    return block;
}

char *sc_arena_strndup(struct sc_arena *arena, const char *text, size_t n)
{
    if (n == SIZE_MAX) {
        return NULL;
    }
    char *copy = sc_arena_alloc(arena, n + 1);
    if (copy != NULL) {
        memcpy(copy, text, n);
    }
    return copy;
}

char *sc_arena_strdup(struct sc_arena *arena, const char *text)
{
    return sc_arena_strndup(arena, text, strlen(text));
}
