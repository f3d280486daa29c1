/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Python's command line: letters behind one dash, of which -c and -m take what follows
 * and end the options, -W and -X take what follows, and the rest stand alone
 * (docs.python.org, "Command line and environment"). */
#include "cli/python_words.h"

#include <string.h>

static void set(struct sc_python_words *read, enum sc_form form, const char *program,
                const char *const *args, const char *const *end)
{
    read->form = form;
    read->program = program;
    read->args = args < end ? args : end;
    read->n_args = (size_t)(end - read->args);
}

void sc_python_words_read(const char *const *words, size_t n_words,
                          struct sc_python_words *read)
{
    const char *const *end = words + n_words;
    const char *const *next = words;
    while (next < end && (*next)[0] == '-' && (*next)[1] != 0) {
        const char *word = *next++;
        if (strcmp(word, "--") == 0) {
            break;
        }
        if (word[1] == '-') {
            next += strcmp(word, "--check-hash-based-pycs") == 0;
            continue;
        }
        size_t n_alone = strcspn(word + 1, "cmWX");
        char letter = word[1 + n_alone];
        const char *attached = word + 1 + n_alone + (letter != 0);
        if (letter == 'c' || letter == 'm') {
            if (attached[0] == 0) {
                attached = next < end ? *next : "";
                next++;
            }
            set(read, letter == 'c' ? SC_FORM_CODE : SC_FORM_MODULE, attached, next,
                end);
            return;
        }
        next += letter != 0 && attached[0] == 0;
    }
    if (next >= end) {
        set(read, SC_FORM_STDIN, "-", end, end);
    } else {
        bool is_stdin = strcmp(*next, "-") == 0;
        set(read, is_stdin ? SC_FORM_STDIN : SC_FORM_FILE, *next, next + 1, end);
    }
}
