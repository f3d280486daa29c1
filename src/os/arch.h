/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What differs between processors: where a signal context keeps the program counter
 * and what a system call instruction looks like. Signal-safe, pure. */
#ifndef SC_OS_ARCH_H
#define SC_OS_ARCH_H

#if defined(__x86_64__)
#include "os/arch_x86_64.h"
#elif defined(__aarch64__)
#include "os/arch_aarch64.h"
#else
#error "scalene runs on x86-64 and arm64"
#endif

#endif
