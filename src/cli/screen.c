/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The terminal's abilities, from the environment and the terminal driver. */
#include "cli/screen.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    DEFAULT_COLUMNS = 80,
    LEAST_COLUMNS = 40,
    MOST_COLUMNS = 1000
};

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

bool sc_screen_colour(int fd)
{
    if (variable("NO_COLOR")[0] != 0) {
        return false;
    }
    if (variable("FORCE_COLOR")[0] != 0) {
        return true;
    }
    return isatty(fd) && strcmp(variable("TERM"), "dumb") != 0;
}

int sc_screen_width_columns(int fd)
{
    struct winsize size = {0};
    char *end;
    const char *columns = variable("COLUMNS");
    long width = strtol(columns, &end, 10);
    if (columns[0] == 0 || *end != 0 || width <= 0) {
        bool known = (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) ||
                     (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0);
        width = known ? size.ws_col : DEFAULT_COLUMNS;
    }
    if (width > MOST_COLUMNS) {
        return MOST_COLUMNS;
    }
    return width < LEAST_COLUMNS ? LEAST_COLUMNS : (int)width;
}

bool sc_screen_light(void)
{
    const char *colours = variable("COLORFGBG");
    const char *last = strrchr(colours, ';');
    char *end;
    if (last == NULL || last[1] == 0) {
        return false;
    }
    long background = strtol(last + 1, &end, 10);
    /* Of the 16 colours 0-6 and 8 are dark. */
    return *end == 0 && (background == 7 || (background > 8 && background < 16));
}

bool sc_screen_unicode(void)
{
    const char *codeset = nl_langinfo(CODESET);
    return strcmp(codeset, "UTF-8") == 0;
}
