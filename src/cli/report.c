/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The report after a run: facts in, profile file out, and the lines on stderr that
 * features ("Completion message", "Hints") allows. */
#include "cli/report.h"

#include "base/units.h"
#include "cli/output.h"
#include "cli/say.h"
#include "profile/attribute.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_WARNINGS = 10,
    PATIENCE_SEC = 2
};

/* What a shell reports for the program's end. */
static int shell_status(const struct sc_run_result *result)
{
    return result->exited ? result->exit_code : 128 + result->signal;
}

static void on_patience_over(int signal_number)
{
    static const char text[] = "Scalene: working out the profile ...\n";
    (void)signal_number;
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
}

/* One line if this takes long, for somebody who is watching. */
static void announce_when_slow(bool on)
{
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = on ? on_patience_over : SIG_IGN;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    alarm(on && isatty(STDERR_FILENO) ? PATIENCE_SEC : 0);
}

/* The reason for the tick clock, as a sentence of the profile; "" when perf was there.
 */
static void explain_clock(const struct sc_run_result *result, char *text, size_t n)
{
    text[0] = 0;
    if (result->agent_seen && result->perf_errno != 0) {
        snprintf(text, n,
                 "The perf clock is not available (%s): samples come from the kernel's "
                 "tick, which can mislead on programs that work on a period of a few "
                 "milliseconds.",
                 strerror(result->perf_errno));
    }
}

/* "-o x.json" is no default: the commands must name it. Anything but plain characters
 * is put in quotes for the shell. */
static void quote_for_shell(const char *text, char *quoted, size_t n_bytes)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./+,:@%=-";
    size_t used = 0;
    if (text[0] != '-' && strspn(text, plain) == strlen(text)) {
        snprintf(quoted, n_bytes, "%s", text);
        return;
    }
    /* "./" keeps a leading dash from being an option. */
    used += (size_t)snprintf(quoted, n_bytes, text[0] == '-' ? "'./" : "'");
    for (; *text != 0 && used + 6 < n_bytes; text++) {
        used += (size_t)snprintf(quoted + used, n_bytes - used,
                                 *text == '\'' ? "'\\''" : "%c", *text);
    }
    snprintf(quoted + used, n_bytes - used, "'");
}

static void say_completion(const struct sc_options *options, const char *saved,
                           bool is_default)
{
    char file[2 * PATH_MAX];
    char width[32] = "";
    struct stat status;
    quote_for_shell(saved, file, sizeof file);
    if (options->column_width != 0) {
        snprintf(width, sizeof width, " --column-width %d", options->column_width);
    }
    sc_say_line("Scalene: profile saved to %s", saved);
    if (stat(saved, &status) == 0 && !S_ISREG(status.st_mode)) {
        return; /* gone down a pipe, to whoever reads it */
    }
    sc_say_line("  To view in browser:  scalene view%s%s", is_default ? "" : " ",
                is_default ? "" : file);
    sc_say_line("  To view in terminal: scalene view --cli%s%s%s", width,
                is_default ? "" : " ", is_default ? "" : file);
}

/* Asked for more samples than the clock gives: the one note that features names. */
static void say_rate(const struct sc_options *options,
                     const struct sc_collected *collected,
                     const struct sc_run_result *result)
{
    struct timespec tick;
    double given_sec = collected->mean_perf_period_ns / 1e9;
    double asked_sec = options->cpu_sampling_rate_sec;
    if (!sc_option_is_given(options,
                            offsetof(struct sc_options, cpu_sampling_rate_sec))) {
        return;
    }
    if (!result->perf_used) {
        /* The coarse clock moves with the kernel's tick, and so do CPU timers. */
        bool known = clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0;
        given_sec = known ? (double)tick.tv_sec + (double)tick.tv_nsec / 1e9 : 0;
    }
    if (result->agent_seen && given_sec > 1.2 * asked_sec) {
        sc_say_note("--cpu-sampling-rate %g: this machine's clock gave a sample every "
                    "%.2g CPU seconds",
                    asked_sec, given_sec);
    }
}

/* Every count is in the profile; here only those that bend its figures. */
static void say_drops(const struct sc_profiler_info *info)
{
    for (size_t i = 0; i < info->n_drops; i++) {
        const struct sc_cause_count *drop = &info->drops[i];
        if (drop->count * 100 >= info->n_samples) {
            sc_say_note("%llu times: %s", (unsigned long long)drop->count, drop->cause);
        }
    }
}

