/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The output path: checked by making and removing a file of another name in its
 * directory, because permissions alone do not tell (read-only mounts, quotas). */
#include "cli/output.h"

#include "cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_LINKS = 8,
    MAX_USER_NAME_BYTES = 256
};

const char *sc_output_expand_home(struct sc_arena *arena, const char *path)
{
    if (path[0] != '~') {
        return path;
    }
    size_t n_user = strcspn(path + 1, "/");
    const char *home = getenv("HOME");
    if (n_user > 0 || home == NULL || home[0] == 0) {
        char user[MAX_USER_NAME_BYTES];
        if (n_user >= sizeof user) {
            return path;
        }
        snprintf(user, sizeof user, "%.*s", (int)n_user, path + 1);
        const struct passwd *entry = n_user > 0 ? getpwnam(user) : getpwuid(getuid());
        home = entry != NULL ? entry->pw_dir : NULL;
    }
    if (home == NULL) {
        return path;
    }
    const char *rest = path + 1 + n_user;
    size_t n_bytes = strlen(home) + strlen(rest) + 1;
    char *expanded = sc_arena_alloc(arena, n_bytes);
    if (expanded != NULL) {
        snprintf(expanded, n_bytes, "%s%s", home, rest);
    }
    return expanded;
}

static enum sc_err refuse_output(struct sc_refusal *refusal, const char *path,
                                 const char *why)
{
    return sc_refuse(refusal, SC_ERR_DENIED, SC_EXIT_USAGE,
                     "can't write the profile to %s: %s", path, why);
}

/* The directory part of path, into directory. */
static int split_directory(const char *path, char directory[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    if (n >= PATH_MAX) {
        return ENAMETOOLONG;
    }
    if (slash == NULL) {
        snprintf(directory, PATH_MAX, ".");
    } else {
        snprintf(directory, PATH_MAX, "%.*s", n > 0 ? (int)n : 1, path);
    }
    return 0;
}

/* Makes and removes a file in path's directory. Returns an errno. */
static int try_directory(const char *path)
{
    char name[PATH_MAX + 32];
    char directory[PATH_MAX];
    int error = split_directory(path, directory);
    if (error != 0) {
        return error;
    }
    snprintf(name, sizeof name, "%s/.scalene-XXXXXX", directory);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    close(fd);
    return unlink(name) == 0 ? 0 : errno;
}

/* Follows links by hand, as the last of them may lead to a file yet to be made. */
static int follow_links(const char *path, char target[PATH_MAX])
{
    char link[PATH_MAX], directory[PATH_MAX];
    struct stat status;
    if (snprintf(target, PATH_MAX, "%s", path) >= PATH_MAX) {
        return ENAMETOOLONG;
    }
    for (int i = 0; i < MAX_LINKS; i++) {
        if (lstat(target, &status) != 0) {
            return errno == ENOENT ? 0 : errno;
        }
        if (!S_ISLNK(status.st_mode)) {
            return 0;
        }
        ssize_t n = readlink(target, link, sizeof link - 1);
        if (n < 0) {
            return errno;
        }
        link[n] = 0;
        int error = link[0] == '/' ? 0 : split_directory(target, directory);
        if (error != 0) {
            return error;
        }
        n = link[0] == '/' ? snprintf(target, PATH_MAX, "%s", link)
                           : snprintf(target, PATH_MAX, "%s/%s", directory, link);
        if (n >= PATH_MAX) {
            return ENAMETOOLONG;
        }
    }
    return ELOOP;
}

enum sc_err sc_output_check(const char *path, struct sc_refusal *refusal)
{
    char target[PATH_MAX];
    struct stat status;
    size_t n = strlen(path);
    if (n == 0 || path[n - 1] == '/') {
        return refuse_output(refusal, path, "it has no file name");
    }
    /* The kernel knows what links like /proc/self/fd/1 mean; their text does not. */
    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode)) {
            return refuse_output(refusal, path, strerror(EISDIR));
        }
        if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0) {
            return refuse_output(refusal, path, strerror(errno));
        }
        if (!S_ISREG(status.st_mode)) {
            return SC_OK;
        }
    }
    int error = follow_links(path, target);
    if (error == 0) {
        error = try_directory(target);
    }
    return error == 0 ? SC_OK : refuse_output(refusal, path, strerror(error));
}

/* A new file, made here, so that nobody can have put a link where we write. */
static enum sc_err save_elsewhere(const struct sc_profile *profile,
                                  const char *directory, char saved[PATH_MAX])
{
    static const char suffix[] = ".json";
    struct sc_json_problem problem;
    int n = snprintf(saved, PATH_MAX, "%s/scalene-profile-XXXXXX%s", directory, suffix);
    int fd = n < PATH_MAX ? mkostemps(saved, (int)strlen(suffix), O_CLOEXEC) : -1;
    if (fd < 0) {
        return SC_ERR_IO;
    }
    close(fd);
    enum sc_err err = sc_profile_write_json(profile, saved, &problem);
    if (err != SC_OK) {
        unlink(saved);
    }
    return err;
}

enum sc_err sc_output_save(const struct sc_profile *profile, const char *path,
                           char saved[PATH_MAX], struct sc_json_problem *problem)
{
    const char *const places[] = {getenv("TMPDIR"), "/tmp", "/dev/shm"};
    problem->text[0] = 0;
    enum sc_err err = sc_profile_write_json(profile, path, problem);
    if (err == SC_OK) {
        snprintf(saved, PATH_MAX, "%s", path);
        return SC_OK;
    }
    if (problem->text[0] == 0) {
        snprintf(problem->text, sizeof problem->text, "cannot write %s: %s", path,
                 sc_err_text(err));
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0] && err != SC_OK; i++) {
        if (places[i] != NULL && places[i][0] == '/') {
            err = save_elsewhere(profile, places[i], saved);
        }
    }
    return err;
}
