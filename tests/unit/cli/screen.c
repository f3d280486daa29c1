/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What a terminal is taken to show, on a pseudo-terminal and on a pipe. */
#include "cli/screen.h"
#include "harness.h"

#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int terminal_fd, pipe_fd;

static void forget_environment(void)
{
    static const char *const names[] = {"NO_COLOR", "FORCE_COLOR", "COLUMNS",
                                        "COLORFGBG", "TERM"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unsetenv(names[i]);
    }
}

static void colour(void)
{
    forget_environment();
    CHECK(sc_screen_colour(terminal_fd));
    CHECK(!sc_screen_colour(pipe_fd));
    setenv("FORCE_COLOR", "1", 1);
    CHECK(sc_screen_colour(pipe_fd));
    setenv("NO_COLOR", "1", 1);
    CHECK(!sc_screen_colour(pipe_fd));
    CHECK(!sc_screen_colour(terminal_fd));
    /* Empty values say nothing. */
    setenv("NO_COLOR", "", 1);
    CHECK(sc_screen_colour(pipe_fd));
    setenv("FORCE_COLOR", "", 1);
    CHECK(!sc_screen_colour(pipe_fd));
    setenv("TERM", "dumb", 1);
    CHECK(!sc_screen_colour(terminal_fd));
}

static void width(void)
{
    struct winsize size = {.ws_row = 24, .ws_col = 132};
    forget_environment();
    CHECK_INT(ioctl(terminal_fd, TIOCSWINSZ, &size), 0);
    CHECK_INT(sc_screen_width_columns(terminal_fd), 132);
    size.ws_col = 20;
    CHECK_INT(ioctl(terminal_fd, TIOCSWINSZ, &size), 0);
    CHECK_INT(sc_screen_width_columns(terminal_fd), 40);
    setenv("COLUMNS", "100", 1);
    CHECK_INT(sc_screen_width_columns(terminal_fd), 100);
    CHECK_INT(sc_screen_width_columns(pipe_fd), 100);
    setenv("COLUMNS", "many", 1);
    CHECK_INT(sc_screen_width_columns(terminal_fd), 40);
    setenv("COLUMNS", "-5", 1);
    CHECK_INT(sc_screen_width_columns(terminal_fd), 40);
    setenv("COLUMNS", "100000", 1);
    CHECK_INT(sc_screen_width_columns(pipe_fd), 1000);
    /* A pager's pipe is as wide as the terminal that stderr still has. */
    unsetenv("COLUMNS");
    int own_stderr = dup(STDERR_FILENO);
    size.ws_col = 90;
    CHECK_INT(ioctl(terminal_fd, TIOCSWINSZ, &size), 0);
    dup2(terminal_fd, STDERR_FILENO);
    int paged = sc_screen_width_columns(pipe_fd);
    dup2(pipe_fd, STDERR_FILENO);
    int nowhere = sc_screen_width_columns(pipe_fd);
    dup2(own_stderr, STDERR_FILENO);
    CHECK_INT(paged, 90);
    CHECK_INT(nowhere, 80);
}

static void background(void)
{
    static const struct {
        const char *value;
        bool light;
    } cases[] = {{"0;15", true},  {"15;0", false}, {"0;default;15", true},
                 {"15;8", false}, {"0;7", true},   {"15;default", false},
                 {"0;", false},   {"", false},     {"0;999", false}};
    forget_environment();
    CHECK(!sc_screen_light());
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setenv("COLORFGBG", cases[i].value, 1);
        CHECK_INT(sc_screen_light(), cases[i].light);
    }
}

int main(void)
{
    int fds[2], other;
    if (openpty(&terminal_fd, &other, NULL, NULL, NULL) != 0 || pipe(fds) != 0) {
        perror("openpty");
        return 1;
    }
    pipe_fd = fds[1];
    RUN(colour);
    RUN(width);
    RUN(background);
    return check_failures != 0;
}
