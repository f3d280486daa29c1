/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The words after `run` and `view`: what becomes an option, what the program's. */
#include "cli/command_line.h"
#include "cli/nearest.h"
#include "harness.h"
#include "words.h"

static struct sc_options options;
static struct sc_command_line line;
static struct sc_refusal refusal;

static enum sc_err read_words(enum sc_verb verb, const char *text)
{
    static struct words words;
    sc_options_fini(&options);
    refusal = (struct sc_refusal){0};
    words_split(&words, text);
    enum sc_err err = sc_options_init(&options);
    if (err == SC_OK) {
        err =
            sc_command_line_read(verb, words.n, words.words, &options, &line, &refusal);
    }
    return err;
}

static void check_program(const char *text, enum sc_form form, const char *words)
{
    char joined[MAX_TEXT_BYTES] = "";
    CHECK_INT(read_words(SC_VERB_RUN, text), SC_OK);
    CHECK_INT(line.form, form);
    words_append_list(joined, line.words, line.n_words, " ");
    CHECK_STR(joined, words);
    CHECK(line.n_words == 0 || line.words[line.n_words] == NULL);
}

static void check_refused(enum sc_verb verb, const char *text, const char *what)
{
    CHECK(read_words(verb, text) != SC_OK);
    CHECK_INT(refusal.exit_status, 2);
    CHECK_STR(refusal.text, what);
}

static void programs_and_their_words(void)
{
    check_program("prog.py a -o b", SC_FORM_FILE, "prog.py a -o b");
    check_program("-o x prog.py", SC_FORM_FILE, "prog.py");
    check_program("-m mod a", SC_FORM_MODULE, "mod a");
    check_program("-mmod a", SC_FORM_MODULE, "mod a");
    check_program("--cpu-only - a", SC_FORM_STDIN, "- a");
    check_program("-- gunicorn app:app -w 2", SC_FORM_COMMAND, "gunicorn app:app -w 2");
    check_program("-- python3 -X dev prog.py", SC_FORM_COMMAND,
                  "python3 -X dev prog.py");
    check_program("", SC_FORM_NONE, "");
    check_program("--cpu-only", SC_FORM_NONE, "");
    check_program("---", SC_FORM_NONE, "");
}

/* The first --- is dropped wherever it stands, later ones are kept. */
static void three_dashes(void)
{
    check_program("--- prog.py --cli", SC_FORM_FILE, "prog.py --cli");
    check_program("prog.py --- --cpu-only", SC_FORM_FILE, "prog.py --cpu-only");
    check_program("prog.py a --- b --- c", SC_FORM_FILE, "prog.py a b --- c");
    check_program("-m mod --- a", SC_FORM_MODULE, "mod a");
    check_program("-m --- mod a", SC_FORM_MODULE, "mod a");
    check_program("--- -m mod a", SC_FORM_MODULE, "mod a");
    check_program("--- -c code a", SC_FORM_CODE, "code a");
    check_program("--- -ccode a", SC_FORM_CODE, "code a");
    check_program("--- - a", SC_FORM_STDIN, "- a");
    check_program("--cpu-only --- prog.py", SC_FORM_FILE, "prog.py");
    CHECK(options.cpu_only);
    check_refused(SC_VERB_RUN, "--- --cpu-only prog.py",
                  "--cpu-only: here stands the program, -m, -c or -; scalene's own "
                  "options come before --- and --");
    check_refused(SC_VERB_RUN, "-o --- prog.py", "-o: needs a value (F)");
    check_refused(SC_VERB_RUN, "-m", "-m: needs a module after it");
    check_refused(SC_VERB_RUN, "--- -c", "-c: needs code after it");
}

static void values(void)
{
    static const char *const forms[] = {"-o F p",        "-oF p",
                                        "-o=F p",        "--outfile F p",
                                        "--outfile=F p", "-o E --outfile F p"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        check_program(forms[i], SC_FORM_FILE, "p");
        CHECK_STR(options.outfile, "F");
    }
    check_program("--outfile=--x p", SC_FORM_FILE, "p");
    CHECK_STR(options.outfile, "--x");
    check_program("--profile-only a,b --profile-only=,c, p", SC_FORM_FILE, "p");
    CHECK_INT(options.profile_only.n, 3);
    CHECK_STR(options.profile_only.items[0], "a");
    CHECK_STR(options.profile_only.items[2], "c");
    check_program("--cpu-percent-threshold 2.5 --column-width 99 p", SC_FORM_FILE, "p");
    CHECK_NEAR(options.cpu_percent_threshold, 2.5, 0);
    CHECK_INT(options.column_width, 99);
    check_program("--no-stacks p", SC_FORM_FILE, "p");
    CHECK(!options.stacks);
    check_program("--no-stacks --stacks p", SC_FORM_FILE, "p");
    CHECK(options.stacks);
}

