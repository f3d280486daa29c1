/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What summary and tables share: when a share is hot, what the shares are of, and the
 * bar that shows one. Pure but for the bar's writing. */
#ifndef SC_RENDER_SHARE_H
#define SC_RENDER_SHARE_H

#include "render/sheet.h"

/* A third of the total or more. */
bool sc_share_is_hot(double percent);

/* "CPU time" or "time": what 100 % is in this profile. */
const char *sc_share_whole(const struct sc_profile *profile);

/* True when the profile says that waiting is in no figure. */
bool sc_share_leaves_out_waiting(const struct sc_profile *profile);

/* The title of what Python's figures are called: "Python", or "user" where Python and
 * native time could not be told apart. */
const char *sc_share_python_title(const struct sc_profile *profile);

/* Python, native and system as parts of a bar whose n_columns are 100 %. */
void sc_share_bar(struct sc_sheet *sheet, const struct sc_times *times, int n_columns);

#endif
