/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Regions of lines, by painting: ranges of source nest, so in order of their first
 * line (the wider first) each later range that covers a line is the narrower one. */
#include "profile/build.h"

#include <stddef.h>
#include <stdlib.h>

/* What covers a line so far; 0, 0 = nothing. */
struct paint {
    struct sc_line_range enclosing_class;
    struct sc_line_range function;
    struct sc_line_range inner_loop;
    struct sc_line_range outer_loop;
};

static int by_extent(const void *a, const void *b)
{
    const struct sc_line_range *x = a, *y = b;
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return x->last > y->last ? -1 : x->last < y->last;
}

static void sort_ranges(struct sc_line_range *ranges, size_t n)
{
    if (n > 0) {
        qsort(ranges, n, sizeof *ranges, by_extent);
    }
}

/* The part of a range that lies on the n lines that are painted. */
static uint32_t last_painted(const struct sc_line_range *range, size_t n)
{
    return range->last < n ? range->last : (uint32_t)n;
}

/* Paints the member of struct paint at this offset. */
static void paint_ranges(struct paint *paints, size_t n, size_t member_offset,
                         const struct sc_line_range *ranges, size_t n_ranges)
{
    for (size_t i = 0; i < n_ranges; i++) {
        for (uint32_t k = ranges[i].first; k <= last_painted(&ranges[i], n); k++) {
            char *paint = (char *)&paints[k - 1];
            *(struct sc_line_range *)(paint + member_offset) = ranges[i];
        }
    }
}

/* A loop covers the lines of its own function only: the body of a function that is
 * defined in a loop does not run as part of it. */
static void paint_loops(struct paint *paints, size_t n,
                        const struct sc_line_range *ranges, size_t n_ranges)
{
    for (size_t i = 0; i < n_ranges; i++) {
        for (uint32_t k = ranges[i].first; k <= last_painted(&ranges[i], n); k++) {
            struct paint *paint = &paints[k - 1];
            struct paint *start = &paints[ranges[i].first - 1];
            if (paint->function.first != start->function.first) {
                continue;
            }
            paint->inner_loop = ranges[i];
            if (paint->outer_loop.first == 0) {
                paint->outer_loop = ranges[i];
            }
        }
    }
}

static void set_region(uint32_t region[2], struct sc_line_range range)
{
    region[0] = range.first;
    region[1] = range.last;
}

static void set_line(struct sc_line *line, const struct paint *paint)
{
    struct sc_line_range function =
        paint->function.first != 0 ? paint->function : paint->enclosing_class;
    /* A loop on one line is the line. */
    bool has_outer = paint->outer_loop.last > paint->outer_loop.first;
    set_region(line->function, function);
    if (has_outer) {
        set_region(line->outermost_loop, paint->outer_loop);
    }
    if (paint->inner_loop.first != 0) {
        set_region(line->region, paint->inner_loop);
    } else if (function.first != 0) {
        set_region(line->region, function);
    }
}

enum sc_err sc_build_regions(const struct sc_build_file *file, struct sc_line *lines,
                             size_t n_lines)
{
    const struct sc_source_facts *facts = &file->facts;
    size_t n = file->n_text;
    struct paint *paints = calloc(n + 1, sizeof *paints);
    struct sc_line_range *functions = calloc(facts->n_functions + 1, sizeof *functions);
    if (paints == NULL || functions == NULL) {
        free(paints);
        free(functions);
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < facts->n_functions; i++) {
        functions[i] = facts->functions[i].range;
    }
    sort_ranges(functions, facts->n_functions);
    sort_ranges(facts->classes, facts->n_classes);
    sort_ranges(facts->loops, facts->n_loops);
    paint_ranges(paints, n, offsetof(struct paint, enclosing_class), facts->classes,
                 facts->n_classes);
    paint_ranges(paints, n, offsetof(struct paint, function), functions,
                 facts->n_functions);
    paint_loops(paints, n, facts->loops, facts->n_loops);
    for (size_t i = 0; i < n_lines; i++) {
        lines[i].region[0] = lines[i].region[1] = lines[i].lineno;
        if (lines[i].lineno <= n) {
            set_line(&lines[i], &paints[lines[i].lineno - 1]);
        }
    }
    free(paints);
    free(functions);
    return SC_OK;
}
