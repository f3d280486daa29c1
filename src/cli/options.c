/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Look-ups in the table of options, and values from text. */
#include "cli/options.h"

#include "cli/nearest.h"
#include "os/heap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t row_of(const struct sc_option *option)
{
    return (size_t)(option - sc_option_table);
}

enum sc_err sc_options_init(struct sc_options *options)
{
    struct sc_refusal refusal;
    enum sc_err err = SC_OK;
    *options = (struct sc_options){0};
    sc_arena_init(&options->arena, &sc_os_pages);
    for (const struct sc_option *option = sc_option_table;
         option->name != NULL && err == SC_OK; option++) {
        if (option->fallback != NULL) {
            err = sc_option_assign(options, option, option->fallback, SC_SET_BY_DEFAULT,
                                   &refusal);
        }
    }
    return err;
}

void sc_options_fini(struct sc_options *options)
{
    free(options->profile_only.items);
    free(options->profile_exclude.items);
    sc_arena_fini(&options->arena);
}

static bool name_equals(const char *name, const char *text, size_t n)
{
    return strlen(name) == n && memcmp(name, text, n) == 0;
}

const struct sc_option *sc_option_find(unsigned verbs, const char *name, size_t n,
                                       bool *negated)
{
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        if ((option->verbs & verbs) == 0) {
            continue;
        }
        if (name_equals(option->name, name, n)) {
            *negated = false;
            return option;
        }
        if (option->kind == SC_OPTION_SWITCH && n > 3 && memcmp(name, "no-", 3) == 0 &&
            name_equals(option->name, name + 3, n - 3)) {
            *negated = true;
            return option;
        }
    }
    return NULL;
}

const struct sc_option *sc_option_find_short(unsigned verbs, char short_name)
{
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        if ((option->verbs & verbs) != 0 && short_name != 0 &&
            option->short_name == short_name) {
            return option;
        }
    }
    return NULL;
}

const char *sc_option_nearest(unsigned verbs, const char *name, size_t n)
{
    const char *candidates[SC_MAX_OPTIONS];
    size_t n_candidates = 0;
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        if ((option->verbs & verbs) != 0 && option->status == SC_OPTION_ACTS) {
            candidates[n_candidates++] = option->name;
        }
    }
    return sc_nearest(name, n, candidates, n_candidates);
}

bool sc_option_is_given(const struct sc_options *options, size_t field_offset)
{
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        if (option->status == SC_OPTION_ACTS && option->offset == field_offset &&
            options->sources[row_of(option)] != SC_SET_BY_DEFAULT) {
            return true;
        }
    }
    return false;
}

/* Only what people write: digits, a point, an exponent; no hexadecimal, no "nan". */
static bool parse_number(const char *text, double *number)
{
    char *end;
    if (text[0] == 0 || strspn(text, "0123456789.eE+-") != strlen(text)) {
        return false;
    }
    errno = 0;
    *number = strtod(text, &end);
    return *end == 0 && errno == 0;
}

static enum sc_err assign_number(const struct sc_option *option, const char *text,
                                 void *field, struct sc_refusal *refusal)
{
    double number;
    bool is_count = option->kind == SC_OPTION_COUNT;
    bool valid = parse_number(text, &number) && number >= option->minimum &&
                 number <= option->maximum;
    if (!valid || (is_count && number != (int)number)) {
        return sc_refuse(refusal, SC_ERR_RANGE, SC_EXIT_USAGE,
                         "\"%s\" is no %s from %g to %g%s%s", text,
                         is_count ? "whole number" : "number", option->minimum,
                         option->maximum, option->unit != NULL ? " " : "",
                         option->unit != NULL ? option->unit : "");
    }
    if (is_count) {
        *(int *)field = (int)number;
    } else {
        *(double *)field = number;
    }
    return SC_OK;
}

static enum sc_err assign_switch(const char *text, bool *field,
                                 struct sc_refusal *refusal)
{
    if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0) {
        return sc_refuse(refusal, SC_ERR_RANGE, SC_EXIT_USAGE,
                         "\"%s\" is neither on nor off", text);
    }
    *field = strcmp(text, "on") == 0;
    return SC_OK;
}

/* Adds each part between commas; blank parts are none. */
static enum sc_err add_to_list(struct sc_arena *arena, const char *text,
                               struct sc_text_list *list, struct sc_refusal *refusal)
{
    size_t n_before = list->n;
    while (*text != 0) {
        size_t n = strcspn(text, ",");
        if (n > 0) {
            char *item = sc_arena_strndup(arena, text, n);
            enum sc_err err = sc_os_grow((void **)&list->items, &list->capacity,
                                         list->n + 1, sizeof *list->items);
            if (item == NULL || err != SC_OK) {
                return sc_refuse(refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                                 "out of memory");
            }
            list->items[list->n++] = item;
        }
        text += n + (text[n] == ',');
    }
    if (list->n == n_before) {
        return sc_refuse(refusal, SC_ERR_RANGE, SC_EXIT_USAGE,
                         "needs one text or more, with commas between them");
    }
    return SC_OK;
}

static enum sc_err assign_field(struct sc_arena *arena, const struct sc_option *option,
                                const char *text, void *field,
                                struct sc_refusal *refusal)
{
    switch (option->kind) {
    case SC_OPTION_FLAG:
    case SC_OPTION_SWITCH:
        return assign_switch(text, field, refusal);
    case SC_OPTION_TEXT:
        if (text[0] == 0) {
            return sc_refuse(refusal, SC_ERR_RANGE, SC_EXIT_USAGE,
                             "needs a value that is not empty");
        }
        *(const char **)field = text;
        return SC_OK;
    case SC_OPTION_LIST:
        return add_to_list(arena, text, field, refusal);
    case SC_OPTION_NUMBER:
    case SC_OPTION_COUNT:
        return assign_number(option, text, field, refusal);
    }
    return SC_ERR_UNSUPPORTED;
}

enum sc_err sc_option_assign(struct sc_options *options, const struct sc_option *option,
                             const char *text, enum sc_option_source source,
                             struct sc_refusal *refusal)
{
    if (source < (enum sc_option_source)options->sources[row_of(option)]) {
        /* Checked all the same, so that a mistake shows whoever else gave a value. */
        union {
            bool boolean;
            const char *text;
            struct sc_text_list list;
            double number;
            int count;
        } unused = {0};
        enum sc_err err = assign_field(&options->arena, option, text, &unused, refusal);
        if (option->kind == SC_OPTION_LIST) {
            free(unused.list.items);
        }
        return err;
    }
    enum sc_err err = assign_field(&options->arena, option, text,
                                   (char *)options + option->offset, refusal);
    if (err == SC_OK) {
        options->sources[row_of(option)] = (unsigned char)source;
    }
    return err;
}

enum sc_err sc_option_check_status(struct sc_options *options,
                                   const struct sc_option *option,
                                   struct sc_refusal *refusal)
{
    if (option->status == SC_OPTION_NOT_YET) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_USAGE,
                         "not yet in this version");
    }
    if (option->status == SC_OPTION_IDLE) {
        sc_options_note(options, "--%s has no effect: there is only one way to measure",
                        option->name);
    }
    return SC_OK;
}

void sc_options_note(struct sc_options *options, const char *format, ...)
{
    struct sc_notes *notes = &options->notes;
    if (notes->n == sizeof notes->text / sizeof notes->text[0]) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(notes->text[notes->n++], sizeof notes->text[0], format, args);
    va_end(args);
}
