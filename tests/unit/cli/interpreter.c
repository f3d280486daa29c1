/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Which interpreter is chosen, and which is refused before anything starts. The
 * interpreters are made up: nothing here depends on a Python of this machine. */
#include "run/interpreter.h"
#include "harness.h"
#include "made_elf.h"
#include "scratch.h"
#include "words.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOADER "/lib64/ld-linux-x86-64.so.2"

static const struct made_elf good_python = {
    .loader = LOADER,
    .needed = {"libc.so.6"},
    .exports = {"Py_Main", "PySys_AddAuditHook"},
};

static void write_elf(const char *name, const struct made_elf *elf, mode_t mode)
{
    unsigned char file[MADE_ELF_BYTES];
    made_elf_build(elf, file);
    scratch_write(name, file, sizeof file, mode);
}

/* Status and text that name is refused with; status 0: it is accepted. */
static void check_refused(const char *name, int status, const char *text)
{
    struct sc_refusal refusal = {0};
    enum sc_err err = sc_interpreter_check(name, &refusal);
    CHECK_INT(err != SC_OK, status != 0);
    CHECK_INT(refusal.exit_status, status);
    CHECK(strstr(refusal.text, text) != NULL);
    if (strstr(refusal.text, text) == NULL) {
        fprintf(stderr, "  said: %s\n", refusal.text);
    }
}

static void check_elf_refused(const struct made_elf *elf, int status, const char *text)
{
    write_elf("made", elf, 0755);
    check_refused("./made", status, text);
}

static void accepts_static_and_shared_cpython(void)
{
    struct made_elf shared = {.loader = LOADER,
                              .needed = {"libpython3.11.so.1.0", "libc.so.6"}};
    struct made_elf stable_abi = {.loader = LOADER, .needed = {"libpython3.so"}};
    struct made_elf stripped = {.loader = LOADER, .no_sections = true};
    check_elf_refused(&good_python, 0, "");
    check_elf_refused(&shared, 0, "");
    check_elf_refused(&stable_abi, 0, "");
    check_elf_refused(&stripped, 0, ""); /* nothing is known against it */
}

static void refuses_what_cannot_carry_the_agent(void)
{
    struct made_elf elf = good_python;
    elf.loader = NULL;
    check_elf_refused(&elf, 126, "statically linked");
    elf.loader = "/lib/ld-musl-x86_64.so.1";
    check_elf_refused(&elf, 126, "musl");
    elf = good_python;
    elf.needed[1] = "libc.musl-x86_64.so.1";
    check_elf_refused(&elf, 126, "musl");
    elf.needed[1] = "libasan.so.8";
    check_elf_refused(&elf, 126, "sanitizer");
    elf = good_python;
    elf.other_machine = true;
    check_elf_refused(&elf, 126, "another kind of machine");
}

static void refuses_other_programs(void)
{
    struct made_elf other = {.loader = LOADER,
                             .needed = {"libpypy3.10-c.so"},
                             .imports = {"Py_Main", "PySys_AddAuditHook"}};
    check_elf_refused(&other, 126, "is not CPython");
    scratch_write("damaged", "\177ELF\2\1\1", 7, 0755);
    check_refused("./damaged", 126, "damaged");
    scratch_write_text("text", "print()\n", 0755);
    check_refused("./text", 126, "neither");
    scratch_write_text("empty", "", 0755);
    check_refused("./empty", 126, "neither");
}

static void refuses_old_pythons(void)
{
    struct made_elf elf = {.loader = LOADER, .needed = {"libpython2.7.so.1.0"}};
    check_elf_refused(&elf, 126, "is Python 2.7");
    elf.needed[0] = "libpython3.7m.so.1.0";
    check_elf_refused(&elf, 126, "is Python 3.7");
    elf.needed[0] = "libpython3.8.so.1.0";
    check_elf_refused(&elf, 0, "");
    elf.needed[0] = "libc.so.6";
    elf.exports[0] = "Py_Main";
    check_elf_refused(&elf, 126, "older than Python 3.8");
}

static void refuses_files_that_do_not_start(void)
{
    check_refused("./missing", 127, "No such file");
    mkdir("folder", 0755);
    check_refused("./folder", 126, "directory");
    write_elf("plain", &good_python, 0644);
    check_refused("./plain", 126, "not executable");
    write_elf("rights", &good_python, 04755);
    check_refused("./rights", 126, "is setuid or setgid");
    write_elf("rights", &good_python, 02755);
    check_refused("./rights", 126, "is setuid or setgid");
    scratch_write_text("shim", "#!/bin/sh\nexec python3 \"$@\"\n", 0755);
    check_refused("./shim", 0, "");
}

