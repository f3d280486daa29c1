/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A program that plays its own agent: it makes a ring in the run's directory, writes
 * records, and ends in the way its first argument says. Its exit status is what the
 * test asks for. It is built without sanitizers, which do not like a preload. */
#include "base/units.h"
#include "fake_agent.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum {
    MAX_THREADS = 64
};

static const char *self;

static int act_exit(char **arguments)
{
    fake_start_agent(0);
    for (int i = 0; i < 100; i++) {
        fake_write_sample(SC_SOURCE_TICK);
    }
    fake_write_thread_end();
    fake_end_agent(SC_AGENT_ENDED);
    return atoi(arguments[0]);
}

static int act_die(char **arguments)
{
    fake_start_agent(0);
    for (int i = 0; i < 100; i++) {
        fake_write_sample(SC_SOURCE_TICK);
    }
    /* A record that is never committed, and one behind it that is. */
    fake_reserve(SC_REC_SAMPLE, sizeof(struct sc_rec_sample));
    fake_write_sample(SC_SOURCE_TICK);
    signal(atoi(arguments[0]), SIG_DFL);
    kill(getpid(), atoi(arguments[0]));
    return FAKE_FAIL;
}

static int act_plain(char **arguments)
{
    return atoi(arguments[0]);
}

static int act_children(char **arguments)
{
    fake_start_agent(0);
    for (int i = atoi(arguments[0]); i > 0; i--) {
        pid_t child = fork();
        if (child == 0) {
            fake_start_agent(SC_RING_FLAG_FORKED);
            for (int k = 0; k < 3; k++) {
                fake_write_sample(SC_SOURCE_TICK);
            }
            if (i % 2 == 0) {
                kill(getpid(), SIGKILL);
            }
            fake_end_agent(SC_AGENT_ENDED);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    fake_end_agent(SC_AGENT_ENDED);
    return 0;
}

static int act_damage(char **arguments)
{
    (void)arguments;
    fake_start_agent(0);
    pid_t child = fork();
    if (child == 0) {
        fake_start_agent(SC_RING_FLAG_FORKED);
        struct sc_rec_sample *sample = fake_reserve(SC_REC_SAMPLE, sizeof(*sample));
        sc_ring_commit(sample);
        /* A size that reaches beyond the end of the ring. */
        atomic_store(&sample->rec.word, SC_REC_SAMPLE << 24 | SC_RING_SIZE_MASK);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    fake_nap_ms(100);
    for (int i = 0; i < 100; i++) {
        fake_write_sample(SC_SOURCE_TICK);
    }
    return 0;
}

static int act_strangers(char **arguments)
{
    (void)arguments;
    static const char *const names[] = {"ring.", "ring.x.y", "ring.1", "ring.77.1",
                                        "ring.78.1"};
    const char *run_dir = getenv(SC_ENV_RUN_DIR);
    char path[4096];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", run_dir, names[i]);
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        /* The last one stays empty, like a ring whose agent was killed. */
        if (fd < 0 || (i < 4 && (ftruncate(fd, 8192) != 0 ||
                                 write(fd, "not a ring", 10) != 10))) {
            return FAKE_FAIL;
        }
        close(fd);
    }
    snprintf(path, sizeof(path), "%s/ring.79.1", run_dir);
    if (symlink("/etc/passwd", path) != 0) {
        return FAKE_FAIL;
    }
    return act_exit((char *[]){(char[]){"0"}});
}

static int act_descriptors(char **arguments)
{
    (void)arguments;
    int n = 0;
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        n += entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory);
    }
    return n;
}

/* 0 when mask, dispositions, limits and environment are as they should be. The test
 * ignores SIGUSR1 and blocks SIGUSR2 before it starts us. */
