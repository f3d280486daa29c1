/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The threads being sampled: a slot and a CPU timer each. Slots come in blocks that
 * are mapped when needed and never given back. */
#include "agent/agent.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    SLOTS_PER_BLOCK = 64,
    MAX_BLOCKS = 256
};

static struct sc_sig_thread *_Atomic blocks[MAX_BLOCKS];
static _Atomic uint32_t next_number;

static struct sc_sig_thread *block_at(unsigned index)
{
    struct sc_sig_thread *block = atomic_load(&blocks[index]);
    if (block != NULL) {
        return block;
    }
    size_t n_bytes = SLOTS_PER_BLOCK * sizeof(*block);
    void *memory = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return NULL;
    }
    if (!atomic_compare_exchange_strong(&blocks[index], &block,
                                        (struct sc_sig_thread *)memory)) {
        munmap(memory, n_bytes); /* another thread was first */
        return block;
    }
    return memory;
}

struct sc_sig_thread *sc_threads_claim(void)
{
    for (unsigned i = 0; i < MAX_BLOCKS; i++) {
        struct sc_sig_thread *block = block_at(i);
        if (block == NULL) {
            break;
        }
        for (unsigned j = 0; j < SLOTS_PER_BLOCK; j++) {
            uint32_t unused = 0;
            if (atomic_load_explicit(&block[j].in_use, memory_order_relaxed) == 0 &&
                atomic_compare_exchange_strong(&block[j].in_use, &unused, 1)) {
                block[j].has_timer = false;
                block[j].announced = false;
                block[j].tid = 0;
                block[j].last_cpu_ns = 0;
                block[j].starts_blocked = false;
                block[j].number = atomic_fetch_add(&next_number, 1);
                return &block[j];
            }
        }
    }
    return NULL;
}

void sc_threads_release(struct sc_sig_thread *thread)
{
    thread->tid = 0;
    atomic_store_explicit(&thread->in_use, 0, memory_order_release);
}

/* The kernel's name for the CPU clock of a thread: see clock_getcpuclockid(3) and
 * include/linux/posix-timers.h (CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED). */
static clockid_t cpu_clock_of(uint32_t tid)
{
    enum {
        PER_THREAD = 4,
        SCHED = 2
    };
    return (clockid_t)((~tid << 3) | PER_THREAD | SCHED);
}

static void arm(struct sc_sig_thread *thread)
{
    struct sigevent event;
    memset(&event, 0, sizeof(event));
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = sc_sig.clock_signal;
    event.sigev_value.sival_ptr = sc_sig.cookie;
    event._sigev_un._tid = (pid_t)thread->tid;
    int timer;
    if (syscall(SYS_timer_create, cpu_clock_of(thread->tid), &event, &timer) != 0) {
        sc_sig_count_drop(SC_DROP_NO_TIMER);
        return;
    }
    struct itimerspec interval;
    memset(&interval, 0, sizeof(interval));
    interval.it_interval.tv_sec = sc_sig.tick_ns / 1000000000u;
    interval.it_interval.tv_nsec = sc_sig.tick_ns % 1000000000u;
    /* Due at once: the thread's first tick counts too, however short the thread. */
    interval.it_value.tv_nsec = 1;
    thread->timer = timer;
    thread->has_timer = true;
    if (syscall(SYS_timer_settime, timer, 0, &interval, NULL) != 0) {
        sc_sig_count_drop(SC_DROP_NO_TIMER);
    }
}

static void disarm(struct sc_sig_thread *thread)
{
    if (thread->has_timer) {
        syscall(SYS_timer_delete, thread->timer);
        thread->has_timer = false;
    }
}

static void announce(struct sc_sig_thread *thread, uint64_t cpu_ns)
{
    struct sc_rec_thread_start *record =
        sc_ring_reserve(&sc_sig.ring, SC_REC_THREAD_START, sizeof(*record));
    if (record == NULL) {
        sc_sig_count_drop(SC_DROP_RING_FULL);
        return;
    }
    record->rec.thread = thread->number;
    record->tid = thread->tid;
    record->reserved = 0;
    record->mono_ns = sc_sig_clock_ns(CLOCK_MONOTONIC);
    record->cpu_ns = cpu_ns;
    sc_ring_commit(record);
    thread->announced = true;
}

/* The CPU clock of any thread of this process; 0 when it is gone. */
static void begin(struct sc_sig_thread *thread)
{
    uint64_t cpu_ns = sc_sig_clock_ns(cpu_clock_of(thread->tid));
    thread->last_cpu_ns = cpu_ns;
    announce(thread, cpu_ns);
    arm(thread);
}

