/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Own memory, checked. The kernel says whether a page can be read: rt_sigprocmask
 * with an invalid `how` copies the new set in before it looks at `how`, so it answers
 * EFAULT for a page that cannot be read and EINVAL for one that can, and changes
 * nothing (Linux, kernel/signal.c). Answers are kept in a table of pages. */
#include "agent/sig/sig.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PAGE_SHIFT = 12,
    PAGE_BYTES = 1 << PAGE_SHIFT,
    INVALID_HOW = -1
};
enum {
    EPOCH_SHIFT_NS = 27,
    EPOCH_MASK = PAGE_BYTES - 1,
    EPOCH_HIGH_SHIFT = 48
};

static bool page_readable(const struct sc_sig_memory *memory, uint64_t page)
{
    uint64_t entry = page | memory->epoch;
    _Atomic uint64_t *slot = &sc_sig.tables->pages[(page >> PAGE_SHIFT) % SC_SIG_PAGES];
    if (atomic_load_explicit(slot, memory_order_relaxed) == entry) {
        return true;
    }
    enum {
        KERNEL_SIGSET_BYTES = 8
    };
    long result =
        syscall(SYS_rt_sigprocmask, INVALID_HOW, page, NULL, KERNEL_SIGSET_BYTES);
    if (result != -1 || errno != EINVAL) {
        return false;
    }
    atomic_store_explicit(slot, entry, memory_order_relaxed);
    return true;
}

static const void *view_own(struct sc_memory *base, uint64_t address, size_t n_bytes)
{
    const struct sc_sig_memory *memory = (const struct sc_sig_memory *)base;
    uint64_t last = address + n_bytes - 1;
    if (n_bytes == 0 || last < address || last >> EPOCH_HIGH_SHIFT != 0) {
        return NULL;
    }
    for (uint64_t page = address & ~(uint64_t)EPOCH_MASK; page <= last;
         page += PAGE_BYTES) {
        if (!page_readable(memory, page)) {
            return NULL;
        }
    }
    return (const void *)(uintptr_t)address;
}

void sc_sig_memory_init(struct sc_sig_memory *memory, uint64_t mono_ns)
{
    memory->base.view = view_own;
    /* A page's address leaves the low 12 and the high 16 bits of an entry free for the
     * epoch. Never 0, so that a zeroed table matches no page. */
    uint64_t epoch = (mono_ns >> EPOCH_SHIFT_NS) + 1;
    memory->epoch = (epoch & EPOCH_MASK) | epoch >> PAGE_SHIFT << EPOCH_HIGH_SHIFT;
}
