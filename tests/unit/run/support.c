/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The counting collect and the frame of the tests of src/run. */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EXIT_SKIPPED = 77,
    MAX_FAILURES = 70
};

enum sc_err sc_collect_process_begin(struct sc_collect *collect,
                                     const struct sc_ring_header *header,
                                     struct sc_collect_process **process)
{
    if (collect->n_processes == SPY_PROCESSES) {
        return SC_ERR_LIMIT;
    }
    *process = &collect->processes[collect->n_processes++];
    **process = (struct sc_collect_process){.collect = collect, .pid = header->pid};
    return SC_OK;
}

enum sc_err sc_collect_process_maps(struct sc_collect_process *process,
                                    const char *maps, size_t n_bytes)
{
    CHECK(n_bytes > 0 && memchr(maps, '\n', n_bytes) != NULL);
    process->n_maps++;
    return SC_OK;
}

bool sc_collect_process_wants_maps(struct sc_collect_process *process)
{
    (void)process;
    return false;
}

enum sc_err sc_collect_record(struct sc_collect_process *process,
                              const struct sc_record *record)
{
    CHECK(!process->ended);
    process->n_records[sc_ring_kind(record)]++;
    const struct sc_rec_sample *sample = (const void *)record;
    if (sc_ring_kind(record) == SC_REC_SAMPLE && sample->source == SC_SOURCE_PERF) {
        process->n_perf_samples[record->thread % SPY_THREADS]++;
        process->perf_ns += sample->period_ns;
        uint32_t *periods = process->periods;
        periods[0] = periods[0] == 0 || sample->period_ns < periods[0]
                         ? sample->period_ns
                         : periods[0];
        periods[1] = sample->period_ns > periods[1] ? sample->period_ns : periods[1];
    }
    return SC_OK;
}

enum sc_err sc_collect_process_end(struct sc_collect_process *process,
                                   const struct sc_ring_header *header,
                                   uint64_t bad_records, uint64_t end_mono_ns)
{
    CHECK(!process->ended);
    CHECK(end_mono_ns != 0);
    process->ended = true;
    process->end_state = header->state;
    process->flags = header->flags;
    process->bad_records = bad_records;
    process->handler_calls = header->handler_calls;
    return SC_OK;
}

const char *base_directory(void)
{
    /* In memory: on a disk under load, a page of a mapped file can take a second. */
    static char path[64];
    if (path[0] == '\0') {
        snprintf(path, sizeof(path), "%s/test-scalene-XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        CHECK(mkdtemp(path) != NULL);
        setenv("XDG_RUNTIME_DIR", path, 1);
    }
    return path;
}

int base_entries(void)
{
    int n = 0;
    DIR *directory = opendir(base_directory());
    const struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        n += entry->d_name[0] != '.';
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return n;
}

void run_fake(struct test_run *run, const char *act, const char *argument,
              const char *option)
{
    const char *argv[] = {SC_FAKE_PROGRAM, act, argument, option, NULL};
    static const char *const environment[] = {"SC_TEST_ADDED=1", "SC_TEST_KEPT=ours",
                                              NULL};
    const struct sc_run_config config = {
        .argv = argv,
        .agent_path = SC_FAKE_PRELOAD,
        .interval_ns = 1000000,
        .environment = environment,
    };
    base_directory();
    run->spy = calloc(1, sizeof(*run->spy));
    run->err = sc_run_program(&config, run->spy, &run->result);
    CHECK_INT(run->err, SC_OK);
    CHECK_INT(base_entries(), 0);
    for (int i = 0; i < run->spy->n_processes; i++) {
        CHECK(run->spy->processes[i].ended);
    }
}

void test_run_fini(struct test_run *run)
{
    free(run->spy);
}

_Noreturn void skip(const char *why)
{
    printf("SKIPPED: %s\n", why);
    fflush(stdout);
    rmdir(base_directory());
    _exit(check_failures != 0 ? 1 : EXIT_SKIPPED);
}

void in_child(void (*test)(void), const char *name)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        test();
        rmdir(base_directory());
        fflush(stdout);
        exit(check_failures < MAX_FAILURES ? check_failures : MAX_FAILURES);
    }
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    bool skipped = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED;
    bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    check_failures += !ok && !skipped;
    printf("%s %s\n", ok ? "ok" : skipped ? "skipped" : "FAILED", name);
}

bool deny_perf(int error)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = 4, .filter = filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
