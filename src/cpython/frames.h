/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Walks the Python frames of a thread in any memory: the caller gives a view
 * function, which checks that bytes can be read. Nothing read is trusted: the number
 * of steps is bounded, each code object must have CPython's code type, each
 * instruction must lie in its code. No allocation, no system call of its own.
 * Context: signal. */
#ifndef SC_CPYTHON_FRAMES_H
#define SC_CPYTHON_FRAMES_H

#include "cpython/layout.h"

/* Memory of some process. view returns a pointer to n_bytes (at most 4096) that hold
 * what is at address there, valid until the next call; NULL when not readable. */
struct sc_memory {
    const void *(*view)(struct sc_memory *memory, uint64_t address, size_t n_bytes);
};

struct sc_frame_ref {
    uint64_t code; /* address of the code object */
    int32_t instr; /* code units from the start; -1: before the first */
    uint32_t n_instr;
};

enum sc_walk_end {
    SC_WALK_COMPLETE,  /* reached the outermost frame */
    SC_WALK_TRUNCATED, /* more frames than room */
    SC_WALK_TORN       /* something on the way cannot be: the stack was in change */
};

/* Fills frames, innermost first, from the thread state at address tstate; returns
 * how many. code_type: address of PyCode_Type. With SC_WALK_TORN, 0 is returned. */
uint32_t sc_frames_walk(const struct sc_layout *layout, struct sc_memory *memory,
                        uint64_t tstate, uint64_t code_type,
                        struct sc_frame_ref *frames, uint32_t max_frames,
                        enum sc_walk_end *end);

/* A str's characters: where they are and how they are stored. */
struct sc_text_ref {
    uint64_t address;
    uint32_t n_bytes;
    uint8_t kind; /* 1, 2, 4: bytes per character */
};

/* Finds the characters of the str at address. False: not readable, not compact, or
 * longer than max_bytes. */
bool sc_unicode_find(const struct sc_layout *layout, struct sc_memory *memory,
                     uint64_t address, uint32_t max_bytes, struct sc_text_ref *text);

/* Finds the bytes of the bytes object at address (kind 1). */
bool sc_bytes_find(const struct sc_layout *layout, struct sc_memory *memory,
                   uint64_t address, uint32_t max_bytes, struct sc_text_ref *text);

#endif