static int act_inheritance(char **arguments)
{
    struct sigaction action;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int i = 1; i < SIGRTMIN; i++) {
        if (sigismember(&mask, i) != (i == SIGUSR2)) {
            return i;
        }
        if (sigaction(i, NULL, &action) == 0 &&
            action.sa_handler != (i == SIGUSR1 ? SIG_IGN : SIG_DFL)) {
            return i;
        }
    }
    struct rlimit descriptors, file_bytes;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    getrlimit(RLIMIT_FSIZE, &file_bytes);
    if (descriptors.rlim_cur != 77 || file_bytes.rlim_cur != 7 << 20) {
        return 104;
    }
    const char *preload = getenv("LD_PRELOAD");
    const char *added = getenv("SC_TEST_ADDED");
    const char *kept = getenv("SC_TEST_KEPT");
    if (preload == NULL || strcmp(preload, arguments[0]) != 0) {
        return 101;
    }
    if (added == NULL || strcmp(added, "1") != 0 || kept == NULL ||
        strcmp(kept, "user's") != 0) {
        return 102;
    }
    return fake_control->root_pid == (uint32_t)getpid() ? 0 : 103;
}

static volatile sig_atomic_t n_caught;

static void count_signal(int number)
{
    (void)number;
    n_caught++;
}

/* Exits with the number of signals it got, a good while after the first. */
static int act_count(char **arguments)
{
    signal(atoi(arguments[0]), count_signal);
    fake_start_agent(0);
    if (write(STDOUT_FILENO, "ready\n", 6) != 6) {
        return FAKE_FAIL;
    }
    for (int i = 0; i < 5000 && n_caught == 0; i++) {
        fake_nap_ms(1);
    }
    fake_nap_ms(400);
    return n_caught;
}

static void count_control(int number)
{
    (void)number;
    atomic_fetch_add(&fake_header->handler_calls, 1);
}

/* A second clock on this thread, with a period of a millisecond that nobody changes:
 * the truth for the front's. Nothing where there is no perf. */
static void start_control_clock(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof(attr),
                                   .config = PERF_COUNT_SW_CPU_CLOCK,
                                   .sample_period = SC_NS_PER_MS,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1};
    int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
    if (fd >= 0) {
        struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = gettid()};
        signal(SIGUSR2, count_control);
        fcntl(fd, F_SETOWN_EX, &owner);
        fcntl(fd, F_SETSIG, SIGUSR2);
        fcntl(fd, F_SETFL, O_ASYNC);
    }
}

/* Burns CPU time under its perf clock. */
static int act_burn(char **arguments)
{
    fake_catch_perf_signal();
    fake_start_agent(0);
    fake_wait_for_clocks(1);
    start_control_clock();
    fake_burn_ms((uint64_t)atoi(arguments[0]));
    fake_write_thread_end();
    fake_end_agent(SC_AGENT_ENDED);
    return 0;
}

static pthread_barrier_t clocks_are_open;

static void *thread_main(void *argument)
{
    fake_thread_number = (uint32_t)(uintptr_t)argument;
    fake_write_thread_start();
    pthread_barrier_wait(&clocks_are_open);
    fake_burn_ms(40);
    if (fake_thread_number % 2 == 0) { /* the others end without a word */
        fake_write_thread_end();
    }
    return NULL;
}

static int act_threads(char **arguments)
{
    pthread_t threads[MAX_THREADS];
    int n = atoi(arguments[0]);
    pthread_barrier_init(&clocks_are_open, NULL, (unsigned)n + 1);
    fake_catch_perf_signal();
    fake_start_agent(0);
    for (int i = 0; i < n; i++) {
        if (pthread_create(&threads[i], NULL, thread_main,
                           (void *)(uintptr_t)(i + 1))) {
            return FAKE_FAIL;
        }
    }
    fake_wait_for_clocks((uint32_t)n + 1);
    pthread_barrier_wait(&clocks_are_open);
    for (int i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
    }
    /* The front finds the clocks of those that ended silently, while it reads. */
    for (int i = 0; i < 3000 && atomic_load(&fake_header->perf_threads) > 1; i++) {
        fake_write_sample(SC_SOURCE_TICK);
        fake_nap_ms(1);
    }
    return atomic_load(&fake_header->perf_threads) > 1 ? FAKE_FAIL : 0;
}

