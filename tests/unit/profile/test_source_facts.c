/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The source-facts helper with real interpreters, hostile ones, and wrong answers. */
#include "harness.h"
#include "profile/source_facts.h"
#include "profile/source_facts_json.h"
#include "world.h"

#include "os/heap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct world world;
static struct sc_arena arena;

static const struct sc_source_function *function_named(
    const struct sc_source_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_functions; i++) {
        if (strcmp(facts->functions[i].qualname, name) == 0) {
            return &facts->functions[i];
        }
    }
    fprintf(stderr, "no function %s\n", name);
    check_failures++;
    static const struct sc_source_function none;
    return &none;
}

static void ask_one(const char *path, const char *text, struct sc_source_facts *facts)
{
    struct sc_source_request request = {.path = path, .text = text};
    CHECK_INT(
        sc_source_facts_ask(&arena, test_interpreter(), &request, 1, 10000, facts),
        SC_OK);
}

static void test_names_are_those_of_code_objects(void)
{
    struct sc_source_facts facts;
    ask_one(NULL,
            "@deco\n"
            "@deco\n"
            "def f():\n"
            "    global h\n"
            "    class K:\n"
            "        async def m(self): pass\n"
            "        g = lambda: (lambda: 0)\n"
            "    def g():\n"
            "        def deep(): pass\n"
            "    def h(): pass\n"
            "if 1:\n"
            "    def under_if(): pass\n"
            "    async def gen():\n"
            "        async for x in y:\n"
            "            pass\n",
            &facts);
    CHECK_INT(facts.n_functions, 7);
    CHECK_INT(function_named(&facts, "f")->range.first, 1);
    CHECK_INT(function_named(&facts, "f")->range.last, 10);
    CHECK(function_named(&facts, "f.<locals>.K.m")->is_async);
    CHECK(!function_named(&facts, "f.<locals>.g.<locals>.deep")->is_async);
    CHECK_INT(function_named(&facts, "h")->range.first, 10);
    CHECK_INT(function_named(&facts, "under_if")->range.first, 12);
    CHECK_INT(facts.n_classes, 1);
    CHECK_INT(facts.n_loops, 1);
    CHECK_INT(facts.loops[0].first, 14);
    CHECK_INT(facts.loops[0].last, 15);
    CHECK(facts.text == NULL);
}

static void test_imports_as_written(void)
{
    struct sc_source_facts facts;
    ask_one(NULL,
            "import os, sys as s\n"
            "def f():\n"
            "    from .a import (b,\n"
            "                    c)\n"
            "    import os, sys as s\n"
            "x = 1; import \xc3\xa9t\xc3\xa9\n",
            &facts);
    CHECK_INT(facts.n_imports, 3);
    CHECK_STR(facts.imports[0], "import os, sys as s");
    CHECK_STR(facts.imports[1], "from .a import (b, c)");
    CHECK_STR(facts.imports[2], "import \xc3\xa9t\xc3\xa9");
}

static void test_sources_of_all_kinds(void)
{
    world_init(&world);
    struct sc_source_request requests[] = {
        {.path = world_source(&world, "bom.py",
                              "\xef\xbb\xbf"
                              "def f(): pass\r\n")},
        {.path = world_source(&world, "latin.py",
                              "# -*- coding: latin-1 -*-\ns = '\xe9'\nimport os\n")},
        {.path = world_source(&world, "bad.py", "def f(:\n")},
        {.path = "/nonexistent/file.py"},
        {.path = world.folder},
        {.path = world_source(&world, "odd \xff name.py", "class A: pass\n")},
        {.text = "import sys"},
    };
    enum {
        N = sizeof requests / sizeof *requests
    };
    struct sc_source_facts facts[N];
    CHECK_INT(
        sc_source_facts_ask(&arena, test_interpreter(), requests, N, 10000, facts),
        SC_OK);
    CHECK_INT(facts[0].n_functions, 1);
    CHECK(facts[0].text == NULL);
    CHECK_INT(facts[1].n_imports, 1);
    CHECK(facts[1].text != NULL && strstr(facts[1].text, "s = '\xc3\xa9'") != NULL);
    CHECK_INT(facts[2].n_functions, 0);
    CHECK_INT(facts[3].n_functions, 0);
    CHECK_INT(facts[4].n_functions, 0);
    CHECK_INT(facts[5].n_classes, 1);
    CHECK_INT(facts[6].n_imports, 1);
    world_fini(&world);
}

static void test_zip_application(void)
{
    world_init(&world);
    char command[512];
    snprintf(command, sizeof command,
             "cd %s && %s -I -S -c \"import zipfile; "
             "z = zipfile.ZipFile('x.pyz', 'w'); "
             "z.writestr('pkg/__main__.py', 'def f(): pass\\n'); z.close()\"",
             world.folder, test_interpreter());
    CHECK_INT(system(command), 0);
    char path[128];
    snprintf(path, sizeof path, "%s/x.pyz/pkg/__main__.py", world.folder);
    struct sc_source_facts facts;
    ask_one(path, NULL, &facts);
    CHECK_INT(facts.n_functions, 1);
    CHECK(facts.text != NULL && strcmp(facts.text, "def f(): pass\n") == 0);
    world_fini(&world);
}

