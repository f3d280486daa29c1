/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Attribution: who is charged, callees, columns, functions, regions, thresholds. */
#include "harness.h"
#include "world.h"

static struct world world;

static void test_innermost_profiled_frame_is_charged(void)
{
    world_init(&world);
    uint32_t main_ = world_function(&world, "prog.py", "<module>", 1, 9);
    uint32_t dumps =
        world_function(&world, "/usr/lib/python3.12/json/__init__.py", "dumps", 180, 9);
    uint32_t encode = world_function(&world, "/usr/lib/python3.12/json/encoder.py",
                                     "JSONEncoder.encode", 200, 9);
    uint32_t hook = world_function(&world, "prog.py", "hook", 20, 9);
    uint32_t at_main = world_node(&world, SC_NONE, main_, 4);
    uint32_t at_dumps = world_node(&world, at_main, dumps, 2);
    uint32_t at_encode = world_node(&world, at_dumps, encode, 1);
    uint32_t at_hook = world_node(&world, at_encode, hook, 3);
    world_cell(&world, at_main, SC_NONE, 10, 0, 0);
    world_cell(&world, at_encode, SC_NONE, 30, 5, 5);
    world_cell(&world, at_hook, SC_NONE, 50, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_files, 1);
    CHECK_NEAR(line_percent(profile, "prog.py", 5), 50, 1e-9);
    CHECK_NEAR(line_percent(profile, "prog.py", 23), 50, 1e-9);
    const struct sc_line *line = find_line(profile, "prog.py", 5);
    CHECK_NEAR(line->times.python_percent, 40, 1e-9);
    CHECK_NEAR(line->times.native_percent, 5, 1e-9);
    CHECK_NEAR(line->times.kernel_percent, 5, 1e-9);
    CHECK_INT(line->n_callees, 1);
    CHECK_STR(line->callees[0].name, "dumps"); /* the direct callee, not encode */
    CHECK_STR(line->callees[0].file, "/usr/lib/python3.12/json/__init__.py");
    CHECK_NEAR(line->callees[0].percent, 40, 1e-9);
    CHECK_NEAR(profile->totals.python_percent, 90, 1e-9);
    CHECK_NEAR(profile->total_sec, 0.1, 1e-9);
    CHECK_INT(profile->n_hints, 0);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_line_without_position_goes_to_the_first_line(void)
{
    world_init(&world);
    static const struct place places[] = {{0, 0, 0, 0}, {8, 8, 4, 9}};
    uint32_t f = world_function_at(&world, "prog.py", "f", 7, places, 2);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 10, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, f, 1), SC_NONE, 20, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, f, -1), SC_NONE, 30, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, f, 99), SC_NONE, 40, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_NEAR(line_percent(profile, "prog.py", 7), 80, 1e-9);
    CHECK_NEAR(line_percent(profile, "prog.py", 8), 20, 1e-9);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_native_callees_and_their_limit(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t node = world_node(&world, SC_NONE, f, 0);
    uint32_t solve = world_symbol(&world, "/opt/libopenblas.so.0", "dgemm_kernel");
    uint32_t nameless = world_symbol(&world, "/opt/libfoo.so", NULL);
    uint32_t builtin = world_symbol(&world, "/usr/bin/python3.11", NULL);
    world.modules[world.symbols[builtin].module].is_interpreter = true;
    world_cell(&world, node, builtin, 0, 7, 0); /* native, with nothing to name */
    world_cell(&world, node, solve, 1, 50, 10);
    world_cell(&world, node, nameless, 0, 20, 0);
    for (int i = 0; i < 12; i++) {
        static const char *const names[] = {"a", "b", "c", "d", "e", "f",
                                            "g", "h", "i", "j", "k", "l"};
        uint32_t symbol = world_symbol(&world, "/opt/libbar.so", names[i]);
        world_cell(&world, node, symbol, 0, 1, 0);
    }
    struct sc_profile *profile = world_build(&world);
    const struct sc_line *line = find_line(profile, "prog.py", 1);
    double total = 100;
    CHECK_INT(line->n_callees, 10);
    CHECK_STR(line->callees[0].name, "dgemm_kernel");
    CHECK_STR(line->callees[0].file, "/opt/libopenblas.so.0");
    /* The interpreter's own millisecond on the line is not the library's. */
    CHECK_NEAR(line->callees[0].percent, 100 * 60 / total, 1e-9);
    CHECK_STR(line->callees[1].name, "libfoo.so");
    CHECK_STR(line->callees[2].name, "a"); /* equal shares go by name */
    CHECK_STR(line->callees[9].name, "h");
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_an_import_is_named_after_its_module(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "<module>", 1, 3);
    uint32_t find =
        world_function(&world, "<frozen importlib._bootstrap>", "_find_and_load", 1, 3);
    uint32_t load = world_function(&world, "<frozen importlib._bootstrap_external>",
                                   "get_data", 1, 3);
    uint32_t json = world_function(&world, "/usr/lib/python3.12/json/__init__.py",
                                   "<module>", 1, 3);
    uint32_t line = world_node(&world, SC_NONE, f, 0);
    uint32_t finding = world_node(&world, line, find, 0);
    uint32_t loading = world_node(&world, finding, load, 0);
    uint32_t running = world_node(&world, loading, json, 0);
    uint32_t inner = world_node(&world, running, find, 1);
    world_cell(&world, loading, SC_NONE, 20, 0, 0);
    world_cell(&world, running, SC_NONE, 30, 0, 0);
    world_cell(&world, inner, SC_NONE, 50, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_line *row = find_line(profile, "prog.py", 1);
    CHECK_INT(row->n_callees, 2);
    CHECK_STR(row->callees[0].file, "/usr/lib/python3.12/json/__init__.py");
    CHECK_NEAR(row->callees[0].percent, 80, 1e-9);
    CHECK_STR(row->callees[1].name, "_find_and_load");
    CHECK_NEAR(row->callees[1].percent, 20, 1e-9);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_columns_split_a_line(void)
{
    world_init(&world);
    static const struct place places[] = {
        {3, 3, 10, 20}, {3, 3, 0, 5}, {3, 4, 0, 5}, {3, 3, -1, -1}};
    uint32_t f = world_function_at(&world, "prog.py", "f", 1, places, 4);
    for (int i = 0; i < 4; i++) {
        world_cell(&world, world_node(&world, SC_NONE, f, i), SC_NONE, 10 * (i + 1), 0,
                   0);
    }
    uint32_t again = world_node(&world, 0, f, 0);
    world_cell(&world, again, SC_NONE, 0, 0, 100);
    struct sc_profile *profile = world_build(&world);
    const struct sc_line *line = find_line(profile, "prog.py", 3);
    CHECK_NEAR(sc_times_total_percent(&line->times), 100, 1e-9);
    CHECK_INT(line->n_columns, 2);
    CHECK_INT(line->columns[0].start, 0);
    CHECK_INT(line->columns[0].end, 5);
    CHECK_NEAR(line->columns[0].percent, 10, 1e-9);
    CHECK_INT(line->columns[1].start, 10);
    CHECK_INT(line->columns[1].end, 20);
    CHECK_NEAR(line->columns[1].percent, 55, 1e-9);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_recursion_counts_a_sample_once(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "fib", 1, 4);
    uint32_t outer = world_node(&world, SC_NONE, f, 1);
    uint32_t middle = world_node(&world, outer, f, 1);
    uint32_t inner = world_node(&world, middle, f, 2);
    world_cell(&world, inner, SC_NONE, 60, 0, 0);
    world_cell(&world, middle, SC_NONE, 40, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_function_row *row = find_function(profile, "prog.py", "fib");
    CHECK_NEAR(row->times.python_percent, 100, 1e-9);
    CHECK_NEAR(line_percent(profile, "prog.py", 3), 60, 1e-9);
    CHECK_NEAR(line_percent(profile, "prog.py", 2), 40, 1e-9);
    CHECK_INT(find_line(profile, "prog.py", 2)->n_callees, 0);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static const char source_text[] = "class Shape:\n"                     /* 1 */
                                  "    def area(self):\n"              /* 2 */
                                  "        total = 0\n"                /* 3 */
                                  "        for i in range(9):\n"       /* 4 */
                                  "            while i:\n"             /* 5 */
                                  "                total += i\n"       /* 6 */
                                  "        return [x for x in 'ab']\n" /* 7 */
                                  "    size = 3\n"                     /* 8 */
                                  "for k in 'ab': print(k)\n"          /* 9 */
                                  "for k in 'ab':\n"                   /* 10 */
                                  "    def late():\n"                  /* 11 */
                                  "        return k\n"                 /* 12 */
                                  "    late()\n"                       /* 13 */
                                  "async def wait(): import sys\n";    /* 14 */

static void check_range(const uint32_t range[2], uint32_t first, uint32_t last)
{
    CHECK_INT(range[0], first);
    CHECK_INT(range[1], last);
}

static void test_functions_and_regions_come_from_the_source(void)
{
    world_init(&world);
    world_source(&world, "prog.py", source_text);
    world.facts.interpreter = test_interpreter();
    uint32_t module = world_function(&world, "prog.py", "<module>", 1, 15);
    uint32_t body = world_function(&world, "prog.py", "Shape", 1, 9);
    uint32_t area = world_function(&world, "prog.py", "Shape.area", 2, 6);
    uint32_t comprehension =
        world_function(&world, "prog.py", "Shape.area.<locals>.<listcomp>", 7, 1);
    uint32_t lambda = world_function(&world, "prog.py", "<lambda>", 9, 1);
    uint32_t wait = world_function(&world, "prog.py", "wait", 14, 1);
    world_cell(&world, world_node(&world, SC_NONE, module, 8), SC_NONE, 10, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, body, 7), SC_NONE, 10, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, area, 4), SC_NONE, 20, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, comprehension, 0), SC_NONE, 30, 0,
               0);
    world_cell(&world, world_node(&world, SC_NONE, lambda, 0), SC_NONE, 10, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, wait, 0), SC_NONE, 20, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_file *file = find_file(profile, "prog.py");
    CHECK_INT(profile->profiler.n_warnings, 0);
    CHECK_INT(file->n_lines, 14);
    CHECK_STR(file->lines[5].text, "                total += i");
    CHECK_INT(file->n_functions, 3); /* neither the module nor the class body */
    CHECK_STR(file->functions[0].name, "Shape.area");
    CHECK_NEAR(file->functions[0].times.python_percent, 50, 1e-9);
    CHECK_STR(file->functions[1].name, "<lambda>");
    CHECK_STR(file->functions[2].name, "wait");
    CHECK(file->functions[2].is_coroutine && !file->functions[0].is_coroutine);
    CHECK_INT(file->n_imports, 1);
    CHECK_STR(file->imports[0], "import sys");
    check_range(file->lines[5].region, 5, 6);
    check_range(file->lines[5].outermost_loop, 4, 6);
    check_range(file->lines[5].function, 2, 7);
    check_range(file->lines[2].region, 2, 7);
    check_range(file->lines[7].region, 1, 8);
    check_range(file->lines[7].function, 1, 8);
    check_range(file->lines[8].region, 9, 9); /* a loop on one line */
    check_range(file->lines[8].outermost_loop, 0, 0);
    check_range(file->lines[8].function, 0, 0);
    check_range(file->lines[11].region, 11, 12); /* not the loop around the def */
    check_range(file->lines[11].outermost_loop, 0, 0);
    check_range(file->lines[12].outermost_loop, 10, 13);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_reduced_keeps_lines_with_data_and_their_regions(void)
{
    world_init(&world);
    world_source(&world, "prog.py", source_text);
    world.facts.interpreter = test_interpreter();
    world.config.reduced = true;
    uint32_t area = world_function(&world, "prog.py", "Shape.area", 2, 6);
    world_cell(&world, world_node(&world, SC_NONE, area, 4), SC_NONE, 20, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, area, 99), SC_NONE, 20, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_file *file = find_file(profile, "prog.py");
    CHECK_INT(file->n_lines, 6); /* 4-6 the loops, 2-7 the function of line 2 */
    CHECK_INT(file->lines[0].lineno, 2);
    CHECK_INT(file->lines[5].lineno, 7);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_a_failing_helper_costs_regions_only(void)
{
    world_init(&world);
    world_source(&world, "prog.py", source_text);
    world.facts.interpreter = "/nonexistent/python";
    uint32_t area = world_function(&world, "prog.py", "Shape.area", 2, 6);
    world_cell(&world, world_node(&world, SC_NONE, area, 4), SC_NONE, 20, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_NEAR(line_percent(profile, "prog.py", 6), 100, 1e-9);
    CHECK_INT(find_file(profile, "prog.py")->n_lines, 14);
    CHECK_INT(find_line(profile, "prog.py", 6)->function[0], 0);
    check_range(find_line(profile, "prog.py", 6)->region, 6, 6);
    CHECK(find_function(profile, "prog.py", "Shape.area") != NULL);
    CHECK_INT(profile->profiler.n_warnings, 1);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_comprehensions_find_their_function_without_facts(void)
{
    world_init(&world);
    uint32_t early = world_function(&world, "prog.py", "f", 2, 3);
    uint32_t late = world_function(&world, "prog.py", "f", 12, 3);
    uint32_t inner =
        world_function(&world, "prog.py", "f.<locals>.<listcomp>.<genexpr>", 14, 1);
    uint32_t alone = world_function(&world, "prog.py", "<listcomp>", 20, 1);
    world_cell(&world, world_node(&world, SC_NONE, early, 0), SC_NONE, 10, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, late, 0), SC_NONE, 20, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, inner, 0), SC_NONE, 30, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, alone, 0), SC_NONE, 40, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_file *file = find_file(profile, "prog.py");
    CHECK_INT(file->n_functions, 2);
    CHECK_INT(file->functions[1].lineno, 12);
    CHECK_NEAR(file->functions[1].times.python_percent, 50, 1e-9);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_lines_past_the_text_are_kept(void)
{
    world_init(&world);
    world_source(&world, "prog.py",
                 "\xef\xbb\xbf"
                 "a = 1\r\nb = '\xff'\r\n");
    uint32_t f = world_function(&world, "prog.py", "f", 1, 90);
    world_cell(&world, world_node(&world, SC_NONE, f, 1), SC_NONE, 20, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, f, 80), SC_NONE, 20, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_file *file = find_file(profile, "prog.py");
    CHECK_INT(file->n_lines, 3);
    CHECK_STR(file->lines[0].text, "a = 1");
    CHECK_STR(file->lines[1].text, "b = '\\xff'");
    CHECK_INT(file->lines[2].lineno, 81);
    CHECK_STR(file->lines[2].text, "");
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_files_below_the_threshold_are_elsewhere(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t g = world_function(&world, "small.py", "g", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 970, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, g, 0), SC_NONE, 30, 0, 0);
    world.config.cpu_percent_threshold = 3.1;
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_files, 1);
    CHECK_NEAR(profile->files[0].cpu_percent, 97, 1e-9);
    CHECK_INT(profile->n_elsewhere, 1);
    CHECK(strstr(profile->elsewhere[0].place, "/small.py") != NULL);
    CHECK_NEAR(profile->elsewhere[0].percent, 3, 1e-9);
    sc_profile_destroy(profile);
    world.config.cpu_percent_threshold = 3;
    profile = world_build(&world);
    CHECK_INT(profile->n_files, 2); /* at the threshold is in */
    CHECK_STR(profile->files[1].functions[0].name, "g");
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_native_threads_have_a_row(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t symbol = world_symbol(&world, "/opt/libopenblas.so", "blas_thread_server");
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 25, 0, 0);
    world_cell(&world, SC_NONE, symbol, 0, 50, 0);
    world_cell(&world, SC_NONE, SC_NONE, 0, 25, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_files, 2);
    CHECK_STR(profile->files[0].path, "<native>");
    CHECK_NEAR(profile->files[0].cpu_percent, 75, 1e-9);
    CHECK_INT(profile->files[0].n_lines, 1);
    CHECK_INT(profile->files[0].lines[0].lineno, 1);
    CHECK_STR(profile->files[0].functions[0].name, "<native>");
    CHECK_NEAR(profile->files[0].functions[0].times.native_percent, 75, 1e-9);
    CHECK_STR(profile->files[0].lines[0].callees[0].name, "blas_thread_server");
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_code_argument_is_a_source(void)
{
    world_init(&world);
    world.facts.interpreter = test_interpreter();
    world.facts.code_argument = "for i in range(9):\n    print(i)";
    world.config.filter.has_code_argument = true;
    uint32_t module = world_function(&world, "<string>", "<module>", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, module, 1), SC_NONE, 25, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_STR(profile->files[0].path, "<string>");
    CHECK_INT(profile->files[0].n_lines, 2);
    CHECK_STR(profile->files[0].lines[1].text, "    print(i)");
    check_range(profile->files[0].lines[1].outermost_loop, 1, 2);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_intervals_and_samples(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 750, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, f, 1), SC_NONE, 250, 0, 0);
    struct sc_profile *profile = world_build(&world);
    const struct sc_line *line = find_line(profile, "prog.py", 1);
    /* Wilson's interval for 750 of 1000. */
    CHECK_NEAR(line->times.interval_95[0], 72.222, 0.01);
    CHECK_NEAR(line->times.interval_95[1], 77.588, 0.01);
    CHECK_INT(line->times.n_samples, 750);
    CHECK_INT(profile->profiler.n_samples, 1000);
    CHECK_NEAR(profile->profiler.effective_rate_hz, 1000, 1e-6);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_processes_share_the_time(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t node = world_node(&world, SC_NONE, f, 0);
    world_cell(&world, node, SC_NONE, 30, 0, 0);
    world_cell(&world, node, SC_NONE, 10, 0, 0);
    world.cells[1].process = 1;
    world.processes[1] = world.processes[0];
    world.processes[1].pid = 200;
    world.processes[1].start_mono_ns += 500000000;
    world.processes[1].agent_state = SC_AGENT_NO_LINES;
    world.processes[1].python_hexversion = 0x030f00a2;
    world.collected.n_processes = 2;
    world.facts.exit_status = 7;
    world.collected.drops[SC_DROP_TORN_STACK] = 4;
    world.collected.lost_records = 2;
    struct sc_profile *profile = world_build(&world);
    CHECK_NEAR(profile->processes[0].share_percent, 75, 1e-9);
    CHECK_NEAR(profile->processes[1].share_percent, 25, 1e-9);
    CHECK_NEAR(profile->processes[1].start_sec, 0.5, 1e-9);
    CHECK(profile->processes[0].has_exit && !profile->processes[1].has_exit);
    CHECK_INT(profile->processes[0].exit_status, 7);
    CHECK_STR(profile->profiler.python_version, "3.12.1");
    CHECK_INT(profile->profiler.n_drops, 2);
    CHECK_STR(profile->profiler.drops[0].cause, "stack was being changed");
    CHECK_INT(profile->profiler.drops[1].count, 2);
    CHECK_INT(profile->profiler.n_warnings, 1);
    CHECK(strstr(profile->profiler.warnings[0], "3.15.0a2") != NULL);
    CHECK_STR(profile->profiler.clock, "perf+tick");
    CHECK(!sc_profile_measures(profile, SC_FIGURE_WAITING));
    CHECK(sc_profile_measures(profile, "n_cpu_percent_python"));
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_a_short_child_leaves_the_split_known(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t node = world_node(&world, SC_NONE, f, 0);
    world_cell(&world, node, SC_NONE, 995, 0, 0);
    world_cell(&world, node, SC_NONE, 5, 0, 90);
    world.cells[1].process = 1;
    world.processes[1] = world.processes[0];
    world.processes[1].split_known = false;
    world.collected.n_processes = 2;
    struct sc_profile *profile = world_build(&world);
    CHECK(profile->profiler.split_known);
    sc_profile_destroy(profile);
    world.cells[1].python_ns *= 3;
    profile = world_build(&world);
    CHECK(!profile->profiler.split_known);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_a_source_written_during_the_run_is_marked(void)
{
    world_init(&world);
    world_source(&world, "prog.py", "a = 1\n");
    world.processes[0].start_epoch_ns = 1000000000; /* long ago */
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 10, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK(profile->files[0].changed);
    sc_profile_destroy(profile);
    world.processes[0].start_epoch_ns = UINT64_MAX;
    profile = world_build(&world);
    CHECK(!profile->files[0].changed);
    sc_profile_destroy(profile);
    world_fini(&world);
}

int main(void)
{
    RUN(test_innermost_profiled_frame_is_charged);
    RUN(test_line_without_position_goes_to_the_first_line);
    RUN(test_native_callees_and_their_limit);
    RUN(test_an_import_is_named_after_its_module);
    RUN(test_columns_split_a_line);
    RUN(test_recursion_counts_a_sample_once);
    RUN(test_functions_and_regions_come_from_the_source);
    RUN(test_reduced_keeps_lines_with_data_and_their_regions);
    RUN(test_a_failing_helper_costs_regions_only);
    RUN(test_comprehensions_find_their_function_without_facts);
    RUN(test_lines_past_the_text_are_kept);
    RUN(test_files_below_the_threshold_are_elsewhere);
    RUN(test_native_threads_have_a_row);
    RUN(test_code_argument_is_a_source);
    RUN(test_intervals_and_samples);
    RUN(test_processes_share_the_time);
    RUN(test_a_short_child_leaves_the_split_known);
    RUN(test_a_source_written_during_the_run_is_marked);
    return check_failures != 0;
}
