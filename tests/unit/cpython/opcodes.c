/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Opcode classes of known instructions, by their numbers in each version. */
#include "cpython/opcodes.h"

#include "harness.h"

#include <stddef.h>

#define PYTHON_3_11 UINT32_C(0x030b07f0)
#define PYTHON_3_12 UINT32_C(0x030c01f0)
#define PYTHON_3_13 UINT32_C(0x030d00f0)

static const struct {
    const char *name;
    uint32_t hexversion;
    uint8_t opcode;
    enum sc_opcode_class expected;
} cases[] = {
    {"CALL", PYTHON_3_11, 171, SC_OPCODE_CALL},
    {"PRECALL", PYTHON_3_11, 166, SC_OPCODE_CALL},
    {"PRECALL_NO_KW_LEN", PYTHON_3_11, 78, SC_OPCODE_CALL},
    {"PRECALL_PYFUNC", PYTHON_3_11, 143, SC_OPCODE_CALL_PYTHON},
    {"CALL_PY_EXACT_ARGS", PYTHON_3_11, 23, SC_OPCODE_CALL_PYTHON},
    {"BINARY_OP", PYTHON_3_11, 122, SC_OPCODE_OTHER},
    {"IMPORT_NAME", PYTHON_3_11, 108, SC_OPCODE_OTHER},
    {"not used", PYTHON_3_11, 200, SC_OPCODE_UNKNOWN},
    {"CALL", PYTHON_3_12, 171, SC_OPCODE_CALL},
    {"CALL_INTRINSIC_1", PYTHON_3_12, 173, SC_OPCODE_OTHER},
    {"CALL_BOUND_METHOD_EXACT_ARGS", PYTHON_3_12, 28, SC_OPCODE_CALL_PYTHON},
    {"INSTRUMENTED_CALL", PYTHON_3_12, 241, SC_OPCODE_CALL},
    {"INSTRUMENTED_LINE", PYTHON_3_12, 254, SC_OPCODE_UNKNOWN},
    {"BEFORE_WITH", PYTHON_3_12, 53, SC_OPCODE_CALL},
    {"LOAD_ATTR_PROPERTY", PYTHON_3_12, 77, SC_OPCODE_CALL_PYTHON},
    {"CALL", PYTHON_3_13, 53, SC_OPCODE_CALL},
    {"CALL_KW", PYTHON_3_13, 57, SC_OPCODE_CALL},
    {"INSTRUMENTED_CALL_KW", PYTHON_3_13, 245, SC_OPCODE_CALL},
    {"CALL_ALLOC_AND_ENTER_INIT", PYTHON_3_13, 162, SC_OPCODE_CALL_PYTHON},
    {"CALL_NON_PY_GENERAL", PYTHON_3_13, 176, SC_OPCODE_CALL},
    {"FOR_ITER_GEN", PYTHON_3_13, 187, SC_OPCODE_CALL_PYTHON},
    {"FOR_ITER", PYTHON_3_13, 72, SC_OPCODE_OTHER},
    {"WITH_EXCEPT_START", PYTHON_3_13, 44, SC_OPCODE_CALL},
    {"CALL_LIST_APPEND", PYTHON_3_13, 171, SC_OPCODE_CALL},
};

static void known_instructions_have_their_class(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum sc_opcode_class class =
            sc_opcode_classify(cases[i].hexversion, cases[i].opcode);
        if (class != cases[i].expected) {
            fprintf(stderr, "%s of %x\n", cases[i].name, cases[i].hexversion);
        }
        CHECK_INT(class, cases[i].expected);
    }
}

static void versions_without_a_table_are_unknown(void)
{
    static const uint32_t versions[] = {0, 0x030a0df0, 0x03630000, 0x040b00f0,
                                        UINT32_MAX};
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            CHECK_INT(sc_opcode_classify(versions[i], (uint8_t)opcode),
                      SC_OPCODE_UNKNOWN);
        }
    }
}

int main(void)
{
    RUN(known_instructions_have_their_class);
    RUN(versions_without_a_table_are_unknown);
    return check_failures != 0;
}
