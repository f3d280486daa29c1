/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Which files will be reported, their text, and what the grammar says of them. A
 * source that is gone, changed or not readable costs text or regions, never figures. */
#include "base/units.h"
#include "os/heap.h"
#include "profile/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_SOURCE_BYTES = 64 << 20
};

/* The bytes of a regular file, to free(); NULL when there are none to show. Marks
 * the file as changed when it was written after the program had started. */
static char *read_source(const struct sc_build *build, struct sc_build_file *file,
                         size_t *n)
{
    struct stat status;
    char *data = NULL;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return NULL;
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > MAX_SOURCE_BYTES) {
        goto done;
    }
    data = malloc((size_t)status.st_size + 1);
    *n = 0;
    while (data != NULL && *n < (size_t)status.st_size) {
        ssize_t got = read(fd, data + *n, (size_t)status.st_size - *n);
        if (got <= 0) {
            break;
        }
        *n += (size_t)got;
    }
    if (build->collected->n_processes > 0) {
        uint64_t start_ns = build->collected->processes[0].start_epoch_ns;
        uint64_t written_ns = (uint64_t)status.st_mtim.tv_sec * SC_NS_PER_SEC +
                              (uint64_t)status.st_mtim.tv_nsec;
        file->changed = start_ns > 0 && written_ns > start_ns;
    }
done:
    close(fd);
    return data;
}

/* Cuts text into lines as Python's tokenizer does: at \n, \r\n and \r. */
static enum sc_err split_lines(struct sc_build *build, struct sc_build_file *file,
                               const char *text, size_t n)
{
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        n -= 3;
    }
    const char *copy = sc_arena_strndup(&build->scratch, text, n);
    size_t n_lines = 1;
    for (size_t i = 0; i < n; i++) {
        n_lines += text[i] == '\n' || text[i] == '\r';
    }
    file->text = sc_arena_alloc(&build->scratch, n_lines * sizeof *file->text);
    if (copy == NULL || file->text == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && copy[end] != '\n' && copy[end] != '\r') {
            end++;
        }
        file->text[file->n_text++] =
            (struct sc_text_line){.text = copy + i, .n_bytes = end - i};
        bool two = end + 1 < n && copy[end] == '\r' && copy[end + 1] == '\n';
        i = end + (two ? 2 : 1);
    }
    return SC_OK;
}

static enum sc_err take_text(struct sc_build *build, struct sc_build_file *file)
{
    if (file->facts.text != NULL) {
        return split_lines(build, file, file->facts.text, file->facts.text_bytes);
    }
    if (file->path[0] == '<') {
        const char *code = build->facts->code_argument;
        if (strcmp(file->path, "<string>") == 0 && code != NULL) {
            return split_lines(build, file, code, strlen(code));
        }
        return SC_OK;
    }
    size_t n = 0;
    char *data = read_source(build, file, &n);
    if (data == NULL) {
        return SC_OK;
    }
    enum sc_err err = split_lines(build, file, data, n);
    free(data);
    return err;
}

/* True for a regular file and for what may be a member of a zip file. A pipe would
 * keep the helper waiting for its end. */
static bool is_readable_source(const char *path)
{
    struct stat status;
    if (path[0] == '/' && stat(path, &status) == 0) {
        return S_ISREG(status.st_mode);
    }
    return path[0] == '/' && errno == ENOTDIR;
}

/* Asks the interpreter about the reported sources. Failing costs regions only. */
static enum sc_err ask_facts(struct sc_build *build, size_t n_reported)
{
    const char *interpreter = build->facts->interpreter;
    if (n_reported == 0 || interpreter == NULL) {
        return SC_OK;
    }
    struct sc_source_request *requests = calloc(n_reported, sizeof *requests);
    struct sc_source_facts *facts = calloc(n_reported, sizeof *facts);
    size_t *files = calloc(n_reported, sizeof *files);
    size_t n = 0;
    enum sc_err err = SC_ERR_NO_MEMORY;
    if (requests == NULL || facts == NULL || files == NULL) {
        goto done;
    }
    for (size_t i = 0; i < build->n_files; i++) {
        const struct sc_build_file *file = &build->files[i];
        bool is_code = strcmp(file->path, "<string>") == 0;
        const char *code = is_code ? build->facts->code_argument : NULL;
        if (file->reported && (code != NULL || is_readable_source(file->path))) {
            requests[n] = (struct sc_source_request){.path = file->path, .text = code};
            files[n++] = i;
        }
    }
    err = SC_OK;
    if (n > 0) {
        err = sc_source_facts_ask(&build->scratch, interpreter, requests, n,
                                  SC_SOURCE_FACTS_LIMIT_MS, facts);
    }
    if (err != SC_OK) {
        err = sc_build_warn(build,
                            "Functions and loops are not marked: %s did not describe "
                            "the sources (%s).",
                            interpreter, sc_err_text(err));
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        build->files[files[i]].facts = facts[i];
    }
done:
    free(requests);
    free(facts);
    free(files);
    return err;
}

enum sc_err sc_build_sources(struct sc_build *build)
{
    size_t n_reported = 0;
    for (size_t i = 0; i < build->n_files; i++) {
        struct sc_build_file *file = &build->files[i];
        double percent =
            build->total_ns > 0 ? 100 * file->total_ns / build->total_ns : 0;
        file->reported = file->total_ns > 0 && file->kind == SC_FILE_USER &&
                         percent >= build->config->cpu_percent_threshold;
        n_reported += file->reported;
    }
    enum sc_err err = ask_facts(build, n_reported);
    for (size_t i = 0; i < build->n_files && err == SC_OK; i++) {
        if (build->files[i].reported) {
            err = take_text(build, &build->files[i]);
        }
    }
    return err;
}
