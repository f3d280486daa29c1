/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The program's environment without us, a child's with us, and who can carry us. */
#include "agent/agent.h"
#include "harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char self_path[4096];

static const char *value_in(char *const env[], const char *name)
{
    size_t n = strlen(name);
    for (; *env != NULL; env++) {
        if (strncmp(*env, name, n) == 0 && (*env)[n] == '=') {
            return *env + n + 1;
        }
    }
    return NULL;
}

static void write_file(const char *path, const void *bytes, size_t n, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    CHECK(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    CHECK(fchmod(fd, mode) == 0);
    close(fd);
}

static void ours_leaves_environ_and_the_users_preload_stays(void)
{
    char run[] = "SCALENE_RUN_DIR=/dev/shm/run", home[] = "HOME=/h";
    char preload[] = "LD_PRELOAD=/x/libscalene.so:/usr/lib/libmine.so";
    char *entries[] = {home, run, preload, NULL};
    environ = entries;
    CHECK(sc_environment_take());
    CHECK_STR(sc_agent.run_dir, "/dev/shm/run");
    CHECK_STR(entries[0], "HOME=/h");
    CHECK_STR(entries[1], "LD_PRELOAD=/usr/lib/libmine.so");
    CHECK(entries[2] == NULL);
}

static void without_a_run_nothing_changes(void)
{
    char preload[] = "LD_PRELOAD=/usr/lib/libmine.so";
    char *entries[] = {preload, NULL};
    environ = entries;
    CHECK(!sc_environment_take());
    CHECK_STR(entries[0], "LD_PRELOAD=/usr/lib/libmine.so");
}

static void a_child_gets_ours_back_first(void)
{
    char run[] = "SCALENE_RUN_DIR=/dev/shm/run2",
         preload[] = "LD_PRELOAD=/proc/self/exe";
    char *entries[] = {run, preload, NULL};
    environ = entries;
    CHECK(sc_environment_take());
    CHECK(entries[0] == NULL);

    char storage[4096];
    char *empty[] = {NULL};
    char *const *child = sc_environment_for(self_path, empty, storage, sizeof(storage));
    CHECK_STR(value_in(child, "LD_PRELOAD"), "/proc/self/exe");
    CHECK_STR(value_in(child, "SCALENE_RUN_DIR"), "/dev/shm/run2");

    char user[] = "LD_PRELOAD=/usr/lib/libmine.so", other[] = "A=b";
    char *with_user[] = {user, other, NULL};
    child = sc_environment_for(self_path, with_user, storage, sizeof(storage));
    CHECK_STR(value_in(child, "LD_PRELOAD"), "/proc/self/exe:/usr/lib/libmine.so");
    CHECK_STR(value_in(child, "A"), "b");
    CHECK_STR(user, "LD_PRELOAD=/usr/lib/libmine.so");
    char none[] = "LD_PRELOAD="; /* an entry it was, and will be one again */
    char *with_none[] = {none, NULL};
    child = sc_environment_for(self_path, with_none, storage, sizeof(storage));
    CHECK_STR(value_in(child, "LD_PRELOAD"), "/proc/self/exe:");

    char inner[] = "SCALENE_RUN_DIR=/dev/shm/inner"; /* a scalene run inside ours */
    char *of_inner_run[] = {inner, NULL};
    CHECK(sc_environment_for(self_path, of_inner_run, storage, sizeof(storage)) ==
          of_inner_run);
}

static void what_cannot_carry_us_gets_its_own_environment(void)
{
    char storage[4096], other[] = "A=b";
    char *env[] = {other, NULL};
    CHECK(sc_environment_for("/nonexistent", env, storage, sizeof(storage)) == env);
    CHECK(sc_environment_for(self_path, env, storage, 8) == env);
}

static void only_programs_of_our_kind_carry(void)
{
    char dir[] = "/tmp/carryXXXXXX", path[64], text[5000];
    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof(path), "%s/p", dir);
    CHECK(sc_carry_check(self_path));
    CHECK(!sc_carry_check(dir));
    snprintf(path, sizeof(path), "%s/fifo", dir); /* to open one is to wait */
    CHECK_INT(mkfifo(path, 0700), 0);
    CHECK(!sc_carry_check(path));
    CHECK_INT(unlink(path), 0);
    snprintf(path, sizeof(path), "%s/p", dir);
    CHECK(!sc_carry_check("/nonexistent"));

    snprintf(text, sizeof(text), "#! %s -x\n", self_path);
    write_file(path, text, strlen(text), 0700);
    CHECK(sc_carry_check(path));
    snprintf(text, sizeof(text), "#!%s\n", path); /* a script for ever */
    write_file(path, text, strlen(text), 0700);
    CHECK(!sc_carry_check(path));
    write_file(path, "echo hello\n", 11, 0700);
    CHECK(!sc_carry_check(path));
    write_file(path, "", 0, 0700);
    CHECK(!sc_carry_check(path));

    unsigned char elf[4096];
    int fd = open(self_path, O_RDONLY);
    CHECK(read(fd, elf, sizeof(elf)) == (ssize_t)sizeof(elf));
    close(fd);
    write_file(path, elf, sizeof(elf), 0700); /* its tables are cut off */
    CHECK(!sc_carry_check(path));
    elf[4] = 1; /* 32-bit */
    write_file(path, elf, sizeof(elf), 0700);
    CHECK(!sc_carry_check(path));
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    ssize_t n = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);
    CHECK(n > 0);
    RUN(ours_leaves_environ_and_the_users_preload_stays);
    RUN(without_a_run_nothing_changes);
    if (!sc_carry_check(self_path)) {
        /* A test built with a sanitizer's shared runtime is itself refused. */
        printf("skipped: this program has a sanitizer's runtime\n");
        return check_failures != 0;
    }
    RUN(a_child_gets_ours_back_first);
    RUN(what_cannot_carry_us_gets_its_own_environment);
    RUN(only_programs_of_our_kind_carry);
    return check_failures != 0;
}
