/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The filter rules, in the order of features ("Profiled files"): the first that
 * applies decides. Called once per file, not per sample, so looking at directories
 * here is cheap. */
#include "profile/filter.h"

#include "profile/path.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool contains_any(const char *path, const char *const *parts, size_t n_parts)
{
    for (size_t i = 0; i < n_parts; i++) {
        if (parts[i][0] != '\0' && strstr(path, parts[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* "python3.11/" or "python311.zip/": the standard library below a lib directory. */
static bool is_python_directory(const char *name)
{
    if (strncmp(name, "python3", 7) != 0) {
        return false;
    }
    name += 7;
    if (*name == '.') {
        name++;
    }
    if (!isdigit((unsigned char)*name)) {
        return false;
    }
    while (isdigit((unsigned char)*name)) {
        name++;
    }
    if (*name == 't') { /* free-threaded builds */
        name++;
    }
    return *name == '/' || strncmp(name, ".zip/", 5) == 0;
}

static bool is_installed(const char *path)
{
    if (strstr(path, "/site-packages/") != NULL ||
        strstr(path, "/dist-packages/") != NULL) {
        return true;
    }
    for (const char *lib = path; (lib = strstr(lib, "/lib")) != NULL; lib += 4) {
        const char *name = lib + 4;
        name += strncmp(name, "64", 2) == 0 ? 2 : 0;
        if (*name == '/' && is_python_directory(name + 1)) {
            return true;
        }
    }
    return false;
}

/* True when a directory above path holds pyvenv.cfg. An environment that holds the
 * program itself does not count: people keep their code in one. */
static bool is_in_other_venv(const char *path, const char *program_path)
{
    char buffer[PATH_MAX];
    size_t n = strlen(path);
    static const char marker[] = "/pyvenv.cfg";
    if (n + sizeof marker > sizeof buffer) {
        return false;
    }
    memcpy(buffer, path, n + 1);
    for (char *slash; (slash = strrchr(buffer, '/')) != NULL;) {
        *slash = '\0';
        if (program_path != NULL && sc_path_is_under(program_path, buffer)) {
            return false; /* so are all directories further up */
        }
        memcpy(slash, marker, sizeof marker);
        bool is_venv = access(buffer, F_OK) == 0;
        *slash = '\0';
        if (is_venv) {
            return true;
        }
    }
    return false;
}

/* As sc_path_is_under, also where the two are spelled through different symbolic
 * links: Python resolves the program's own link for sys.path, the shell does not. */
static bool is_really_under(const char *path, const char *directory)
{
    if (directory == NULL) {
        return false;
    }
    if (sc_path_is_under(path, directory)) {
        return true;
    }
    char *real_path = realpath(path, NULL);
    char *real_directory = realpath(directory, NULL);
    bool under = real_path != NULL && real_directory != NULL &&
                 sc_path_is_under(real_path, real_directory);
    free(real_path);
    free(real_directory);
    return under;
}

static bool is_program_text(const struct sc_filter_config *config, const char *name)
{
    return (config->has_code_argument && strcmp(name, "<string>") == 0) ||
           (config->has_stdin_program && strcmp(name, "<stdin>") == 0);
}

enum sc_file_kind sc_filter_kind(const struct sc_filter_config *config,
                                 const char *path)
{
    bool is_name = path[0] == '<';
    if (!is_name && config->own_path != NULL &&
        sc_path_is_under(path, config->own_path)) {
        return SC_FILE_OWN;
    }
    if (contains_any(path, config->exclude, config->n_exclude)) {
        return SC_FILE_EXCLUDED;
    }
    /* Native threads have no file that a rule about places could mean. */
    bool is_native = strcmp(path, "<native>") == 0;
    if (is_name && !is_native && !is_program_text(config, path)) {
        return SC_FILE_GENERATED;
    }
    if (config->profile_all) {
        return SC_FILE_USER;
    }
    if (config->n_only > 0) {
        return contains_any(path, config->only, config->n_only) ? SC_FILE_USER
                                                                : SC_FILE_OUTSIDE;
    }
    if (is_name) {
        return SC_FILE_USER;
    }
    if (is_installed(path) || is_in_other_venv(path, config->program_path)) {
        return config->profile_system_libraries ? SC_FILE_USER : SC_FILE_LIBRARY;
    }
    if (is_really_under(path, config->program_path) ||
        is_really_under(path, config->package_path)) {
        return SC_FILE_USER;
    }
    return SC_FILE_OUTSIDE;
}
