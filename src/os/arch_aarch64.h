/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * arm64. Include through os/arch.h. */
#ifndef SC_OS_ARCH_AARCH64_H
#define SC_OS_ARCH_AARCH64_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

enum {
    SC_OS_SYSCALL_BYTES = 4
};

static inline uint64_t sc_os_context_pc(const void *context)
{
    return ((const ucontext_t *)context)->uc_mcontext.pc;
}

/* `code`: the SC_OS_SYSCALL_BYTES before a program counter. */
static inline bool sc_os_is_syscall(const unsigned char *code)
{
    return code[0] == 0x01 && code[1] == 0x00 && code[2] == 0x00 &&
           code[3] == 0xd4; /* svc #0 */
}

#endif
