/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What the output's terminal can show, as the environment tells. */
#ifndef SC_CLI_SCREEN_H
#define SC_CLI_SCREEN_H

#include <stdbool.h>

/* Escape sequences are welcome: NO_COLOR forbids them, FORCE_COLOR asks for them (both
 * when set to anything but nothing, NO_COLOR first), else a terminal that is not
 * "dumb" takes them. */
bool sc_screen_colour(int fd);

/* Columns: COLUMNS, else of the terminal at fd or at stderr (output may go to a
 * pager), else 80; never below 40. */
int sc_screen_width_columns(int fd);

/* The background is light, as COLORFGBG ("foreground;background") says. */
bool sc_screen_light(void);

/* The locale's characters are UTF-8. Pre: setlocale was called. */
bool sc_screen_unicode(void);

#endif
