/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * After the program's end: the profile is built and saved, and stderr says where it is
 * and what is to be known about it. Nothing here changes the program's status. */
#ifndef SC_CLI_REPORT_H
#define SC_CLI_REPORT_H

#include "cli/options.h"
#include "cli/target.h"
#include "collect/collect.h"
#include "run/run.h"

/* output: absolute path. interval_ns: as it was asked of the run. */
void sc_report_run(const struct sc_options *options, const struct sc_target *target,
                   const char *start_directory, const char *output,
                   uint64_t interval_ns, struct sc_collect *collect,
                   const struct sc_run_result *result);

#endif
