/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The filter rules, one by one and in their order. */
#include "harness.h"
#include "profile/filter.h"
#include "profile/path.h"

#include "os/heap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static struct sc_arena arena;

static char *in_folder(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return sc_arena_strdup(&arena, path);
}

static void make_file(const char *name)
{
    FILE *file = fopen(in_folder(name), "w");
    if (file == NULL || fclose(file) != 0) {
        perror(name);
        exit(2);
    }
}

static void make_folders(void)
{
    static const char *const names[] = {"app", "app/env", "app/env/mine",
                                        "own", "whole",   "whole/src"};
    strcpy(folder, "/tmp/scalene-filter-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        exit(2);
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mkdir(in_folder(names[i]), 0700);
    }
    make_file("app/env/pyvenv.cfg");
    make_file("whole/pyvenv.cfg");
    make_file("app/prog.py");
    if (symlink("app", in_folder("link")) != 0) {
        exit(2);
    }
}

static void remove_folders(void)
{
    static const char *const names[] = {"link",
                                        "app/prog.py",
                                        "whole/pyvenv.cfg",
                                        "app/env/pyvenv.cfg",
                                        "whole/src",
                                        "whole",
                                        "own",
                                        "app/env/mine",
                                        "app/env",
                                        "app"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        remove(in_folder(names[i]));
    }
    rmdir(folder);
}

static struct sc_filter_config app_filter(void)
{
    return (struct sc_filter_config){.program_path = in_folder("app"),
                                     .own_path = in_folder("own")};
}

static void test_places(void)
{
    struct sc_filter_config config = app_filter();
    static const struct {
        const char *path;
        enum sc_file_kind kind;
    } cases[] = {
        {"/usr/lib/python3.12/json/decoder.py", SC_FILE_LIBRARY},
        {"/opt/py/lib/python3.13t/re/__init__.py", SC_FILE_LIBRARY},
        {"/opt/py/lib64/python3.11/re.py", SC_FILE_LIBRARY},
        {"/opt/py/lib/python312.zip/re.py", SC_FILE_LIBRARY},
        {"/usr/lib/python3/dist-packages/numpy/core.py", SC_FILE_LIBRARY},
        {"/x/site-packages/six.py", SC_FILE_LIBRARY},
        {"/home/user/lib/pythonista/a.py", SC_FILE_OUTSIDE},
        {"/home/user/library/python3x/a.py", SC_FILE_OUTSIDE},
        {"/home/user/other.py", SC_FILE_OUTSIDE},
        {"<frozen importlib._bootstrap>", SC_FILE_GENERATED},
        {"<string>", SC_FILE_GENERATED},
        {"<stdin>", SC_FILE_GENERATED},
        {"<native>", SC_FILE_USER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (sc_filter_kind(&config, cases[i].path) != cases[i].kind) {
            fprintf(stderr, "%s: wrong kind\n", cases[i].path);
            check_failures++;
        }
    }
    CHECK_INT(sc_filter_kind(&config, in_folder("app/prog.py")), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("app/sub/gone.py")), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("app2/prog.py")), SC_FILE_OUTSIDE);
    CHECK_INT(sc_filter_kind(&config, in_folder("own/magic.py")), SC_FILE_OWN);
}

static void test_venv_inside_the_program(void)
{
    struct sc_filter_config config = app_filter();
    const char *inside = in_folder("app/env/mine/inside.py");
    CHECK_INT(sc_filter_kind(&config, inside), SC_FILE_LIBRARY);
    config.profile_system_libraries = true;
    CHECK_INT(sc_filter_kind(&config, inside), SC_FILE_USER);
    /* A program that lives in an environment is still the user's own. */
    config = (struct sc_filter_config){.program_path = in_folder("whole/src")};
    CHECK_INT(sc_filter_kind(&config, in_folder("whole/src/a.py")), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("whole/lib/python3.12/a.py")),
              SC_FILE_LIBRARY);
}

static void test_symbolic_links(void)
{
    struct sc_filter_config config = {.program_path = in_folder("link")};
    CHECK_INT(sc_filter_kind(&config, in_folder("app/prog.py")), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("link/prog.py")), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("own/prog.py")), SC_FILE_OUTSIDE);
}

static void test_options_and_their_order(void)
{
    static const char *const only[] = {"numpy", ""};
    static const char *const exclude[] = {"core", ""};
    struct sc_filter_config config = app_filter();
    config.only = only;
    config.n_only = 2;
    CHECK_INT(sc_filter_kind(&config, "/x/site-packages/numpy/a.py"), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("app/prog.py")), SC_FILE_OUTSIDE);
    CHECK_INT(sc_filter_kind(&config, "<native>"), SC_FILE_OUTSIDE);
    config.exclude = exclude;
    config.n_exclude = 2;
    CHECK_INT(sc_filter_kind(&config, "/x/site-packages/numpy/core.py"),
              SC_FILE_EXCLUDED);
    config.profile_all = true;
    CHECK_INT(sc_filter_kind(&config, "/x/site-packages/numpy/core.py"),
              SC_FILE_EXCLUDED);
    CHECK_INT(sc_filter_kind(&config, in_folder("app/prog.py")), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, "/usr/lib/python3.12/re.py"), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, in_folder("own/magic.py")), SC_FILE_OWN);
    CHECK_INT(sc_filter_kind(&config, "<frozen runpy>"), SC_FILE_GENERATED);
}

static void test_programs_without_a_file(void)
{
    struct sc_filter_config config = app_filter();
    config.has_code_argument = true;
    CHECK_INT(sc_filter_kind(&config, "<string>"), SC_FILE_USER);
    CHECK_INT(sc_filter_kind(&config, "<stdin>"), SC_FILE_GENERATED);
    config.has_code_argument = false;
    config.has_stdin_program = true;
    CHECK_INT(sc_filter_kind(&config, "<stdin>"), SC_FILE_USER);
}

static void test_paths(void)
{
    const char *path;
    static const struct {
        const char *from, *to;
    } cases[] = {{"a.py", "/home/u/a.py"},
                 {"./a.py", "/home/u/a.py"},
                 {"../x//a.py", "/home/x/a.py"},
                 {"/b/./c/../a.py", "/b/a.py"},
                 {"../../../a", "/a"},
                 {"<stdin>", "<stdin>"},
                 {"/..", "/"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_INT(sc_path_absolute(&arena, "/home/u", cases[i].from, &path), SC_OK);
        CHECK_STR(path, cases[i].to);
    }
    CHECK_STR(sc_text_from_bytes(&arena, "caf\xe9.py", 7), "caf\\xe9.py");
    CHECK_STR(sc_text_from_bytes(&arena, "caf\xc3\xa9", 5), "caf\xc3\xa9");
    CHECK_STR(sc_text_from_bytes(&arena, "a\0b", 3), "a\xef\xbf\xbd"
                                                     "b");
    CHECK_STR(sc_text_from_bytes(&arena, "\xed\xa0\x80", 3), "\\xed\\xa0\\x80");
    CHECK_STR(sc_text_from_bytes(&arena, "\xf0\x9f\x98", 3), "\\xf0\\x9f\\x98");
    CHECK_STR(sc_text_from_bytes(&arena, "\xc0\xaf", 2), "\\xc0\\xaf");
}

int main(void)
{
    sc_arena_init(&arena, &sc_os_pages);
    make_folders();
    RUN(test_places);
    RUN(test_venv_inside_the_program);
    RUN(test_symbolic_links);
    RUN(test_options_and_their_order);
    RUN(test_programs_without_a_file);
    RUN(test_paths);
    remove_folders();
    sc_arena_fini(&arena);
    return check_failures != 0;
}
