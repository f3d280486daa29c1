/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The frame walk. A thread interrupted in the middle of pushing a frame shows a chain
 * that is not whole for a few instructions; every link is therefore checked before it
 * is followed, and a link that cannot be makes the sample torn, not short. */
#include "cpython/frames.h"

#include <string.h>

/* Frames that are skipped (C shims) count too, so that no cycle can hold us. */
enum {
    MAX_STEPS_PER_FRAME = 2,
    MAX_OBJECT_HEAD_BYTES = 1024
};

static bool read_word(struct sc_memory *memory, uint64_t address, uint64_t *word)
{
    const void *bytes = (address & 7) == 0 ? memory->view(memory, address, 8) : NULL;
    if (bytes == NULL) {
        return false;
    }
    memcpy(word, bytes, 8);
    return true;
}

static uint64_t word_at(const unsigned char *bytes, uint16_t offset)
{
    uint64_t word;
    memcpy(&word, bytes + offset, 8);
    return word;
}

static bool first_frame(const struct sc_layout *layout, struct sc_memory *memory,
                        uint64_t tstate, uint64_t *frame)
{
    if (layout->tstate_cframe == SC_LAYOUT_NO_FIELD) {
        return read_word(memory, tstate + layout->tstate_frame, frame);
    }
    uint64_t cframe;
    return read_word(memory, tstate + layout->tstate_cframe, &cframe) &&
           read_word(memory, cframe + layout->cframe_frame, frame);
}

/* Checks the code object and the instruction of a frame. */
static bool read_code(const struct sc_layout *layout, struct sc_memory *memory,
                      uint64_t code_type, uint64_t code, uint64_t instr_address,
                      struct sc_frame_ref *ref)
{
    const unsigned char *head = (code & 7) == 0 && code != 0
                                    ? memory->view(memory, code, layout->var_size + 8u)
                                    : NULL;
    if (head == NULL || word_at(head, layout->object_type) != code_type) {
        return false;
    }
    uint64_t n_instr = word_at(head, layout->var_size);
    int64_t offset = (int64_t)(instr_address - (code + layout->code_units)) / 2;
    if (n_instr == 0 || n_instr > INT32_MAX || offset < -1 ||
        offset >= (int64_t)n_instr) {
        return false;
    }
    ref->code = code;
    ref->instr = (int32_t)offset;
    ref->n_instr = (uint32_t)n_instr;
    return true;
}

uint32_t sc_frames_walk(const struct sc_layout *layout, struct sc_memory *memory,
                        uint64_t tstate, uint64_t code_type,
                        struct sc_frame_ref *frames, uint32_t max_frames,
                        enum sc_walk_end *end)
{
    uint64_t frame;
    uint32_t n = 0;
    *end = SC_WALK_TORN;
    if (!first_frame(layout, memory, tstate, &frame)) {
        return 0;
    }
    for (uint32_t step = 0; step < max_frames * MAX_STEPS_PER_FRAME; step++) {
        if (frame == 0) {
            *end = SC_WALK_COMPLETE;
            return n;
        }
        if (n == max_frames) {
            *end = SC_WALK_TRUNCATED;
            return n;
        }
        const unsigned char *bytes =
            (frame & 7) == 0 ? memory->view(memory, frame, layout->frame_bytes) : NULL;
        if (bytes == NULL) {
            return 0;
        }
        uint8_t owner = bytes[layout->frame_owner];
        uint64_t previous = word_at(bytes, layout->frame_previous);
        uint64_t code = word_at(bytes, layout->frame_code);
        uint64_t instr_address = word_at(bytes, layout->frame_instr);
        if (owner > layout->owner_last || previous == frame) {
            return 0;
        }
        if (owner != layout->owner_shim) {
            if (!read_code(layout, memory, code_type, code, instr_address,
                           &frames[n])) {
                return 0;
            }
            n++;
        }
        frame = previous;
    }
    return 0;
}

bool sc_unicode_find(const struct sc_layout *layout, struct sc_memory *memory,
                     uint64_t address, uint32_t max_bytes, struct sc_text_ref *text)
{
    const unsigned char *head =
        (address & 7) == 0 && address != 0
            ? memory->view(memory, address, layout->unicode_ascii_data)
            : NULL;
    if (head == NULL) {
        return false;
    }
    uint32_t state;
    memcpy(&state, head + layout->unicode_state, 4);
    uint64_t length = word_at(head, layout->unicode_length);
    uint8_t kind = (state >> layout->unicode_kind_shift) & 7;
    bool compact = (state >> layout->unicode_compact_shift) & 1;
    bool ascii = (state >> layout->unicode_ascii_shift) & 1;
    if (!compact || (kind != 1 && kind != 2 && kind != 4) ||
        length > max_bytes / kind) {
        return false;
    }
    text->address =
        address + (ascii ? layout->unicode_ascii_data : layout->unicode_compact_data);
    text->n_bytes = (uint32_t)length * kind;
    text->kind = kind;
    return true;
}

bool sc_bytes_find(const struct sc_layout *layout, struct sc_memory *memory,
                   uint64_t address, uint32_t max_bytes, struct sc_text_ref *text)
{
    uint64_t length;
    if (address == 0 || !read_word(memory, address + layout->var_size, &length) ||
        length > max_bytes) {
        return false;
    }
    text->address = address + layout->bytes_data;
    text->n_bytes = (uint32_t)length;
    text->kind = 1;
    return true;
}
