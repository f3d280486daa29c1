/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * From the words of `run` to the argument vector and to what the profile says about
 * the program. Interpreters are made up, so paths are known. */
#include "cli/target.h"
#include "cli/python_words.h"
#include "harness.h"
#include "made_elf.h"
#include "scratch.h"
#include "words.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char here[PATH_MAX];
static struct sc_options options;
static struct sc_target target;
static struct sc_refusal refusal;

static enum sc_err resolve(const char *text)
{
    static struct words words;
    struct sc_command_line line;
    sc_options_fini(&options);
    refusal = (struct sc_refusal){0};
    words_split(&words, text);
    enum sc_err err = sc_options_init(&options);
    CHECK_INT(err, SC_OK);
    err = sc_command_line_read(SC_VERB_RUN, words.n, words.words, &options, &line,
                               &refusal);
    CHECK_INT(err, SC_OK);
    return sc_target_resolve(&line, &options, here, &target, &refusal);
}

/* expected: "program / args | vector". @ stands for the scratch directory. */
static void check_target(const char *words, const char *expected)
{
    char said[MAX_TEXT_BYTES] = "", wanted[MAX_TEXT_BYTES] = "";
    size_t n_argv = 0;
    enum sc_err err = resolve(words);
    CHECK_INT(err, SC_OK);
    if (err != SC_OK) {
        fprintf(stderr, "  %s: %s\n", words, refusal.text);
        return;
    }
    while (target.argv[n_argv] != NULL) {
        n_argv++;
    }
    words_append(said, target.program);
    words_append(said, target.n_args > 0 ? " / " : " /");
    words_append_list(said, target.args, target.n_args, " ");
    words_append(said, " | ");
    words_append_list(said, target.argv, n_argv, " ");
    for (const char *p = expected; *p != 0; p++) {
        words_append(wanted, *p == '@' ? here : (char[]){*p, 0});
    }
    CHECK_STR(said, wanted);
}

static void check_refused(const char *words, int status, const char *what)
{
    CHECK(resolve(words) != SC_OK);
    CHECK_INT(refusal.exit_status, status);
    CHECK(strstr(refusal.text, what) != NULL);
    if (strstr(refusal.text, what) == NULL) {
        fprintf(stderr, "  %s: %s\n", words, refusal.text);
    }
}

static void check_here(const char *path, const char *below)
{
    char wanted[2 * PATH_MAX];
    snprintf(wanted, sizeof wanted, "%s%s", here, below);
    CHECK_STR(path, wanted);
}

static void scripts(void)
{
    check_target("prog.py a -b", "@/prog.py / a -b | bin/python3 prog.py a -b");
    check_here(target.program_path, "");
    check_target("./sub/../sub/tool x",
                 "@/sub/tool / x | bin/python3.9 -I ./sub/../sub/tool x");
    check_here(target.program_path, "/sub");
    check_target("--python bin/python3 sub/tool",
                 "@/sub/tool / | bin/python3 sub/tool");
    /* The directory is that of the file behind a link, as in sys.path. */
    check_target("link.py", "@/link.py / | bin/python3.9 -I link.py");
    check_here(target.program_path, "/sub");
    check_target("pkg", "@/pkg / | bin/python3 pkg");
    check_here(target.program_path, "/pkg");
    check_target("app.pyz", "@/app.pyz / | bin/python3 app.pyz");
    check_target("old.pyc", "@/old.pyc / | bin/python3 old.pyc");
    check_target("text", "@/text / | bin/python3 text");
    /* Python reads pipes itself. */
    check_target("pipe", "@/pipe / | bin/python3 pipe");
    /* An interpreter is known by what it is, not by its name. */
    check_target("renamed a", "@/renamed / a | bin/snake renamed a");
    /* Another language's line is a comment to Python. */
    check_target("comment", "@/comment / | bin/python3 comment");
    /* Installers' way to name a long interpreter: the shell starts it. */
    check_target("long a", "@/long / a | long a");
}

