/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What we say on stderr: whole lines, with control characters made harmless, because
 * paths and profiles are written by others. */
#ifndef SC_CLI_SAY_H
#define SC_CLI_SAY_H

/* "scalene: " and the text: something is wrong. */
void sc_say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "scalene: note: " and the text: nothing is wrong, but the user should know. */
void sc_say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The text as it is: the lines of the completion message. */
void sc_say_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
