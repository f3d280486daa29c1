/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The call stacks of a profile file. Private to the writer. */
#ifndef SC_PROFILE_JSON_WRITE_STACKS_H
#define SC_PROFILE_JSON_WRITE_STACKS_H

#include "profile/json_emit.h"
#include "profile/profile.h"

/* Writes main_thread_id, stacks, combined_stacks and combined_stacks_timeline into
 * the open object. Only memory can be short; then the output is not complete. */
SC_MUST_USE enum sc_err sc_json_write_stacks(struct sc_json_emitter *out,
                                             const struct sc_profile *profile);

#endif
