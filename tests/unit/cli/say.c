/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Lines on stderr: whole, and without what could command a terminal. */
#include "cli/say.h"
#include "harness.h"

#include <limits.h>
#include <unistd.h>

static char heard[16384];
static int own_stderr, ends[2];

/* Between these two, stderr is heard here. */
static void listen_begin(void)
{
    dup2(ends[1], STDERR_FILENO);
}

static void listen_end(void)
{
    dup2(own_stderr, STDERR_FILENO);
    ssize_t n = read(ends[0], heard, sizeof heard - 1);
    heard[n > 0 ? n : 0] = 0;
}

static void kinds_of_lines(void)
{
    listen_begin();
    sc_say_error("a %d", 1);
    sc_say_note("b");
    sc_say_line("Scalene: c");
    listen_end();
    CHECK_STR(heard, "scalene: a 1\nscalene: note: b\nScalene: c\n");
}

static void controls_are_harmless(void)
{
    listen_begin();
    sc_say_error("%s", "a\033[31m\r\nb\tc\x7f\xc2\x9b"
                       "1m \xc3\xa9\xc2\xa0 \xc2");
    listen_end();
    CHECK_STR(heard, "scalene: a?[31m??b?c???1m \xc3\xa9\xc2\xa0 \xc2\n");
}

static void long_lines_are_cut(void)
{
    static char text[3 * PATH_MAX];
    memset(text, 'x', sizeof text - 1);
    listen_begin();
    sc_say_error("%s", text);
    listen_end();
    size_t n = strlen(heard);
    CHECK(n > PATH_MAX + 100);
    CHECK(n < sizeof text);
    CHECK(heard[n - 1] == '\n');
    CHECK(strchr(heard, '\n') == heard + n - 1);
}

int main(void)
{
    own_stderr = dup(STDERR_FILENO);
    if (pipe(ends) != 0) {
        perror("pipe");
        return 1;
    }
    RUN(kinds_of_lines);
    RUN(controls_are_harmless);
    RUN(long_lines_are_cut);
    return check_failures != 0;
}