/* The next program has no handler: a clock that outlived exec would kill it. */
static int act_exec(char **arguments)
{
    char *const next[] = {(char *)(uintptr_t)self, (char[]){"burn-bare"}, arguments[0],
                          NULL};
    fake_catch_perf_signal();
    fake_start_agent(0);
    if (arguments[1] != NULL) {
        fake_wait_for_clocks(1);
    }
    fake_end_agent(SC_AGENT_EXECED);
    execve(self, next, environ);
    return FAKE_FAIL;
}

static int act_burn_bare(char **arguments)
{
    fake_burn_ms(30);
    return atoi(arguments[0]);
}

static int act_exec_fails(char **arguments)
{
    char *const next[] = {(char[]){"nothing"}, NULL};
    (void)arguments;
    fake_start_agent(0);
    fake_nap_ms(50);
    fake_end_agent(SC_AGENT_EXECED);
    fake_nap_ms(100); /* time for the front to see it */
    execve("/nonexistent/program", next, environ);
    fake_header->end_mono_ns = 0;
    atomic_store(&fake_header->state, SC_AGENT_RUNNING);
    fake_nap_ms(400);
    for (int i = 0; i < 100; i++) {
        fake_write_sample(SC_SOURCE_TICK);
    }
    return 0;
}

/* The program wants SIGPROF: once the front has let go, the default action is safe. */
static int act_take_signal(char **arguments)
{
    (void)arguments;
    fake_catch_perf_signal();
    fake_start_agent(0);
    fake_wait_for_clocks(1);
    atomic_fetch_or(&fake_header->flags, SC_RING_FLAG_SIGPROF_TAKEN);
    fake_wait_for_clocks(0);
    if (atomic_load(&fake_header->perf_threads) != 0) {
        return FAKE_FAIL;
    }
    signal(SIGPROF, SIG_DFL);
    fake_write_thread_start();
    fake_burn_ms(50);
    fake_nap_ms(100);
    fake_burn_ms(50);
    return 0;
}

/* A child outlives the program; it ends when it sees that the run is over. */
static int act_orphan(char **arguments)
{
    (void)arguments;
    fake_start_agent(0);
    int ready[2];
    if (pipe(ready) != 0) {
        return FAKE_FAIL;
    }
    if (fork() == 0) {
        fake_start_agent(SC_RING_FLAG_FORKED);
        fake_write_sample(SC_SOURCE_TICK);
        close(ready[0]);
        close(ready[1]);
        for (int i = 0; i < 5000 && atomic_load(&fake_control->stop) == 0; i++) {
            fake_nap_ms(1);
        }
        fake_write_sample(SC_SOURCE_TICK); /* into a file that has no name any more */
        _exit(0);
    }
    close(ready[1]);
    char byte;
    return read(ready[0], &byte, 1) == 0 ? 0 : FAKE_FAIL;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*act)(char **arguments);
    } acts[] = {
        {"exit", act_exit},
        {"die", act_die},
        {"plain", act_plain},
        {"children", act_children},
        {"damage", act_damage},
        {"strangers", act_strangers},
        {"descriptors", act_descriptors},
        {"inheritance", act_inheritance},
        {"count", act_count},
        {"burn", act_burn},
        {"threads", act_threads},
        {"exec", act_exec},
        {"burn-bare", act_burn_bare},
        {"exec-fails", act_exec_fails},
        {"take-signal", act_take_signal},
        {"orphan", act_orphan},
    };
    self = argv[0];
    if (argc < 2) {
        return FAKE_FAIL;
    }
    fake_open_control();
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strcmp(argv[1], acts[i].name) == 0) {
            return acts[i].act(argv + 2);
        }
    }
    return FAKE_FAIL;
}
