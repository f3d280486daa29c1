/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The first block of the terminal view: what ran, how long, where the time went, how
 * well it was measured; or, when none went to the user's lines, why. */
#ifndef SC_RENDER_SUMMARY_H
#define SC_RENDER_SUMMARY_H

#include "render/column.h"
#include "render/sheet.h"

/* choice: the columns of the tables below, for what has to be said of them. */
void sc_summary_write(struct sc_sheet *sheet, const struct sc_profile *profile,
                      const struct sc_column_choice *choice);

#endif
