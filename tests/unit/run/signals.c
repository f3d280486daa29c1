/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Signals around a run: a terminal's reach the program once, a process's are handed
 * on, what was ignored stays ignored, and a late one does not cost the profile. */
#include "support.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Reads until the program has said that it is ready. */
static bool wait_ready(int fd)
{
    char text[256];
    size_t used = 0;
    while (used < sizeof(text) - 1) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        ssize_t n = poll(&poller, 1, 10000) == 1
                        ? read(fd, text + used, sizeof(text) - 1 - used)
                        : -1;
        if (n <= 0) {
            return false;
        }
        used += (size_t)n;
        text[used] = '\0';
        if (strstr(text, "ready") != NULL) {
            return true;
        }
    }
    return false;
}

static int wait_status(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* A front: runs the program and ends as it did. */
static _Noreturn void be_front(const char *act, const char *argument)
{
    struct test_run run;
    base_directory();
    run_fake(&run, act, argument, NULL);
    if (check_failures != 0) {
        _exit(98);
    }
    rmdir(base_directory());
    sc_run_exit_as(&run.result);
}

static pid_t start_front_on_terminal(const char *signal_number, int *terminal)
{
    fflush(stdout);
    pid_t front = forkpty(terminal, NULL, NULL, NULL);
    if (front == 0) {
        be_front("count", signal_number);
    }
    CHECK(wait_ready(*terminal));
    return front;
}

static pid_t start_front(const char *act, const char *argument, int *output)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    fflush(stdout);
    pid_t front = fork();
    if (front == 0) {
        setpgid(0, 0);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        be_front(act, argument);
    }
    close(ends[1]);
    *output = ends[0];
    CHECK(wait_ready(*output));
    return front;
}

/* The program counts what it gets and exits with the number. */
static void terminal_key_arrives_once(const char *signal_number, char key)
{
    int terminal;
    pid_t front = start_front_on_terminal(signal_number, &terminal);
    CHECK(write(terminal, &key, 1) == 1);
    int status = wait_status(front);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 1);
    close(terminal);
}

static void interrupt_key_arrives_once(void)
{
    terminal_key_arrives_once("2", 0x03);
}

static void quit_key_arrives_once(void)
{
    terminal_key_arrives_once("3", 0x1c);
}

/* The front leads the terminal's session, so it alone is told of the hang-up. */
static void hang_up_arrives_once(void)
{
    int terminal;
    pid_t front = start_front_on_terminal("1", &terminal);
    close(terminal);
    int status = wait_status(front);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 1);
}

static void process_signal_is_handed_on(void)
{
    static const struct {
        int number;
        const char *text;
    } signals[] = {{SIGINT, "2"},  {SIGTERM, "15"}, {SIGHUP, "1"},
                   {SIGQUIT, "3"}, {SIGUSR1, "10"}, {SIGUSR2, "12"}};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        int output;
        pid_t front = start_front("count", signals[i].text, &output);
        kill(front, signals[i].number);
        int status = wait_status(front);
        CHECK(WIFEXITED(status));
        CHECK_INT(WEXITSTATUS(status), 1);
        close(output);
    }
}

/* Both are signalled, and the program ends at once: nothing is left to hand on, and
 * the front ends as the program did. */
static void group_signal_ends_both(void)
{
    int output;
    /* It counts another signal, so this one has its default effect. */
    pid_t front = start_front("count", "10", &output);
    kill(-front, SIGTERM);
    int status = wait_status(front);
    CHECK(WIFSIGNALED(status));
    CHECK_INT(WTERMSIG(status), SIGTERM);
    close(output);
}

static void ignored_signal_stays_ignored(void)
{
    signal(SIGHUP, SIG_IGN);
    int output;
    pid_t front = start_front("count", "15", &output);
    kill(front, SIGHUP);
    kill(front, SIGTERM);
    int status = wait_status(front);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 1);
    close(output);
}

/* After the program's end the first late signal is swallowed, the second is not. */
static void late_signal_does_not_cost_the_profile(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        for (int n = 1; n <= 2; n++) {
            fflush(stdout);
            pid_t front = fork();
            if (front == 0) {
                struct test_run run;
                run_fake(&run, "exit", "0", NULL);
                rmdir(base_directory());
                for (int k = 0; k < n; k++) {
                    raise(signals[i]);
                }
                _exit(0);
            }
            int status = wait_status(front);
            CHECK_INT(WIFEXITED(status) != 0, n == 1);
        }
    }
    struct test_run run;
    run_fake(&run, "exit", "0", NULL);
    struct sigaction action;
    sigaction(SIGQUIT, NULL, &action);
    CHECK(action.sa_handler == SIG_DFL);
    sigaction(SIGUSR1, NULL, &action);
    CHECK(action.sa_handler == SIG_DFL);
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(sigisemptyset(&mask));
    test_run_fini(&run);
}

int main(void)
{
    RUN_ALONE(interrupt_key_arrives_once);
    RUN_ALONE(quit_key_arrives_once);
    RUN_ALONE(hang_up_arrives_once);
    RUN_ALONE(process_signal_is_handed_on);
    RUN_ALONE(group_signal_ends_both);
    RUN_ALONE(ignored_signal_stays_ignored);
    RUN_ALONE(late_signal_does_not_cost_the_profile);
    return check_failures != 0;
}
