/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Unit factors. Names carry their unit: _ns, _us, _bytes, _hz, _fraction (0..1),
 * _percent (0..100). Times are CLOCK_MONOTONIC unless the name says _epoch_ns. */
#ifndef SC_BASE_UNITS_H
#define SC_BASE_UNITS_H

#include <stdint.h>

#define SC_NS_PER_US UINT64_C(1000)
#define SC_NS_PER_MS UINT64_C(1000000)
#define SC_NS_PER_SEC UINT64_C(1000000000)
#define SC_BYTES_PER_KIB UINT64_C(1024)
#define SC_BYTES_PER_MIB (UINT64_C(1024) * 1024)

#endif
