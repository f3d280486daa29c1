/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What a piece of terminal text means, and the escape sequence that shows it. Colours
 * only repeat what the text says. Every colour of 256 has a contrast of at least 3.9:1
 * on its own ground; those of the dark palette, which also serves grounds we know
 * nothing of, keep 3:1 on white (tested). Constant data. */
#ifndef SC_RENDER_PALETTE_H
#define SC_RENDER_PALETTE_H

#include <stdbool.h>

/* role, parameters of "ESC [ ... m" on a dark ground, on a light ground */
#define SC_ROLE_TABLE(X)                \
    X(PLAIN, "", "")                    \
    X(STRONG, "1", "1")                 \
    X(DIM, "38;5;245", "38;5;242")      \
    X(HOT, "1;31", "1;31")              \
    X(PYTHON, "38;5;69", "38;5;25")     \
    X(NATIVE, "38;5;136", "38;5;94")    \
    X(SYSTEM, "38;5;138", "38;5;97")    \
    X(WARNING, "38;5;136", "38;5;94")   \
    X(KEYWORD, "38;5;170", "38;5;127")  \
    X(STRING, "38;5;64", "38;5;22")     \
    X(COMMENT, "38;5;245", "38;5;242")  \
    X(NUMBER, "38;5;137", "38;5;23")    \
    X(DECORATOR, "38;5;136", "38;5;94") \
    X(DEFINITION, "38;5;33", "38;5;26")

enum sc_role {
#define SC_ROLE_ENUM(role, dark, light) SC_ROLE_##role,
    SC_ROLE_TABLE(SC_ROLE_ENUM)
#undef SC_ROLE_ENUM
    SC_ROLE_COUNT
};

/* The parameters of the escape sequence of a role; "" for plain text. */
const char *sc_palette_sgr(enum sc_role role, bool light);

#endif