void sc_threads_begin(struct sc_sig_thread *thread)
{
    int saved_errno = errno;
    thread->tid = (uint32_t)syscall(SYS_gettid);
    sc_sig_self = thread;
    if (atomic_load(&sc_sig.recording)) {
        begin(thread);
    }
    errno = saved_errno;
}

void sc_threads_end(struct sc_sig_thread *thread)
{
    int saved_errno = errno;
    disarm(thread);
    if (thread->announced && sc_sig.header != NULL) {
        struct sc_rec_thread_end *record =
            sc_ring_reserve(&sc_sig.ring, SC_REC_THREAD_END, sizeof(*record));
        if (record == NULL) {
            sc_sig_count_drop(SC_DROP_RING_FULL);
        } else {
            record->rec.thread = thread->number;
            record->mono_ns = sc_sig_clock_ns(CLOCK_MONOTONIC);
            record->cpu_ns = sc_sig_clock_ns(CLOCK_THREAD_CPUTIME_ID);
            record->sys_us = sc_sig_system_us();
            sc_ring_commit(record);
        }
        thread->announced = false;
    }
    errno = saved_errno;
}

static void for_each(void (*act)(struct sc_sig_thread *))
{
    for (unsigned i = 0; i < MAX_BLOCKS; i++) {
        struct sc_sig_thread *block = atomic_load(&blocks[i]);
        if (block == NULL) {
            return;
        }
        for (unsigned j = 0; j < SLOTS_PER_BLOCK; j++) {
            if (atomic_load(&block[j].in_use)) {
                act(&block[j]);
            }
        }
    }
}

static void start_one(struct sc_sig_thread *thread)
{
    /* A thread that has no number yet announces itself: it is about to. */
    if (thread->tid != 0 && !thread->announced) {
        begin(thread);
    }
}

static void rearm_one(struct sc_sig_thread *thread)
{
    if (thread->tid != 0 && thread->has_timer) {
        disarm(thread);
        arm(thread);
    }
}

void sc_threads_start_all(void)
{
    for_each(start_one);
}

void sc_threads_rearm_all(void)
{
    for_each(rearm_one);
}

static void forget_one(struct sc_sig_thread *thread)
{
    thread->has_timer = false; /* timers are not inherited */
    thread->announced = false;
    /* The ids of the parent's ring mean nothing in ours. */
    memset(thread->seen, 0, sizeof(thread->seen));
    if (thread != sc_sig_self) {
        sc_threads_release(thread);
    }
}

void sc_threads_after_fork(void)
{
    for_each(forget_one);
    atomic_store(&next_number, 0);
    if (sc_sig_self == NULL) {
        sc_sig_self = sc_threads_claim();
    } else {
        sc_sig_self->number = atomic_fetch_add(&next_number, 1);
    }
    if (sc_sig_self != NULL) {
        sc_sig_self->tid = (uint32_t)syscall(SYS_gettid);
    }
}

static void thread_leaves(void *argument)
{
    struct sc_sig_thread *thread = argument;
    sc_threads_end(thread);
    sc_sig_self = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    sc_threads_release(thread);
}

static void *thread_main(void *argument)
{
    struct sc_sig_thread *thread = argument;
    void *result;
    void *(*start)(void *) = thread->start;
    void *start_argument = thread->argument;
    sc_signals_thread_begin(thread->starts_blocked);
    sc_threads_begin(thread);
    pthread_cleanup_push(thread_leaves, thread);
    result = start(start_argument);
    pthread_cleanup_pop(1);
    return result;
}

int sc_threads_create(pthread_t *thread, const pthread_attr_t *attributes,
                      void *(*start)(void *), void *argument)
{
    const struct sc_real *real = sc_real_get();
    struct sc_sig_thread *slot = NULL;
    if (sc_agent.loaded && sc_agent_is_own_process()) {
        slot = sc_threads_claim();
        if (slot == NULL) {
            sc_sig_count_drop(SC_DROP_NO_THREAD_SLOT);
        }
    }
    if (slot == NULL) {
        return real->pthread_create(thread, attributes, start, argument);
    }
    slot->start = start;
    slot->argument = argument;
    slot->starts_blocked = sc_signals_seems_blocked();
    int result = real->pthread_create(thread, attributes, thread_main, slot);
    if (result != 0) {
        sc_threads_release(slot);
    }
    return result;
}
