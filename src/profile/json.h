/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The profile file: schema/profile.schema.json, docs/dev/profile-format.md. A reader
 * of Scalene 2.4 profiles reads what is written here, and this reads theirs. */
#ifndef SC_PROFILE_JSON_H
#define SC_PROFILE_JSON_H

#include "profile/profile.h"

struct sc_json_problem {
    char text[256]; /* one line: what is wrong and where; "" when none */
};

/* Writes to a temporary file beside path and renames. Keeps the mode of an existing
 * file; follows a symbolic link to its target; special files (/dev/stdout) are
 * written in place. On failure nothing is left behind and the old file stands. */
SC_MUST_USE enum sc_err sc_profile_write_json(const struct sc_profile *profile,
                                              const char *path,
                                              struct sc_json_problem *problem);

/* Reads a profile of ours or of 2.4. SC_ERR_NOT_FOUND, _DENIED, _IO, _FORMAT (no
 * JSON, or not a profile), _TRUNCATED, _VERSION (newer than this reader), each with
 * a problem to show. */
SC_MUST_USE enum sc_err sc_profile_read_json(const char *path,
                                             struct sc_profile **profile,
                                             struct sc_json_problem *problem);

/* As above from n bytes of memory. */
SC_MUST_USE enum sc_err sc_profile_parse_json(const char *text, size_t n_bytes,
                                              struct sc_profile **profile,
                                              struct sc_json_problem *problem);

#endif
