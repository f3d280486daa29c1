/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Where the profile goes: known to be writable before the program runs, and somewhere
 * else when that turns out wrong at the end. */
#ifndef SC_CLI_OUTPUT_H
#define SC_CLI_OUTPUT_H

#include "base/arena.h"
#include "profile/json.h"
#include "run/interpreter.h"

/* Expands a leading ~ or ~user, as a shell does. A user who does not exist leaves the
 * path as it is. NULL: out of memory. */
const char *sc_output_expand_home(struct sc_arena *arena, const char *path);

/* Refuses a path that the profile could not be written to. Nothing is created or
 * changed that stays. */
SC_MUST_USE enum sc_err sc_output_check(const char *path, struct sc_refusal *refusal);

/* Writes the profile to path, else into a new file in TMPDIR, /tmp or /dev/shm. saved:
 * where it is. problem: why it is not at path ("" when it is). */
SC_MUST_USE enum sc_err sc_output_save(const struct sc_profile *profile,
                                       const char *path, char saved[PATH_MAX],
                                       struct sc_json_problem *problem);

#endif
