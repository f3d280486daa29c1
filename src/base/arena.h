/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A bump allocator: many small blocks that live and die together. It gets its pages
 * from the page source it is given, so base needs no operating system and no malloc.
 * Not thread-safe; not for signal handlers. */
#ifndef SC_BASE_ARENA_H
#define SC_BASE_ARENA_H

#include <stddef.h>

/* Where an arena's memory comes from. take returns zeroed memory or NULL. */
struct sc_page_source {
    void *(*take)(size_t size_bytes);
    void (*give_back)(void *pages, size_t size_bytes);
};

struct sc_arena {
    const struct sc_page_source *source;
    struct sc_arena_chunk *chunks; /* newest first */
    size_t used_bytes;             /* in the newest chunk */
    size_t total_bytes;            /* taken from the source */
};

void sc_arena_init(struct sc_arena *arena, const struct sc_page_source *source);
void sc_arena_fini(struct sc_arena *arena);

/* Zeroed memory, aligned to 16 bytes; NULL when the source has no more. */
void *sc_arena_alloc(struct sc_arena *arena, size_t size_bytes);

/* A copy of n bytes with a 0 after it; NULL when out of memory. */
char *sc_arena_strndup(struct sc_arena *arena, const char *text, size_t n);
char *sc_arena_strdup(struct sc_arena *arena, const char *text);

#endif
