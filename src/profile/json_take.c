/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Typed values and their problems. */
#include "profile/json_take.h"

#include "profile/path.h"

#include <math.h>
#include <string.h>

void sc_take_problem(struct sc_json_taker *taker, const char *field, const char *what)
{
    if (taker->err != SC_OK) {
        return;
    }
    taker->err = SC_ERR_FORMAT;
    char *text = taker->problem->text;
    size_t size = sizeof taker->problem->text;
    int n = 0;
    if (taker->file != NULL) {
        n = snprintf(text, size, "files[\"%.100s\"].", taker->file);
    }
    if (taker->list != NULL && n >= 0 && (size_t)n < size) {
        n +=
            snprintf(text + n, size - (size_t)n, "%s[%zu].", taker->list, taker->index);
    }
    if (n >= 0 && (size_t)n < size) {
        snprintf(text + n, size - (size_t)n, "%s %s", field, what);
    }
}

void sc_take_no_memory(struct sc_json_taker *taker)
{
    if (taker->err == SC_OK) {
        taker->err = SC_ERR_NO_MEMORY;
        snprintf(taker->problem->text, sizeof taker->problem->text, "%s",
                 sc_err_text(SC_ERR_NO_MEMORY));
    }
}

void *sc_take_room(struct sc_json_taker *taker, size_t n, size_t item_bytes)
{
    void *room = sc_arena_alloc(taker->arena, (n + 1) * item_bytes);
    if (room == NULL) {
        sc_take_no_memory(taker);
    }
    return room;
}

const char *sc_take_text(struct sc_json_taker *taker, const json_t *string)
{
    const char *text = sc_text_from_bytes(taker->arena, json_string_value(string),
                                          json_string_length(string));
    if (text == NULL) {
        sc_take_no_memory(taker);
        return "";
    }
    return text;
}

/* The value of a field; NULL when it is missing or null. */
static const json_t *field_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

const char *sc_take_string(struct sc_json_taker *taker, const json_t *object,
                           const char *key)
{
    const json_t *value = field_of(object, key);
    if (value != NULL && !json_is_string(value)) {
        sc_take_problem(taker, key, "is not a string");
        value = NULL;
    }
    return value != NULL ? sc_take_text(taker, value) : "";
}

double sc_take_real(struct sc_json_taker *taker, const json_t *object, const char *key,
                    double max)
{
    const json_t *value = field_of(object, key);
    if (value == NULL) {
        return 0;
    }
    if (!json_is_number(value)) {
        sc_take_problem(taker, key, "is not a number");
        return 0;
    }
    return fmin(fmax(json_number_value(value), 0), max);
}

uint64_t sc_take_uint(struct sc_json_taker *taker, const json_t *object,
                      const char *key, uint64_t max)
{
    const json_t *value = field_of(object, key);
    if (value == NULL) {
        return 0;
    }
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value)) {
        sc_take_problem(taker, key, "is not an integer");
        return 0;
    }
    if (number < 0 || (uint64_t)number > max) {
        sc_take_problem(taker, key, "is out of range");
        return 0;
    }
    return (uint64_t)number;
}

bool sc_take_bool(struct sc_json_taker *taker, const json_t *object, const char *key)
{
    const json_t *value = field_of(object, key);
    if (value != NULL && !json_is_boolean(value)) {
        sc_take_problem(taker, key, "is not true or false");
    }
    return json_is_true(value);
}

const json_t *sc_take_list(struct sc_json_taker *taker, const json_t *object,
                           const char *key)
{
    const json_t *value = field_of(object, key);
    if (value != NULL && !json_is_array(value)) {
        sc_take_problem(taker, key, "is not a list");
        return NULL;
    }
    return value;
}

const json_t *sc_take_object(struct sc_json_taker *taker, const json_t *object,
                             const char *key)
{
    const json_t *value = field_of(object, key);
    if (value != NULL && !json_is_object(value)) {
        sc_take_problem(taker, key, "is not an object");
        return NULL;
    }
    return value;
}

const char *const *sc_take_strings(struct sc_json_taker *taker, const json_t *object,
                                   const char *key, size_t *n)
{
    const json_t *list = sc_take_list(taker, object, key);
    size_t size = json_array_size(list);
    const char **strings = sc_take_room(taker, size, sizeof *strings);
    *n = 0;
    for (size_t i = 0; i < size && taker->err == SC_OK; i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_string(item)) {
            sc_take_problem(taker, key, "holds something that is not a string");
            break;
        }
        strings[(*n)++] = sc_take_text(taker, item);
    }
    return strings;
}