static void defaults(void)
{
    check_program("p", SC_FORM_FILE, "p");
    CHECK_STR(options.outfile, "scalene-profile.json");
    CHECK(options.stacks);
    CHECK(!options.cpu_only && !options.profile_all && !options.reduced_profile);
    CHECK_NEAR(options.cpu_percent_threshold, 1, 0);
    CHECK_NEAR(options.cpu_sampling_rate_sec, 0.001, 0);
    CHECK(options.python == NULL && options.program_path == NULL);
    size_t rate = offsetof(struct sc_options, cpu_sampling_rate_sec);
    CHECK(!sc_option_is_given(&options, rate));
    check_program("--cpu-sampling-rate=0.001 p", SC_FORM_FILE, "p");
    CHECK(sc_option_is_given(&options, rate));
}

static void bad_values(void)
{
    check_refused(
        SC_VERB_RUN, "--cpu-percent-threshold 101 p",
        "--cpu-percent-threshold: \"101\" is no number from 0 to 100 percent");
    check_refused(SC_VERB_RUN, "--cpu-percent-threshold=-1 p",
                  "--cpu-percent-threshold: \"-1\" is no number from 0 to 100 percent");
    check_refused(SC_VERB_RUN, "--cpu-percent-threshold -1 p",
                  "--cpu-percent-threshold: \"-1\" is no number from 0 to 100 percent");
    check_refused(
        SC_VERB_RUN, "--cpu-sampling-rate nan p",
        "--cpu-sampling-rate: \"nan\" is no number from 0.0001 to 60 seconds");
    check_refused(SC_VERB_RUN, "--cpu-sampling-rate 1e999 p",
                  "--cpu-sampling-rate: \"1e999\" is no number from 0.0001 to 60 "
                  "seconds");
    check_refused(
        SC_VERB_RUN, "--cpu-sampling-rate 0x1 p",
        "--cpu-sampling-rate: \"0x1\" is no number from 0.0001 to 60 seconds");
    check_refused(
        SC_VERB_RUN, "--column-width 80.5 p",
        "--column-width: \"80.5\" is no whole number from 40 to 1000 columns");
    check_refused(SC_VERB_RUN, "--outfile= p",
                  "--outfile: needs a value that is not empty");
    check_refused(SC_VERB_RUN, "--outfile", "--outfile: needs a value (F)");
    check_refused(SC_VERB_RUN, "-o --cpu-only p", "-o: needs a value (F)");
    check_refused(SC_VERB_RUN, "--cpu-only=yes p", "--cpu-only: takes no value");
    check_refused(SC_VERB_RUN, "--no-stacks=1 p", "--no-stacks: takes no value");
    check_refused(SC_VERB_RUN, "--profile-only , p",
                  "--profile-only: needs one text or more, with commas between them");
}

static void unknown_options(void)
{
    check_refused(SC_VERB_RUN, "--cpuonly p",
                  "unknown option --cpuonly; did you mean --cpu-only?");
    check_refused(SC_VERB_RUN, "--out F p",
                  "unknown option --out; did you mean --outfile?");
    check_refused(SC_VERB_RUN, "--xyzzy=1 p",
                  "unknown option --xyzzy; `scalene run --help` lists them");
    check_refused(SC_VERB_RUN, "-z p",
                  "unknown option -z; `scalene run --help` lists them");
    check_refused(SC_VERB_RUN, "--cli p", "--cli is an option of `scalene view`");
    check_refused(SC_VERB_VIEW, "--profile-all",
                  "--profile-all is an option of `scalene run`");
    check_refused(SC_VERB_RUN, "--no-cpu-only p",
                  "unknown option --no-cpu-only; did you mean --cpu-only?");
}

