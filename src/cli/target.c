/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * From the form of a program to the argument vector that starts it, as the shell, the
 * kernel or Python itself would make it. */
#include "cli/target.h"

#include "cli/program_file.h"
#include "cli/python_words.h"
#include "profile/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the steps below share. */
struct resolving {
    struct sc_arena *arena;
    const struct sc_options *options;
    const char *start_directory;
    struct sc_target *target;
    struct sc_refusal *refusal;
};

static enum sc_err refuse_memory(struct resolving *resolving)
{
    return sc_refuse(resolving->refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                     "out of memory");
}

/* first (NULL-terminated), then rest, as one vector. */
static enum sc_err set_argv(struct resolving *resolving, const char *const *first,
                            const char *const *rest, size_t n_rest)
{
    size_t n_first = 0;
    while (first[n_first] != NULL) {
        n_first++;
    }
    const char **argv =
        sc_arena_alloc(resolving->arena, (n_first + n_rest + 1) * sizeof *argv);
    if (argv == NULL) {
        return refuse_memory(resolving);
    }
    memcpy(argv, first, n_first * sizeof *argv);
    memcpy(argv + n_first, rest, n_rest * sizeof *argv);
    resolving->target->argv = argv;
    return SC_OK;
}

static enum sc_err make_absolute(struct resolving *resolving, const char *path,
                                 const char **absolute)
{
    enum sc_err err =
        sc_path_absolute(resolving->arena, resolving->start_directory, path, absolute);
    return err == SC_OK ? err : refuse_memory(resolving);
}

/* The directory that Python puts first in sys.path: of the file itself, behind links;
 * a directory stands for itself. */
static enum sc_err set_file_directory(struct resolving *resolving, const char *path)
{
    struct stat status;
    char *real = realpath(path, NULL);
    if (real == NULL) {
        return make_absolute(resolving, ".", &resolving->target->program_path);
    }
    if (stat(real, &status) != 0 || !S_ISDIR(status.st_mode)) {
        char *slash = strrchr(real, '/');
        slash[slash == real] = 0;
    }
    resolving->target->program_path = sc_arena_strdup(resolving->arena, real);
    free(real);
    return resolving->target->program_path != NULL ? SC_OK : refuse_memory(resolving);
}

static enum sc_err choose_interpreter(struct resolving *resolving, const char *program,
                                      struct sc_interpreter *interpreter)
{
    enum sc_err err = sc_interpreter_choose(resolving->options->python, program,
                                            interpreter, resolving->refusal);
    if (err == SC_OK) {
        resolving->target->interpreter =
            sc_arena_strdup(resolving->arena, interpreter->path);
        err = resolving->target->interpreter != NULL ? SC_OK : refuse_memory(resolving);
    }
    return err;
}

static void set_program(struct resolving *resolving, const char *program,
                        const char *const *args, size_t n_args)
{
    resolving->target->program = program;
    resolving->target->args = args;
    resolving->target->n_args = n_args;
}

/* path and words[0] name the same file; path is where it was found. */
static enum sc_err resolve_file(struct resolving *resolving, const char *path,
                                const char *const *words, size_t n_words)
{
    struct sc_interpreter interpreter;
    const char *first[SC_MAX_SHEBANG_WORDS + 2] = {0};
    const char *program = NULL;
    enum sc_err err = sc_program_file_check(path, resolving->refusal);
    if (err == SC_OK) {
        err = choose_interpreter(resolving, path, &interpreter);
    }
    if (err == SC_OK) {
        err = make_absolute(resolving, path, &program);
    }
    if (err == SC_OK) {
        err = set_file_directory(resolving, path);
    }
    if (err != SC_OK) {
        return err;
    }
    set_program(resolving, program, words + 1, n_words - 1);
    size_t n = 0;
    first[n++] = resolving->target->interpreter;
    for (size_t i = 1; i < interpreter.shebang.n_words; i++) {
        first[n] = sc_arena_strdup(resolving->arena, interpreter.shebang.words[i]);
        if (first[n++] == NULL) {
            return refuse_memory(resolving);
        }
    }
    first[n] = sc_arena_strdup(resolving->arena, path);
    if (first[n] == NULL) {
        return refuse_memory(resolving);
    }
    return set_argv(resolving, first, words + 1, n_words - 1);
}

/* A module's file or package directory below a directory of sys.path; its package's
 * directory goes into found. */
