/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What an opcode byte means for the Python / native split. Tables are generated from
 * each interpreter's own opcode module (tools/gen_cpython_tables.py) and include the
 * specialised and instrumented forms that a running program's bytecode holds. */
#ifndef SC_CPYTHON_OPCODES_H
#define SC_CPYTHON_OPCODES_H

#include <stdint.h>

enum sc_opcode_class {
    SC_OPCODE_UNKNOWN,     /* version or number not in the tables */
    SC_OPCODE_OTHER,       /* work of the interpreter itself */
    SC_OPCODE_CALL,        /* calls something: a builtin when outside the loop */
    SC_OPCODE_CALL_PYTHON, /* specialised to a Python function: frames, not a builtin */
};

/* opcode: the low byte of a code unit. Context: any. */
enum sc_opcode_class sc_opcode_classify(uint32_t python_hexversion, uint8_t opcode);

#endif
