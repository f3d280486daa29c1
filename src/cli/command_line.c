/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The parser of the command line. The first `---` is taken out before anything else
 * is looked at, and its place kept: our options end there at the latest. */
#include "cli/command_line.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

/* Where the reading stands. */
struct reading {
    enum sc_verb verb;
    struct sc_options *options;
    const char **words; /* argv without the first --- */
    size_t n_words;
    size_t separator; /* index of the word after the --- ; SIZE_MAX: there is none */
    size_t next;
    struct sc_refusal *refusal;
};

static const char *verb_name(enum sc_verb verb)
{
    return verb == SC_VERB_RUN ? "run" : "view";
}

enum sc_err sc_refuse_unknown_option(enum sc_verb verb, const char *name, size_t n,
                                     struct sc_refusal *refusal)
{
    enum sc_verb other = verb == SC_VERB_RUN ? SC_VERB_VIEW : SC_VERB_RUN;
    bool negated;
    const char *nearest = sc_option_nearest(verb, name, n);
    if (sc_option_find(other, name, n, &negated) != NULL) {
        return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE,
                         "--%.*s is an option of `scalene %s`", (int)n, name,
                         verb_name(other));
    }
    if (nearest != NULL) {
        return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE,
                         "unknown option --%.*s; did you mean --%s?", (int)n, name,
                         nearest);
    }
    return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE,
                     "unknown option --%.*s; `scalene %s --help` lists them", (int)n,
                     name, verb_name(verb));
}

/* Puts the option, as it was typed, before what is wrong with it. */
static enum sc_err refuse_option(enum sc_err err, const char *typed, size_t n_typed,
                                 struct sc_refusal *refusal)
{
    struct sc_refusal cause = *refusal;
    return sc_refuse(refusal, err, cause.exit_status, "%.*s: %s", (int)n_typed, typed,
                     cause.text);
}

/* The next word as an option's value. A word that looks like an option is none: who
 * means it writes --option=value. */
static enum sc_err take_value(struct reading *reading, const struct sc_option *option,
                              const char **value)
{
    const char *word =
        reading->next < reading->n_words ? reading->words[reading->next] : NULL;
    if (word == NULL || reading->next == reading->separator ||
        (word[0] == '-' && word[1] != 0 && !isdigit((unsigned char)word[1]))) {
        return sc_refuse(reading->refusal, SC_ERR_FORMAT, SC_EXIT_USAGE,
                         "needs a value (%s)", option->metavar);
    }
    reading->next++;
    *value = word;
    return SC_OK;
}

/* attached: the value in the same word; NULL: none. The refusal does not name the
 * option. */
static enum sc_err read_option(struct reading *reading, const struct sc_option *option,
                               bool negated, const char *attached)
{
    struct sc_refusal *refusal = reading->refusal;
    enum sc_err err = sc_option_check_status(reading->options, option, refusal);
    if (err != SC_OK || option->status == SC_OPTION_IDLE) {
        return err;
    }
    const char *value = attached;
    if (option->metavar == NULL) {
        value = negated ? "off" : "on";
        if (attached != NULL) {
            return sc_refuse(refusal, SC_ERR_FORMAT, SC_EXIT_USAGE, "takes no value");
        }
    } else if (attached == NULL) {
        err = take_value(reading, option, &value);
    }
    if (err == SC_OK) {
        err = sc_option_assign(reading->options, option, value, SC_SET_BY_COMMAND_LINE,
                               refusal);
    }
    return err;
}

static enum sc_err read_long(struct reading *reading, const char *word)
{
    const char *name = word + 2;
    size_t n = strcspn(name, "=");
    bool negated;
    const struct sc_option *option = sc_option_find(reading->verb, name, n, &negated);
    if (option == NULL) {
        return sc_refuse_unknown_option(reading->verb, name, n, reading->refusal);
    }
    enum sc_err err =
        read_option(reading, option, negated, name[n] == '=' ? name + n + 1 : NULL);
    return err == SC_OK ? err : refuse_option(err, word, n + 2, reading->refusal);
}

static enum sc_err read_short(struct reading *reading, const char *word)
{
    const struct sc_option *option = sc_option_find_short(reading->verb, word[1]);
    if (option == NULL) {
        return sc_refuse(reading->refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE,
                         "unknown option %s; `scalene %s --help` lists them", word,
                         verb_name(reading->verb));
    }
    const char *attached = word[2] != 0 ? word + 2 : NULL;
    /* 2.4 took -o=F for -o F. */
    if (attached != NULL && attached[0] == '=' && option->metavar != NULL) {
        attached++;
    }
    enum sc_err err = read_option(reading, option, false, attached);
    return err == SC_OK ? err : refuse_option(err, word, 2, reading->refusal);
}

