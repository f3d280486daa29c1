/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Writes docs/options.md to standard output; run by the build, not installed. */
#include "cli/help.h"

int main(void)
{
    sc_help_write_docs(stdout);
    return fflush(stdout) != 0 || ferror(stdout) != 0;
}
