/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Which of some words a mistyped one was probably meant to be. Pure. */
#ifndef SC_CLI_NEAREST_H
#define SC_CLI_NEAREST_H

#include <stddef.h>

/* The first candidate that begins with the n bytes at word, else the one with the
 * fewest edits to it (a letter put in, left out, changed, or swapped with its
 * neighbour); NULL when all are too far to be meant. */
const char *sc_nearest(const char *word, size_t n, const char *const *candidates,
                       size_t n_candidates);

#endif
