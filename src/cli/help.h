/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The help pages and docs/options.md, both from the table of options. */
#ifndef SC_CLI_HELP_H
#define SC_CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

enum sc_help_page {
    SC_HELP_TOP,
    SC_HELP_RUN,
    SC_HELP_RUN_ADVANCED,
    SC_HELP_VIEW,
};

/* Writes a page, at most 80 columns wide. */
void sc_help_write(FILE *out, enum sc_help_page page, bool colour);

/* Writes docs/options.md. */
void sc_help_write_docs(FILE *out);

#endif