/* Every option of features.md that is not in this version is refused by its name. */
static void options_of_later_versions(void)
{
    static const char *const run[] = {
        "gpu",
        "memory",
        "async",
        "no-async",
        "profile-interval",
        "use-virtual-time",
        "malloc-threshold",
        "allocation-sampling-window",
        "memory-leak-detector",
        "no-memory-leak-detector",
        "on",
        "off",
        "pid",
        "duration",
    };
    for (size_t i = 0; i < sizeof run / sizeof run[0]; i++) {
        char words[64], said[96];
        snprintf(words, sizeof words, "--%s p", run[i]);
        snprintf(said, sizeof said, "--%s: not yet in this version", run[i]);
        check_refused(SC_VERB_RUN, words, said);
    }
    check_refused(SC_VERB_VIEW, "--html", "--html: not yet in this version");
    check_refused(SC_VERB_VIEW, "--standalone",
                  "--standalone: not yet in this version");
}

static void notes(void)
{
    check_program("--use-legacy-tracer p", SC_FORM_FILE, "p");
    CHECK_INT(options.notes.n, 1);
    CHECK_STR(options.notes.text[0],
              "--use-legacy-tracer has no effect: there is only one way to measure");
    check_program("p --cpu-only --profile-all", SC_FORM_FILE,
                  "p --cpu-only --profile-all");
    CHECK(!options.cpu_only);
    CHECK_INT(options.notes.n, 1);
    CHECK_STR(options.notes.text[0],
              "--cpu-only goes to the program; options of scalene's stand before it "
              "(--- before the program's words: no note)");
    check_program("p --outfile=x", SC_FORM_FILE, "p --outfile=x");
    CHECK_INT(options.notes.n, 1);
    static const char *const silent[] = {"p --- --cpu-only", "--- p --cpu-only",
                                         "-- p --cpu-only", "p --other -o x -- --",
                                         "-m p cpu-only"};
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
        CHECK_INT(read_words(SC_VERB_RUN, silent[i]), SC_OK);
        CHECK_INT(options.notes.n, 0);
    }
}

static void help_ends_the_reading(void)
{
    check_program("--help --nonsense", SC_FORM_NONE, "");
    CHECK(options.help);
    check_program("-o x -h", SC_FORM_NONE, "");
    CHECK(options.help);
    check_program("--help-advanced", SC_FORM_NONE, "");
    CHECK(options.help_advanced && !options.help);
}

static void view_takes_files_anywhere(void)
{
    CHECK_INT(read_words(SC_VERB_VIEW, "a.json --cli -r --column-width=100"), SC_OK);
    CHECK(options.cli && options.reduced);
    CHECK_INT(options.column_width, 100);
    CHECK_INT(line.n_words, 1);
    CHECK_STR(line.words[0], "a.json");
    CHECK_INT(read_words(SC_VERB_VIEW, "--cli -- --cli ---"), SC_OK);
    CHECK_INT(line.n_words, 2);
    CHECK_STR(line.words[0], "--cli");
    CHECK_STR(line.words[1], "---");
}

static const char *nearest(const char *word)
{
    static const char *const words[] = {"alpha", "beta", "beta-two"};
    return sc_nearest(word, strlen(word), words, 3);
}

static void nearest_word(void)
{
    CHECK_STR(nearest("alpha"), "alpha");
    CHECK_STR(nearest("alhpa"), "alpha"); /* two letters swapped */
    CHECK_STR(nearest("alfpa"), "alpha");
    CHECK_STR(nearest("alphaa"), "alpha");
    CHECK_STR(nearest("bet"), "beta");
    CHECK_STR(nearest("betatwo"), "beta-two");
    CHECK_STR(nearest("beta-"), "beta-two"); /* begins it */
    CHECK(nearest("gamma-ray") == NULL);
    CHECK(nearest("") == NULL);
    CHECK(nearest("a-word-that-is-far-longer-than-any-name-of-an-option-could-ever-be-"
                  "and-then-some") == NULL);
}

int main(void)
{
    CHECK_INT(sc_options_init(&options), SC_OK);
    RUN(programs_and_their_words);
    RUN(three_dashes);
    RUN(values);
    RUN(defaults);
    RUN(bad_values);
    RUN(unknown_options);
    RUN(options_of_later_versions);
    RUN(notes);
    RUN(help_ends_the_reading);
    RUN(view_takes_files_anywhere);
    RUN(nearest_word);
    sc_options_fini(&options);
    return check_failures != 0;
}