static bool find_package_in(const char *directory, size_t n_directory,
                            const char *module, char found[PATH_MAX])
{
    char path[PATH_MAX];
    struct stat status;
    int n = n_directory == 0 ? snprintf(path, sizeof path, "./%s", module)
                             : snprintf(path, sizeof path, "%.*s/%s", (int)n_directory,
                                        directory, module);
    if (n >= (int)sizeof path - 4) {
        return false;
    }
    for (char *p = path + n - strlen(module); *p != 0; p++) {
        *p = *p == '.' ? '/' : *p;
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return realpath(path, found) != NULL;
    }
    memcpy(path + n, ".py", 4);
    if (stat(path, &status) != 0 || realpath(path, found) == NULL) {
        return false;
    }
    *strrchr(found, '/') = 0;
    return found[0] != 0;
}

/* Where the interpreter will look for the module, as far as that can be said without
 * starting it: the current directory and PYTHONPATH. */
static enum sc_err set_package(struct resolving *resolving, const char *module)
{
    char found[PATH_MAX];
    const char *next = getenv("PYTHONPATH");
    bool is_found = find_package_in(".", 1, module, found);
    while (!is_found && next != NULL && *next != 0) {
        size_t n = strcspn(next, ":");
        is_found = n > 0 && find_package_in(next, n, module, found);
        next += n + (next[n] == ':');
    }
    if (!is_found) {
        return SC_OK;
    }
    resolving->target->package_path = sc_arena_strdup(resolving->arena, found);
    return resolving->target->package_path != NULL ? SC_OK : refuse_memory(resolving);
}

static enum sc_err resolve_without_file(struct resolving *resolving, enum sc_form form,
                                        const char *const *words, size_t n_words)
{
    struct sc_interpreter interpreter;
    struct sc_target *target = resolving->target;
    const char *first[3] = {0};
    enum sc_err err = choose_interpreter(resolving, NULL, &interpreter);
    if (err != SC_OK) {
        return err;
    }
    target->program_path = resolving->start_directory;
    first[0] = target->interpreter;
    if (form == SC_FORM_MODULE) {
        first[1] = "-m";
        set_program(resolving, words[0], words + 1, n_words - 1);
        err = set_package(resolving, words[0]);
    } else if (form == SC_FORM_CODE) {
        first[1] = "-c";
        target->code_argument = words[0];
        set_program(resolving, "-c", words + 1, n_words - 1);
    } else {
        target->is_stdin = true;
        set_program(resolving, "-", words + 1, n_words - 1);
    }
    return err == SC_OK ? set_argv(resolving, first, words, n_words) : err;
}

/* The command is Python itself, with words for it: what it will run is found there. */
static enum sc_err describe_python_command(struct resolving *resolving,
                                           const char *const *words, size_t n_words)
{
    struct sc_python_words read;
    struct sc_target *target = resolving->target;
    sc_python_words_read(words + 1, n_words - 1, &read);
    set_program(resolving, read.program, read.args, read.n_args);
    switch (read.form) {
    case SC_FORM_FILE: {
        enum sc_err err = make_absolute(resolving, read.program, &target->program);
        return err == SC_OK ? set_file_directory(resolving, read.program) : err;
    }
    case SC_FORM_MODULE:
        return set_package(resolving, read.program);
    case SC_FORM_CODE:
        target->code_argument = read.program;
        target->program = "-c";
        return SC_OK;
    default:
        target->is_stdin = true;
        return SC_OK;
    }
}

static bool is_python_command(const char *path)
{
    return strncmp(sc_path_base(path), "python", strlen("python")) == 0;
}

/* Starts the command as it is. path: where it was found. */
static enum sc_err resolve_executable(struct resolving *resolving, const char *path,
                                      const char *const *words, size_t n_words)
{
    struct sc_target *target = resolving->target;
    struct sc_interpreter likely;
    struct sc_refusal unused;
    const char *first[2] = {sc_arena_strdup(resolving->arena, path), NULL};
    if (first[0] == NULL) {
        return refuse_memory(resolving);
    }
    if (resolving->options->python != NULL) {
        return sc_refuse(resolving->refusal, SC_ERR_UNSUPPORTED, SC_EXIT_USAGE,
                         "--python: the command %s brings its own interpreter", path);
    }
    enum sc_err err = make_absolute(resolving, path, &target->program);
    target->args = words + 1;
    target->n_args = n_words - 1;
    /* A command's directory holds commands; what it works on is here. */
    target->program_path = resolving->start_directory;
    if (is_python_command(path)) {
        target->interpreter = first[0];
        err = err == SC_OK ? describe_python_command(resolving, words, n_words) : err;
    } else if (sc_interpreter_choose(NULL, NULL, &likely, &unused) == SC_OK) {
        target->interpreter = sc_arena_strdup(resolving->arena, likely.path);
    }
    return err == SC_OK ? set_argv(resolving, first, words + 1, n_words - 1) : err;
}

