/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Command lines in tests: texts with blanks between the words. */
#ifndef SC_TESTS_UNIT_CLI_WORDS_H
#define SC_TESTS_UNIT_CLI_WORDS_H

#include <stddef.h>

enum {
    MAX_WORDS = 16,
    MAX_TEXT_BYTES = 2048
};

struct words {
    char text[MAX_TEXT_BYTES];
    char *words[MAX_WORDS + 1]; /* NULL-terminated; in text */
    int n;
};

void words_split(struct words *words, const char *text);

/* Adds to text, which has MAX_TEXT_BYTES; what does not fit is cut. */
void words_append(char *text, const char *more);

/* Adds words with a separator between them. */
void words_append_list(char *text, const char *const *words, size_t n,
                       const char *separator);

#endif
