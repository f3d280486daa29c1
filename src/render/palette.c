/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The two palettes, expanded from the one table of roles. */
#include "render/palette.h"

const char *sc_palette_sgr(enum sc_role role, bool light)
{
    static const char *const sgr[SC_ROLE_COUNT][2] = {
#define SC_ROLE_SGR(name, dark, bright) [SC_ROLE_##name] = {dark, bright},
        SC_ROLE_TABLE(SC_ROLE_SGR)
#undef SC_ROLE_SGR
    };
    return sgr[role][light];
}
