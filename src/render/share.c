/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Shares of the total time. */
#include "render/share.h"

#include <math.h>

bool sc_share_is_hot(double percent)
{
    /* The sum of three thirds in doubles may miss a third by a rounding error. */
    return percent >= 100.0 / 3 - 1e-9;
}

bool sc_share_leaves_out_waiting(const struct sc_profile *profile)
{
    return !sc_profile_measures(profile, SC_FIGURE_WAITING);
}

const char *sc_share_whole(const struct sc_profile *profile)
{
    return sc_share_leaves_out_waiting(profile) ? "CPU time" : "time";
}

const char *sc_share_python_title(const struct sc_profile *profile)
{
    return profile->is_foreign || profile->profiler.split_known ? "Python" : "user";
}

void sc_share_bar(struct sc_sheet *sheet, const struct sc_times *times, int n_columns)
{
    const struct {
        double percent;
        enum sc_role role;
        const char *mark;
    } parts[] = {
        {times->python_percent, SC_ROLE_PYTHON, sheet->marks->python},
        {times->native_percent, SC_ROLE_NATIVE, sheet->marks->native},
        {times->kernel_percent, SC_ROLE_SYSTEM, sheet->marks->system},
    };
    double percent = 0;
    int drawn = 0;
    /* Each part ends where the sum so far does, so that parts never add up to more. */
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (isfinite(parts[i].percent))
            percent = fmin(percent + fmax(parts[i].percent, 0), 100);
        int end = (int)(percent * n_columns / 100 + 0.5);
        sc_sheet_repeat(sheet, parts[i].role, parts[i].mark, end - drawn);
        drawn = end;
    }
}
