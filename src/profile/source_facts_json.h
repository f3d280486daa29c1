/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The answer of source_facts.py, checked: the helper runs in a process that the
 * program's environment can reach, so its answer is input like any other. */
#ifndef SC_PROFILE_SOURCE_FACTS_JSON_H
#define SC_PROFILE_SOURCE_FACTS_JSON_H

#include "profile/source_facts.h"

/* Fills facts[n_facts] from an answer of n bytes. Returns SC_ERR_FORMAT when it is not
 * a list with that many items of the right types. */
SC_MUST_USE enum sc_err sc_source_facts_parse(struct sc_arena *arena,
                                              const char *answer, size_t n,
                                              struct sc_source_facts *facts,
                                              size_t n_facts);

#endif
