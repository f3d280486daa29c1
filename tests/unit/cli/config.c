/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * YAML files: what they set, and what they are refused for, with the line. */
#include "cli/config.h"
#include "harness.h"

static struct sc_options options;
static struct sc_refusal refusal;

/* Reads a file of this text on top of what the options hold. */
static enum sc_err read_more(const char *text)
{
    FILE *file = fmemopen((void *)text, strlen(text) + (text[0] == 0), "r");
    refusal.text[0] = 0;
    refusal.exit_status = 0;
    if (text[0] == 0) {
        (void)fgetc(file); /* an empty file can't be opened in memory */
    }
    enum sc_err err = sc_config_read_stream(file, "s.yaml", &options, &refusal);
    fclose(file);
    return err;
}

static enum sc_err read_text(const char *text)
{
    sc_options_fini(&options);
    enum sc_err err = sc_options_init(&options);
    return err == SC_OK ? read_more(text) : err;
}

static void check_refused(const char *text, const char *what)
{
    CHECK(read_text(text) != SC_OK);
    CHECK_INT(refusal.exit_status, 2);
    CHECK_STR(refusal.text, what);
}

static void sets_every_kind(void)
{
    CHECK_INT(read_text("# a comment\n"
                        "outfile: out.json\n"
                        "cpu_only: true\n"
                        "profile-all: Yes\n"
                        "stacks: off\n"
                        "cpu-percent-threshold: 2.5\n"
                        "column_width: 120\n"
                        "profile-only: a,b\n"
                        "profile_exclude:\n"
                        "  - c\n"
                        "  - 'd'\n"
                        "program-path: \"/x y\"\n"),
              SC_OK);
    CHECK_STR(refusal.text, "");
    CHECK_STR(options.outfile, "out.json");
    CHECK(options.cpu_only && options.profile_all && !options.stacks);
    CHECK_NEAR(options.cpu_percent_threshold, 2.5, 0);
    CHECK_INT(options.column_width, 120);
    CHECK_INT(options.profile_only.n, 2);
    CHECK_INT(options.profile_exclude.n, 2);
    CHECK_STR(options.profile_exclude.items[1], "d");
    CHECK_STR(options.program_path, "/x y");
}

static void spellings(void)
{
    CHECK_INT(read_text("output: x.json\n"), SC_OK);
    CHECK_STR(options.outfile, "x.json");
    CHECK_INT(read_text("no-stacks: true\n"), SC_OK);
    CHECK(!options.stacks);
    CHECK_INT(read_text("no_stacks: false\n"), SC_OK);
    CHECK(options.stacks);
    CHECK_INT(read_text("{cpu-only: on, profile_all: off}\n"), SC_OK);
    CHECK(options.cpu_only && !options.profile_all);
    CHECK_INT(read_text("outfile: 'yes'\n"), SC_OK);
    CHECK_STR(options.outfile, "yes");
}

static void sets_nothing(void)
{
    CHECK_INT(read_text(""), SC_OK);
    CHECK_INT(read_text("# only a comment\n"), SC_OK);
    CHECK_INT(read_text("---\n"), SC_OK);
    CHECK_INT(read_text("{}\n"), SC_OK);
    CHECK_STR(options.outfile, "scalene-profile.json");
}

static void command_line_wins(void)
{
    struct {
        const char *name, *value;
    } given[] = {{"outfile", "mine"}, {"stacks", "off"}, {"profile-only", "m"}};
    sc_options_fini(&options);
    CHECK_INT(sc_options_init(&options), SC_OK);
    for (size_t i = 0; i < 3; i++) {
        bool negated;
        const struct sc_option *option =
            sc_option_find(SC_VERB_RUN, given[i].name, strlen(given[i].name), &negated);
        CHECK_INT(sc_option_assign(&options, option, given[i].value,
                                   SC_SET_BY_COMMAND_LINE, &refusal),
                  SC_OK);
    }
    CHECK_INT(read_more("outfile: theirs\nstacks: on\nprofile-only: [a, b]\n"
                        "cpu-only: true\n"),
              SC_OK);
    CHECK_STR(options.outfile, "mine");
    CHECK(!options.stacks && options.cpu_only);
    CHECK_INT(options.profile_only.n, 1);
    CHECK_STR(options.profile_only.items[0], "m");
    /* A mistake is one all the same. */
    CHECK(read_more("profile-only: ','\n") != SC_OK);
}

