/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Stacks in 2.4's two shapes: `stacks` has Python frames as text with times, so stacks
 * that differ in their native frame only are one there; `combined_stacks` has every
 * frame with a count. What times each of the latter has is a field of ours,
 * combined_stack_times, in the same order. */
#include "profile/json_write_stacks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Stacks with the same Python frames. */
struct group {
    const struct sc_stack *stack;
    size_t n_python; /* its Python frames: they come first */
    uint64_t n_samples;
    double python_fraction;
    double native_fraction;
};

/* As it will be written: sums are of what readers see. */
static double rounded(double fraction)
{
    return round(fraction * 1e6) / 1e6;
}

static size_t count_python(const struct sc_stack *stack)
{
    size_t n = 0;
    while (n < stack->n_frames && !stack->frames[n].is_native) {
        n++;
    }
    return n;
}

static int compare_frames(const struct sc_stack_frame *x,
                          const struct sc_stack_frame *y)
{
    int order = strcmp(x->file, y->file);
    if (order == 0) {
        order = strcmp(x->function, y->function);
    }
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static int by_frames(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    for (size_t i = 0; i < x->n_python && i < y->n_python; i++) {
        int order = compare_frames(&x->stack->frames[i], &y->stack->frames[i]);
        if (order != 0) {
            return order;
        }
    }
    return (x->n_python > y->n_python) - (x->n_python < y->n_python);
}

static int by_samples(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    if (x->n_samples != y->n_samples) {
        return x->n_samples > y->n_samples ? -1 : 1;
    }
    return by_frames(a, b);
}

/* Groups stacks by their Python frames, the most frequent first. */
static size_t make_groups(struct group *groups, const struct sc_profile *profile)
{
    size_t n = 0, n_groups = 0;
    for (size_t i = 0; i < profile->n_stacks; i++) {
        const struct sc_stack *stack = &profile->stacks[i];
        size_t n_python = count_python(stack);
        if (n_python > 0) {
            groups[n++] =
                (struct group){.stack = stack,
                               .n_python = n_python,
                               .n_samples = stack->n_samples,
                               .python_fraction = rounded(stack->python_fraction),
                               .native_fraction = rounded(stack->native_fraction)};
        }
    }
    qsort(groups, n, sizeof *groups, by_frames);
    for (size_t i = 0; i < n; i++) {
        struct group *last = &groups[n_groups];
        if (i > 0 && by_frames(&groups[i], last - 1) == 0) {
            last[-1].n_samples += groups[i].n_samples;
            last[-1].python_fraction += groups[i].python_fraction;
            last[-1].native_fraction += groups[i].native_fraction;
        } else {
            *last = groups[i];
            n_groups++;
        }
    }
    qsort(groups, n_groups, sizeof *groups, by_samples);
    return n_groups;
}

static enum sc_err put_python_frame(struct sc_json_emitter *out,
                                    const struct sc_stack_frame *frame)
{
    char *text = NULL;
    if (asprintf(&text, "%s %s:%u;", frame->file, frame->function, frame->line) < 0) {
        return SC_ERR_NO_MEMORY;
    }
    sc_json_string(out, text);
    free(text);
    return SC_OK;
}

static void put_fraction(struct sc_json_emitter *out, const char *key, double value)
{
    sc_json_key(out, key);
    sc_json_real(out, value < 1 ? value : 1, 6); /* sums of rounded parts */
}

static enum sc_err put_stacks(struct sc_json_emitter *out,
                              const struct sc_profile *profile)
{
    struct group *groups = calloc(profile->n_stacks + 1, sizeof *groups);
    if (groups == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    enum sc_err err = SC_OK;
    size_t n = make_groups(groups, profile);
    sc_json_key(out, "stacks");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < n && err == SC_OK; i++) {
        const struct group *group = &groups[i];
        sc_json_open(out, '[', true);
        sc_json_open(out, '[', true);
        for (size_t k = 0; k < group->n_python && err == SC_OK; k++) {
            err = put_python_frame(out, &group->stack->frames[k]);
        }
        sc_json_close(out, ']');
        sc_json_open(out, '{', true);
        sc_json_key(out, "count");
        sc_json_uint(out, group->n_samples);
        put_fraction(out, "python_time", group->python_fraction);
        put_fraction(out, "c_time", group->native_fraction);
        put_fraction(out, "cpu_samples",
                     group->python_fraction + group->native_fraction);
        sc_json_close(out, '}');
        sc_json_close(out, ']');
    }
    sc_json_close(out, ']');
    free(groups);
    return err;
}

static void put_frame(struct sc_json_emitter *out, const struct sc_stack_frame *frame)
{
    sc_json_open(out, '{', true);
    sc_json_key(out, "kind");
    sc_json_string(out, frame->is_native ? "native" : "py");
    sc_json_key(out, "display_name");
    sc_json_string(out, frame->function);
    sc_json_key(out, "filename_or_module");
    sc_json_string(out, frame->file);
    sc_json_key(out, "line");
    if (frame->is_native) {
        sc_json_null(out);
    } else {
        sc_json_uint(out, frame->line);
    }
    /* Addresses are not kept: they differ from run to run and mean nothing later. */
    sc_json_key(out, "ip");
    sc_json_null(out);
    sc_json_key(out, "offset");
    sc_json_null(out);
    sc_json_close(out, '}');
}

static void put_combined(struct sc_json_emitter *out, const struct sc_profile *profile)
{
    sc_json_key(out, "combined_stacks");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < profile->n_stacks; i++) {
        const struct sc_stack *stack = &profile->stacks[i];
        sc_json_open(out, '[', true);
        sc_json_open(out, '[', true);
        for (size_t k = 0; k < stack->n_frames; k++) {
            put_frame(out, &stack->frames[k]);
        }
        sc_json_close(out, ']');
        sc_json_uint(out, stack->n_samples);
        sc_json_close(out, ']');
    }
    sc_json_close(out, ']');
    sc_json_key(out, "combined_stack_times");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < profile->n_stacks; i++) {
        sc_json_open(out, '[', true);
        sc_json_real(out, profile->stacks[i].python_fraction, 6);
        sc_json_real(out, profile->stacks[i].native_fraction, 6);
        sc_json_close(out, ']');
    }
    sc_json_close(out, ']');
}

static void put_timeline(struct sc_json_emitter *out, const struct sc_profile *profile)
{
    sc_json_key(out, "combined_stacks_timeline");
    sc_json_open(out, '[', false);
    for (size_t i = 0; i < profile->n_timeline; i++) {
        const struct sc_timeline_entry *entry = &profile->timeline[i];
        sc_json_open(out, '{', true);
        sc_json_key(out, "t_sec");
        sc_json_real(out, entry->t_sec, 6);
        sc_json_key(out, "stack_index");
        sc_json_uint(out, entry->stack_index);
        sc_json_key(out, "count");
        sc_json_uint(out, entry->count);
        sc_json_key(out, "thread_id");
        sc_json_uint(out, entry->thread_id);
        sc_json_close(out, '}');
    }
    sc_json_close(out, ']');
}

enum sc_err sc_json_write_stacks(struct sc_json_emitter *out,
                                 const struct sc_profile *profile)
{
    sc_json_key(out, "main_thread_id");
    if (profile->main_thread_id != 0) {
        sc_json_uint(out, profile->main_thread_id);
    } else {
        sc_json_null(out);
    }
    enum sc_err err = put_stacks(out, profile);
    put_combined(out, profile);
    put_timeline(out, profile);
    return err;
}
