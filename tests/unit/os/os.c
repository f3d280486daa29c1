/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The operating system's facts, checked against what this process knows of itself and
 * of a child it controls. */
#include "harness.h"

#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool readable(int fd, int timeout_ms)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    return poll(&poller, 1, timeout_ms) == 1;
}

/* A child that waits to be killed. */
static pid_t start_sleeper(void)
{
    pid_t child = fork();
    if (child == 0) {
        for (;;) {
            pause();
        }
    }
    return child;
}

static void clock_goes_forward(void)
{
    uint64_t before_ns = sc_os_mono_ns();
    struct timespec nap = {.tv_nsec = 2000000};
    nanosleep(&nap, NULL);
    CHECK(sc_os_mono_ns() - before_ns >= 2000000);
}

static void random_bytes_differ(void)
{
    uint64_t a = 0, b = 0;
    CHECK_INT(sc_os_random(&a, sizeof(a)), SC_OK);
    CHECK_INT(sc_os_random(&b, sizeof(b)), SC_OK);
    CHECK(a != b);
}

static void end_of_a_process_is_seen(void)
{
    int fd;
    pid_t child = start_sleeper();
    CHECK_INT(sc_os_process_watch(child, &fd), SC_OK);
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(!readable(fd, 0));
    CHECK(!sc_os_process_ended(child));
    kill(child, SIGKILL);
    CHECK(readable(fd, 10000));
    CHECK(sc_os_process_ended(child)); /* a zombie */
    waitpid(child, NULL, 0);
    CHECK(sc_os_process_ended(child)); /* gone */
    close(fd);
    CHECK_INT(sc_os_process_watch(child, &fd), SC_ERR_NOT_FOUND);
    CHECK_INT(fd, -1);
}

/* A name that looks like the fields behind it must not confuse the reader. */
static void name_with_parentheses(void)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_NAME, "a) Z 1 (b) Z");
        for (;;) {
            pause();
        }
    }
    char path[64], name[32] = "";
    snprintf(path, sizeof(path), "/proc/%d/comm", (int)child);
    for (int i = 0; i < 10000 && strncmp(name, "a) Z", 4) != 0; i++) {
        int fd = open(path, O_RDONLY);
        CHECK(read(fd, name, sizeof(name) - 1) > 0);
        close(fd);
    }
    CHECK_STR(name, "a) Z 1 (b) Z\n");
    CHECK(!sc_os_process_ended(child));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void threads_are_known(void)
{
    CHECK(sc_os_thread_exists(getpid(), (uint32_t)getpid()));
    CHECK(!sc_os_thread_exists(getpid(), 1)); /* init is no thread of ours */
}

static void maps_hold_our_own_code(void)
{
    char *text;
    size_t n_bytes;
    unsigned long here = (unsigned long)(uintptr_t)&maps_hold_our_own_code;
    bool found = false;
    CHECK_INT(sc_os_process_maps(getpid(), &text, &n_bytes), SC_OK);
    CHECK(text[n_bytes - 1] == '\n');
    for (const char *line = text; line < text + n_bytes;) {
        char *end;
        unsigned long low = strtoul(line, &end, 16);
        unsigned long high = strtoul(end + 1, &end, 16);
        found = found || (low <= here && here < high && strncmp(end, " r-xp", 5) == 0);
        line = (const char *)memchr(line, '\n', (size_t)(text + n_bytes - line)) + 1;
    }
    CHECK(found);
    free(text);
}

static void maps_of_a_zombie_are_none(void)
{
    char *text;
    size_t n_bytes;
    int fd;
    pid_t child = start_sleeper();
    CHECK_INT(sc_os_process_watch(child, &fd), SC_OK);
    kill(child, SIGKILL);
    CHECK(readable(fd, 10000));
    CHECK_INT(sc_os_process_maps(child, &text, &n_bytes), SC_ERR_NOT_FOUND);
    waitpid(child, NULL, 0);
    CHECK_INT(sc_os_process_maps(child, &text, &n_bytes), SC_ERR_NOT_FOUND);
    close(fd);
}

