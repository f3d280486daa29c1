/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The options: one table (option_table.c) that the parser of the command line, the
 * reader of YAML files, the help and docs/options.md all work from. To add an option,
 * add a row there and a field here. One thread; cold contexts. */
#ifndef SC_CLI_OPTIONS_H
#define SC_CLI_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"
#include "run/interpreter.h"

#include <stdbool.h>
#include <stddef.h>

enum sc_verb {
    SC_VERB_RUN = 1 << 0,
    SC_VERB_VIEW = 1 << 1,
};

enum sc_option_kind {
    SC_OPTION_FLAG,   /* --name; the field is a bool */
    SC_OPTION_SWITCH, /* --name and --no-name; bool */
    SC_OPTION_TEXT,   /* const char *; NULL: not given */
    SC_OPTION_LIST,   /* texts with commas between them; struct sc_text_list */
    SC_OPTION_NUMBER, /* double */
    SC_OPTION_COUNT,  /* int */
};

enum sc_option_status {
    SC_OPTION_ACTS,
    SC_OPTION_NOT_YET, /* of a later version: refused, and not in the help */
    SC_OPTION_IDLE,    /* of Scalene 2.4, nothing to choose here: a note */
};

/* Who gave an option its value; a later one wins over an earlier one. */
enum sc_option_source {
    SC_SET_BY_DEFAULT,
    SC_SET_BY_FILE,
    SC_SET_BY_COMMAND_LINE,
};

struct sc_option {
    const char *name; /* without dashes */
    enum sc_option_kind kind;
    enum sc_option_status status;
    unsigned verbs;           /* bits of enum sc_verb */
    char short_name;          /* 0: none */
    bool is_advanced;         /* listed by --help-advanced only */
    bool command_line_only;   /* makes no sense in a YAML file */
    const char *alias;        /* another name for YAML files; NULL: none */
    const char *metavar;      /* NULL: takes no value */
    const char *fallback;     /* the default, as it could be typed; NULL: off or none */
    const char *default_text; /* the default in words; NULL: as fallback */
    double minimum, maximum;  /* of numbers, both allowed */
    const char *unit;         /* of numbers, for messages; NULL: none */
    size_t offset;            /* of the field in struct sc_options */
    const char *help;
};

/* Ends with a row whose name is NULL. */
extern const struct sc_option sc_option_table[];

enum {
    SC_MAX_OPTIONS = 64
};

#define SC_DEFAULT_OUTFILE "scalene-profile.json"

/* What to tell the user before the program starts; said only when it does start. */
struct sc_notes {
    char text[4][256];
    size_t n;
};

struct sc_text_list {
    const char **items;
    size_t n;
    size_t capacity;
};

/* The values. Strings lie in the arena or in argv. */
struct sc_options {
    const char *outfile;
    const char *config;
    bool cpu_only;
    bool profile_all;
    struct sc_text_list profile_only;
    struct sc_text_list profile_exclude;
    bool profile_system_libraries;
    const char *program_path;
    bool stacks;
    double cpu_percent_threshold;
    double cpu_sampling_rate_sec;
    bool reduced_profile;
    bool disable_jit;
    int column_width; /* 0: as wide as the terminal */
    const char *python;
    bool cli;
    bool reduced;
    bool help;
    bool help_advanced;

    unsigned char sources[SC_MAX_OPTIONS]; /* enum sc_option_source, by row */
    struct sc_notes notes;
    struct sc_arena arena;
};

/* Every option at its default. */
SC_MUST_USE enum sc_err sc_options_init(struct sc_options *options);
void sc_options_fini(struct sc_options *options);

/* The row of a long name among a verb's options; NULL: none. *negated: it was
 * --no-name of a switch. */
const struct sc_option *sc_option_find(unsigned verbs, const char *name, size_t n,
                                       bool *negated);
const struct sc_option *sc_option_find_short(unsigned verbs, char short_name);

/* The name of a verb's option that a mistyped one was probably meant to be; NULL when
 * none is near. Only options that act. */
const char *sc_option_nearest(unsigned verbs, const char *name, size_t n);

/* True when somebody gave the option a value. field_offset tells which option. */
bool sc_option_is_given(const struct sc_options *options, size_t field_offset);

/* Gives an option a value, unless a stronger source has given it one. text: a number,
 * a text, or "on" and "off" for flags and switches. Returns SC_ERR_RANGE with a
 * refusal that says what is allowed, without the option's name. */
SC_MUST_USE enum sc_err sc_option_assign(struct sc_options *options,
                                         const struct sc_option *option,
                                         const char *text, enum sc_option_source source,
                                         struct sc_refusal *refusal);

/* Refuses an option of a later version and notes one that has no effect, before any
 * value of it is looked at. */
SC_MUST_USE enum sc_err sc_option_check_status(struct sc_options *options,
                                               const struct sc_option *option,
                                               struct sc_refusal *refusal);

/* Adds a note, unless there are too many already. */
void sc_options_note(struct sc_options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
