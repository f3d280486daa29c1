/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Reading the helper's answer. */
#include "profile/source_facts_json.h"

#include "profile/path.h"

#include <jansson.h>

/* A line number in 1..2^31-1 at index of a list. */
static bool get_line(const json_t *list, size_t index, uint32_t *line)
{
    const json_t *item = json_array_get(list, index);
    json_int_t value = json_integer_value(item);
    if (!json_is_integer(item) || value < 1 || value > INT32_MAX) {
        return false;
    }
    *line = (uint32_t)value;
    return true;
}

static bool get_range(const json_t *list, size_t index, struct sc_line_range *range)
{
    return get_line(list, index, &range->first) &&
           get_line(list, index + 1, &range->last) && range->first <= range->last;
}

static enum sc_err parse_ranges(struct sc_arena *arena, const json_t *list,
                                struct sc_line_range **ranges, size_t *n)
{
    size_t size = json_array_size(list);
    *ranges = sc_arena_alloc(arena, (size + 1) * sizeof **ranges);
    if (*ranges == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < size; i++) {
        if (!get_range(json_array_get(list, i), 0, &(*ranges)[i])) {
            return SC_ERR_FORMAT;
        }
    }
    *n = size;
    return SC_OK;
}

static const char *take_text(struct sc_arena *arena, const json_t *text)
{
    return sc_text_from_bytes(arena, json_string_value(text), json_string_length(text));
}

static enum sc_err parse_functions(struct sc_arena *arena, const json_t *list,
                                   struct sc_source_facts *facts)
{
    size_t size = json_array_size(list);
    facts->functions = sc_arena_alloc(arena, (size + 1) * sizeof *facts->functions);
    if (facts->functions == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < size; i++) {
        const json_t *item = json_array_get(list, i);
        struct sc_source_function *function = &facts->functions[i];
        const json_t *name = json_array_get(item, 0);
        if (!json_is_string(name) || !get_range(item, 1, &function->range) ||
            !json_is_boolean(json_array_get(item, 3))) {
            return SC_ERR_FORMAT;
        }
        function->is_async = json_is_true(json_array_get(item, 3));
        function->qualname = take_text(arena, name);
        if (function->qualname == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    facts->n_functions = size;
    return SC_OK;
}

static enum sc_err parse_imports(struct sc_arena *arena, const json_t *list,
                                 struct sc_source_facts *facts)
{
    size_t size = json_array_size(list);
    facts->imports = sc_arena_alloc(arena, (size + 1) * sizeof *facts->imports);
    if (facts->imports == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < size; i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_string(item)) {
            return SC_ERR_FORMAT;
        }
        facts->imports[i] = take_text(arena, item);
        if (facts->imports[i] == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    facts->n_imports = size;
    return SC_OK;
}

static enum sc_err parse_source(struct sc_arena *arena, const json_t *source,
                                struct sc_source_facts *facts)
{
    if (json_is_null(source)) {
        return SC_OK;
    }
    if (!json_is_object(source)) {
        return SC_ERR_FORMAT;
    }
    const json_t *text = json_object_get(source, "text");
    if (json_is_string(text)) {
        facts->text_bytes = json_string_length(text);
        facts->text =
            sc_arena_strndup(arena, json_string_value(text), facts->text_bytes);
        if (facts->text == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    enum sc_err err =
        parse_functions(arena, json_object_get(source, "functions"), facts);
    if (err == SC_OK) {
        err = parse_ranges(arena, json_object_get(source, "classes"), &facts->classes,
                           &facts->n_classes);
    }
    if (err == SC_OK) {
        err = parse_ranges(arena, json_object_get(source, "loops"), &facts->loops,
                           &facts->n_loops);
    }
    if (err == SC_OK) {
        err = parse_imports(arena, json_object_get(source, "imports"), facts);
    }
    return err;
}

enum sc_err sc_source_facts_parse(struct sc_arena *arena, const char *answer, size_t n,
                                  struct sc_source_facts *facts, size_t n_facts)
{
    json_error_t error;
    json_t *root = json_loadb(answer, n, JSON_ALLOW_NUL, &error);
    enum sc_err err = SC_ERR_FORMAT;
    if (json_is_array(root) && json_array_size(root) == n_facts) {
        err = SC_OK;
        for (size_t i = 0; i < n_facts && err == SC_OK; i++) {
            err = parse_source(arena, json_array_get(root, i), &facts[i]);
        }
    }
    json_decref(root);
    return err;
}