static void no_clock_without_a_handler(void)
{
    int fd;
    pid_t child = start_sleeper();
    int error = sc_os_clock_open(child, (uint32_t)child, 1000000, SIGPROF, &fd);
    /* Refused before that, where there is no perf for us. */
    CHECK(error == ESRCH || error == EACCES || error == EPERM || error == ENOSYS ||
          error == EINVAL);
    CHECK_INT(fd, -1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    error = sc_os_clock_open(child, (uint32_t)child, 1000000, SIGPROF, &fd);
    CHECK(error != 0);
    CHECK_INT(fd, -1);
}

static void shared_directories_are_absolute(void)
{
    const char *directories[SC_OS_MAX_SHARED_DIRECTORIES];
    setenv("XDG_RUNTIME_DIR", "/run/user/17", 1);
    setenv("TMPDIR", "relative", 1);
    CHECK_INT(sc_os_shared_directories(directories), 3);
    CHECK_STR(directories[0], "/run/user/17");
    CHECK_STR(directories[1], "/dev/shm");
    CHECK_STR(directories[2], "/tmp");
    unsetenv("XDG_RUNTIME_DIR");
    setenv("TMPDIR", "/var/tmp", 1);
    CHECK_INT(sc_os_shared_directories(directories), 3);
    CHECK_STR(directories[0], "/dev/shm");
    CHECK_STR(directories[1], "/var/tmp");
}

static void room_is_known(void)
{
    int fd = open("/tmp", O_RDONLY | O_DIRECTORY);
    CHECK(sc_os_room_bytes(fd) > 0);
    close(fd);
    CHECK_INT(sc_os_room_bytes(-1), 0);
}

static void see_nothing(int number)
{
    (void)number;
}

static volatile sig_atomic_t seen_code;

static void see_code(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    seen_code = info->si_code;
}

static void cost_of_a_clock_can_be_true(void)
{
    struct sigaction before = {.sa_handler = see_nothing}, after;
    int fd;
    sigaction(SIGPROF, &before, NULL);
    bool perf_is_here =
        sc_os_clock_open(getpid(), (uint32_t)gettid(), 1000000, SIGPROF, &fd) == 0;
    if (perf_is_here) {
        close(fd);
    }
    uint64_t cost_ns = sc_os_clock_cost_ns(SIGPROF);
    CHECK(cost_ns < 1000000);
    if (perf_is_here) {
        CHECK(cost_ns > 100); /* an interrupt and a signal cannot cost less */
    } else {
        CHECK_INT(cost_ns, 0);
    }
    sigaction(SIGPROF, NULL, &after);
    CHECK(after.sa_handler == see_nothing); /* all is as it was */
}

/* A sanitizer may hand a signal on late. */
static int code_seen(void)
{
    for (int i = 0; i < 2000 && seen_code == 1; i++) {
        usleep(1000);
    }
    int code = seen_code;
    seen_code = 1;
    return code;
}

static void sender_of_a_signal(void)
{
    struct sigaction action = {.sa_sigaction = see_code, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    seen_code = 1;
    kill(getpid(), SIGUSR1);
    CHECK(!sc_os_signal_from_kernel(code_seen()));
    raise(SIGUSR1);
    CHECK(!sc_os_signal_from_kernel(code_seen()));
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 1});
    CHECK(!sc_os_signal_from_kernel(code_seen()));
    CHECK(sc_os_signal_from_kernel(SI_KERNEL));
}

int main(void)
{
    RUN(clock_goes_forward);
    RUN(random_bytes_differ);
    RUN(end_of_a_process_is_seen);
    RUN(name_with_parentheses);
    RUN(threads_are_known);
    RUN(maps_hold_our_own_code);
    RUN(maps_of_a_zombie_are_none);
    RUN(no_clock_without_a_handler);
    RUN(shared_directories_are_absolute);
    RUN(room_is_known);
    RUN(cost_of_a_clock_can_be_true);
    RUN(sender_of_a_signal);
    return check_failures != 0;
}
