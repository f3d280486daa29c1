/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Runs of programs: how they start, how they end, what of their records arrives
 * whatever way they end, and that nothing of ours shows in them or stays behind. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void exit_code_and_records_arrive(void)
{
    struct test_run run;
    run_fake(&run, "exit", "37", NULL);
    CHECK(run.result.started);
    CHECK(run.result.exited);
    CHECK_INT(run.result.exit_code, 37);
    CHECK(run.result.agent_seen);
    CHECK(run.result.tick_used);
    CHECK(!run.result.perf_used);
    CHECK_INT(run.spy->n_processes, 1);
    const struct sc_collect_process *process = &run.spy->processes[0];
    CHECK_INT(process->n_records[SC_REC_PROCESS], 1);
    CHECK_INT(process->n_records[SC_REC_THREAD_START], 1);
    CHECK_INT(process->n_records[SC_REC_SAMPLE], 100);
    CHECK_INT(process->n_records[SC_REC_THREAD_END], 1);
    CHECK_INT(process->end_state, SC_AGENT_ENDED);
    CHECK_INT(process->bad_records, 0);
    CHECK(run.result.root_mono_ns[0] <= run.result.root_mono_ns[1]);
    CHECK(run.result.root_mono_ns[1] - run.result.root_mono_ns[0] <=
          run.result.wall_ns);
    CHECK_STR(run.result.warning[0], "");
    test_run_fini(&run);
}

static void program_without_agent_runs(void)
{
    struct test_run run;
    run_fake(&run, "plain", "3", NULL);
    CHECK_INT(run.result.exit_code, 3);
    CHECK(!run.result.agent_seen);
    CHECK_INT(run.spy->n_processes, 0);
    CHECK(run.result.root_mono_ns[1] - run.result.root_mono_ns[0] ==
          run.result.wall_ns);
    test_run_fini(&run);
}

static void death_by_signal_keeps_records(void)
{
    static const char *const signals[] = {"9", "11", "15", "6"};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct test_run run;
        run_fake(&run, "die", signals[i], NULL);
        CHECK(!run.result.exited);
        CHECK_INT(run.result.signal, atoi(signals[i]));
        CHECK_INT(run.spy->n_processes, 1);
        /* The record behind the one that was never completed arrives too. */
        CHECK_INT(run.spy->processes[0].n_records[SC_REC_SAMPLE], 101);
        CHECK_INT(run.spy->processes[0].bad_records, 1);
        CHECK_INT(run.spy->processes[0].end_state, SC_AGENT_RUNNING);
        test_run_fini(&run);
    }
}

static void hundred_short_children(void)
{
    struct test_run run;
    run_fake(&run, "children", "100", NULL);
    CHECK_INT(run.result.exit_code, 0);
    CHECK_INT(run.spy->n_processes, 101);
    int n_samples = 0, n_with_maps = 0, n_killed = 0;
    for (int i = 1; i < run.spy->n_processes; i++) {
        const struct sc_collect_process *child = &run.spy->processes[i];
        n_samples += child->n_records[SC_REC_SAMPLE];
        n_with_maps += child->n_maps > 0;
        n_killed += child->end_state == SC_AGENT_RUNNING;
        CHECK((child->flags & SC_RING_FLAG_FORKED) != 0);
    }
    CHECK_INT(n_samples, 300);
    CHECK_INT(n_killed, 50);
    /* Those that had ended before they were looked at have their parent's. */
    CHECK_INT(n_with_maps, 100);
    CHECK_STR(run.result.warning[0], "");
    test_run_fini(&run);
}

static void damaged_ring_leaves_the_others(void)
{
    struct test_run run;
    run_fake(&run, "damage", NULL, NULL);
    CHECK_INT(run.result.exit_code, 0);
    CHECK_INT(run.spy->n_processes, 2);
    CHECK_INT(run.spy->processes[0].n_records[SC_REC_SAMPLE], 100);
    CHECK(strstr(run.result.warning[0], "damaged") != NULL);
    CHECK_STR(run.result.warning[1], "");
    test_run_fini(&run);
}

