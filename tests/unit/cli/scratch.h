/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A directory of the test's own, that it works in and that goes away at its end. */
#ifndef SC_TESTS_UNIT_CLI_SCRATCH_H
#define SC_TESTS_UNIT_CLI_SCRATCH_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

/* Makes the directory and goes there. path: absolute, without links. */
void scratch_enter(char path[PATH_MAX]);
void scratch_leave(const char *path);

/* Makes a file below it, and the directories above the file. */
void scratch_write(const char *name, const void *bytes, size_t n, mode_t mode);
void scratch_write_text(const char *name, const char *text, mode_t mode);

#endif
