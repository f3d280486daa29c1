/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * x86-64. Include through os/arch.h. */
#ifndef SC_OS_ARCH_X86_64_H
#define SC_OS_ARCH_X86_64_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

enum {
    SC_OS_SYSCALL_BYTES = 2
};

static inline uint64_t sc_os_context_pc(const void *context)
{
    return (uint64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

/* `code`: the SC_OS_SYSCALL_BYTES before a program counter. */
static inline bool sc_os_is_syscall(const unsigned char *code)
{
    return code[0] == 0x0f && code[1] == 0x05; /* syscall */
}

#endif