/* No byte of a damaged file may lead outside it: run under ASan. */
static void survives_damaged_files(void)
{
    unsigned char file[MADE_ELF_BYTES];
    struct sc_refusal refusal;
    unsigned state = 12345;
    for (int round = 0; round < 400; round++) {
        made_elf_build(&good_python, file);
        for (int i = 0; i < 8; i++) {
            state = state * 1103515245 + 12345;
            size_t at = 16 + (state >> 8) % (MADE_ELF_BYTES - 16);
            at = round % 2 ? at % 64 + 16 : at;
            state = state * 1103515245 + 12345;
            file[at] = (unsigned char)(state >> 16);
        }
        size_t n = round % 5 == 0 ? 64 + (state >> 8) % 4000 : sizeof file;
        scratch_write("fuzzed", file, n, 0755);
        refusal.exit_status = 0;
        enum sc_err err = sc_interpreter_check("./fuzzed", &refusal);
        CHECK((err == SC_OK) == (refusal.exit_status == 0));
    }
}

static void check_shebang(const char *first_lines, const char *words)
{
    struct sc_shebang shebang;
    char joined[MAX_TEXT_BYTES] = "";
    scratch_write_text("script", first_lines, 0755);
    if (sc_shebang_read("script", &shebang) == SC_OK) {
        words_append_list(joined, shebang.words, shebang.n_words, "|");
    }
    CHECK_STR(joined, words);
}

static void reads_shebangs(void)
{
    struct sc_shebang shebang;
    check_shebang("#!/usr/bin/python3\n", "/usr/bin/python3");
    check_shebang("#! /usr/bin/python3 -I -u \r\n", "/usr/bin/python3|-I -u");
    check_shebang("#!/usr/bin/env python3\n", "python3");
    check_shebang("#!/usr/bin/env -S python3 -X dev\n", "python3|-X|dev");
    check_shebang("#!/usr/bin/env A=b python3\n", "");
    check_shebang("#!/usr/bin/env\n", "");
    check_shebang("#!   \n", "");
    check_shebang("print()\n", "");
    check_shebang("#!/usr/bin/python3", ""); /* no end of line */
    CHECK(sc_shebang_read("missing", &shebang) == SC_ERR_NOT_FOUND);

    scratch_write_text("long", "#!/bin/sh\n'''exec' \"/a/b/python\" \"$0\" \"$@\"\n",
                       0755);
    CHECK(sc_shebang_read("long", &shebang) == SC_OK);
    CHECK(shebang.runs_python && shebang.is_shell && !shebang.is_python);
}

static void check_chosen(const char *wanted, const char *program, const char *path)
{
    struct sc_interpreter interpreter;
    struct sc_refusal refusal;
    enum sc_err err = sc_interpreter_choose(wanted, program, &interpreter, &refusal);
    CHECK_INT(err, SC_OK);
    CHECK_STR(err == SC_OK ? interpreter.path : refusal.text, path);
}

/* --python, the program's first line, the virtual environment, PATH: in this order. */
static void chooses_in_order(void)
{
    struct sc_interpreter interpreter;
    struct sc_refusal refusal;
    write_elf("bin/python3", &good_python, 0755);
    write_elf("bin/python3.99", &good_python, 0755);
    write_elf("venv/bin/python", &good_python, 0755);
    write_elf("own/python", &good_python, 0755);
    scratch_write_text("plain.py", "#!own/python\n", 0644);
    scratch_write_text("script.py", "#!own/python -I\n", 0755);
    setenv("PATH", "/nowhere:bin", 1);
    unsetenv("VIRTUAL_ENV");
    check_chosen(NULL, NULL, "bin/python3");
    check_chosen(NULL, "plain.py", "bin/python3"); /* not executable: no script */
    check_chosen(NULL, "script.py", "own/python");
    check_chosen("python3.99", "script.py", "bin/python3.99");
    check_chosen("venv/bin/python", NULL, "venv/bin/python");
    setenv("VIRTUAL_ENV", "venv", 1);
    check_chosen(NULL, NULL, "venv/bin/python");
    check_chosen(NULL, "script.py", "own/python");
    setenv("VIRTUAL_ENV", "deleted", 1);
    check_chosen(NULL, NULL, "bin/python3");
    setenv("PATH", "own", 1);
    check_chosen(NULL, NULL, "own/python");

    setenv("PATH", "/nowhere", 1);
    CHECK(sc_interpreter_choose(NULL, NULL, &interpreter, &refusal) != SC_OK);
    CHECK_INT(refusal.exit_status, 127);
    CHECK(strstr(refusal.text, "no Python found") != NULL);
    CHECK(sc_interpreter_choose("python9", NULL, &interpreter, &refusal) != SC_OK);
    CHECK_INT(refusal.exit_status, 127);
    scratch_write_text("broken.py", "#!/nowhere/python\n", 0755);
    CHECK(sc_interpreter_choose(NULL, "broken.py", &interpreter, &refusal) != SC_OK);
    CHECK_INT(refusal.exit_status, 127);
    CHECK(strstr(refusal.text, "first line of broken.py") != NULL);
    unsetenv("VIRTUAL_ENV");
}

int main(void)
{
    char directory[PATH_MAX];
    scratch_enter(directory);
    RUN(accepts_static_and_shared_cpython);
    RUN(refuses_what_cannot_carry_the_agent);
    RUN(refuses_other_programs);
    RUN(refuses_old_pythons);
    RUN(refuses_files_that_do_not_start);
    RUN(survives_damaged_files);
    RUN(reads_shebangs);
    RUN(chooses_in_order);
    scratch_leave(directory);
    return check_failures != 0;
}
