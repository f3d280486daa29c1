/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The parts of a profile file that hold many rows. Private to the reader. */
#ifndef SC_PROFILE_JSON_READ_ROWS_H
#define SC_PROFILE_JSON_READ_ROWS_H

#include "profile/json_take.h"

/* Each fills its part of the profile; problems are in the taker. */
void sc_json_read_files(struct sc_json_taker *taker, const json_t *files,
                        struct sc_profile *profile);
void sc_json_read_stacks(struct sc_json_taker *taker, const json_t *root,
                         struct sc_profile *profile);

#endif
