/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * scalene: the first word is a verb, or asks for help. */
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/nearest.h"
#include "cli/say.h"
#include "cli/screen.h"
#include "cli/verbs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Started without standard streams, our files would take their numbers, and messages
 * would end up in them. These close on exec, so the program finds none either. */
static void fill_standard_streams(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) {
        close(fd);
    }
}

static int show_help(enum sc_help_page page)
{
    sc_help_write(stdout, page, sc_screen_colour(STDOUT_FILENO));
    return 0;
}

/* An option of `run` where a verb should be: 2.4's users left the verb out at times. */
static bool is_run_option(const char *word)
{
    bool negated;
    if (word[0] != '-') {
        return false;
    }
    if (word[1] == '-') {
        return strcmp(word, "---") == 0 ||
               sc_option_find(SC_VERB_RUN, word + 2, strcspn(word + 2, "="),
                              &negated) != NULL;
    }
    return word[1] == 'm' || sc_option_find_short(SC_VERB_RUN, word[1]) != NULL;
}

static int refuse_word(int argc, char *const *argv)
{
    static const char *const verbs[] = {"run", "view"};
    const char *word = argv[1];
    const char *nearest = sc_nearest(word, strlen(word), verbs, 2);
    if (strcmp(word, "profile") == 0 && access(word, F_OK) != 0) {
        sc_say_error("profile: not yet in this version");
    } else if (access(word, F_OK) == 0 || strcmp(word, "-") == 0 ||
               is_run_option(word)) {
        sc_say_error("did you mean `scalene run %s%s`?", word, argc > 2 ? " ..." : "");
    } else if (word[0] == '-') {
        sc_say_error("unknown option %s; `scalene --help` lists what there is", word);
    } else if (nearest != NULL) {
        sc_say_error("no command %s; did you mean `scalene %s`?", word, nearest);
    } else if (strchr(word, '.') != NULL || strchr(word, '/') != NULL) {
        sc_say_error("did you mean `scalene run %s`? (there is no such file)", word);
    } else {
        sc_say_error("no command %s; `scalene --help` lists them", word);
    }
    return SC_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    fill_standard_streams();
    const char *word = argc > 1 ? argv[1] : NULL;
    if (word == NULL) {
        sc_help_write(stderr, SC_HELP_TOP, sc_screen_colour(STDERR_FILENO));
        return SC_EXIT_USAGE;
    }
    if (strcmp(word, "run") == 0) {
        return sc_verb_run(argc - 2, argv + 2);
    }
    if (strcmp(word, "view") == 0) {
        return sc_verb_view(argc - 2, argv + 2);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return show_help(SC_HELP_TOP);
    }
    if (strcmp(word, "--help-advanced") == 0) {
        return show_help(SC_HELP_RUN_ADVANCED);
    }
    if (strcmp(word, "--version") == 0) {
        puts("scalene " SC_VERSION);
        return 0;
    }
    return refuse_word(argc, argv);
}
