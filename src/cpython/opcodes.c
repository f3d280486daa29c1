/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Looks an opcode up in the generated tables. */
#include "cpython/opcodes.h"

#include "cpython/opcodes_gen.h"

#include <stddef.h>

enum sc_opcode_class sc_opcode_classify(uint32_t python_hexversion, uint8_t opcode)
{
    uint8_t major = (uint8_t)(python_hexversion >> 24);
    uint8_t minor = (uint8_t)(python_hexversion >> 16);
    size_t n_tables =
        sizeof(sc_opcode_tables_generated) / sizeof(sc_opcode_tables_generated[0]);
    for (size_t i = 0; i < n_tables; i++) {
        const struct sc_opcode_table *table = &sc_opcode_tables_generated[i];
        if (table->major == major && table->minor == minor) {
            return (enum sc_opcode_class)table->classes[opcode];
        }
    }
    return SC_OPCODE_UNKNOWN;
}
