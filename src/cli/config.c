/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The reader of YAML files, on libyaml's events. libcyaml, which sits on the same
 * events, wants every key under one spelling, reads on and off by its own rules and
 * gives the line of a fault only inside a log text; the table of options knows the
 * keys here. */
#include "cli/config.h"

#include "cli/command_line.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <yaml.h>

enum {
    MAX_KEY_BYTES = 64
};

struct reading {
    yaml_parser_t parser;
    yaml_event_t event; /* the last one taken */
    bool has_event;
    const char *name;
    struct sc_options *options;
    struct sc_refusal *refusal;
    size_t seen_at_line[SC_MAX_OPTIONS]; /* by row; 0: not yet */
};

static size_t line_of(const yaml_event_t *event)
{
    return event->start_mark.line + 1;
}

static const char *text_of(const yaml_event_t *event)
{
    return (const char *)event->data.scalar.value;
}

/* Says file:line: what. key NULL: the file as a whole. */
static enum sc_err refuse_at(struct reading *reading, size_t line, const char *key,
                             const char *what)
{
    return sc_refuse(reading->refusal, SC_ERR_FORMAT, SC_EXIT_USAGE, "%s:%zu: %s%s%s",
                     reading->name, line, key != NULL ? key : "",
                     key != NULL ? ": " : "", what);
}

static enum sc_err next_event(struct reading *reading)
{
    if (reading->has_event) {
        yaml_event_delete(&reading->event);
        reading->has_event = false;
    }
    if (yaml_parser_parse(&reading->parser, &reading->event)) {
        reading->has_event = true;
        return SC_OK;
    }
    const yaml_parser_t *parser = &reading->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "not readable";
    if (parser->error == YAML_MEMORY_ERROR) {
        return sc_refuse(reading->refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                         "out of memory");
    }
    /* The reader knows bytes, not lines; it stands on the line it last gave out. */
    size_t line = parser->error == YAML_READER_ERROR ? parser->mark.line
                                                     : parser->problem_mark.line;
    return refuse_at(reading, line + 1, NULL, problem);
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcasecmp(text, *words) == 0) {
            return true;
        }
    }
    return false;
}

/* YAML 1.1's booleans (yaml.org/type/bool.html). NULL: not one. */
static const char *switch_text(const char *text)
{
    static const char *const on[] = {"true", "yes", "on", "y", NULL};
    static const char *const off[] = {"false", "no", "off", "n", NULL};
    return is_one_of(text, on) ? "on" : is_one_of(text, off) ? "off" : NULL;
}

static bool is_plain(const yaml_event_t *event)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_nothing(const yaml_event_t *event)
{
    static const char *const nothing[] = {"", "~", "null", NULL};
    return is_plain(event) && is_one_of(text_of(event), nothing);
}

static const char *wanted_type(const struct sc_option *option)
{
    switch (option->kind) {
    case SC_OPTION_FLAG:
    case SC_OPTION_SWITCH:
        return "needs true or false";
    case SC_OPTION_NUMBER:
    case SC_OPTION_COUNT:
        return "needs a number";
    case SC_OPTION_LIST:
        return "needs a text or a list of texts";
    case SC_OPTION_TEXT:
        break;
    }
    return "needs a text";
}

/* The value in the event at hand, one scalar. */
static enum sc_err take_scalar(struct reading *reading, const struct sc_option *option,
                               const char *key, bool negated)
{
    const yaml_event_t *event = &reading->event;
    const char *text = text_of(event);
    const char *boolean = switch_text(text);
    size_t line = line_of(event);
    bool is_switch = option->kind == SC_OPTION_FLAG || option->kind == SC_OPTION_SWITCH;
    bool is_text = option->kind == SC_OPTION_TEXT || option->kind == SC_OPTION_LIST;
    if (event->type != YAML_SCALAR_EVENT || is_nothing(event) ||
        strlen(text) != event->data.scalar.length || (is_switch && boolean == NULL)) {
        return refuse_at(reading, line, key, wanted_type(option));
    }
    if (is_text && boolean != NULL && is_plain(event)) {
        return refuse_at(reading, line, key, "needs a text; in quotes it is one");
    }
    if (option->status == SC_OPTION_IDLE) {
        return SC_OK;
    }
    const char *value = sc_arena_strdup(&reading->options->arena, text);
    if (is_switch) {
        value = negated == (strcmp(boolean, "off") == 0) ? "on" : "off";
    }
    if (value == NULL) {
        return sc_refuse(reading->refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                         "out of memory");
    }
    struct sc_refusal cause;
    enum sc_err err =
        sc_option_assign(reading->options, option, value, SC_SET_BY_FILE, &cause);
    return err == SC_OK ? err : refuse_at(reading, line, key, cause.text);
}

static enum sc_err take_value(struct reading *reading, const struct sc_option *option,
                              const char *key, bool negated)
{
    enum sc_err err = next_event(reading);
    if (err != SC_OK) {
        return err;
    }
    size_t line = line_of(&reading->event);
    if (reading->event.type == YAML_ALIAS_EVENT) {
        return refuse_at(reading, line, key, "aliases are not understood here");
    }
    if (reading->event.type == YAML_SCALAR_EVENT) {
        return take_scalar(reading, option, key, negated);
    }
    if (reading->event.type != YAML_SEQUENCE_START_EVENT ||
        option->kind != SC_OPTION_LIST) {
        return refuse_at(reading, line, key, wanted_type(option));
    }
    size_t n_items = 0;
    for (err = next_event(reading);
         err == SC_OK && reading->event.type != YAML_SEQUENCE_END_EVENT;
         err = next_event(reading)) {
        if (reading->event.type != YAML_SCALAR_EVENT) {
            return refuse_at(reading, line_of(&reading->event), key,
                             wanted_type(option));
        }
        err = take_scalar(reading, option, key, negated);
        if (err != SC_OK) {
            return err;
        }
        n_items++;
    }
    return err == SC_OK && n_items == 0
               ? refuse_at(reading, line, key, wanted_type(option))
               : err;
}

