/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Chooses a layout by version and, from 3.13 on, by the interpreter's own
 * _PyRuntime.debug_offsets (struct _Py_DebugOffsets of pycore_runtime.h). */
#include "cpython/layout.h"

#include "cpython/layout_gen.h"

#include <string.h>

#define DEBUG_COOKIE "xdebugpy"

/* Words (8 bytes each) of 3.13's struct _Py_DebugOffsets that are used here. */
enum debug_word_3_13 {
    WORD_VERSION = 1,
    WORD_FREE_THREADED = 2,
    WORD_TSTATE_FRAME = 23,
    WORD_FRAME_BYTES = 28,
    WORD_FRAME_PREVIOUS = 29,
    WORD_FRAME_CODE = 30,
    WORD_FRAME_INSTR = 31,
    WORD_FRAME_OWNER = 33,
    WORD_CODE_FILENAME = 35,
    WORD_CODE_QUALNAME = 37,
    WORD_CODE_LINETABLE = 38,
    WORD_CODE_FIRST_LINE = 39,
    WORD_CODE_UNITS = 43,
    WORD_OBJECT_TYPE = 45,
    WORD_BYTES_SIZE = 65,
    WORD_BYTES_DATA = 66,
    WORD_UNICODE_STATE = 68,
    WORD_UNICODE_LENGTH = 69,
    WORD_UNICODE_ASCII_DATA = 70,
    WORD_COUNT = 73
};

static enum sc_err apply_debug_offsets(const void *runtime, uint32_t hexversion,
                                       struct sc_layout *layout)
{
    uint64_t words[WORD_COUNT];
    if (runtime == NULL) {
        return SC_ERR_UNSUPPORTED;
    }
    memcpy(words, runtime, sizeof(words));
    if (memcmp(words, DEBUG_COOKIE, 8) != 0 ||
        (words[WORD_VERSION] ^ hexversion) >> 16 != 0) {
        return SC_ERR_FORMAT;
    }
    if (words[WORD_FREE_THREADED] != 0) {
        return SC_ERR_UNSUPPORTED;
    }
    const struct {
        uint16_t *field;
        enum debug_word_3_13 word;
    } fields[] = {
        {&layout->tstate_frame, WORD_TSTATE_FRAME},
        {&layout->frame_bytes, WORD_FRAME_BYTES},
        {&layout->frame_previous, WORD_FRAME_PREVIOUS},
        {&layout->frame_code, WORD_FRAME_CODE},
        {&layout->frame_instr, WORD_FRAME_INSTR},
        {&layout->frame_owner, WORD_FRAME_OWNER},
        {&layout->code_filename, WORD_CODE_FILENAME},
        {&layout->code_qualname, WORD_CODE_QUALNAME},
        {&layout->code_linetable, WORD_CODE_LINETABLE},
        {&layout->code_first_line, WORD_CODE_FIRST_LINE},
        {&layout->code_units, WORD_CODE_UNITS},
        {&layout->object_type, WORD_OBJECT_TYPE},
        {&layout->var_size, WORD_BYTES_SIZE},
        {&layout->bytes_data, WORD_BYTES_DATA},
        {&layout->unicode_state, WORD_UNICODE_STATE},
        {&layout->unicode_length, WORD_UNICODE_LENGTH},
        {&layout->unicode_ascii_data, WORD_UNICODE_ASCII_DATA},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (words[fields[i].word] >= SC_LAYOUT_NO_FIELD) {
            return SC_ERR_FORMAT;
        }
        *fields[i].field = (uint16_t)words[fields[i].word];
    }
    return SC_OK;
}

bool sc_layout_plausible(const struct sc_layout *layout)
{
    bool one_way = (layout->tstate_frame == SC_LAYOUT_NO_FIELD) !=
                   (layout->tstate_cframe == SC_LAYOUT_NO_FIELD);
    const uint16_t frame_fields[] = {layout->frame_code, layout->frame_previous,
                                     layout->frame_instr};
    for (size_t i = 0; i < sizeof(frame_fields) / sizeof(frame_fields[0]); i++) {
        if (frame_fields[i] % 8 != 0 || frame_fields[i] + 8 > layout->frame_bytes) {
            return false;
        }
    }
    const uint16_t code_fields[] = {layout->code_filename, layout->code_qualname,
                                    layout->code_linetable, layout->var_size};
    for (size_t i = 0; i < sizeof(code_fields) / sizeof(code_fields[0]); i++) {
        if (code_fields[i] % 8 != 0 || code_fields[i] + 8 > layout->code_units) {
            return false;
        }
    }
    return one_way && layout->frame_bytes <= 512 && layout->code_units <= 1024 &&
           layout->frame_owner < layout->frame_bytes && layout->code_units % 2 == 0 &&
           layout->code_first_line + 4 <= layout->code_units &&
           (layout->code_version == SC_LAYOUT_NO_FIELD ||
            layout->code_version + 4 <= layout->code_units) &&
           layout->unicode_compact_data <= 256 && layout->unicode_ascii_data <= 256 &&
           layout->unicode_state + 4 <= layout->unicode_ascii_data &&
           layout->unicode_length + 8 <= layout->unicode_ascii_data &&
           layout->unicode_hash + 8 <= layout->unicode_ascii_data &&
           layout->bytes_data <= 256 && layout->object_type + 8 <= layout->var_size;
}

enum sc_err sc_layout_find(uint32_t python_hexversion, const void *runtime,
                           struct sc_layout *layout)
{
    uint8_t major = (uint8_t)(python_hexversion >> 24);
    uint8_t minor = (uint8_t)(python_hexversion >> 16);
    for (size_t i = 0;
         i < sizeof(sc_layouts_generated) / sizeof(sc_layouts_generated[0]); i++) {
        const struct sc_layout *row = &sc_layouts_generated[i];
        if (row->major != major || row->minor != minor) {
            continue;
        }
        *layout = *row;
        if (minor >= 13) {
            enum sc_err err = apply_debug_offsets(runtime, python_hexversion, layout);
            if (err != SC_OK) {
                return err;
            }
        }
        return sc_layout_plausible(layout) ? SC_OK : SC_ERR_FORMAT;
    }
    return SC_ERR_UNSUPPORTED;
}
