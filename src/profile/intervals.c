/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * With z = 1.96:  centre = (p + z^2/2n) / (1 + z^2/n),
 *                 half   = z / (1 + z^2/n) * sqrt(p(1-p)/n + z^2/4n^2). */
#include "profile/intervals.h"

#include <math.h>

static const double z_95 = 1.959963984540054;

void sc_interval_95(double p, double n_effective, double interval[2])
{
    if (!(n_effective > 0)) {
        interval[0] = 0;
        interval[1] = 1;
        return;
    }
    p = fmin(fmax(p, 0), 1);
    double z2_over_n = z_95 * z_95 / n_effective;
    double centre = (p + z2_over_n / 2) / (1 + z2_over_n);
    double half = z_95 / (1 + z2_over_n) *
                  sqrt(p * (1 - p) / n_effective + z2_over_n / (4 * n_effective));
    /* Rounding may carry an end past p itself, or past 0 or 1, by a last digit. */
    interval[0] = fmin(fmax(centre - half, 0), p);
    interval[1] = fmax(fmin(centre + half, 1), p);
}
