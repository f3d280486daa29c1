/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The tables of the terminal view: per file its lines with their figures and source,
 * what the lines call, and below them its functions. */
#ifndef SC_RENDER_TABLE_H
#define SC_RENDER_TABLE_H

#include "render/column.h"
#include "render/sheet.h"

SC_MUST_USE enum sc_err sc_table_write_file(struct sc_sheet *sheet,
                                            const struct sc_column_choice *choice,
                                            const struct sc_profile *profile,
                                            const struct sc_file *file);

#endif
