/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Where CPython keeps what we read, as data: byte offsets into its structures. Rows
 * up to 3.12 are generated from each version's own headers (layout_gen.h); from 3.13
 * on, the running interpreter's _PyRuntime.debug_offsets win over the row, which
 * supplies what they lack. A layout is only a claim until the agent has compared a
 * walk with what the C API says (agent/verify.c). Pure; any context. */
#ifndef SC_CPYTHON_LAYOUT_H
#define SC_CPYTHON_LAYOUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SC_LAYOUT_NO_FIELD = 0xffff
};

struct sc_layout {
    uint8_t major;
    uint8_t minor;
    uint8_t owner_shim; /* frame owner of C shim frames, to be skipped; 0xff: none */
    uint8_t owner_last; /* largest owner value that exists */

    /* _PyRuntimeState. Patch releases move these: the agent searches around them. */
    uint32_t runtime_audit_hook_head; /* _Py_AuditHookEntry * */
    uint32_t runtime_auto_tss_key;    /* Py_tss_t of the GIL-state thread state */

    /* PyThreadState: its innermost frame is *(tstate + tstate_frame), or, where
     * there is a cframe, *(*(tstate + tstate_cframe) + cframe_frame). */
    uint16_t tstate_frame;  /* NO_FIELD where there is a cframe */
    uint16_t tstate_cframe; /* NO_FIELD from 3.13 */
    uint16_t cframe_frame;

    /* _PyInterpreterFrame */
    uint16_t frame_bytes; /* size without locals */
    uint16_t frame_code;  /* f_code, from 3.13 f_executable */
    uint16_t frame_previous;
    uint16_t frame_instr; /* prev_instr, from 3.13 instr_ptr */
    uint16_t frame_owner; /* one byte */

    /* PyCodeObject; its code units begin at code_units. */
    uint16_t code_first_line;
    uint16_t code_filename;
    uint16_t code_qualname;
    uint16_t code_linetable;
    uint16_t code_version; /* uint32, another for each code object made; 0: none left.
                              NO_FIELD before 3.12 */
    uint16_t code_units;

    /* Objects */
    uint16_t object_type;
    uint16_t var_size;             /* ob_size of PyVarObject */
    uint16_t bytes_data;           /* ob_sval */
    uint16_t unicode_length;       /* characters */
    uint16_t unicode_hash;         /* cached hash, -1: none */
    uint16_t unicode_state;        /* uint32: see unicode_*_shift */
    uint16_t unicode_ascii_data;   /* characters of a compact ASCII string */
    uint16_t unicode_compact_data; /* characters of a compact other string */
    uint8_t unicode_kind_shift;    /* 3 bits in state: 1, 2 or 4 */
    uint8_t unicode_compact_shift; /* 1 bit in state */
    uint8_t unicode_ascii_shift;   /* 1 bit in state */
};

/* The layout of a version. runtime: address of _PyRuntime in memory that can be read
 * directly, or NULL; needed from 3.13 on. Returns SC_ERR_UNSUPPORTED for a version
 * without one (free-threaded builds included), SC_ERR_FORMAT when debug_offsets are
 * not what they should be. */
SC_MUST_USE enum sc_err sc_layout_find(uint32_t python_hexversion, const void *runtime,
                                       struct sc_layout *layout);

/* True when every offset lies inside the small structures it belongs to, so that
 * the walker's bounds hold for it. */
bool sc_layout_plausible(const struct sc_layout *layout);

#endif
