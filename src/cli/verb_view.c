/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * `scalene view`: reads a profile file and shows it. */
#include "cli/verbs.h"

#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/say.h"
#include "cli/screen.h"
#include "profile/json.h"
#include "render/terminal.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_NOT_SHOWN = 1
};

static enum sc_err check_words(const struct sc_options *options,
                               const struct sc_command_line *line,
                               struct sc_refusal *refusal)
{
    if (line->n_words > 1) {
        return sc_refuse(refusal, SC_ERR_UNSUPPORTED, SC_EXIT_USAGE,
                         "one profile at a time: %s or %s", line->words[0],
                         line->words[1]);
    }
    if (!options->cli) {
        return sc_refuse(
            refusal, SC_ERR_UNSUPPORTED, SC_EXIT_USAGE,
            "the browser view is not yet in this version; in the terminal: "
            "scalene view --cli%s%s",
            line->n_words > 0 ? " " : "", line->n_words > 0 ? line->words[0] : "");
    }
    return SC_OK;
}

/* One line: the file, what is wrong with it, and what to do about it. */
static void say_unreadable(const char *path, enum sc_err err, const char *problem)
{
    const char *advice = "";
    if (err == SC_ERR_NOT_FOUND && strcmp(path, SC_DEFAULT_OUTFILE) == 0) {
        sc_say_error("no %s here; `scalene run prog.py` writes one", path);
        return;
    }
    if (err == SC_ERR_VERSION) {
        advice = "; update scalene to see it";
    } else if (err == SC_ERR_FORMAT || err == SC_ERR_TRUNCATED) {
        advice = "; `scalene run` writes a new profile";
    }
    sc_say_error("can't show %s: %s%s", path,
                 problem[0] != 0 ? problem : sc_err_text(err), advice);
}

static int show(const struct sc_options *options, const char *path)
{
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem = {{0}};
    enum sc_err err = sc_profile_read_json(path, &profile, &problem);
    if (err != SC_OK) {
        say_unreadable(path, err, problem.text);
        return EXIT_NOT_SHOWN;
    }
    const struct sc_terminal_style style = {
        .width_columns = options->column_width != 0
                             ? options->column_width
                             : sc_screen_width_columns(STDOUT_FILENO),
        .colour = sc_screen_colour(STDOUT_FILENO),
        .light = sc_screen_light(),
        .unicode = sc_screen_unicode(),
        .reduced = options->reduced,
        .profile_name = path,
    };
    errno = 0;
    err = sc_render_terminal(profile, &style, stdout);
    bool failed = ferror(stdout) != 0 || fflush(stdout) != 0;
    int error = errno;
    sc_profile_destroy(profile);
    if (failed && error == EPIPE) {
        return 0; /* a reader that has seen enough (head, a pager) is no failure */
    }
    if (failed || err != SC_OK) {
        sc_say_error("can't show %s: %s", path,
                     failed && error != 0 ? strerror(error) : sc_err_text(err));
        return EXIT_NOT_SHOWN;
    }
    return 0;
}

int sc_verb_view(int argc, char *const *argv)
{
    struct sc_options options;
    struct sc_command_line line;
    struct sc_refusal refusal;
    int status = 0;
    setlocale(LC_CTYPE, "");
    enum sc_err err = sc_options_init(&options);
    if (err != SC_OK) {
        sc_say_error("%s", sc_err_text(err));
        return EXIT_NOT_SHOWN;
    }
    err = sc_command_line_read(SC_VERB_VIEW, argc, argv, &options, &line, &refusal);
    if (err == SC_OK && options.help) {
        sc_help_write(stdout, SC_HELP_VIEW, sc_screen_colour(STDOUT_FILENO));
        goto done;
    }
    if (err == SC_OK) {
        err = check_words(&options, &line, &refusal);
    }
    if (err != SC_OK) {
        sc_say_error("%s", refusal.text);
        status = refusal.exit_status;
        goto done;
    }
    status = show(&options, line.n_words > 0 ? line.words[0] : SC_DEFAULT_OUTFILE);
done:
    sc_options_fini(&options);
    return status;
}
