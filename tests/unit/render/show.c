/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Shows a sample as a user would see it, to look at while working on the view:
 * show_terminal SAMPLE [WIDTH [colour] [light] [ascii] [reduced]] */
#include "render/terminal.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct sc_terminal_style style = {.width_columns = argc > 2 ? atoi(argv[2]) : 80,
                                      .unicode = true,
                                      .profile_name = "scalene-profile.json"};
    for (int i = 3; i < argc; i++) {
        style.colour |= strcmp(argv[i], "colour") == 0;
        style.light |= strcmp(argv[i], "light") == 0;
        style.unicode &= strcmp(argv[i], "ascii") != 0;
        style.reduced |= strcmp(argv[i], "reduced") == 0;
    }
    for (size_t i = 0; argc > 1 && i < n_samples; i++) {
        if (strcmp(argv[1], samples[i].name) != 0)
            continue;
        struct sc_profile *profile = samples[i].make();
        enum sc_err err = sc_render_terminal(profile, &style, stdout);
        sc_profile_destroy(profile);
        return err != SC_OK;
    }
    fprintf(stderr, "samples:");
    for (size_t i = 0; i < n_samples; i++)
        fprintf(stderr, " %s", samples[i].name);
    fprintf(stderr, "\n");
    return 2;
}