static void wrong_keys(void)
{
    check_refused("cpu-only: true\noutfle: x\n",
                  "s.yaml:2: outfle: no such option; did you mean outfile?");
    check_refused("xyzzy: 1\n", "s.yaml:1: xyzzy: no such option of `scalene run`");
    check_refused("\n\ngpu: true\n", "s.yaml:3: gpu: not yet in this version");
    check_refused("on: true\n", "s.yaml:1: on: not yet in this version");
    check_refused("off: true\n", "s.yaml:1: off: not yet in this version");
    check_refused("no_async: true\n", "s.yaml:1: no_async: not yet in this version");
    check_refused("config: x\n", "s.yaml:1: config: stands on the command line only");
    check_refused("help: true\n", "s.yaml:1: help: stands on the command line only");
    check_refused("cli: true\n", "s.yaml:1: cli: no such option of `scalene run`");
    check_refused("outfile: a\n\noutput: b\n",
                  "s.yaml:3: output: given before, on line 1");
    check_refused("? [a]\n: b\n", "s.yaml:1: needs the name of an option");
    CHECK_INT(read_text("use_legacy_tracer: true\n"), SC_OK);
    CHECK_INT(options.notes.n, 1);
}

static void wrong_types(void)
{
    check_refused("outfile: [a]\n", "s.yaml:1: outfile: needs a text");
    check_refused("outfile: {a: b}\n", "s.yaml:1: outfile: needs a text");
    check_refused("outfile:\n", "s.yaml:1: outfile: needs a text");
    check_refused("outfile: ~\n", "s.yaml:1: outfile: needs a text");
    check_refused("outfile: true\n",
                  "s.yaml:1: outfile: needs a text; in quotes it is one");
    check_refused("stacks: maybe\n", "s.yaml:1: stacks: needs true or false");
    check_refused("cpu-only: 1\n", "s.yaml:1: cpu-only: needs true or false");
    check_refused("cpu-only:\n  - true\n", "s.yaml:2: cpu-only: needs true or false");
    check_refused(
        "cpu-percent-threshold: fast\n",
        "s.yaml:1: cpu-percent-threshold: \"fast\" is no number from 0 to 100 "
        "percent");
    check_refused("cpu-percent-threshold: [1]\n",
                  "s.yaml:1: cpu-percent-threshold: needs a number");
    check_refused("profile-only: []\n",
                  "s.yaml:1: profile-only: needs a text or a list of texts");
    check_refused("profile-only:\n- a\n- [b]\n",
                  "s.yaml:3: profile-only: needs a text or a list of texts");
    check_refused("profile-only: \"a\\0b\"\n",
                  "s.yaml:1: profile-only: needs a text or a list of texts");
    check_refused("outfile: &a x\nprogram-path: *a\n",
                  "s.yaml:2: program-path: aliases are not understood here");
}

static void not_a_mapping(void)
{
    check_refused("- a\n", "s.yaml:1: needs lines of the form option: value");
    check_refused("just text\n", "s.yaml:1: needs lines of the form option: value");
    check_refused("cpu-only: true\n---\ncpu-only: true\n",
                  "s.yaml:2: a second document; there can be one only");
    check_refused("cpu-only: true\nprofile-only: [a\nstacks: on\n",
                  "s.yaml:3: did not find expected ',' or ']'");
    check_refused("cpu-only: true\n\t- x\n",
                  "s.yaml:2: found a tab character that violates indentation");
    CHECK(read_text("cpu-only: true\nstacks: \xff\xfe\n") != SC_OK);
    CHECK(strncmp(refusal.text, "s.yaml:", 7) == 0);
    CHECK(read_text("\x1b: 1\n") != SC_OK);
}

static void files_that_do_not_open(void)
{
    CHECK(sc_config_read("/nowhere/s.yaml", &options, &refusal) != SC_OK);
    CHECK_STR(refusal.text, "--config /nowhere/s.yaml: No such file or directory");
    CHECK(sc_config_read("/", &options, &refusal) != SC_OK);
    CHECK_STR(refusal.text, "--config /: Is a directory");
    CHECK_INT(refusal.exit_status, 2);
}

int main(void)
{
    CHECK_INT(sc_options_init(&options), SC_OK);
    RUN(sets_every_kind);
    RUN(spellings);
    RUN(sets_nothing);
    RUN(command_line_wins);
    RUN(wrong_keys);
    RUN(wrong_types);
    RUN(not_a_mapping);
    RUN(files_that_do_not_open);
    sc_options_fini(&options);
    return check_failures != 0;
}