/* -m and -c: the module or the code may stand in the same word. */
static enum sc_err read_python_form(struct reading *reading, enum sc_form form,
                                    struct sc_command_line *line)
{
    const char *word = reading->words[reading->next];
    if (word[2] != 0) {
        reading->words[reading->next] = word + 2;
    } else if (++reading->next == reading->n_words) {
        return sc_refuse(reading->refusal, SC_ERR_FORMAT, SC_EXIT_USAGE,
                         "%s: needs %s after it", word,
                         form == SC_FORM_MODULE ? "a module" : "code");
    }
    line->form = form;
    return SC_OK;
}

/* The program's own words begin at reading->next. */
static enum sc_err read_program(struct reading *reading, enum sc_form form,
                                struct sc_command_line *line)
{
    const char *word =
        reading->next < reading->n_words ? reading->words[reading->next] : NULL;
    if (word == NULL) {
        line->form = SC_FORM_NONE;
        return SC_OK;
    }
    if (strcmp(word, "-") == 0) {
        line->form = SC_FORM_STDIN;
        return SC_OK;
    }
    if (word[0] == '-' && word[1] == 'm') {
        return read_python_form(reading, SC_FORM_MODULE, line);
    }
    if (word[0] == '-' && word[1] == 'c') {
        return read_python_form(reading, SC_FORM_CODE, line);
    }
    if (word[0] == '-') {
        return sc_refuse(reading->refusal, SC_ERR_FORMAT, SC_EXIT_USAGE,
                         "%s: here stands the program, -m, -c or -; scalene's own "
                         "options come before --- and --",
                         word);
    }
    line->form = form;
    return SC_OK;
}

/* Our options, up to the program. */
static enum sc_err read_run(struct reading *reading, struct sc_command_line *line,
                            bool *marked)
{
    *marked = reading->separator != SIZE_MAX;
    while (reading->next < reading->n_words && reading->next != reading->separator) {
        const char *word = reading->words[reading->next];
        if (strcmp(word, "--") == 0) {
            *marked = true;
            reading->next++;
            return read_program(reading, SC_FORM_COMMAND, line);
        }
        if (word[0] != '-' || word[1] == 0 || word[1] == 'm') {
            break;
        }
        reading->next++;
        enum sc_err err =
            word[1] == '-' ? read_long(reading, word) : read_short(reading, word);
        if (err != SC_OK || reading->options->help || reading->options->help_advanced) {
            return err;
        }
    }
    return read_program(reading, SC_FORM_FILE, line);
}

/* Options and files in any order; files are moved to the front of the words. */
static enum sc_err read_view(struct reading *reading, struct sc_command_line *line)
{
    bool options_end = false;
    size_t n_files = 0;
    while (reading->next < reading->n_words) {
        const char *word = reading->words[reading->next++];
        enum sc_err err = SC_OK;
        if (!options_end && strcmp(word, "--") == 0) {
            options_end = true;
        } else if (options_end || word[0] != '-' || word[1] == 0) {
            reading->words[n_files++] = word;
        } else if (word[1] == '-') {
            err = read_long(reading, word);
        } else {
            err = read_short(reading, word);
        }
        if (err != SC_OK || reading->options->help) {
            return err;
        }
    }
    reading->words[n_files] = NULL;
    line->words = reading->words;
    line->n_words = n_files;
    return SC_OK;
}

/* 2.4 took words that look like its own options even after the program's name. */
static void note_lookalike(struct reading *reading, const struct sc_command_line *line)
{
    for (size_t i = 1; i < line->n_words; i++) {
        const char *word = line->words[i];
        bool negated;
        if (strncmp(word, "--", 2) == 0 && word[2] != 0 &&
            sc_option_find(reading->verb, word + 2, strcspn(word + 2, "="), &negated)) {
            sc_options_note(reading->options,
                            "%.80s goes to the program; options of scalene's stand "
                            "before it (--- before the program's words: no note)",
                            word);
            return;
        }
    }
}

enum sc_err sc_command_line_read(enum sc_verb verb, int argc, char *const *argv,
                                 struct sc_options *options,
                                 struct sc_command_line *line,
                                 struct sc_refusal *refusal)
{
    struct reading reading = {
        .verb = verb, .options = options, .separator = SIZE_MAX, .refusal = refusal};
    *line = (struct sc_command_line){0};
    reading.words =
        sc_arena_alloc(&options->arena, ((size_t)argc + 1) * sizeof *reading.words);
    if (reading.words == NULL) {
        return sc_refuse(refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                         "out of memory");
    }
    for (int i = 0; i < argc; i++) {
        if (verb == SC_VERB_RUN && reading.separator == SIZE_MAX &&
            strcmp(argv[i], "---") == 0) {
            reading.separator = reading.n_words;
        } else {
            reading.words[reading.n_words++] = argv[i];
        }
    }
    if (verb == SC_VERB_VIEW) {
        return read_view(&reading, line);
    }
    bool marked = false;
    enum sc_err err = read_run(&reading, line, &marked);
    if (err == SC_OK && line->form != SC_FORM_NONE) {
        line->words = reading.words + reading.next;
        line->n_words = reading.n_words - reading.next;
        if (!marked) {
            note_lookalike(&reading, line);
        }
    }
    return err;
}