/* An executable script: a shell may start Python in it; any other interpreter has to
 * be CPython, whatever its name. */
static enum sc_err resolve_script(struct resolving *resolving, const char *path,
                                  const struct sc_shebang *shebang,
                                  const char *const *words, size_t n_words)
{
    char interpreter[PATH_MAX];
    if (shebang->is_shell) {
        return resolve_executable(resolving, path, words, n_words);
    }
    if (!shebang->is_python && resolving->options->python == NULL) {
        enum sc_err err = sc_interpreter_search(shebang->words[0], interpreter);
        if (err != SC_OK) {
            return sc_refuse(resolving->refusal, err, SC_EXIT_NOT_FOUND,
                             "%s: its interpreter %s is not in PATH", path,
                             shebang->words[0]);
        }
        err = sc_interpreter_check(interpreter, resolving->refusal);
        if (err != SC_OK) {
            return err;
        }
    }
    return resolve_file(resolving, path, words, n_words);
}

static enum sc_err resolve_command(struct resolving *resolving,
                                   const char *const *words, size_t n_words)
{
    char path[PATH_MAX];
    char start[4] = {0};
    struct sc_shebang shebang;
    struct stat status;
    if (sc_interpreter_search(words[0], path) != SC_OK) {
        if (access(words[0], F_OK) == 0) {
            return resolve_file(resolving, words[0], words, n_words);
        }
        return sc_refuse(resolving->refusal, SC_ERR_NOT_FOUND, SC_EXIT_NOT_FOUND,
                         "%s: command not found", words[0]);
    }
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        access(path, X_OK) != 0) {
        return resolve_file(resolving, path, words, n_words);
    }
    if (sc_shebang_read(path, &shebang) == SC_OK) {
        return resolve_script(resolving, path, &shebang, words, n_words);
    }
    FILE *file = fopen(path, "re");
    bool is_elf = file == NULL || (fread(start, 1, sizeof start, file) == 4 &&
                                   memcmp(start, "\177ELF", 4) == 0);
    if (file != NULL) {
        fclose(file);
    }
    if (!is_elf) {
        return resolve_file(resolving, path, words, n_words);
    }
    enum sc_err err = sc_interpreter_check(path, resolving->refusal);
    return err == SC_OK ? resolve_executable(resolving, path, words, n_words) : err;
}

/* Installers write a shell line where the interpreter's path is too long for #!; such
 * a script is Python all the same, but only its own second line knows which. */
static bool starts_python_by_shell(const char *path)
{
    struct sc_shebang shebang;
    return access(path, X_OK) == 0 && sc_shebang_read(path, &shebang) == SC_OK &&
           shebang.runs_python;
}

static enum sc_err set_wanted_path(struct resolving *resolving)
{
    struct stat status;
    const char *wanted = resolving->options->program_path;
    int error = stat(wanted, &status) != 0 ? errno
                : S_ISDIR(status.st_mode)  ? 0
                                           : ENOTDIR;
    if (error != 0) {
        return sc_refuse(resolving->refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE,
                         "--program-path %s: %s", wanted, strerror(error));
    }
    resolving->target->package_path = NULL;
    return make_absolute(resolving, wanted, &resolving->target->program_path);
}

enum sc_err sc_target_resolve(const struct sc_command_line *line,
                              struct sc_options *options, const char *start_directory,
                              struct sc_target *target, struct sc_refusal *refusal)
{
    struct resolving resolving = {.arena = &options->arena,
                                  .options = options,
                                  .start_directory = start_directory,
                                  .target = target,
                                  .refusal = refusal};
    enum sc_err err;
    *target = (struct sc_target){0};
    switch (line->form) {
    case SC_FORM_FILE:
        if (options->python == NULL && starts_python_by_shell(line->words[0])) {
            err = resolve_executable(&resolving, line->words[0], line->words,
                                     line->n_words);
        } else {
            err = resolve_file(&resolving, line->words[0], line->words, line->n_words);
        }
        break;
    case SC_FORM_COMMAND:
        err = resolve_command(&resolving, line->words, line->n_words);
        break;
    default:
        err = resolve_without_file(&resolving, line->form, line->words, line->n_words);
        break;
    }
    return err == SC_OK && options->program_path != NULL ? set_wanted_path(&resolving)
                                                         : err;
}
