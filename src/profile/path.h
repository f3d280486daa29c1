/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Names of files as code objects carry them: made absolute, and made text. Paths are
 * bytes to the operating system and UTF-8 to a profile; here is the one conversion. */
#ifndef SC_PROFILE_PATH_H
#define SC_PROFILE_PATH_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* An absolute path without "." and "..", by its text alone, as os.path.abspath makes
 * it. A name in angle brackets ("<string>") is no path and stays. */
SC_MUST_USE enum sc_err sc_path_absolute(struct sc_arena *arena, const char *directory,
                                         const char *path, const char **absolute);

/* True when path lies in directory or is it; both absolute. */
bool sc_path_is_under(const char *path, const char *directory);

/* What follows the last "/". */
const char *sc_path_base(const char *path);

/* n bytes as valid UTF-8 with a 0 after them. A byte that is none of a UTF-8
 * sequence becomes the four characters \xNN, so that different names stay
 * different; a 0 byte becomes U+FFFD. NULL when out of memory. */
const char *sc_text_from_bytes(struct sc_arena *arena, const char *bytes, size_t n);

/* Length of the valid UTF-8 sequence at text (1..4), 0 when there is none in n. */
size_t sc_utf8_sequence(const char *text, size_t n);

#endif
