/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * `scalene run`: everything that can be refused is refused before the program starts;
 * from then on its own status stands, whatever happens to us. */
#include "cli/verbs.h"

#include "base/units.h"
#include "cli/command_line.h"
#include "cli/config.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/say.h"
#include "cli/screen.h"
#include "cli/target.h"
#include "profile/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AGENT_NAME "libscalene.so"

/* One run, from its words to its end. */
struct run {
    struct sc_options options;
    struct sc_command_line line;
    struct sc_target target;
    char start_directory[PATH_MAX];
    char agent_path[PATH_MAX];
    const char *output; /* absolute */
    uint64_t interval_ns;
    struct sc_refusal refusal;
};

/* The agent lies beside this program (a build) or in the library directory of the
 * same prefix (an installation). */
static enum sc_err find_agent(char path[PATH_MAX], struct sc_refusal *refusal)
{
    static const char *const places[] = {"/" AGENT_NAME, "/../lib/scalene/" AGENT_NAME};
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n < 0) {
        return sc_refuse(refusal, SC_ERR_IO, SC_EXIT_NO_PROFILER,
                         "can't find " AGENT_NAME ": /proc/self/exe: %s",
                         strerror(errno));
    }
    own[n] = 0;
    *strrchr(own, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int n_path = snprintf(path, PATH_MAX, "%s%s", own, places[i]);
        if (n_path < PATH_MAX && access(path, R_OK) == 0) {
            return SC_OK;
        }
    }
    return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_NO_PROFILER,
                     "can't find " AGENT_NAME " in %s or %s/../lib/scalene: scalene is "
                     "not installed whole",
                     own, own);
}

/* A directory that is gone has no name, and needs none unless a path starts there. */
static void find_start_directory(char path[PATH_MAX])
{
    if (getcwd(path, PATH_MAX) == NULL || path[0] != '/') {
        snprintf(path, PATH_MAX, "/");
    }
}

/* Expands ~ in what has been given so far; a path without one stays. */
static enum sc_err expand_paths(struct run *run)
{
    struct sc_options *options = &run->options;
    const char **const paths[] = {&options->config, &options->outfile,
                                  &options->program_path, &options->python};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (*paths[i] == NULL) {
            continue;
        }
        *paths[i] = sc_output_expand_home(&options->arena, *paths[i]);
        if (*paths[i] == NULL) {
            return sc_refuse(&run->refusal, SC_ERR_NO_MEMORY, SC_EXIT_NO_PROFILER,
                             "out of memory");
        }
    }
    return SC_OK;
}

/* Everything up to the start. */
static enum sc_err prepare(struct run *run)
{
    struct sc_options *options = &run->options;
    struct sc_refusal *refusal = &run->refusal;
    enum sc_err err;
    if (run->line.form == SC_FORM_NONE) {
        return sc_refuse(refusal, SC_ERR_NOT_FOUND, SC_EXIT_USAGE,
                         "no program to run: scalene run [options] prog.py [args]");
    }
    err = expand_paths(run);
    if (err == SC_OK && options->config != NULL) {
        err = sc_config_read(options->config, options, refusal);
        err = err == SC_OK ? expand_paths(run) : err; /* the file's */
    }
    if (err == SC_OK) {
        err = sc_output_check(options->outfile, refusal);
    }
    if (err == SC_OK) {
        find_start_directory(run->start_directory);
        err = sc_path_absolute(&options->arena, run->start_directory, options->outfile,
                               &run->output);
        if (err != SC_OK) {
            return sc_refuse(refusal, err, SC_EXIT_NO_PROFILER, "out of memory");
        }
        err = sc_target_resolve(&run->line, options, run->start_directory, &run->target,
                                refusal);
    }
    if (err == SC_OK) {
        err = find_agent(run->agent_path, refusal);
    }
    run->interval_ns =
        (uint64_t)(options->cpu_sampling_rate_sec * (double)SC_NS_PER_SEC + 0.5);
    return err;
}

/* Runs the program and reports. Does not return once the program has started. */
static int run_program(struct run *run)
{
    static const char *const no_jit[] = {"JAX_DISABLE_JIT=1", "PYTORCH_JIT=0", NULL};
    struct sc_collect *collect = NULL;
    struct sc_run_result result = {0};
    const struct sc_run_config config = {
        .argv = run->target.argv,
        .agent_path = run->agent_path,
        .interval_ns = run->interval_ns,
        .may_slow_down = !sc_option_is_given(
            &run->options, offsetof(struct sc_options, cpu_sampling_rate_sec)),
        .environment = run->options.disable_jit ? no_jit : NULL,
        .save_trace_path = getenv("SCALENE_SAVE_TRACE"),
    };
    enum sc_err err = sc_collect_create(&collect);
    if (err != SC_OK) {
        sc_say_error("could not start the profiler: %s", sc_err_text(err));
        return SC_EXIT_NO_PROFILER;
    }
    err = sc_run_program(&config, collect, &result);
    if (err != SC_OK) {
        sc_say_error("could not start the profiler: %s",
                     result.start_errno != 0 ? strerror(result.start_errno)
                                             : sc_err_text(err));
        sc_collect_destroy(collect);
        return SC_EXIT_NO_PROFILER;
    }
    if (!result.started) {
        sc_say_error("can't start %s: %s", config.argv[0],
                     strerror(result.start_errno));
    } else {
        sc_report_run(&run->options, &run->target, run->start_directory, run->output,
                      result.interval_ns, collect, &result);
    }
    sc_collect_destroy(collect);
    sc_options_fini(&run->options);
    sc_run_exit_as(&result);
}

int sc_verb_run(int argc, char *const *argv)
{
    static struct run run;
    enum sc_err err = sc_options_init(&run.options);
    if (err != SC_OK) {
        sc_say_error("could not start the profiler: %s", sc_err_text(err));
        return SC_EXIT_NO_PROFILER;
    }
    int status = 0;
    err = sc_command_line_read(SC_VERB_RUN, argc, argv, &run.options, &run.line,
                               &run.refusal);
    if (err == SC_OK && (run.options.help || run.options.help_advanced)) {
        sc_help_write(stdout, run.options.help ? SC_HELP_RUN : SC_HELP_RUN_ADVANCED,
                      sc_screen_colour(STDOUT_FILENO));
        goto done;
    }
    if (err == SC_OK) {
        err = prepare(&run);
    }
    if (err != SC_OK) {
        sc_say_error("%s", run.refusal.text);
        status = run.refusal.exit_status;
        goto done;
    }
    for (size_t i = 0; i < run.options.notes.n; i++) {
        sc_say_note("%s", run.options.notes.text[i]);
    }
    status = run_program(&run);
done:
    sc_options_fini(&run.options);
    return status;
}
