/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The few lines and functions, over all files, that took most of the time. */
#ifndef SC_RENDER_HOTTEST_H
#define SC_RENDER_HOTTEST_H

#include "render/sheet.h"

/* Writes both lists; false, and nothing written, when no line has any time. */
bool sc_hottest_write(struct sc_sheet *sheet, const struct sc_profile *profile);

#endif
