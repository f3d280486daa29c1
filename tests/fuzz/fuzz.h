/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What each fuzzer shares: libFuzzer's entry point, a statement of truth that ends the
 * run where it is false, and a cursor that takes numbers from the front of the input.
 */
#ifndef SC_TESTS_FUZZ_FUZZ_H
#define SC_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

#define MUST(condition)   \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

struct input {
    const uint8_t *data;
    size_t left_bytes;
};

/* Copies the next n bytes; zeroes stand for those that are not there. */
static inline void input_take(struct input *input, void *to, size_t n_bytes)
{
    size_t n = n_bytes < input->left_bytes ? n_bytes : input->left_bytes;
    memset(to, 0, n_bytes);
    memcpy(to, input->data, n);
    input->data += n;
    input->left_bytes -= n;
}

#endif
