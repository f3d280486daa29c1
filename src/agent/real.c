/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Looks up the C library's own functions behind ours. */
#include "agent/agent.h"

#include <dlfcn.h>

static struct sc_real real;
static _Atomic bool real_ready;

const struct sc_real *sc_real_get(void)
{
    if (!atomic_load_explicit(&real_ready, memory_order_acquire)) {
        /* Two threads may do this at once: both write the same values. */
#define LOOK_UP(result, name, parameters) real.name = dlsym(RTLD_NEXT, #name);
        SC_REAL_TABLE(LOOK_UP)
#undef LOOK_UP
        atomic_store_explicit(&real_ready, true, memory_order_release);
    }
    return &real;
}