static void files_that_are_no_rings(void)
{
    struct test_run run;
    run_fake(&run, "strangers", NULL, NULL);
    CHECK_INT(run.result.exit_code, 0);
    CHECK_INT(run.spy->n_processes, 1);
    CHECK_INT(run.spy->processes[0].n_records[SC_REC_SAMPLE], 100);
    CHECK(strstr(run.result.warning[0], "could not be opened") != NULL);
    CHECK_STR(run.result.warning[1], "");
    test_run_fini(&run);
}

static void exec_that_fails_goes_on(void)
{
    struct test_run run;
    run_fake(&run, "exec-fails", NULL, NULL);
    CHECK_INT(run.result.exit_code, 0);
    CHECK_INT(run.spy->n_processes, 1);
    CHECK_INT(run.spy->processes[0].n_records[SC_REC_SAMPLE], 100);
    test_run_fini(&run);
}

static void orphan_is_left_alone(void)
{
    struct test_run run;
    run_fake(&run, "orphan", NULL, NULL);
    CHECK_INT(run.result.exit_code, 0);
    CHECK_INT(run.spy->n_processes, 2);
    CHECK_INT(run.spy->processes[1].n_records[SC_REC_SAMPLE], 1);
    test_run_fini(&run);
}

static void start_fails_with(const char *program, int expected_errno)
{
    const char *argv[] = {program, NULL};
    const struct sc_run_config config = {
        .argv = argv, .agent_path = SC_FAKE_PRELOAD, .interval_ns = 1000000};
    struct sc_run_result result;
    struct sc_collect *spy = calloc(1, sizeof(*spy));
    base_directory();
    CHECK_INT(sc_run_program(&config, spy, &result), SC_OK);
    CHECK(!result.started);
    CHECK_INT(result.start_errno, expected_errno);
    CHECK_INT(base_entries(), 0);
    CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    free(spy);
}

static void exec_failure_is_told(void)
{
    start_fails_with("/nonexistent/program", ENOENT);
    start_fails_with("/etc", EACCES);
    start_fails_with("/etc/passwd", EACCES);
}

static void trace_is_saved_and_replays(void)
{
    char path[] = "/tmp/scalene-trace-XXXXXX";
    close(mkstemp(path));
    const char *argv[] = {SC_FAKE_PROGRAM, "exit", "0", NULL};
    const struct sc_run_config config = {.argv = argv,
                                         .agent_path = SC_FAKE_PRELOAD,
                                         .interval_ns = 1000000,
                                         .save_trace_path = path};
    struct sc_run_result result;
    struct sc_collect *spy = calloc(1, sizeof(*spy));
    base_directory();
    CHECK_INT(sc_run_program(&config, spy, &result), SC_OK);
    struct stat status;
    CHECK(stat(path, &status) == 0);
    const off_t expected =
        SC_TRACE_PAGE_BYTES + 100 * (off_t)sizeof(struct sc_rec_sample) +
        (off_t)(sizeof(struct sc_rec_thread_start) + sizeof(struct sc_rec_thread_end)) +
        (off_t)(sizeof(struct sc_rec_process) + 24);
    CHECK_INT(status.st_size, expected);
    struct sc_ring_header header = {0};
    FILE *file = fopen(path, "r");
    CHECK(file != NULL && fread(&header, sizeof(header), 1, file) == 1);
    /* The header is the last one, with the final counts. */
    CHECK_INT(header.state, SC_AGENT_ENDED);
    CHECK_INT(header.samples, 100);
    fclose(file);
    unlink(path);
    free(spy);
}

/* The number of descriptors that a program started from here finds open. */
static int inheritable_descriptors(void)
{
    int n = 0;
    for (int fd = 0; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);
        n += flags >= 0 && (flags & FD_CLOEXEC) == 0;
    }
    return n;
}

static void no_descriptor_of_ours(void)
{
    struct test_run run;
    int expected = inheritable_descriptors();
    run_fake(&run, "descriptors", NULL, NULL);
    CHECK_INT(run.result.exit_code, expected);
    test_run_fini(&run);
    /* And what was closed stays closed. */
    close(STDIN_FILENO);
    run_fake(&run, "descriptors", NULL, NULL);
    CHECK_INT(run.result.exit_code, expected - 1);
    test_run_fini(&run);
}

