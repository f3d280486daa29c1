/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Writing at once or not at all: modes, links, special files, and disks that fill. */
#include "harness.h"
#include "profile/json.h"
#include "world.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct world world;
static struct sc_json_problem problem;

static struct sc_profile *make_profile(int n_lines)
{
    world_init(&world);
    char *source = malloc((size_t)n_lines * 8 + 1);
    if (source == NULL) {
        exit(2);
    }
    for (int i = 0; i < n_lines; i++) {
        memcpy(source + i * 8, "a = 123\n", 8);
    }
    source[n_lines * 8] = '\0';
    world_source(&world, "prog.py", source);
    free(source);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 10, 0, 0);
    return world_build(&world);
}

static const char *in_world(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", world.folder, name);
    return path;
}

/* Entries of a folder, "." and ".." apart. */
static int n_entries(const char *folder)
{
    int n = 0;
    DIR *directory = opendir(folder);
    while (directory != NULL && readdir(directory) != NULL) {
        n++;
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return n - 2;
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static bool holds(const char *path, const char *text)
{
    char buffer[64] = "";
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    size_t n = fread(buffer, 1, sizeof buffer - 1, file);
    fclose(file);
    buffer[n] = '\0';
    return strcmp(buffer, text) == 0;
}

static bool is_profile(const char *path)
{
    struct sc_profile *read;
    if (sc_profile_read_json(path, &read, &problem) != SC_OK) {
        fprintf(stderr, "%s: %s\n", path, problem.text);
        return false;
    }
    sc_profile_destroy(read);
    return true;
}

static void test_modes(void)
{
    struct sc_profile *profile = make_profile(3);
    mode_t mask = umask(027);
    CHECK_INT(sc_profile_write_json(profile, in_world("new.json"), &problem), SC_OK);
    CHECK_INT(mode_of(in_world("new.json")), 0640);
    umask(mask);
    world_source(&world, "old.json", "old");
    chmod(in_world("old.json"), 0604);
    CHECK_INT(sc_profile_write_json(profile, in_world("old.json"), &problem), SC_OK);
    CHECK_INT(mode_of(in_world("old.json")), 0604);
    CHECK(is_profile(in_world("old.json")));
    CHECK_INT(n_entries(world.folder), 3);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_symbolic_links(void)
{
    struct sc_profile *profile = make_profile(3);
    mkdir(in_world("sub"), 0700);
    world_source(&world, "sub/real.json", "old");
    CHECK_INT(symlink("sub/second", in_world("first")), 0);
    CHECK_INT(symlink("real.json", in_world("sub/second")), 0);
    CHECK_INT(symlink("sub/not-yet.json", in_world("dangling")), 0);
    CHECK_INT(symlink("loop", in_world("loop")), 0);
    CHECK_INT(sc_profile_write_json(profile, in_world("first"), &problem), SC_OK);
    CHECK(is_profile(in_world("sub/real.json")));
    CHECK_INT(sc_profile_write_json(profile, in_world("dangling"), &problem), SC_OK);
    CHECK(is_profile(in_world("sub/not-yet.json")));
    struct stat status;
    CHECK(lstat(in_world("first"), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(lstat(in_world("dangling"), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(sc_profile_write_json(profile, in_world("loop"), &problem) != SC_OK);
    CHECK(strstr(problem.text, "symbolic links") != NULL);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_special_files(void)
{
    struct sc_profile *profile = make_profile(3);
    CHECK_INT(sc_profile_write_json(profile, "/dev/null", &problem), SC_OK);
    struct stat status;
    CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
    /* What the program wrote to the same descriptor stays before it. */
    int fd = open(in_world("out"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    CHECK_INT(write(fd, "hello\n", 6), 6);
    CHECK_INT(sc_profile_write_json(profile, path, &problem), SC_OK);
    char start[8] = "";
    CHECK_INT(pread(fd, start, 7, 0), 7);
    CHECK_STR(start, "hello\n{");
    close(fd);
    CHECK(sc_profile_write_json(profile, "/dev/fd/999999", &problem) != SC_OK);
    CHECK_INT(sc_profile_write_json(profile, "/dev/full", &problem), SC_ERR_NO_SPACE);
    CHECK_STR(problem.text, "cannot write /dev/full: No space left on device");
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_places_that_cannot_be_written(void)
{
    struct sc_profile *profile = make_profile(3);
    CHECK_INT(sc_profile_write_json(profile, in_world("no/such.json"), &problem),
              SC_ERR_NOT_FOUND);
    CHECK(strstr(problem.text, "No such file or directory") != NULL);
    CHECK_INT(sc_profile_write_json(profile, world.folder, &problem), SC_ERR_IO);
    CHECK(strstr(problem.text, "Is a directory") != NULL);
    if (geteuid() == 0) {
        printf("skipped: root may write anywhere\n");
    } else {
        world_source(&world, "old.json", "old");
        chmod(in_world("old.json"), 0400);
        CHECK_INT(sc_profile_write_json(profile, in_world("old.json"), &problem),
                  SC_ERR_DENIED);
        chmod(world.folder, 0500);
        CHECK_INT(sc_profile_write_json(profile, in_world("new.json"), &problem),
                  SC_ERR_DENIED);
        chmod(world.folder, 0700);
    }
    sc_profile_destroy(profile);
    world_fini(&world);
}

/* In a child, since a limit on file sizes is for good. */
static void test_a_disk_that_fills(void)
{
    struct sc_profile *profile = make_profile(400);
    world_source(&world, "old.json", "the old one");
    CHECK_INT(sc_profile_write_json(profile, in_world("whole.json"), &problem), SC_OK);
    struct stat status;
    CHECK_INT(stat(in_world("whole.json"), &status), 0);
    int n_before = n_entries(world.folder);
    /* From nothing at all to all but the last byte. */
    const rlim_t limits[] = {0, 1, 5000, 100000, (rlim_t)status.st_size - 1};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            struct rlimit limit = {limits[i], limits[i]};
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &limit);
            enum sc_err err =
                sc_profile_write_json(profile, in_world("old.json"), &problem);
            bool said = strstr(problem.text, "File too large") != NULL;
            _exit(err == SC_ERR_NO_SPACE && said ? 0 : 1);
        }
        int child_status = -1;
        CHECK(waitpid(pid, &child_status, 0) == pid && child_status == 0);
        CHECK(holds(in_world("old.json"), "the old one"));
        CHECK_INT(n_entries(world.folder), n_before);
    }
    sc_profile_destroy(profile);
    world_fini(&world);
}

int main(void)
{
    RUN(test_modes);
    RUN(test_symbolic_links);
    RUN(test_special_files);
    RUN(test_places_that_cannot_be_written);
    RUN(test_a_disk_that_fills);
    return check_failures != 0;
}
