/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * CPython's structures as a test needs them, laid out by a struct sc_layout of its
 * own: words in which frames, code objects, strings and bytes are put together. */
#ifndef SC_TESTS_UNIT_AGENT_FAKE_PYTHON_H
#define SC_TESTS_UNIT_AGENT_FAKE_PYTHON_H

#include "cpython/frames.h"

#include <string.h>

enum {
    FAKE_CODE_TYPE = 0x1230,
    FAKE_UNITS = 64
};

static const struct sc_layout fake_layout = {
    .major = 3,
    .minor = 13,
    .owner_shim = 3,
    .owner_last = 3,
    .tstate_frame = 8,
    .tstate_cframe = SC_LAYOUT_NO_FIELD,
    .frame_bytes = 40,
    .frame_code = 0,
    .frame_previous = 8,
    .frame_instr = 16,
    .frame_owner = 24,
    .code_first_line = 24,
    .code_filename = 32,
    .code_qualname = 40,
    .code_linetable = 48,
    .code_version = SC_LAYOUT_NO_FIELD,
    .code_units = 56,
    .object_type = 8,
    .var_size = 16,
    .bytes_data = 32,
    .unicode_length = 16,
    .unicode_hash = 24,
    .unicode_state = 32,
    .unicode_ascii_data = 40,
    .unicode_compact_data = 56,
    .unicode_kind_shift = 2,
    .unicode_compact_shift = 5,
    .unicode_ascii_shift = 6,
};

struct fake_text {
    uint64_t refcount, type, length, hash;
    uint32_t state, padding;
    char data[128];
};

struct fake_bytes {
    uint64_t refcount, type, size, hash;
    unsigned char data[20000];
};

struct fake_code {
    uint64_t refcount, type, size;
    int32_t first_line;
    uint32_t version; /* at 28, used where a test sets code_version so */
    struct fake_text *filename, *qualname;
    struct fake_bytes *linetable;
    uint16_t units[FAKE_UNITS];
};

struct fake_frame {
    struct fake_code *code;
    struct fake_frame *previous;
    uint16_t *instr;
    unsigned char owner;
    uint64_t more;
};

struct fake_tstate {
    uint64_t first;
    struct fake_frame *frame;
};

static inline void fake_text_set(struct fake_text *text, const char *value)
{
    memset(text, 0, sizeof(*text));
    text->length = strlen(value);
    text->hash = UINT64_MAX;
    text->state = 1u << 2 | 1u << 5 | 1u << 6;
    memcpy(text->data, value, text->length);
}

static inline void fake_code_set(struct fake_code *code, struct fake_text *filename,
                                 struct fake_text *qualname,
                                 struct fake_bytes *linetable, int first_line)
{
    memset(code, 0, sizeof(*code));
    code->type = FAKE_CODE_TYPE;
    code->size = FAKE_UNITS;
    code->first_line = first_line;
    code->filename = filename;
    code->qualname = qualname;
    code->linetable = linetable;
}

#endif
