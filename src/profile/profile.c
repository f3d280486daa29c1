/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Birth and end of a profile. */
#include "profile/profile.h"

#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

enum sc_err sc_profile_create(struct sc_profile **profile)
{
    struct sc_profile *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    sc_arena_init(&made->arena, &sc_os_pages);
    made->program = "";
    made->program_path = "";
    made->entrypoint_dir = "";
    made->profiler.version = "";
    made->profiler.clock = "none";
    made->profiler.python_version = "";
    *profile = made;
    return SC_OK;
}

void sc_profile_destroy(struct sc_profile *profile)
{
    if (profile == NULL) {
        return;
    }
    sc_arena_fini(&profile->arena);
    free(profile);
}

bool sc_profile_measures(const struct sc_profile *profile, const char *figure)
{
    for (size_t i = 0; i < profile->profiler.n_not_measured; i++) {
        if (strcmp(profile->profiler.not_measured[i], figure) == 0) {
            return false;
        }
    }
    return true;
}
