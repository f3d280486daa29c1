/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The terminal view: summary first, then per file a table of lines and functions.
 * Reads the model only; every string of a profile is untrusted and is shown without
 * control characters. */
#ifndef SC_RENDER_TERMINAL_H
#define SC_RENDER_TERMINAL_H

#include "profile/profile.h"

#include <stdio.h>

struct sc_terminal_style {
    int width_columns;        /* 40 or more */
    bool colour;              /* escape sequences allowed */
    bool light;               /* light background; else dark or unknown */
    bool unicode;             /* UTF-8 output; else ASCII */
    bool reduced;             /* fold runs of lines without figures */
    const char *profile_name; /* file shown, for the header */
};

SC_MUST_USE enum sc_err sc_render_terminal(const struct sc_profile *profile,
                                           const struct sc_terminal_style *style,
                                           FILE *out);

#endif
