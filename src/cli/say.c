/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Lines on stderr, each by one write, so that they stay whole among the program's. */
#include "cli/say.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_LINE_BYTES = 6000
}; /* room for a path of PATH_MAX */

static void say(const char *prefix, const char *format, va_list args)
{
    char line[MAX_LINE_BYTES];
    int n_prefix = snprintf(line, sizeof line, "%s", prefix);
    int n_text =
        vsnprintf(line + n_prefix, sizeof line - (size_t)n_prefix - 1, format, args);
    if (n_text < 0) {
        return;
    }
    size_t n = strlen(line);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line[i];
        /* In UTF-8 the second set of controls, U+0080 to U+009F, is 0xc2 and a byte. */
        bool is_c1 = c == 0xc2 && ((unsigned char)line[i + 1] & 0xe0) == 0x80;
        if (is_c1) {
            line[i + 1] = '?';
        }
        if (is_c1 || c < ' ' || c == 0x7f) {
            line[i] = '?';
        }
    }
    line[n++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written; /* nowhere left to say that stderr is gone */
}

void sc_say_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("scalene: ", format, args);
    va_end(args);
}

void sc_say_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("scalene: note: ", format, args);
    va_end(args);
}

void sc_say_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}
