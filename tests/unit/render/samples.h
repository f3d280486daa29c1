/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Hand-made profiles for the tests of the renderer. Each is a whole model as the
 * profile room would build it; the caller destroys it. */
#ifndef SC_TESTS_RENDER_SAMPLES_H
#define SC_TESTS_RENDER_SAMPLES_H

#include "profile/profile.h"

struct sample {
    const char *name;
    struct sc_profile *(*make)(void);
};

/* Two files, all three parts, callees, intervals, a warning, drops, two processes. */
struct sc_profile *sample_mixed(void);
/* One file, Python time only, no functions. */
struct sc_profile *sample_plain(void);
/* No line of the user's got time: hints, and where the time went. */
struct sc_profile *sample_empty(void);
/* No time at all. */
struct sc_profile *sample_nothing(void);
/* Read from a file of Scalene 2.4. */
struct sc_profile *sample_foreign(void);
/* Every string is an attack on the terminal or on the layout. */
struct sc_profile *sample_hostile(void);
/* 10,000 lines, every hundredth with time. */
struct sc_profile *sample_large(void);

extern const struct sample samples[];
extern const size_t n_samples;

#endif
