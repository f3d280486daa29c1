/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The agent inside fake_program, by the plainest means. */
#include "fake_agent.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    RING_BYTES = 1 << 16
};

struct sc_control *fake_control;
struct sc_ring_header *fake_header;
__thread uint32_t fake_thread_number;
static struct sc_ring ring;

uint64_t fake_now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * SC_NS_PER_SEC + (uint64_t)now.tv_nsec;
}

void fake_nap_ms(int ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

void fake_burn_ms(uint64_t ms)
{
    uint64_t end_ns = fake_now_ns(CLOCK_THREAD_CPUTIME_ID) + ms * SC_NS_PER_MS;
    while (fake_now_ns(CLOCK_THREAD_CPUTIME_ID) < end_ns) {
        for (volatile int i = 0; i < 20000; i++) {
        }
    }
}

static void *map_file(int fd, size_t n_bytes)
{
    void *file = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (file == MAP_FAILED) {
        _exit(FAKE_FAIL);
    }
    return file;
}

void fake_open_control(void)
{
    char path[4096];
    const char *run_dir = getenv(SC_ENV_RUN_DIR);
    if (run_dir == NULL) {
        _exit(FAKE_FAIL);
    }
    snprintf(path, sizeof(path), "%s/%s", run_dir, SC_CONTROL_NAME);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        _exit(FAKE_FAIL);
    }
    fake_control = map_file(fd, SC_TRACE_PAGE_BYTES);
}

/* Makes this process's ring, not yet counted in the control page. */
static void make_ring(uint32_t flags)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s%d.%llu", getenv(SC_ENV_RUN_DIR), SC_RING_PREFIX,
             (int)getpid(), (unsigned long long)fake_now_ns(CLOCK_MONOTONIC));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, SC_TRACE_PAGE_BYTES + RING_BYTES) != 0) {
        _exit(FAKE_FAIL);
    }
    fake_header = map_file(fd, SC_TRACE_PAGE_BYTES + RING_BYTES);
    fake_header->version = SC_TRACE_VERSION;
    fake_header->header_bytes = SC_TRACE_PAGE_BYTES;
    fake_header->capacity_bytes = RING_BYTES;
    fake_header->pid = (uint32_t)getpid();
    fake_header->ppid = (uint32_t)getppid();
    fake_header->start_mono_ns = fake_now_ns(CLOCK_MONOTONIC);
    atomic_store(&fake_header->flags, flags);
    sc_ring_init(&ring, &fake_header->ring, (char *)fake_header + SC_TRACE_PAGE_BYTES,
                 RING_BYTES);
    __atomic_store_n(&fake_header->magic, SC_TRACE_MAGIC, __ATOMIC_RELEASE);
}

void *fake_reserve(uint32_t kind, size_t n_bytes)
{
    struct sc_record *record = sc_ring_reserve(&ring, kind, n_bytes);
    if (record != NULL) {
        record->thread = fake_thread_number;
    }
    return record;
}

static void write_process(void)
{
    const char text[] = "/fake/program\0fake";
    struct sc_rec_process *process =
        fake_reserve(SC_REC_PROCESS, sizeof(*process) + sizeof(text));
    process->n_args = 1;
    process->text_bytes = sizeof(text);
    memcpy(process->text, text, sizeof(text));
    sc_ring_commit(process);
}

void fake_write_thread_start(void)
{
    struct sc_rec_thread_start *start =
        fake_reserve(SC_REC_THREAD_START, sizeof(*start));
    if (start != NULL) {
        start->tid = (uint32_t)syscall(SYS_gettid);
        start->mono_ns = fake_now_ns(CLOCK_MONOTONIC);
        start->cpu_ns = fake_now_ns(CLOCK_THREAD_CPUTIME_ID);
        sc_ring_commit(start);
    }
}

void fake_write_thread_end(void)
{
    struct sc_rec_thread_end *end = fake_reserve(SC_REC_THREAD_END, sizeof(*end));
    if (end != NULL) {
        end->mono_ns = fake_now_ns(CLOCK_MONOTONIC);
        end->cpu_ns = fake_now_ns(CLOCK_THREAD_CPUTIME_ID);
        sc_ring_commit(end);
    }
}

void fake_write_sample(enum sc_sample_source source)
{
    struct sc_rec_sample *sample = fake_reserve(SC_REC_SAMPLE, sizeof(*sample));
    if (sample == NULL) {
        atomic_fetch_add(&fake_header->drops[SC_DROP_RING_FULL], 1);
        return;
    }
    sample->mono_ns = fake_now_ns(CLOCK_MONOTONIC);
    sample->cpu_ns = fake_now_ns(CLOCK_THREAD_CPUTIME_ID);
    sample->source = (uint8_t)source;
    sample->period_ns =
        source == SC_SOURCE_PERF ? atomic_load(&fake_header->perf_period_ns) : 0;
    sc_ring_commit(sample);
    atomic_fetch_add(&fake_header->samples, 1);
}

/* Ring, first records, state RUNNING: what an agent does at its start. */
void fake_start_agent(uint32_t flags)
{
    make_ring(flags);
    write_process();
    fake_write_thread_start();
    atomic_store_explicit(&fake_header->state, SC_AGENT_RUNNING, memory_order_release);
    atomic_fetch_add(&fake_control->rings_made, 1);
}

void fake_end_agent(enum sc_agent_state state)
{
    fake_header->end_mono_ns = fake_now_ns(CLOCK_MONOTONIC);
    atomic_store_explicit(&fake_header->state, state, memory_order_release);
}

static void on_perf_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    int saved_errno = errno;
    if (info->si_code == POLL_IN) {
        fake_write_sample(SC_SOURCE_PERF);
    }
    errno = saved_errno;
}

void fake_catch_perf_signal(void)
{
    struct sigaction action = {.sa_sigaction = on_perf_signal,
                               .sa_flags = SA_SIGINFO | SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(SIGPROF, &action, NULL);
}

/* Waits for the front to open n clocks; where there is no perf, for a while. */
void fake_wait_for_clocks(uint32_t n)
{
    for (int i = 0; i < 1000 && atomic_load(&fake_header->perf_threads) != n; i++) {
        fake_nap_ms(1);
    }
}
