/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Stacks for flame graphs, and the timeline over them. Collected stacks differ by
 * instruction; here frames on the same line of the same function are one, so a stack
 * is a path in a tree of (function, line) and, below it, the native place. */
#include "base/units.h"
#include "profile/build.h"
#include "profile/key_map.h"
#include "profile/path.h"

#include <stdlib.h>
#include <string.h>

/* The file stays readable: about 25 MB of stacks at the very most, the rarest ones
 * left out and counted, and a timeline of about 1.5 MB. */
enum {
    MAX_KEPT_FRAMES = 30000,
    MAX_TIMELINE = 20000
};

struct merged_stack {
    uint32_t line_node; /* SC_NONE: no Python frame */
    uint32_t symbol;
    uint32_t index; /* in order of first sight */
    uint64_t n_samples;
    double python_ns;
    double native_ns;
};

struct bench {
    struct sc_key_map line_nodes; /* caller + 1, function, line */
    uint32_t *line_node_of_node;
    struct sc_key_map stacks;      /* line node, symbol */
    struct merged_stack *merged;   /* later sorted */
    uint32_t *kept_index;          /* by order of first sight; SC_NONE: left out */
    const char **name_of_function; /* in the profile's arena; NULL: not yet */
};

static struct sc_key stack_key(const struct bench *bench, uint32_t stack,
                               uint32_t symbol)
{
    uint32_t line_node = stack != SC_NONE ? bench->line_node_of_node[stack] : SC_NONE;
    return (struct sc_key){{line_node, symbol, 0}};
}

static enum sc_err merge_nodes(struct sc_build *build, struct bench *bench)
{
    const struct sc_collected *collected = build->collected;
    for (uint32_t i = 0; i < collected->n_nodes; i++) {
        const struct sc_stack_node *node = &collected->nodes[i];
        uint32_t caller =
            node->parent < i ? bench->line_node_of_node[node->parent] : SC_NONE;
        if (node->function == SC_NONE) {
            bench->line_node_of_node[i] = caller; /* nothing to show of it */
            continue;
        }
        struct sc_key key = {{caller, node->function, build->places[i].line}};
        enum sc_err err =
            sc_key_map_put(&bench->line_nodes, key, &bench->line_node_of_node[i]);
        if (err != SC_OK) {
            return err;
        }
    }
    return SC_OK;
}

static enum sc_err merge_cells(struct sc_build *build, struct bench *bench)
{
    const struct sc_collected *collected = build->collected;
    for (size_t i = 0; i < collected->n_cells; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        struct sc_key key = stack_key(bench, cell->stack, cell->symbol);
        uint32_t index;
        enum sc_err err = sc_key_map_put(&bench->stacks, key, &index);
        if (err != SC_OK) {
            return err;
        }
        struct merged_stack *merged = &bench->merged[index];
        merged->line_node = (uint32_t)key.part[0];
        merged->symbol = cell->symbol;
        merged->index = index;
        merged->n_samples += cell->n_samples;
        merged->python_ns += cell->python_ns;
        merged->native_ns += cell->native_ns + cell->kernel_ns;
    }
    return SC_OK;
}

