/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Edit distance with neighbours swapped (optimal string alignment: Damerau, "A
 * technique for computer detection and correction of spelling errors", CACM 1964). */
#include "cli/nearest.h"

#include <string.h>

enum {
    MAX_WORD_BYTES = 64
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    /* rows[i % 3][j]: edits from the first i bytes of a to the first j of b. */
    size_t rows[3][MAX_WORD_BYTES + 1];
    for (size_t j = 0; j <= n_b; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= n_a; i++) {
        size_t *now = rows[i % 3];
        const size_t *before = rows[(i - 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t changed = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = smaller(changed, smaller(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = smaller(now[j], rows[(i - 2) % 3][j - 2] + 1);
            }
        }
    }
    return rows[n_a % 3][n_b];
}

const char *sc_nearest(const char *word, size_t n, const char *const *candidates,
                       size_t n_candidates)
{
    const char *best = NULL;
    /* A third of the letters wrong is still a typing mistake; more is another word. */
    size_t best_distance = n / 3 + 1;
    if (n < 2 || n > MAX_WORD_BYTES) {
        return NULL;
    }
    for (size_t i = 0; i < n_candidates; i++) {
        if (strncmp(candidates[i], word, n) == 0) {
            return candidates[i];
        }
    }
    for (size_t i = 0; i < n_candidates; i++) {
        size_t n_candidate = strlen(candidates[i]);
        if (n_candidate > MAX_WORD_BYTES) {
            continue;
        }
        size_t edits = distance(word, n, candidates[i], n_candidate);
        if (edits < best_distance || (best == NULL && edits == best_distance)) {
            best = candidates[i];
            best_distance = edits;
        }
    }
    return best;
}
