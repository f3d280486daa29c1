/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Options of `run` from a YAML file (-c): one mapping, whose keys are option names
 * with dashes or underscores. The file is untrusted. */
#ifndef SC_CLI_CONFIG_H
#define SC_CLI_CONFIG_H

#include "cli/options.h"

#include <stdio.h>

/* Reads a file into the options that the command line has not set. The refusal names
 * file and line. */
SC_MUST_USE enum sc_err sc_config_read(const char *path, struct sc_options *options,
                                       struct sc_refusal *refusal);

/* As above from an open file; name is for messages. */
SC_MUST_USE enum sc_err sc_config_read_stream(FILE *file, const char *name,
                                              struct sc_options *options,
                                              struct sc_refusal *refusal);

#endif
