/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Fuzzes the line table decoder. Input: first line (4 bytes), code unit (4 bytes), the
 * table. Any answer is allowed; a position given must be one. */
#include "fuzz.h"

#include "cpython/linetable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    struct input input = {data, n_bytes};
    int32_t first_line;
    uint32_t unit;
    input_take(&input, &first_line, sizeof(first_line));
    input_take(&input, &unit, sizeof(unit));

    uint32_t units[] = {unit, unit % 64, 0};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        struct sc_position p;
        enum sc_err err = sc_linetable_find(input.data, input.left_bytes, 0x030b07f0,
                                            first_line, units[i], &p);
        MUST(err == SC_OK || err == SC_ERR_RANGE || err == SC_ERR_TRUNCATED);
        if (err == SC_OK) {
            MUST(p.line >= 0 && p.end_line >= p.line && p.start_column >= -1 &&
                 p.end_column >= -1);
        }
    }
    return 0;
}