/* The option that a key names. key: with dashes, as the file's spelling may differ. */
static const struct sc_option *find_key(const char *key, bool *negated)
{
    const struct sc_option *option =
        sc_option_find(SC_VERB_RUN, key, strlen(key), negated);
    for (const struct sc_option *row = sc_option_table;
         option == NULL && row->name != NULL; row++) {
        if ((row->verbs & SC_VERB_RUN) != 0 && row->alias != NULL &&
            strcmp(row->alias, key) == 0) {
            *negated = false;
            option = row;
        }
    }
    return option;
}

static enum sc_err refuse_key(struct reading *reading, size_t line, const char *spelt,
                              const char *key)
{
    char what[MAX_KEY_BYTES + 64];
    const char *nearest = sc_option_nearest(SC_VERB_RUN, key, strlen(key));
    if (nearest != NULL) {
        snprintf(what, sizeof what, "no such option; did you mean %s?", nearest);
    } else {
        snprintf(what, sizeof what, "no such option of `scalene run`");
    }
    return refuse_at(reading, line, spelt, what);
}

/* The event at hand is a key. */
static enum sc_err take_pair(struct reading *reading)
{
    const yaml_event_t *event = &reading->event;
    size_t line = line_of(event);
    char spelt[MAX_KEY_BYTES], key[MAX_KEY_BYTES];
    if (event->type != YAML_SCALAR_EVENT || event->data.scalar.length == 0) {
        return refuse_at(reading, line, NULL, "needs the name of an option");
    }
    snprintf(spelt, sizeof spelt, "%s", text_of(event));
    memcpy(key, spelt, sizeof key);
    for (char *p = key; *p != 0; p++) {
        *p = *p == '_' ? '-' : *p;
    }
    bool negated = false;
    const struct sc_option *option = find_key(key, &negated);
    if (option == NULL) {
        return refuse_key(reading, line, spelt, key);
    }
    if (option->command_line_only) {
        return refuse_at(reading, line, spelt, "stands on the command line only");
    }
    struct sc_refusal cause;
    if (sc_option_check_status(reading->options, option, &cause) != SC_OK) {
        return refuse_at(reading, line, spelt, cause.text);
    }
    size_t *seen = &reading->seen_at_line[option - sc_option_table];
    if (*seen != 0) {
        char what[64];
        snprintf(what, sizeof what, "given before, on line %zu", *seen);
        return refuse_at(reading, line, spelt, what);
    }
    *seen = line;
    return take_value(reading, option, spelt, negated);
}

/* stream, document, mapping, pairs; an empty file or document sets nothing. */
static enum sc_err read_events(struct reading *reading)
{
    enum sc_err err = next_event(reading); /* of the stream's start */
    err = err == SC_OK ? next_event(reading) : err;
    if (err != SC_OK || reading->event.type == YAML_STREAM_END_EVENT) {
        return err;
    }
    err = next_event(reading); /* after the document's start */
    if (err != SC_OK) {
        return err;
    }
    if (reading->event.type == YAML_MAPPING_START_EVENT) {
        for (err = next_event(reading);
             err == SC_OK && reading->event.type != YAML_MAPPING_END_EVENT;
             err = next_event(reading)) {
            err = take_pair(reading);
            if (err != SC_OK) {
                return err;
            }
        }
    } else if (reading->event.type != YAML_SCALAR_EVENT ||
               !is_nothing(&reading->event)) {
        return refuse_at(reading, line_of(&reading->event), NULL,
                         "needs lines of the form option: value");
    }
    err = err == SC_OK ? next_event(reading) : err; /* the document's end */
    err = err == SC_OK ? next_event(reading) : err;
    if (err == SC_OK && reading->event.type != YAML_STREAM_END_EVENT) {
        return refuse_at(reading, line_of(&reading->event), NULL,
                         "a second document; there can be one only");
    }
    return err;
}

enum sc_err sc_config_read_stream(FILE *file, const char *name,
                                  struct sc_options *options,
                                  struct sc_refusal *refusal)
{
    struct reading reading = {.name = name, .options = options, .refusal = refusal};
    if (!yaml_parser_initialize(&reading.parser)) {
        return sc_refuse(refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                         "out of memory");
    }
    yaml_parser_set_input_file(&reading.parser, file);
    enum sc_err err = read_events(&reading);
    if (reading.has_event) {
        yaml_event_delete(&reading.event);
    }
    yaml_parser_delete(&reading.parser);
    return err;
}

enum sc_err sc_config_read(const char *path, struct sc_options *options,
                           struct sc_refusal *refusal)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE, "--config %s: %s",
                         path, strerror(errno));
    }
    enum sc_err err;
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        err = sc_refuse(refusal, SC_ERR_FORMAT, SC_EXIT_USAGE, "--config %s: %s", path,
                        strerror(EISDIR));
    } else {
        err = sc_config_read_stream(file, path, options, refusal);
    }
    fclose(file);
    return err;
}
