/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Line tables of code objects. 3.11+: the location table of PEP 626/657 as described
 * in CPython's Objects/locations.md (3.11: InternalDocs later). The bytes come from
 * another process and may be damaged: every read is bounded. Pure; any context. */
#ifndef SC_CPYTHON_LINETABLE_H
#define SC_CPYTHON_LINETABLE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Lines and columns of one instruction. line 0: CPython gives none. Columns are
 * UTF-8 byte offsets from 0 (end exclusive); -1: none. */
struct sc_position {
    int32_t line;
    int32_t end_line;
    int32_t start_column;
    int32_t end_column;
};

/* The position of the instruction at code unit `instr`. python_hexversion chooses
 * the format. Returns SC_ERR_RANGE past the table's end, SC_ERR_TRUNCATED for a
 * damaged table, SC_ERR_UNSUPPORTED for a format not known. */
SC_MUST_USE enum sc_err sc_linetable_find(const unsigned char *table, size_t n_bytes,
                                          uint32_t python_hexversion,
                                          int32_t first_line, uint32_t instr,
                                          struct sc_position *position);

#endif
