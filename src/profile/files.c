/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The table of files: one entry for each distinct path that a code object carries,
 * in order of path, and "<native>" for threads without Python frames. */
#include "profile/build.h"
#include "profile/path.h"

#include <stdlib.h>
#include <string.h>

struct named_function {
    const char *path;
    uint32_t function;
};

static int by_path(const void *a, const void *b)
{
    const struct named_function *x = a, *y = b;
    int order = strcmp(x->path, y->path);
    return order != 0 ? order
                      : (x->function > y->function) - (x->function < y->function);
}

static enum sc_err add_file(struct sc_build *build, const char *path)
{
    struct sc_build_file *file = &build->files[build->n_files++];
    file->path = path;
    file->name = sc_build_text(build, path);
    file->kind = sc_filter_kind(&build->config->filter, path);
    return file->name != NULL ? SC_OK : SC_ERR_NO_MEMORY;
}

/* Its one line says what it stands for, where a file's lines show their source. */
static enum sc_err add_native_file(struct sc_build *build)
{
    static const char what[] =
        "# outside Python code: native threads, Python's own start and end";
    build->native_file = (uint32_t)build->n_files;
    enum sc_err err = add_file(build, "<native>");
    struct sc_text_line *text =
        err == SC_OK ? sc_arena_alloc(&build->scratch, sizeof(*text)) : NULL;
    if (text == NULL) {
        return err != SC_OK ? err : SC_ERR_NO_MEMORY;
    }
    *text = (struct sc_text_line){what, sizeof(what) - 1};
    build->files[build->native_file].text = text;
    build->files[build->native_file].n_text = 1;
    return SC_OK;
}

enum sc_err sc_build_files(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    size_t n = collected->n_functions;
    struct named_function *named = calloc(n + 1, sizeof *named);
    build->files = sc_arena_alloc(&build->scratch, (n + 1) * sizeof *build->files);
    build->file_of_function =
        sc_arena_alloc(&build->scratch, (n + 1) * sizeof *build->file_of_function);
    enum sc_err err = SC_OK;
    if (named == NULL || build->files == NULL || build->file_of_function == NULL) {
        err = SC_ERR_NO_MEMORY;
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        named[i].function = (uint32_t)i;
        err = sc_path_absolute(&build->scratch, build->facts->start_directory,
                               collected->functions[i].filename, &named[i].path);
        if (err != SC_OK) {
            goto done;
        }
    }
    qsort(named, n, sizeof *named, by_path);
    for (size_t i = 0; i < n && err == SC_OK; i++) {
        if (i == 0 || strcmp(named[i].path, named[i - 1].path) != 0) {
            err = add_file(build, named[i].path);
        }
        build->file_of_function[named[i].function] = (uint32_t)build->n_files - 1;
    }
    if (err == SC_OK) {
        err = add_native_file(build);
    }
done:
    free(named);
    return err;
}
