/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Reads /proc/PID/maps (format: proc_pid_maps(5)) and keeps what was mapped before,
 * except where something newer lies: samples of a library that was closed may still be
 * on their way. */
#include "collect/modules.h"

#include "os/heap.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_LINE_BYTES = PATH_MAX + 128,
    MAX_MAPPINGS = 65536
};

void sc_maps_fini(struct sc_maps *maps)
{
    free(maps->mappings);
    *maps = (struct sc_maps){0};
}

/* A line of maps, its path inside the line given. */
struct line {
    struct sc_mapping mapping;
    bool is_executable;
    const char *path;
};

/* "start-end perms offset dev inode   path", numbers in hexadecimal but the inode. */
static bool parse_line(const char *text, struct line *line)
{
    char perms[5];
    int path_at = 0;
    *line = (struct line){0};
    if (sscanf(text, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*x:%*x %*u%n",
               &line->mapping.start, &line->mapping.end, perms, &line->mapping.offset,
               &path_at) != 4 ||
        path_at == 0 || line->mapping.start >= line->mapping.end) {
        return false;
    }
    line->is_executable = strchr(perms, 'x') != NULL;
    line->path = text + path_at + strspn(text + path_at, " \t");
    return true;
}

static enum sc_err add(struct sc_maps *maps, const struct sc_mapping *mapping)
{
    if (maps->n_mappings >= MAX_MAPPINGS) {
        return SC_OK; /* what lies beyond is an unknown place, never a wrong one */
    }
    enum sc_err err = sc_os_grow((void **)&maps->mappings, &maps->mappings_capacity,
                                 maps->n_mappings + 1, sizeof(*maps->mappings));
    if (err == SC_OK) {
        maps->mappings[maps->n_mappings++] = *mapping;
    }
    return err;
}

static int by_start(const void *a, const void *b)
{
    const struct sc_mapping *x = a;
    const struct sc_mapping *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

static enum sc_err parse(struct sc_maps *maps, struct sc_intern *intern,
                         const char *text, size_t n_bytes)
{
    char buffer[MAX_LINE_BYTES];
    const char *end = text + n_bytes;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((newline ? newline : end) - text);
        const char *next = text + n + (newline != NULL);
        struct line line;
        if (n < sizeof(buffer) && memchr(text, '\0', n) == NULL) {
            memcpy(buffer, text, n);
            buffer[n] = '\0';
            if (parse_line(buffer, &line) && line.is_executable) {
                const char *path = line.path[0] ? line.path : "[anon]";
                enum sc_err err =
                    sc_intern_module(intern, path, strlen(path), &line.mapping.module);
                if (err == SC_OK) {
                    err = add(maps, &line.mapping);
                }
                if (err != SC_OK) {
                    return err;
                }
            }
        }
        text = next;
    }
    if (maps->n_mappings > 0) {
        qsort(maps->mappings, maps->n_mappings, sizeof(*maps->mappings), by_start);
    }
    return SC_OK;
}

/* Adds the parts of an old mapping that no mapping of the fresh map covers. */
static enum sc_err keep_uncovered(struct sc_maps *out, const struct sc_maps *fresh,
                                  size_t *cursor, struct sc_mapping old)
{
    while (*cursor < fresh->n_mappings && fresh->mappings[*cursor].end <= old.start) {
        (*cursor)++;
    }
    for (size_t i = *cursor; old.start < old.end; i++) {
        bool past = i == fresh->n_mappings || fresh->mappings[i].start >= old.end;
        uint64_t gap_end = past ? old.end : fresh->mappings[i].start;
        if (old.start < gap_end) {
            struct sc_mapping part = old;
            part.end = gap_end;
            enum sc_err err = add(out, &part);
            if (err != SC_OK) {
                return err;
            }
        }
        if (past) {
            break;
        }
        uint64_t covered_end = fresh->mappings[i].end;
        old.offset += covered_end - old.start;
        old.start = covered_end;
    }
    return SC_OK;
}

enum sc_err sc_maps_read(struct sc_maps *maps, struct sc_intern *intern,
                         const char *text, size_t n_bytes)
{
    struct sc_maps fresh = {0};
    struct sc_maps merged = {0};
    enum sc_err err = parse(&fresh, intern, text, n_bytes);
    /* A damaged text could hold overlaps of its own: the first by address wins. */
    size_t n = 0;
    for (size_t i = 0; i < fresh.n_mappings; i++) {
        if (n == 0 || fresh.mappings[i].start >= fresh.mappings[n - 1].end) {
            fresh.mappings[n++] = fresh.mappings[i];
        }
    }
    fresh.n_mappings = n;
    for (size_t i = 0; err == SC_OK && i < fresh.n_mappings; i++) {
        err = add(&merged, &fresh.mappings[i]);
    }
    size_t cursor = 0;
    for (size_t i = 0; err == SC_OK && i < maps->n_mappings; i++) {
        err = keep_uncovered(&merged, &fresh, &cursor, maps->mappings[i]);
    }
    if (err == SC_OK) {
        if (merged.n_mappings > 0) {
            qsort(merged.mappings, merged.n_mappings, sizeof(*merged.mappings),
                  by_start);
        }
        sc_maps_fini(maps);
        *maps = merged;
        merged = (struct sc_maps){0};
    }
    sc_maps_fini(&fresh);
    sc_maps_fini(&merged);
    return err;
}

const struct sc_mapping *sc_maps_find(const struct sc_maps *maps, uint64_t address)
{
    size_t low = 0;
    size_t high = maps->n_mappings;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (maps->mappings[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < maps->n_mappings && maps->mappings[low].start <= address) {
        return &maps->mappings[low];
    }
    return NULL;
}
