/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Words of tests, split and joined. */
#include "words.h"

#include <stdio.h>
#include <string.h>

void words_split(struct words *words, const char *text)
{
    words->n = 0;
    snprintf(words->text, sizeof words->text, "%s", text);
    for (char *word = strtok(words->text, " "); word != NULL && words->n < MAX_WORDS;
         word = strtok(NULL, " ")) {
        words->words[words->n++] = word;
    }
    words->words[words->n] = NULL;
}

void words_append(char *text, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, MAX_TEXT_BYTES - used, "%s", more);
}

void words_append_list(char *text, const char *const *words, size_t n,
                       const char *separator)
{
    for (size_t i = 0; i < n; i++) {
        words_append(text, i > 0 ? separator : "");
        words_append(text, words[i]);
    }
}
