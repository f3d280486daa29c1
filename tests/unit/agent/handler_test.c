/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The handler with real timers and threads, but no Python: what it records, whose
 * signals it takes, and what the program sees of ours. */
#include "agent/agent.h"
#include "harness.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    RING_BYTES = 1 << 20
};

static struct sc_ring_header *header;
static struct sc_control control;
static volatile sig_atomic_t program_got;

static void begin_recording(void)
{
    header = mmap(NULL, SC_TRACE_PAGE_BYTES + RING_BYTES, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sc_agent.pid = getpid();
    sc_agent.loaded = true;
    control.on = 1;
    sc_sig.control = &control;
    sc_sig.header = header;
    sc_sig.tables = mmap(NULL, sizeof(*sc_sig.tables), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sc_sig.cookie = &sc_sig;
    sc_sig.tick_ns = 1000000;
    sc_ring_init(&sc_sig.ring, &header->ring, (char *)header + SC_TRACE_PAGE_BYTES,
                 RING_BYTES);
    sc_sig_self = sc_threads_claim();
    sc_sig_self->tid = (uint32_t)gettid();
    sc_signals_install(sc_threads_rearm_all);
    atomic_store(&sc_sig.recording, true);
    sc_threads_start_all();
}

static void burn_ms(int ms)
{
    uint64_t end = sc_sig_clock_ns(CLOCK_THREAD_CPUTIME_ID) + (uint64_t)ms * 1000000;
    while (sc_sig_clock_ns(CLOCK_THREAD_CPUTIME_ID) < end) {
    }
}

/* Computes until n more samples were taken; false when none come. A stolen CPU lets
 * time pass without a tick, so the bound is wide. */
static bool samples_come(uint64_t n)
{
    uint64_t wanted = header->samples + n;
    for (int i = 0; i < 500 && header->samples < wanted; i++) {
        burn_ms(10);
    }
    return header->samples >= wanted;
}

/* Counts records by kind; checks every sample. */
static void drain(unsigned counts[SC_REC_KIND_END], uint64_t *last_cpu_ns)
{
    size_t size;
    enum sc_err err;
    const struct sc_record *record;
    memset(counts, 0, SC_REC_KIND_END * sizeof(counts[0]));
    while ((record = sc_ring_peek(&sc_sig.ring, &size, &err)) != NULL) {
        counts[sc_ring_kind(record)]++;
        if (sc_ring_kind(record) == SC_REC_SAMPLE && record->thread == 0) {
            const struct sc_rec_sample *sample = (const void *)record;
            CHECK(sample->cpu_ns > *last_cpu_ns);
            *last_cpu_ns = sample->cpu_ns;
            CHECK_INT(sample->source, SC_SOURCE_TICK);
            CHECK(sample->flags & SC_SAMPLE_NO_PYTHON);
            CHECK_INT(sample->n_frames, 0);
        }
        sc_ring_release(&sc_sig.ring, size);
    }
}

static void a_busy_thread_is_sampled_and_errno_kept(void)
{
    unsigned counts[SC_REC_KIND_END];
    uint64_t last = 0;
    errno = EXDEV;
    CHECK(samples_come(15));
    CHECK_INT(errno, EXDEV);
    drain(counts, &last);
    CHECK_INT(counts[SC_REC_THREAD_START], 1);
    CHECK(counts[SC_REC_SAMPLE] >= 15);
    CHECK(header->samples == counts[SC_REC_SAMPLE]);
}

static void *thread_main(void *argument)
{
    burn_ms(50);
    return argument;
}

static void threads_say_when_they_begin_and_end(void)
{
    enum {
        THREADS = 4
    };
    unsigned counts[SC_REC_KIND_END];
    uint64_t last = 0;
    pthread_t threads[THREADS];
    drain(counts, &last);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(sc_threads_create(&threads[i], NULL, thread_main, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    drain(counts, &last);
    CHECK_INT(counts[SC_REC_THREAD_START], THREADS);
    CHECK_INT(counts[SC_REC_THREAD_END], THREADS);
}

static void on_sigprof(int signal)
{
    (void)signal;
    program_got++;
}

static void the_program_sees_only_what_it_did(void)
{
    sigset_t set, old;
    sigfillset(&set);
    int (*real)(int, const sigset_t *, sigset_t *) = sc_real_get()->pthread_sigmask;
    CHECK_INT(sc_signals_mask(real, SIG_BLOCK, &set, &old), 0);
    CHECK(!sigismember(&old, SIGPROF));
    CHECK_INT(sc_signals_mask(real, SIG_BLOCK, NULL, &old), 0);
    CHECK(sigismember(&old, SIGPROF) == 1 && sigismember(&old, SIGUSR1) == 1);
    real(SIG_BLOCK, NULL, &old);
    CHECK(!sigismember(&old, SIGPROF)); /* in truth it is open */
    sigemptyset(&set);
    CHECK_INT(sc_signals_mask(real, SIG_SETMASK, &set, &old), 0);
    CHECK(sigismember(&old, SIGPROF) == 1);

    struct sigaction action = {.sa_handler = SIG_DFL}, before;
    CHECK_INT(sc_signals_action(SIGPROF, NULL, &before), 0);
    CHECK(before.sa_handler == SIG_DFL);
    CHECK_INT(sc_signals_action(SIGPROF, &action, NULL), 0);
    CHECK(samples_come(5)); /* resetting did not blind us */
}

static void a_blocked_signal_waits(void)
{
    sigset_t set, old;
    int (*real)(int, const sigset_t *, sigset_t *) = sc_real_get()->pthread_sigmask;
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&set);
    sigaddset(&set, SIGPROF);
    CHECK_INT(sc_signals_mask(real, SIG_BLOCK, &set, NULL), 0);
    raise(SIGPROF); /* its default would end this test */
    siginfo_t info;
    struct timespec none = {0, 0};
    CHECK_INT(sigtimedwait(&set, &info, &none), SIGPROF);
    CHECK_INT(info.si_pid, getpid());
    raise(SIGPROF);
    CHECK_INT(sc_signals_action(SIGPROF, &action, NULL), 0);
    CHECK_INT(sc_signals_mask(real, SIG_UNBLOCK, &set, &old), 0);
    CHECK(sigismember(&old, SIGPROF) == 1);
    CHECK_INT(sc_signals_mask(real, SIG_BLOCK, NULL, &old), 0);
    CHECK(!sigismember(&old, SIGPROF));
    action.sa_flags = SA_SIGINFO; /* says nothing beside SIG_IGN */
    CHECK_INT(sc_signals_action(SIGPROF, &action, NULL), 0);
    raise(SIGPROF);
    action = (struct sigaction){.sa_handler = SIG_DFL};
    CHECK_INT(sc_signals_action(SIGPROF, &action, NULL), 0);
    CHECK(samples_come(5));
}

static void a_program_that_wants_the_number_gets_it(void)
{
    struct sigaction action = {.sa_handler = on_sigprof}, before;
    CHECK_INT(sc_signals_action(SIGPROF, &action, &before), 0);
    CHECK(before.sa_handler == SIG_DFL);
    CHECK(header->flags & SC_RING_FLAG_SIGPROF_TAKEN);
    raise(SIGPROF);
    raise(SIGPROF);
    CHECK_INT(program_got, 2);
    CHECK(samples_come(5));
    CHECK_INT(program_got, 2); /* none of ours */
    CHECK_INT(sc_signals_action(SIGPROF, NULL, &before), 0);
    CHECK(before.sa_handler == on_sigprof);
}

static void the_other_number_is_shared_too(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL}, before;
    CHECK_INT(sc_signals_action(SIGSTKFLT, &action, &before), 0);
    CHECK(before.sa_handler == SIG_DFL);
    CHECK(samples_come(5)); /* and we live */
    action.sa_handler = on_sigprof;
    CHECK_INT(sc_signals_action(SIGSTKFLT, &action, NULL), 0);
    CHECK(samples_come(5));
    CHECK_INT(program_got, 2);
    raise(SIGSTKFLT);
    CHECK_INT(program_got, 3);
}

static void by_default_it_ends_the_process(void)
{
    pid_t child = fork();
    if (child == 0) {
        sc_agent.pid = getpid();
        struct sigaction action = {.sa_handler = SIG_DFL};
        sc_signals_action(SIGPROF, &action, NULL);
        raise(SIGPROF);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF);
}

int main(void)
{
    begin_recording();
    RUN(a_busy_thread_is_sampled_and_errno_kept);
    RUN(threads_say_when_they_begin_and_end);
    RUN(the_program_sees_only_what_it_did);
    RUN(a_blocked_signal_waits);
    RUN(a_program_that_wants_the_number_gets_it);
    RUN(the_other_number_is_shared_too);
    RUN(by_default_it_ends_the_process);
    return check_failures != 0;
}
