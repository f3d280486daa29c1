/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Output paths: refused before the run where they can't be written, without a trace,
 * and replaced at the end where they turn out so. */
#include "cli/output.h"
#include "harness.h"
#include "os/heap.h"
#include "profile/profile.h"
#include "scratch.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char here[PATH_MAX];

static int count_entries(const char *path)
{
    int n = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return -1;
    }
    while (readdir(directory) != NULL) {
        n++;
    }
    closedir(directory);
    return n;
}

/* why NULL: accepted. */
static void check_path(const char *path, const char *why)
{
    struct sc_refusal refusal = {0};
    char wanted[2 * PATH_MAX];
    int before = count_entries(".");
    enum sc_err err = sc_output_check(path, &refusal);
    CHECK_INT(err != SC_OK, why != NULL);
    if (why != NULL) {
        snprintf(wanted, sizeof wanted, "can't write the profile to %s: %s", path, why);
        CHECK_STR(refusal.text, wanted);
        CHECK_INT(refusal.exit_status, 2);
    }
    CHECK_INT(count_entries("."), before);
}

static void accepts_what_can_be_written(void)
{
    struct stat before, after;
    char pipe_path[64];
    int ends[2];
    CHECK_INT(pipe(ends), 0);
    snprintf(pipe_path, sizeof pipe_path, "/proc/self/fd/%d", ends[1]);
    check_path(pipe_path, NULL);
    check_path("new.json", NULL);
    scratch_write_text("old.json", "{}", 0600);
    CHECK_INT(stat("old.json", &before), 0);
    check_path("old.json", NULL);
    CHECK_INT(stat("old.json", &after), 0);
    CHECK_INT(after.st_size, 2);
    CHECK_INT(after.st_ino, before.st_ino);
    check_path("/dev/null", NULL);
    CHECK_INT(mkdir("folder", 0755), 0);
    CHECK_INT(symlink("folder/to-be", "link.json"), 0);
    check_path("link.json", NULL);
    CHECK_INT(access("folder/to-be", F_OK), -1);
}

static void refuses_what_cannot(void)
{
    char name[400];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    check_path("folder", "Is a directory");
    check_path("folder/", "it has no file name");
    check_path("", "it has no file name");
    check_path("nowhere/x.json", "No such file or directory");
    check_path("old.json/x.json", "Not a directory");
    check_path(name, "File name too long");
    CHECK_INT(symlink("nowhere/x.json", "broken.json"), 0);
    check_path("broken.json", "No such file or directory");
    CHECK_INT(symlink("loop.json", "loop.json"), 0);
    check_path("loop.json", "Too many levels of symbolic links");
    /* Nothing can be made in /proc, whatever its permissions say. */
    check_path("/proc/x.json", "No such file or directory");
    if (geteuid() == 0) {
        printf("skipped: read-only files, which root can write\n");
        return;
    }
    scratch_write_text("kept.json", "{}", 0400);
    check_path("kept.json", "Permission denied");
    CHECK_INT(mkdir("closed", 0500), 0);
    check_path("closed/x.json", "Permission denied");
}

static void expands_home(void)
{
    struct sc_arena arena;
    sc_arena_init(&arena, &sc_os_pages);
    setenv("HOME", "/home/somebody", 1);
    CHECK_STR(sc_output_expand_home(&arena, "~/x.json"), "/home/somebody/x.json");
    CHECK_STR(sc_output_expand_home(&arena, "~"), "/home/somebody");
    CHECK_STR(sc_output_expand_home(&arena, "a~/x"), "a~/x");
    CHECK_STR(sc_output_expand_home(&arena, "~no-such-user/x"), "~no-such-user/x");
    CHECK_STR(sc_output_expand_home(&arena, "~root/x"), "/root/x");
    sc_arena_fini(&arena);
}

/* The directory went away during the run: the profile must not be lost. */
static void saves_elsewhere(void)
{
    struct sc_profile *profile;
    struct sc_json_problem problem;
    char saved[PATH_MAX], wanted[2 * PATH_MAX];
    struct stat status;
    setenv("TMPDIR", here, 1);
    CHECK_INT(sc_profile_create(&profile), SC_OK);
    CHECK_INT(sc_output_save(profile, "direct.json", saved, &problem), SC_OK);
    CHECK_STR(saved, "direct.json");
    CHECK_STR(problem.text, "");
    CHECK_INT(sc_output_save(profile, "gone/x.json", saved, &problem), SC_OK);
    CHECK(problem.text[0] != 0);
    snprintf(wanted, sizeof wanted, "%s/scalene-profile-", here);
    CHECK(strncmp(saved, wanted, strlen(wanted)) == 0);
    CHECK_INT(stat(saved, &status), 0);
    CHECK(status.st_size > 0);
    sc_profile_destroy(profile);
}

int main(void)
{
    scratch_enter(here);
    RUN(accepts_what_can_be_written);
    RUN(refuses_what_cannot);
    RUN(expands_home);
    RUN(saves_elsewhere);
    scratch_leave(here);
    return check_failures != 0;
}