/* An "interpreter" that is a shell script. */
static const char *make_script(const char *body)
{
    char text[256];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", body);
    const char *path = world_source(&world, "python", text);
    chmod(path, 0700);
    return path;
}

static double now_sec(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_helpers_that_fail(void)
{
    world_init(&world);
    struct sc_source_request request = {.text = "import os"};
    struct sc_source_facts facts;
    static const struct {
        const char *body;
        enum sc_err err;
    } cases[] = {
        {"cat >/dev/null", SC_ERR_FORMAT},
        {"exit 3", SC_ERR_IO},
        {"cat >/dev/null; echo '[null]'; exit 3", SC_ERR_IO},
        {"cat >/dev/null; echo '[null, null]'", SC_ERR_FORMAT},
        {"cat >/dev/null; echo '[null]'", SC_OK},
        {"cat >/dev/null; echo '[null]'; kill -SEGV $$", SC_ERR_IO},
        {"sleep 1000 & sleep 1000", SC_ERR_LIMIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double start_sec = now_sec();
        enum sc_err err =
            sc_source_facts_ask(&arena, make_script(cases[i].body), &request, 1,
                                cases[i].err == SC_ERR_LIMIT ? 300 : 10000, &facts);
        CHECK_INT(err, cases[i].err);
        CHECK_INT(facts.n_imports, 0);
        CHECK(now_sec() - start_sec < 9); /* the limit holds, not the sleep */
    }
    CHECK_INT(sc_source_facts_ask(&arena, "/nonexistent", &request, 1, 10000, &facts),
              SC_ERR_NOT_FOUND);
    /* A question larger than a socket's buffer, to a helper that does not read it. */
    char *large = malloc(8 << 20);
    CHECK(large != NULL);
    memset(large, '#', (8 << 20) - 1);
    large[(8 << 20) - 1] = '\0';
    request.text = large;
    CHECK(sc_source_facts_ask(&arena, make_script("exec 0<&-; echo '[null]'"), &request,
                              1, 10000, &facts) != SC_ERR_LIMIT);
    ask_one(NULL, large, &facts);
    free(large);
    world_fini(&world);
}

static void test_answers_that_are_wrong(void)
{
    static const char *const answers[] = {
        "",
        "{}",
        "[1]",
        "[{\"functions\": [[1, 1, 2, true]]}]",
        "[{\"functions\": [[\"f\", 0, 2, true]]}]",
        "[{\"functions\": [[\"f\", 3, 2, true]]}]",
        "[{\"functions\": [[\"f\", 1, 99999999999, true]]}]",
        "[{\"functions\": [[\"f\", 1, 2]]}]",
        "[{\"loops\": [[1]]}]",
        "[{\"loops\": [[-1, 2]]}]",
        "[{\"imports\": [7]}]",
        "[null, null]",
        "[null",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct sc_source_facts facts = {0};
        enum sc_err err =
            sc_source_facts_parse(&arena, answers[i], strlen(answers[i]), &facts, 1);
        if (err != SC_ERR_FORMAT) {
            fprintf(stderr, "accepted: %s\n", answers[i]);
            check_failures++;
        }
    }
    struct sc_source_facts facts = {0};
    static const char good[] = "[{\"functions\": [[\"f\", 1, 2, false]]}]";
    CHECK_INT(sc_source_facts_parse(&arena, good, strlen(good), &facts, 1), SC_OK);
    CHECK_INT(facts.n_functions, 1);
}

static void test_environment_is_clean(void)
{
    /* Each of these would break the helper if it were passed on. */
    setenv("PYTHONHOME", "/nonexistent", 1);
    setenv("PYTHONIOENCODING", "nonsense", 1);
    setenv("LD_PRELOAD", "", 1);
    struct sc_source_facts facts;
    ask_one(NULL, "import os", &facts);
    CHECK_INT(facts.n_imports, 1);
    unsetenv("PYTHONHOME");
    unsetenv("PYTHONIOENCODING");
    unsetenv("LD_PRELOAD");
}

int main(void)
{
    sc_arena_init(&arena, &sc_os_pages);
    RUN(test_names_are_those_of_code_objects);
    RUN(test_imports_as_written);
    RUN(test_sources_of_all_kinds);
    RUN(test_zip_application);
    RUN(test_helpers_that_fail);
    RUN(test_answers_that_are_wrong);
    RUN(test_environment_is_clean);
    sc_arena_fini(&arena);
    return check_failures != 0;
}
