/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Numbers and names as text. */
#include "render/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct sc_number_text sc_format_percent(double percent)
{
    struct sc_number_text number = {""};
    if (!isfinite(percent) || percent <= 0)
        return number;
    if (percent < 0.05)
        snprintf(number.text, sizeof number.text, "<0.1%%");
    else if (percent < 99.95)
        snprintf(number.text, sizeof number.text, "%.1f%%", percent);
    else
        snprintf(number.text, sizeof number.text, "%.0f%%", fmin(percent, 9999));
    return number;
}

struct sc_number_text sc_format_seconds(double seconds)
{
    struct sc_number_text number = {""};
    size_t size = sizeof number.text;
    if (!isfinite(seconds) || seconds <= 0)
        return number;
    if (seconds < 0.01)
        snprintf(number.text, size, "%.1f ms", seconds * 1e3);
    else if (seconds < 0.9995)
        snprintf(number.text, size, "%.0f ms", seconds * 1e3);
    else if (seconds < 9.995)
        snprintf(number.text, size, "%.2f s", seconds);
    else if (seconds < 59.95)
        snprintf(number.text, size, "%.1f s", seconds);
    else {
        uint64_t whole = (uint64_t)(fmin(seconds, 1e12) + 0.5);
        unsigned minutes = (unsigned)(whole / 60 % 60), rest = (unsigned)(whole % 60);
        if (whole < 3600)
            snprintf(number.text, size, "%u:%02u", minutes, rest);
        else
            snprintf(number.text, size, "%llu:%02u:%02u",
                     (unsigned long long)(whole / 3600), minutes, rest);
    }
    return number;
}

struct sc_number_text sc_format_count(uint64_t count)
{
    struct sc_number_text number = {""}, digits;
    int n =
        snprintf(digits.text, sizeof digits.text, "%llu", (unsigned long long)count);
    char *to = number.text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits.text[i];
    }
    return number;
}

const char *sc_format_path(const struct sc_profile *profile, const char *path)
{
    size_t n = profile->entrypoint_dir != NULL ? strlen(profile->entrypoint_dir) : 0;
    while (n > 0 && profile->entrypoint_dir[n - 1] == '/')
        n--;
    if (n > 0 && strncmp(path, profile->entrypoint_dir, n) == 0 && path[n] == '/' &&
        path[n + 1] != '\0')
        return path + n + 1;
    return path;
}

const char *sc_format_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* Where the dotted name of an installed module begins in a path; NULL: not installed,
 * or in no known place. */
static const char *import_path(const char *path)
{
    static const char *const roots[] = {"/site-packages/", "/dist-packages/",
                                        "/lib/python3."};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof roots / sizeof *roots && found == NULL; i++) {
        const char *root = strstr(path, roots[i]);
        if (root != NULL)
            found = strchr(root + strlen(roots[i]) - 1, '/');
    }
    /* In "/lib/python3.11/" the slash that was found ends the directory's name. */
    return found != NULL ? found + 1 : NULL;
}

static bool ends_with(const char *text, size_t n, const char *ending)
{
    size_t n_ending = strlen(ending);
    return n > n_ending && memcmp(text + n - n_ending, ending, n_ending) == 0;
}

/* "json.decoder" for the path of an installed Python module; false for all else. */
static bool dotted_name(const char *path, struct sc_name_text *name)
{
    const char *import = import_path(path);
    size_t n = import != NULL ? strlen(import) : 0;

    if (!ends_with(import, n, ".py"))
        return false;
    n -= strlen(".py");
    if (ends_with(import, n, "/__init__"))
        n -= strlen("/__init__");
    snprintf(name->text, sizeof name->text, "%.*s", (int)(n < 400 ? n : 400), import);
    for (char *c = name->text; *c != '\0'; c++) {
        if (*c == '/')
            *c = '.';
    }
    return true;
}

struct sc_name_text sc_format_module(const char *path)
{
    struct sc_name_text name;
    if (!dotted_name(path, &name))
        snprintf(name.text, sizeof name.text, "%s", sc_format_base_name(path));
    return name;
}

struct sc_name_text sc_format_callee(const struct sc_callee *callee)
{
    struct sc_name_text name, module;
    const char *base_name = sc_format_base_name(callee->file);

    if (dotted_name(callee->file, &module)) {
        if (strcmp(callee->name, "<module>") == 0)
            return module; /* its import */
        snprintf(name.text, sizeof name.text, "%.200s.%.200s", module.text,
                 callee->name);
    } else if (*base_name == '\0' || strcmp(callee->name, base_name) == 0)
        snprintf(name.text, sizeof name.text, "%.400s", callee->name);
    else
        snprintf(name.text, sizeof name.text, "%.200s (%.200s)", callee->name,
                 base_name);
    return name;
}

struct sc_name_text sc_format_command(const struct sc_profile *profile)
{
    struct sc_name_text command;
    size_t size = sizeof command.text;
    int n = snprintf(command.text, size, "%s", sc_format_base_name(profile->program));
    for (size_t i = 0; i < profile->n_args && n >= 0 && (size_t)n < size; i++) {
        const char *arg = profile->args[i];
        bool bare = *arg != '\0' && strpbrk(arg, " \t\n'\"\\$`*?;&|<>()") == NULL;
        n += snprintf(command.text + n, size - (size_t)n, bare ? " %s" : " '%s'", arg);
    }
    return command;
}
