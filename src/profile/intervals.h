/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * How sure a sampled share is. */
#ifndef SC_PROFILE_INTERVALS_H
#define SC_PROFILE_INTERVALS_H

/* The 95 % Wilson score interval of a share p measured by n_effective independent
 * samples (E. B. Wilson, "Probable inference, the law of succession, and statistical
 * inference", JASA 22, 1927). Unlike p +- 1.96 sqrt(p(1-p)/n) it stays inside 0..1
 * and covers well for shares near 0 and for few samples.
 *
 * Samples of a profile weigh differently, so n is Kish's effective sample size over
 * all samples of the profile, n_effective = (sum w)^2 / (sum w^2) (L. Kish, "Survey
 * sampling", 1965). See docs/dev/sampling-math.md. Context: any. */
void sc_interval_95(double p, double n_effective, double interval[2]);

#endif