static void signals_and_environment_are_inherited(void)
{
    struct test_run run;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    signal(SIGUSR1, SIG_IGN);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 77;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 7 << 20;
    setrlimit(RLIMIT_FSIZE, &limit);
    setenv("SC_TEST_KEPT", "user's", 1);
    unsetenv("LD_PRELOAD");
    run_fake(&run, "inheritance", SC_FAKE_PRELOAD, NULL);
    CHECK_INT(run.result.exit_code, 0);
    test_run_fini(&run);
    /* Ours comes before the user's own. The front keeps its raised limits, and goes on
     * ignoring that its files may not grow. */
    getrlimit(RLIMIT_NOFILE, &limit);
    CHECK(limit.rlim_cur == limit.rlim_max);
    CHECK(signal(SIGXFSZ, SIG_DFL) == SIG_IGN);
    limit.rlim_cur = 77;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 7 << 20;
    setrlimit(RLIMIT_FSIZE, &limit);
    setenv("LD_PRELOAD", SC_OTHER_PRELOAD, 1);
    run_fake(&run, "inheritance", SC_FAKE_PRELOAD ":" SC_OTHER_PRELOAD, NULL);
    CHECK_INT(run.result.exit_code, 0);
    test_run_fini(&run);
}

/* Runs again with the result handed on by exit_as, in a child of this process. */
static int status_of_exit_as(const struct sc_run_result *result)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sc_run_exit_as(result);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static void front_ends_like_the_program(void)
{
    struct sc_run_result result = {.started = true, .exited = true, .exit_code = 42};
    CHECK_INT(WEXITSTATUS(status_of_exit_as(&result)), 42);
    static const int signals[] = {SIGINT, SIGKILL, SIGSEGV, SIGTERM, SIGUSR1};
    signal(SIGUSR1, SIG_IGN);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        result = (struct sc_run_result){.started = true, .signal = signals[i]};
        int status = status_of_exit_as(&result);
        CHECK(WIFSIGNALED(status));
        CHECK_INT(WTERMSIG(status), signals[i]);
        CHECK(!WCOREDUMP(status));
    }
    result = (struct sc_run_result){.start_errno = ENOENT};
    CHECK_INT(WEXITSTATUS(status_of_exit_as(&result)), 127);
    result = (struct sc_run_result){.start_errno = EACCES};
    CHECK_INT(WEXITSTATUS(status_of_exit_as(&result)), 126);
}

/* A front that may write no file at all says so instead of dying. */
static void file_size_limit_is_an_error(void)
{
    const char *argv[] = {SC_FAKE_PROGRAM, "exit", "0", NULL};
    const struct sc_run_config config = {
        .argv = argv, .agent_path = SC_FAKE_PRELOAD, .interval_ns = 1000000};
    const struct rlimit nothing = {0, 0};
    struct sc_run_result result;
    base_directory();
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &nothing), 0);
    CHECK(sc_run_program(&config, NULL, &result) != SC_OK);
    CHECK(!result.started);
    CHECK_INT(result.start_errno, EFBIG);
    CHECK_INT(base_entries(), 0);
}

static void child_status_survives_ignored_sigchld(void)
{
    struct test_run run;
    signal(SIGCHLD, SIG_IGN);
    run_fake(&run, "exit", "5", NULL);
    CHECK_INT(run.result.exit_code, 5);
    test_run_fini(&run);
}

int main(void)
{
    RUN_ALONE(exit_code_and_records_arrive);
    RUN_ALONE(program_without_agent_runs);
    RUN_ALONE(death_by_signal_keeps_records);
    RUN_ALONE(hundred_short_children);
    RUN_ALONE(damaged_ring_leaves_the_others);
    RUN_ALONE(files_that_are_no_rings);
    RUN_ALONE(exec_that_fails_goes_on);
    RUN_ALONE(orphan_is_left_alone);
    RUN_ALONE(exec_failure_is_told);
    RUN_ALONE(trace_is_saved_and_replays);
    RUN_ALONE(no_descriptor_of_ours);
    RUN_ALONE(signals_and_environment_are_inherited);
    RUN_ALONE(front_ends_like_the_program);
    RUN_ALONE(file_size_limit_is_an_error);
    RUN_ALONE(child_status_survives_ignored_sigchld);
    return check_failures != 0;
}