static void other_forms(void)
{
    check_target("-m nowhere a", "nowhere / a | bin/python3 -m nowhere a");
    check_here(target.program_path, "");
    CHECK(target.package_path == NULL);
    check_target("-m pkg.deep.mod", "pkg.deep.mod / | bin/python3 -m pkg.deep.mod");
    check_here(target.package_path, "/pkg/deep");
    check_target("-m pkg", "pkg / | bin/python3 -m pkg");
    check_here(target.package_path, "/pkg");
    setenv("PYTHONPATH", "/nowhere::elsewhere", 1);
    check_target("-m far.mod", "far.mod / | bin/python3 -m far.mod");
    check_here(target.package_path, "/elsewhere/far");
    unsetenv("PYTHONPATH");
    check_target("--- -c print() a", "-c / a | bin/python3 -c print() a");
    CHECK_STR(target.code_argument, "print()");
    check_target("- a", "- / a | bin/python3 - a");
    CHECK(target.is_stdin);
    CHECK_STR(target.interpreter, "bin/python3");
}

static void commands(void)
{
    check_target("-- server app:app", "@/bin/server / app:app | "
                                      "bin/python3.9 bin/server app:app");
    check_target("-- prog.py a", "@/prog.py / a | bin/python3 prog.py a");
    check_target("-- ./prog.py a", "@/prog.py / a | bin/python3 ./prog.py a");
    check_target("-- python3 -X dev sub/tool a",
                 "@/sub/tool / a | bin/python3 -X dev sub/tool a");
    check_here(target.program_path, "/sub");
    check_target("-- python3 -Bm pkg a", "pkg / a | bin/python3 -Bm pkg a");
    check_here(target.package_path, "/pkg");
    check_target("-- python3 -c code a", "-c / a | bin/python3 -c code a");
    check_target("-- ./renamed a", "@/renamed / a | bin/snake ./renamed a");
    check_target("-- wrapper a", "@/bin/wrapper / a | bin/wrapper a");
    check_here(target.program_path, "");
    CHECK_STR(target.interpreter, "bin/python3");
    check_target("-- embedding a", "@/bin/embedding / a | bin/embedding a");
    CHECK_STR(target.interpreter, "bin/python3");
    check_target("-- python-shim -u sub/tool a",
                 "@/sub/tool / a | bin/python-shim -u sub/tool a");
    CHECK_STR(target.interpreter, "bin/python-shim");

    check_refused("-- nowhere", 127, "nowhere: command not found");
    check_refused("-- other", 126, "bin/other is not CPython");
    check_refused("-- alien", 126, "bin/other is not CPython");
    check_refused("--python bin/python3 -- python3 x", 2, "its own interpreter");
}

static void bad_programs(void)
{
    check_refused("missing.py", 127, "missing.py: No such file");
    check_refused("server", 127, "for the command: scalene run -- server");
    check_refused("prog.py/x", 127, "Not a directory");
    check_refused("sub", 126, "sub is a directory without __main__.py");
    check_refused("bin/other", 126, "is a compiled program, not Python");
    check_refused("image", 126, "image is a binary file, not Python");
    if (geteuid() == 0) {
        printf("skipped: an unreadable file, which root can read\n");
    } else {
        check_refused("secret.py", 126, "secret.py: Permission denied");
    }
    check_refused("--python nowhere prog.py", 127, "nowhere: not found in PATH");
    check_refused("--program-path nowhere prog.py", 2,
                  "--program-path nowhere: No such file");
    check_refused("--program-path prog.py prog.py", 2,
                  "--program-path prog.py: Not a directory");
    CHECK_INT(resolve("--program-path sub prog.py"), SC_OK);
    check_here(target.program_path, "/sub");
}

static void check_words(const char *text, enum sc_form form, const char *program,
                        size_t n_args)
{
    struct words words;
    struct sc_python_words read;
    words_split(&words, text);
    sc_python_words_read((const char *const *)words.words, (size_t)words.n, &read);
    CHECK_INT(read.form, form);
    CHECK_STR(read.program, program);
    CHECK_INT(read.n_args, n_args);
}

