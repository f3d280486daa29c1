/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Stacks and timeline as read: from combined_stacks, which has every frame. */
#include "profile/json_read_rows.h"

#include <string.h>

static void take_frame(struct sc_json_taker *taker, const json_t *object,
                       struct sc_stack_frame *frame)
{
    const char *kind = sc_take_string(taker, object, "kind");
    frame->is_native = strcmp(kind, "native") == 0;
    if (!frame->is_native && strcmp(kind, "py") != 0) {
        sc_take_problem(taker, "kind", "is neither \"py\" nor \"native\"");
    }
    frame->function = sc_take_string(taker, object, "display_name");
    frame->file = sc_take_string(taker, object, "filename_or_module");
    frame->line = (uint32_t)sc_take_uint(taker, object, "line", INT32_MAX);
}

static void take_stack(struct sc_json_taker *taker, const json_t *entry,
                       struct sc_stack *stack)
{
    const json_t *list = json_array_get(entry, 0), *hits = json_array_get(entry, 1);
    if (!json_is_array(list) || !json_is_integer(hits) ||
        json_integer_value(hits) < 0) {
        sc_take_problem(taker, "(entry)", "is not a list of frames and a count");
        return;
    }
    size_t n = json_array_size(list);
    struct sc_stack_frame *frames = sc_take_room(taker, n, sizeof *frames);
    for (size_t i = 0; i < n && taker->err == SC_OK; i++) {
        take_frame(taker, json_array_get(list, i), &frames[i]);
    }
    stack->frames = frames;
    stack->n_frames = taker->err == SC_OK ? n : 0;
    stack->n_samples = (uint64_t)json_integer_value(hits);
}

static void take_stack_times(struct sc_json_taker *taker, const json_t *root,
                             struct sc_stack *stacks, size_t n)
{
    static const char key[] = "combined_stack_times";
    const json_t *list = sc_take_list(taker, root, key);
    if (list == NULL) {
        return;
    }
    if (json_array_size(list) != n) {
        sc_take_problem(taker, key, "has not as many items as combined_stacks");
    }
    for (size_t i = 0; i < n && taker->err == SC_OK; i++) {
        const json_t *pair = json_array_get(list, i);
        const json_t *python = json_array_get(pair, 0),
                     *native = json_array_get(pair, 1);
        if (!json_is_number(python) || !json_is_number(native)) {
            sc_take_problem(taker, key, "holds something that is no pair of numbers");
            return;
        }
        stacks[i].python_fraction = json_number_value(python);
        stacks[i].native_fraction = json_number_value(native);
    }
}

static void take_timeline(struct sc_json_taker *taker, const json_t *root,
                          struct sc_profile *profile)
{
    const json_t *list = sc_take_list(taker, root, "combined_stacks_timeline");
    size_t n = json_array_size(list);
    struct sc_timeline_entry *entries = sc_take_room(taker, n, sizeof *entries);
    taker->list = "combined_stacks_timeline";
    for (taker->index = 0; taker->index < n && taker->err == SC_OK; taker->index++) {
        const json_t *object = json_array_get(list, taker->index);
        struct sc_timeline_entry *entry = &entries[taker->index];
        entry->t_sec = sc_take_real(taker, object, "t_sec", 1e12);
        entry->stack_index =
            (uint32_t)sc_take_uint(taker, object, "stack_index", UINT32_MAX);
        entry->count = (uint32_t)sc_take_uint(taker, object, "count", UINT32_MAX);
        entry->thread_id = sc_take_uint(taker, object, "thread_id", INT64_MAX);
        if (entry->stack_index >= profile->n_stacks) {
            sc_take_problem(taker, "stack_index", "names no stack");
        }
    }
    taker->list = NULL;
    profile->timeline = entries;
    profile->n_timeline = taker->err == SC_OK ? n : 0;
}

void sc_json_read_stacks(struct sc_json_taker *taker, const json_t *root,
                         struct sc_profile *profile)
{
    const json_t *list = sc_take_list(taker, root, "combined_stacks");
    size_t n = json_array_size(list);
    struct sc_stack *stacks = sc_take_room(taker, n, sizeof *stacks);
    taker->list = "combined_stacks";
    for (taker->index = 0; taker->index < n && taker->err == SC_OK; taker->index++) {
        take_stack(taker, json_array_get(list, taker->index), &stacks[taker->index]);
    }
    taker->list = NULL;
    if (taker->err != SC_OK) {
        return;
    }
    take_stack_times(taker, root, stacks, n);
    profile->stacks = stacks;
    profile->n_stacks = n;
    take_timeline(taker, root, profile);
}
