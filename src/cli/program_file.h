/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Whether a file is a program that Python can be given: checked by looking at it,
 * before anything is started. What only Python can judge (a syntax error, the inside
 * of an archive) is left to Python. */
#ifndef SC_CLI_PROGRAM_FILE_H
#define SC_CLI_PROGRAM_FILE_H

#include "run/interpreter.h"

/* Refuses a path that does not exist, cannot be read, is a directory without
 * __main__, or is a binary file that is neither an archive nor compiled Python. */
SC_MUST_USE enum sc_err sc_program_file_check(const char *path,
                                              struct sc_refusal *refusal);

#endif
