/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The words after a verb: our options, then what they are about. Pure; options keep
 * pointers into argv. */
#ifndef SC_CLI_COMMAND_LINE_H
#define SC_CLI_COMMAND_LINE_H

#include "cli/options.h"

/* The forms of a program (features, "Commands"). */
enum sc_form {
    SC_FORM_NONE,
    SC_FORM_FILE,    /* prog.py, a zipapp, a directory; words[0] is its path */
    SC_FORM_MODULE,  /* -m; words[0] is the module */
    SC_FORM_CODE,    /* -c; words[0] is the code */
    SC_FORM_STDIN,   /* -; words[0] is "-" */
    SC_FORM_COMMAND, /* after --; words[0] is the command */
};

struct sc_command_line {
    enum sc_form form;        /* of `run`; SC_FORM_NONE: no program */
    const char *const *words; /* NULL-terminated; in the options' arena. `run`: the
                                 program and its arguments; `view`: files */
    size_t n_words;
};

/* Reads the words after a verb into options and line. --help ends the reading. On
 * failure the refusal says what is wrong. */
SC_MUST_USE enum sc_err sc_command_line_read(enum sc_verb verb, int argc,
                                             char *const *argv,
                                             struct sc_options *options,
                                             struct sc_command_line *line,
                                             struct sc_refusal *refusal);

/* Why an option is unknown to a verb, with the one that was probably meant. */
enum sc_err sc_refuse_unknown_option(enum sc_verb verb, const char *name, size_t n,
                                     struct sc_refusal *refusal);

#endif