static void reads_words_of_python(void)
{
    check_words("x.py a b", SC_FORM_FILE, "x.py", 2);
    check_words("-I -u -X dev -W error x.py -c", SC_FORM_FILE, "x.py", 1);
    check_words("-Xdev -Werror x.py", SC_FORM_FILE, "x.py", 0);
    check_words("-uX dev x.py", SC_FORM_FILE, "x.py", 0);
    check_words("--check-hash-based-pycs always x.py", SC_FORM_FILE, "x.py", 0);
    check_words("-- -x.py", SC_FORM_FILE, "-x.py", 0);
    check_words("-m mod -c", SC_FORM_MODULE, "mod", 1);
    check_words("-Imod a", SC_FORM_MODULE, "od", 1);
    check_words("-ucode a", SC_FORM_CODE, "ode", 1);
    check_words("-c", SC_FORM_CODE, "", 0);
    check_words("- a", SC_FORM_STDIN, "-", 1);
    check_words("", SC_FORM_STDIN, "-", 0);
    check_words("-X", SC_FORM_STDIN, "-", 0);
}

static void write_elf(const char *name, const struct made_elf *elf)
{
    unsigned char file[MADE_ELF_BYTES];
    made_elf_build(elf, file);
    scratch_write(name, file, sizeof file, 0755);
}

static void make_files(void)
{
    static const char zip[] = "#!/usr/bin/env python3\n\0\0PK\5\6\0\0\0\0\0\0\0\0\0\0"
                              "\0\0\0\0\0\0\0";
    static const char compiled[] = "\xa7\r\r\n\0\0\0\0";
    const char *loader = "/lib64/ld-linux-x86-64.so.2";
    struct made_elf python = {.loader = loader,
                              .exports = {"Py_Main", "PySys_AddAuditHook"}};
    struct made_elf embedding = {.loader = loader, .needed = {"libpython3.11.so.1.0"}};
    struct made_elf other = {.loader = loader};
    write_elf("bin/python3", &python);
    write_elf("bin/python3.9", &python);
    write_elf("bin/snake", &python);
    write_elf("bin/embedding", &embedding);
    write_elf("bin/other", &other);
    scratch_write_text("bin/server", "#!bin/python3.9\n", 0755);
    scratch_write_text("bin/wrapper", "#!/bin/sh\npython3 x\n", 0755);
    scratch_write_text("bin/python-shim", "#!/bin/bash\nexec python3 \"$@\"\n", 0755);
    scratch_write_text("bin/alien", "#!bin/other\n", 0755);
    scratch_write_text("prog.py", "pass\n", 0644);
    scratch_write_text("text", "pass\n", 0644);
    scratch_write_text("secret.py", "pass\n", 0);
    scratch_write_text("sub/tool", "#!bin/python3.9 -I\n", 0755);
    scratch_write_text("long", "#!/bin/sh\n'''exec' /a/python \"$0\"\n' '''\n", 0755);
    scratch_write_text("renamed", "#!/usr/bin/env snake\npass\n", 0755);
    scratch_write_text("comment", "#!bin/other\npass\n", 0755);
    scratch_write_text("pkg/__main__.py", "pass\n", 0644);
    scratch_write_text("pkg/deep/mod.py", "pass\n", 0644);
    scratch_write_text("elsewhere/far/mod.py", "pass\n", 0644);
    scratch_write("app.pyz", zip, sizeof zip - 1, 0644);
    scratch_write("old.pyc", compiled, sizeof compiled - 1, 0644);
    scratch_write("image", "\x89PNG\r\n\0\0\0", 9, 0644);
    CHECK_INT(symlink("sub/tool", "link.py"), 0);
    CHECK_INT(mkfifo("pipe", 0600), 0);
}

int main(void)
{
    scratch_enter(here);
    setenv("PATH", "bin", 1);
    unsetenv("VIRTUAL_ENV");
    unsetenv("PYTHONPATH");
    make_files();
    CHECK_INT(sc_options_init(&options), SC_OK);
    RUN(scripts);
    RUN(other_forms);
    RUN(commands);
    RUN(bad_programs);
    RUN(reads_words_of_python);
    sc_options_fini(&options);
    scratch_leave(here);
    return check_failures != 0;
}
