/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The signal handler: tells whose signal it is, reads the clocks, walks the thread's
 * own Python frames and writes one sample. It records facts and decides nothing. */
#include "agent/sig/sig.h"

#include "os/arch.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct sc_sig_state sc_sig;
__thread struct sc_sig_thread *sc_sig_self __attribute__((tls_model("initial-exec")));

enum {
    NOT_OURS = 0
};

uint64_t sc_sig_clock_ns(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0) {
        return 0;
    }
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t sc_sig_system_us(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_THREAD, &usage) != 0) {
        return 0;
    }
    return (uint64_t)usage.ru_stime.tv_sec * 1000000u +
           (uint64_t)usage.ru_stime.tv_usec;
}

/* Our timers carry the cookie. The perf clock's signals are sent by the kernel for a
 * descriptor, with a code of the POLL_ family; a program has no way to send those to
 * itself but by F_SETSIG on a descriptor of its own, which asks for the signal and is
 * then a signal of ours to us. */
static int source_of(const siginfo_t *info)
{
    if (info->si_code == SI_TIMER) {
        return info->si_value.sival_ptr == sc_sig.cookie ? SC_SOURCE_TICK : NOT_OURS;
    }
    if (info->si_code >= POLL_IN && info->si_code <= POLL_HUP) {
        return SC_SOURCE_PERF;
    }
    return NOT_OURS;
}

/* Fills thread->frames; returns how many, and flags. */
static uint16_t walk(struct sc_sig_thread *thread, struct sc_sig_memory *memory,
                     uint8_t *flags, uint16_t *opcode)
{
    uint64_t tstate = 0;
    if (sc_sig.has_layout && *sc_sig.tstate_key_alive) {
        tstate = (uint64_t)(uintptr_t)pthread_getspecific(sc_sig.tstate_key);
    }
    if (tstate == 0) {
        *flags |= SC_SAMPLE_NO_PYTHON;
        return 0;
    }
    enum sc_walk_end end;
    uint32_t n = sc_frames_walk(&sc_sig.layout, &memory->base, tstate, sc_sig.code_type,
                                thread->refs, SC_MAX_FRAMES, &end);
    if (end == SC_WALK_TORN) {
        *flags |= SC_SAMPLE_TORN;
        sc_sig_count_drop(SC_DROP_TORN_STACK);
        return 0;
    }
    if (end == SC_WALK_TRUNCATED) {
        *flags |= SC_SAMPLE_TRUNCATED;
        sc_sig_count_drop(SC_DROP_DEEP_STACK);
    }
    if (n == 0) {
        *flags |= SC_SAMPLE_NO_PYTHON;
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct sc_frame_ref *ref = &thread->refs[i];
        thread->frames[i].code_id =
            sc_sig_code_id(memory, ref, thread->number, &thread->seen[n - 1 - i]);
        thread->frames[i].instr = ref->instr;
    }
    if (n > 0 && thread->refs[0].instr >= 0) {
        uint64_t address = thread->refs[0].code + sc_sig.layout.code_units +
                           2 * (uint64_t)thread->refs[0].instr;
        const void *unit = memory->base.view(&memory->base, address, 2);
        if (unit != NULL) {
            memcpy(opcode, unit, 2);
        }
    }
    return (uint16_t)n;
}

static bool after_syscall(struct sc_sig_memory *memory, uint64_t pc)
{
    const void *code =
        memory->base.view(&memory->base, pc - SC_OS_SYSCALL_BYTES, SC_OS_SYSCALL_BYTES);
    return code != NULL && sc_os_is_syscall(code);
}

static void record_sample(struct sc_sig_thread *thread, int source, uint64_t mono_ns,
                          const void *context)
{
    uint64_t cpu_ns = sc_sig_clock_ns(CLOCK_THREAD_CPUTIME_ID);
    uint64_t pc = sc_os_context_pc(context);
    uint64_t sys_us = source == SC_SOURCE_TICK ? sc_sig_system_us() : 0;
    uint8_t flags = 0;
    uint16_t opcode = 0;
    struct sc_sig_memory memory;
    sc_sig_memory_init(&memory, mono_ns);
    uint16_t n = walk(thread, &memory, &flags, &opcode);
    /* A perf sample is user mode, so only a tick needs evidence of the kernel. */
    if (source == SC_SOURCE_TICK && after_syscall(&memory, pc)) {
        flags |= SC_SAMPLE_AFTER_SYSCALL;
    }
    struct sc_rec_sample *sample = sc_ring_reserve(
        &sc_sig.ring, SC_REC_SAMPLE, sizeof(*sample) + n * sizeof(sample->frames[0]));
    if (sample == NULL) {
        sc_sig_count_drop(SC_DROP_RING_FULL);
        atomic_fetch_add_explicit(&sc_sig.header->lost_cpu_ns,
                                  cpu_ns - thread->last_cpu_ns, memory_order_relaxed);
    } else {
        sample->rec.thread = thread->number;
        sample->mono_ns = mono_ns;
        sample->cpu_ns = cpu_ns;
        sample->pc = pc;
        sample->sys_us = sys_us;
        sample->period_ns = source == SC_SOURCE_PERF
                                ? atomic_load_explicit(&sc_sig.header->perf_period_ns,
                                                       memory_order_relaxed)
                                : 0;
        sample->source = (uint8_t)source;
        sample->flags = flags;
        sample->n_frames = n;
        sample->opcode = opcode;
        memcpy(sample->frames, thread->frames, n * sizeof(sample->frames[0]));
        sc_ring_commit(sample);
        atomic_fetch_add_explicit(&sc_sig.header->samples, 1, memory_order_relaxed);
    }
    thread->last_cpu_ns = cpu_ns;
}

/* What the handler costs, by the thread's CPU clock, which stands still while the
 * thread is preempted. One call in 16 is timed and counts for all 16. */
static void count_own_time(const struct sc_sig_thread *thread)
{
    enum {
        TIMED_ONE_IN = 16
    };
    uint64_t calls = atomic_fetch_add_explicit(&sc_sig.header->handler_calls, 1,
                                               memory_order_relaxed);
    if (calls % TIMED_ONE_IN == 0) {
        uint64_t own_ns =
            sc_sig_clock_ns(CLOCK_THREAD_CPUTIME_ID) - thread->last_cpu_ns;
        atomic_fetch_add_explicit(&sc_sig.header->handler_ns, TIMED_ONE_IN * own_ns,
                                  memory_order_relaxed);
    }
}

void sc_sig_handler(int signal, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    int source = source_of(info);
    if (source == NOT_OURS) {
        sc_sig_pass_on(signal, info, context);
        errno = saved_errno;
        return;
    }
    struct sc_sig_thread *thread = sc_sig_self;
    if (thread != NULL &&
        atomic_load_explicit(&sc_sig.recording, memory_order_acquire) &&
        atomic_load_explicit(&sc_sig.control->on, memory_order_relaxed) &&
        !atomic_load_explicit(&sc_sig.control->stop, memory_order_relaxed)) {
        record_sample(thread, source, sc_sig_clock_ns(CLOCK_MONOTONIC), context);
        count_own_time(thread);
    }
    errno = saved_errno;
}