static void say_notes(const struct sc_profile *profile, const char *clock_sentence)
{
    const struct sc_profiler_info *info = &profile->profiler;
    for (size_t i = 0; i < profile->n_hints; i++) {
        sc_say_line("Scalene: %s", profile->hints[i]);
    }
    for (size_t i = 0; i < info->n_warnings; i++) {
        if (strcmp(info->warnings[i], clock_sentence) != 0) {
            sc_say_note("%s", info->warnings[i]);
        }
    }
    say_drops(info);
}

static enum sc_err build(const struct sc_options *options,
                         const struct sc_target *target, const char *start_directory,
                         uint64_t interval_ns, const struct sc_collected *collected,
                         const struct sc_run_result *result, const char *clock_sentence,
                         struct sc_profile **profile)
{
    const char *warnings[MAX_WARNINGS];
    size_t n_warnings = 0;
    size_t n_run_warnings = sizeof result->warning / sizeof result->warning[0];
    for (size_t i = 0; i < n_run_warnings && result->warning[i][0] != 0; i++) {
        warnings[n_warnings++] = result->warning[i];
    }
    if (clock_sentence[0] != 0) {
        warnings[n_warnings++] = clock_sentence;
    }
    struct rusage own = {0};
    getrusage(RUSAGE_SELF, &own);
    const struct sc_run_facts facts = {
        .program = target->program,
        .args = target->args,
        .n_args = target->n_args,
        .code_argument = target->code_argument,
        .interpreter = target->interpreter,
        .start_directory = start_directory,
        .version = SC_VERSION,
        .elapsed_ns = result->root_mono_ns[1] > result->root_mono_ns[0]
                          ? result->root_mono_ns[1] - result->root_mono_ns[0]
                          : 0,
        .has_exit = true,
        .exit_status = shell_status(result),
        .requested_interval_sec = (double)interval_ns / (double)SC_NS_PER_SEC,
        .perf_used = result->perf_used,
        .tick_used = result->tick_used,
        .front_cpu_sec = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                         (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6,
        .front_max_rss_mb = (double)own.ru_maxrss / 1024,
        .warnings = warnings,
        .n_warnings = n_warnings,
    };
    const struct sc_attribute_config config = {
        .filter = {.profile_all = options->profile_all,
                   .profile_system_libraries = options->profile_system_libraries,
                   .only = options->profile_only.items,
                   .n_only = options->profile_only.n,
                   .exclude = options->profile_exclude.items,
                   .n_exclude = options->profile_exclude.n,
                   .program_path = target->program_path,
                   .package_path = target->package_path,
                   .has_code_argument = target->code_argument != NULL,
                   .has_stdin_program = target->is_stdin},
        .cpu_percent_threshold = options->cpu_percent_threshold,
        .keep_stacks = options->stacks,
        .reduced = options->reduced_profile,
    };
    return sc_profile_build(collected, &facts, &config, profile);
}

void sc_report_run(const struct sc_options *options, const struct sc_target *target,
                   const char *start_directory, const char *output,
                   uint64_t interval_ns, struct sc_collect *collect,
                   const struct sc_run_result *result)
{
    const struct sc_collected *collected;
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem;
    char clock_sentence[320];
    char saved[PATH_MAX];
    /* With stderr's reader gone, the profile is written all the same. */
    signal(SIGPIPE, SIG_IGN);
    announce_when_slow(true);
    explain_clock(result, clock_sentence, sizeof clock_sentence);
    enum sc_err err = sc_collect_finish(collect, &collected);
    if (err == SC_OK) {
        err = build(options, target, start_directory, interval_ns, collected, result,
                    clock_sentence, &profile);
    }
    if (err != SC_OK) {
        announce_when_slow(false);
        sc_say_error("could not make the profile: %s", sc_err_text(err));
        return;
    }
    err = sc_output_save(profile, output, saved, &problem);
    announce_when_slow(false);
    if (problem.text[0] != 0) {
        sc_say_error("%s", problem.text);
    }
    if (err == SC_OK) {
        bool as_asked = problem.text[0] == 0;
        bool is_default = as_asked && strcmp(options->outfile, SC_DEFAULT_OUTFILE) == 0;
        say_completion(options, as_asked ? options->outfile : saved, is_default);
        say_notes(profile, clock_sentence);
        say_rate(options, collected, result);
    }
    sc_profile_destroy(profile);
}