static int by_samples(const void *a, const void *b)
{
    const struct merged_stack *x = a, *y = b;
    if (x->n_samples != y->n_samples) {
        return x->n_samples > y->n_samples ? -1 : 1;
    }
    double x_ns = x->python_ns + x->native_ns, y_ns = y->python_ns + y->native_ns;
    if (x_ns != y_ns) {
        return x_ns > y_ns ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

static const char *function_name(struct sc_build *build, struct bench *bench,
                                 uint32_t function)
{
    const char **name = &bench->name_of_function[function];
    if (*name == NULL) {
        *name = sc_build_text(build, build->collected->functions[function].qualname);
    }
    return *name;
}

/* The native leaf of a stack: its symbol, else its module. */
static enum sc_err fill_native(struct sc_build *build, uint32_t symbol_index,
                               struct sc_stack_frame *frame)
{
    *frame = (struct sc_stack_frame){
        .function = "<native>", .file = "<native>", .is_native = true};
    if (symbol_index == SC_NONE) {
        return SC_OK;
    }
    const struct sc_symbol *symbol = &build->collected->symbols[symbol_index];
    const char *module = symbol->module != SC_NONE
                             ? build->collected->modules[symbol->module].path
                             : "<native>";
    frame->file = sc_build_text(build, module);
    frame->function = sc_build_text(build, symbol->name != NULL ? symbol->name
                                                                : sc_path_base(module));
    return frame->file != NULL && frame->function != NULL ? SC_OK : SC_ERR_NO_MEMORY;
}

static uint32_t caller_of(const struct bench *bench, uint32_t line_node)
{
    return (uint32_t)bench->line_nodes.keys[line_node].part[0];
}

static enum sc_err fill_stack(struct sc_build *build, struct bench *bench,
                              const struct merged_stack *merged, struct sc_stack *stack)
{
    size_t n_python = 0;
    for (uint32_t at = merged->line_node; at != SC_NONE; at = caller_of(bench, at)) {
        n_python++;
    }
    bool has_leaf = merged->symbol != SC_NONE || n_python == 0;
    stack->n_frames = n_python + has_leaf;
    struct sc_stack_frame *frames =
        sc_arena_alloc(build->arena, stack->n_frames * sizeof *frames);
    if (frames == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t i = n_python;
    for (uint32_t at = merged->line_node; at != SC_NONE; at = caller_of(bench, at)) {
        const struct sc_key *key = &bench->line_nodes.keys[at];
        uint32_t function = (uint32_t)key->part[1];
        struct sc_stack_frame *frame = &frames[--i];
        frame->function = function_name(build, bench, function);
        frame->file = build->files[build->file_of_function[function]].name;
        frame->line = (uint32_t)key->part[2];
        if (frame->function == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    stack->frames = frames;
    stack->n_samples = merged->n_samples;
    double total_ns = build->total_ns > 0 ? build->total_ns : 1;
    stack->python_fraction = merged->python_ns > 0 ? merged->python_ns / total_ns : 0;
    stack->native_fraction = merged->native_ns > 0 ? merged->native_ns / total_ns : 0;
    return has_leaf ? fill_native(build, merged->symbol, &frames[n_python]) : SC_OK;
}

static enum sc_err keep_stacks(struct sc_build *build, struct bench *bench)
{
    size_t n = bench->stacks.n;
    size_t n_frames = 0;
    double left_out_ns = 0;
    struct sc_stack *stacks = sc_arena_alloc(build->arena, (n + 1) * sizeof *stacks);
    if (stacks == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    qsort(bench->merged, n, sizeof *bench->merged, by_samples);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct merged_stack *merged = &bench->merged[i];
        if (n_frames >= MAX_KEPT_FRAMES) {
            bench->kept_index[merged->index] = SC_NONE;
            left_out_ns += merged->python_ns + merged->native_ns;
            continue;
        }
        enum sc_err err = fill_stack(build, bench, merged, &stacks[n_kept]);
        if (err != SC_OK) {
            return err;
        }
        bench->kept_index[merged->index] = (uint32_t)n_kept;
        n_frames += stacks[n_kept++].n_frames;
    }
    build->profile->stacks = stacks;
    build->profile->n_stacks = n_kept;
    if (n_kept == n) {
        return SC_OK;
    }
    return sc_build_warn(build,
                         "The list of call stacks lacks the %zu rarest of %zu, with "
                         "%.1f %% of the time; lines and functions are complete.",
                         n - n_kept, n, 100 * left_out_ns / build->total_ns);
}

/* Halves the entries by joining neighbours of one thread: the more frequent stack
 * stands for both. Returns the new number. */
static size_t halve(struct sc_timeline_entry *entries, size_t n)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < n;) {
        struct sc_timeline_entry entry = entries[i++];
        if (i < n && entries[i].thread_id == entry.thread_id) {
            if (entries[i].count > entry.count) {
                entry.stack_index = entries[i].stack_index;
            }
            entry.count += entries[i++].count;
        }
        entries[n_kept++] = entry;
    }
    return n_kept;
}

static int by_time(const void *a, const void *b)
{
    const struct sc_timeline_entry *x = a, *y = b;
    if (x->t_sec != y->t_sec) {
        return x->t_sec < y->t_sec ? -1 : 1;
    }
    return x->thread_id < y->thread_id ? -1 : x->thread_id > y->thread_id;
}

static enum sc_err make_timeline(struct sc_build *build, const struct bench *bench)
{
    const struct sc_collected *collected = build->collected;
    struct sc_timeline_entry *entries =
        sc_arena_alloc(build->arena, (collected->n_timeline + 1) * sizeof *entries);
    if (entries == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < collected->n_timeline; i++) {
        const struct sc_moment *moment = &collected->timeline[i];
        uint32_t seen = sc_key_map_get(&bench->stacks,
                                       stack_key(bench, moment->stack, moment->symbol));
        uint32_t kept = seen != UINT32_MAX ? bench->kept_index[seen] : SC_NONE;
        uint64_t thread_id = collected->threads[moment->thread].tid;
        if (kept == SC_NONE || moment->count == 0) {
            continue;
        }
        if (n > 0 && entries[n - 1].thread_id == thread_id &&
            entries[n - 1].stack_index == kept) {
            entries[n - 1].count += moment->count;
            continue;
        }
        entries[n++] = (struct sc_timeline_entry){.t_sec = (double)moment->t_ns /
                                                           (double)SC_NS_PER_SEC,
                                                  .stack_index = kept,
                                                  .count = moment->count,
                                                  .thread_id = thread_id};
    }
    size_t n_before = n + 1;
    while (n > MAX_TIMELINE && n < n_before) {
        n_before = n;
        n = halve(entries, n);
    }
    n = n < MAX_TIMELINE ? n : MAX_TIMELINE;
    qsort(entries, n, sizeof *entries, by_time);
    build->profile->timeline = entries;
    build->profile->n_timeline = n;
    return SC_OK;
}

enum sc_err sc_build_stacks(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    if (!build->config->keep_stacks) {
        return SC_OK;
    }
    struct bench bench = {0};
    bench.line_node_of_node = calloc(collected->n_nodes + 1, sizeof(uint32_t));
    bench.merged = calloc(collected->n_cells + 1, sizeof *bench.merged);
    bench.kept_index = calloc(collected->n_cells + 1, sizeof *bench.kept_index);
    bench.name_of_function =
        calloc(collected->n_functions + 1, sizeof *bench.name_of_function);
    enum sc_err err = SC_ERR_NO_MEMORY;
    if (bench.line_node_of_node == NULL || bench.merged == NULL ||
        bench.kept_index == NULL || bench.name_of_function == NULL) {
        goto done;
    }
    err = merge_nodes(build, &bench);
    if (err == SC_OK) {
        err = merge_cells(build, &bench);
    }
    if (err == SC_OK) {
        err = keep_stacks(build, &bench);
    }
    if (err == SC_OK) {
        err = make_timeline(build, &bench);
    }
done:
    sc_key_map_fini(&bench.line_nodes);
    sc_key_map_fini(&bench.stacks);
    free(bench.line_node_of_node);
    free(bench.merged);
    free(bench.kept_index);
    free(bench.name_of_function);
    return err;
}
