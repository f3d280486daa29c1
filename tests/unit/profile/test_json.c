/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The profile file: what is written is read back, what 2.4 wrote is read, and what is
 * no profile is refused with one line that says what and where. */
#include "harness.h"
#include "profile/json.h"
#include "world.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct world world;

static char *read_all(const char *path, size_t *n)
{
    FILE *file = fopen(path, "r");
    char *text = malloc(8 << 20);
    if (file == NULL || text == NULL) {
        perror(path);
        exit(2);
    }
    *n = fread(text, 1, (8 << 20) - 1, file);
    text[*n] = '\0';
    fclose(file);
    return text;
}

static const char *in_world(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", world.folder, name);
    return path;
}

/* A world that uses every part of the model. */
static struct sc_profile *rich_profile(void)
{
    static const char *const args[] = {"--size", "a\nb\"c\\d"};
    static const char *const warnings[] = {"One & only <warning>."};
    world_init(&world);
    world_source(&world, "prog.py",
                 "import os, <b>&amp;\n"
                 "def f():\n"
                 "    for x in y:\n"
                 "        '\\u003c \t \x01 \x7f caf\xc3\xa9'\n"
                 "class A: pass\n");
    static const struct place places[] = {{4, 4, 0, 5}, {4, 4, 6, 9}, {2, 2, -1, -1}};
    uint32_t f = world_function_at(&world, "prog.py", "f", 2, places, 3);
    uint32_t g = world_function(&world, "/x/site-packages/g.py", "g.<locals>.h", 9, 2);
    uint32_t odd = world_function(&world, "odd\xff.py", "odd", 1, 2);
    uint32_t symbol = world_symbol(&world, "/opt/libz.so", "deflate");
    uint32_t a = world_node(&world, SC_NONE, f, 0);
    uint32_t b = world_node(&world, a, f, 1);
    uint32_t c = world_node(&world, b, g, 0);
    world_cell(&world, a, SC_NONE, 333, 0, 0);
    world_cell(&world, b, symbol, 0, 211, 17);
    world_cell(&world, c, SC_NONE, 100, 3, 2);
    world_cell(&world, world_node(&world, SC_NONE, g, 1), SC_NONE, 50, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, odd, 1), SC_NONE, 50, 0, 0);
    world_cell(&world, SC_NONE, symbol, 0, 20, 0);
    world_moment(&world, a, 0, 333);
    world_moment(&world, c, 400, 105);
    world_moment(&world, a, 600, 1);
    world.facts.args = args;
    world.facts.n_args = 2;
    world.facts.warnings = warnings;
    world.facts.n_warnings = 1;
    world.facts.exit_status = 3;
    world.facts.front_cpu_sec = 0.0125;
    world.facts.front_max_rss_mb = 12.5;
    world.collected.drops[SC_DROP_RING_FULL] = 3;
    world.processes[0].start_epoch_ns = 1700000000123456000;
    return world_build(&world);
}

static enum sc_err parse(const char *text, struct sc_profile **profile,
                         struct sc_json_problem *problem)
{
    return sc_profile_parse_json(text, strlen(text), profile, problem);
}

static void check_times(const struct sc_times *read, const struct sc_times *made)
{
    CHECK_NEAR(read->python_percent, made->python_percent, 1e-4);
    CHECK_NEAR(read->native_percent, made->native_percent, 1e-4);
    CHECK_NEAR(read->kernel_percent, made->kernel_percent, 1e-4);
    CHECK_INT(read->n_samples, made->n_samples);
    CHECK_INT(read->has_interval, made->has_interval);
    CHECK_NEAR(read->interval_95[0], made->interval_95[0], 1e-4);
    CHECK_NEAR(read->interval_95[1], made->interval_95[1], 1e-4);
}

static void check_line(const struct sc_line *read, const struct sc_line *made)
{
    CHECK_INT(read->lineno, made->lineno);
    CHECK_STR(read->text, made->text);
    check_times(&read->times, &made->times);
    CHECK_INT(read->n_sample_times, made->n_sample_times);
    CHECK_INT(read->n_callees, made->n_callees);
    for (size_t i = 0; i < made->n_callees; i++) {
        CHECK_STR(read->callees[i].name, made->callees[i].name);
        CHECK_STR(read->callees[i].file, made->callees[i].file);
        CHECK_NEAR(read->callees[i].percent, made->callees[i].percent, 1e-4);
    }
    CHECK_INT(read->n_columns, made->n_columns);
    for (size_t i = 0; i < made->n_columns; i++) {
        CHECK_INT(read->columns[i].start, made->columns[i].start);
        CHECK_INT(read->columns[i].end, made->columns[i].end);
    }
    CHECK(memcmp(read->region, made->region, sizeof made->region) == 0);
    CHECK(memcmp(read->outermost_loop, made->outermost_loop,
                 sizeof made->outermost_loop) == 0);
    CHECK(memcmp(read->function, made->function, sizeof made->function) == 0);
}

static void check_files(const struct sc_profile *read, const struct sc_profile *made)
{
    CHECK_INT(read->n_files, made->n_files);
    for (size_t i = 0; i < made->n_files; i++) {
        const struct sc_file *x = &read->files[i], *y = &made->files[i];
        CHECK_STR(x->path, y->path);
        CHECK_NEAR(x->cpu_percent, y->cpu_percent, 1e-4);
        CHECK_INT(x->changed, y->changed);
        CHECK_INT(x->n_imports, y->n_imports);
        CHECK_INT(x->n_lines, y->n_lines);
        for (size_t k = 0; k < y->n_lines; k++) {
            check_line(&x->lines[k], &y->lines[k]);
        }
        CHECK_INT(x->n_functions, y->n_functions);
        for (size_t k = 0; k < y->n_functions; k++) {
            CHECK_STR(x->functions[k].name, y->functions[k].name);
            CHECK_INT(x->functions[k].lineno, y->functions[k].lineno);
            check_times(&x->functions[k].times, &y->functions[k].times);
        }
    }
}

static void check_stacks(const struct sc_profile *read, const struct sc_profile *made)
{
    CHECK_INT(read->n_stacks, made->n_stacks);
    for (size_t i = 0; i < made->n_stacks; i++) {
        const struct sc_stack *x = &read->stacks[i], *y = &made->stacks[i];
        CHECK_INT(x->n_samples, y->n_samples);
        CHECK_NEAR(x->python_fraction, y->python_fraction, 1e-6);
        CHECK_NEAR(x->native_fraction, y->native_fraction, 1e-6);
        CHECK_INT(x->n_frames, y->n_frames);
        for (size_t k = 0; k < y->n_frames; k++) {
            CHECK_STR(x->frames[k].function, y->frames[k].function);
            CHECK_STR(x->frames[k].file, y->frames[k].file);
            CHECK_INT(x->frames[k].line, y->frames[k].line);
            CHECK_INT(x->frames[k].is_native, y->frames[k].is_native);
        }
    }
    CHECK_INT(read->n_timeline, made->n_timeline);
    for (size_t i = 0; i < made->n_timeline; i++) {
        CHECK_NEAR(read->timeline[i].t_sec, made->timeline[i].t_sec, 1e-6);
        CHECK_INT(read->timeline[i].stack_index, made->timeline[i].stack_index);
        CHECK_INT(read->timeline[i].count, made->timeline[i].count);
        CHECK_INT(read->timeline[i].thread_id, made->timeline[i].thread_id);
    }
}

static void test_what_is_written_is_read_back(void)
{
    struct sc_profile *made = rich_profile(), *read = NULL;
    struct sc_json_problem problem;
    CHECK_INT(sc_profile_write_json(made, in_world("a.json"), &problem), SC_OK);
    CHECK_INT(sc_profile_read_json(in_world("a.json"), &read, &problem), SC_OK);
    CHECK_STR(problem.text, "");
    if (read == NULL) {
        return;
    }
    CHECK(!read->is_foreign);
    CHECK_STR(read->program, made->program);
    CHECK_STR(read->args[1], "a\nb\"c\\d");
    CHECK_STR(read->program_path, made->program_path);
    CHECK_NEAR(read->elapsed_sec, 2, 1e-9);
    CHECK_NEAR(read->start_epoch_sec, 1700000000.123456, 1e-6);
    CHECK_NEAR(read->total_sec, made->total_sec, 1e-6);
    check_times(&read->totals, &made->totals);
    CHECK_INT(read->main_thread_id, 100);
    check_files(read, made);
    check_stacks(read, made);
    CHECK_INT(read->n_processes, 1);
    CHECK_STR(read->processes[0].argv[1], "prog.py");
    CHECK_INT(read->processes[0].exit_status, 3);
    CHECK_NEAR(read->processes[0].share_percent, 100, 1e-4);
    CHECK_INT(read->n_elsewhere, made->n_elsewhere);
    CHECK_STR(read->elsewhere[0].place, "g");
    CHECK_STR(read->profiler.clock, "perf+tick");
    CHECK_INT(read->profiler.n_samples, made->profiler.n_samples);
    CHECK_STR(read->profiler.drops[0].cause, "ring full");
    CHECK_INT(read->profiler.drops[0].count, 3);
    CHECK_NEAR(read->profiler.front_cpu_sec, 0.0125, 1e-9);
    CHECK_STR(read->profiler.warnings[0], "One & only <warning>.");
    CHECK(!sc_profile_measures(read, SC_FIGURE_WAITING));
    CHECK(read->profiler.split_known);
    /* Writing what was read gives the same bytes. */
    CHECK_INT(sc_profile_write_json(read, in_world("b.json"), &problem), SC_OK);
    size_t n_a, n_b;
    char *a = read_all(in_world("a.json"), &n_a);
    char *b = read_all(in_world("b.json"), &n_b);
    CHECK(n_a == n_b && memcmp(a, b, n_a) == 0);
    CHECK(strstr(a, "import os, \\u003cb\\u003e\\u0026amp;") != NULL);
    CHECK(strpbrk(a, "<>&") == NULL);
    CHECK(strstr(a, "odd\\\\xff.py") != NULL);
    free(a);
    free(b);
    sc_profile_destroy(made);
    sc_profile_destroy(read);
    world_fini(&world);
}

static void test_sums_stay_within_a_hundred(void)
{
    struct sc_profile *made = rich_profile(), *read = NULL;
    struct sc_json_problem problem;
    made->files[0].lines[0].times = (struct sc_times){.python_percent = 33.33335,
                                                      .native_percent = 33.33335,
                                                      .kernel_percent = 33.3333};
    made->files[0].lines[0].core_utilization_fraction = NAN;
    CHECK_INT(sc_profile_write_json(made, in_world("a.json"), &problem), SC_OK);
    CHECK_INT(sc_profile_read_json(in_world("a.json"), &read, &problem), SC_OK);
    const struct sc_times *times = &read->files[0].lines[0].times;
    CHECK(sc_times_total_percent(times) <= 100);
    CHECK_NEAR(sc_times_total_percent(times), 100, 3e-4);
    CHECK_NEAR(read->files[0].lines[0].core_utilization_fraction, 0, 0);
    sc_profile_destroy(made);
    sc_profile_destroy(read);
    world_fini(&world);
}

static void test_a_profile_of_2_4_is_read(void)
{
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem;
    CHECK_INT(sc_profile_read_json(SC_SOURCE_DIR "/tests/golden/profile-2.4.json",
                                   &profile, &problem),
              SC_OK);
    CHECK_STR(problem.text, "");
    if (profile == NULL) {
        return;
    }
    CHECK(profile->is_foreign);
    CHECK_STR(profile->program, "/home/user/example/work.py");
    CHECK_INT(profile->n_args, 0); /* 2.4 names the program first */
    CHECK_NEAR(profile->elapsed_sec, 0.889026, 1e-6);
    CHECK_INT(profile->n_files, 1);
    CHECK_NEAR(profile->files[0].cpu_percent, 100, 1e-9);
    CHECK_INT(profile->files[0].n_lines, 31);
    const struct sc_line *line = find_line(profile, "work.py", 10);
    CHECK_STR(line->text, "        total += sqrt(i) * 1.5");
    CHECK_NEAR(line->times.python_percent, 5.019061, 1e-6);
    CHECK_NEAR(line->times.native_percent, 56.378788, 1e-6);
    CHECK_NEAR(line->times.kernel_percent, 0.243968, 1e-6);
    CHECK(!line->times.has_interval);
    CHECK_INT(line->region[0], 9);
    CHECK_INT(line->function[0], 7);
    CHECK(strstr(find_line(profile, "work.py", 22)->text, "a < b & c > d") != NULL);
    CHECK(find_function(profile, "work.py", "Codec.round_trip") != NULL);
    CHECK_INT(profile->n_stacks, 4);
    CHECK_STR(profile->stacks[0].frames[2].function, "spin");
    CHECK_INT(profile->n_timeline, 16);
    CHECK_NEAR(profile->totals.native_percent, 80.526504, 1e-5);
    CHECK(profile->profiler.split_known);
    sc_profile_destroy(profile);
}

/* A profile of format 1, as it was written when that was new: it must be read for ever,
 * and while 1 is the current format it is written again to the same bytes. */
static void test_a_profile_of_format_1_is_read(void)
{
    static const char path[] = SC_SOURCE_DIR "/tests/golden/profile-1.json";
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem;
    CHECK_INT(sc_profile_read_json(path, &profile, &problem), SC_OK);
    CHECK_STR(problem.text, "");
    if (profile == NULL) {
        return;
    }
    CHECK(!profile->is_foreign);
    CHECK_STR(profile->program, "/home/user/example/small.py");
    CHECK_INT(profile->n_files, 2);
    const struct sc_line *line = find_line(profile, "small.py", 17);
    CHECK_STR(line->text, "            json.loads(json.dumps(value))");
    CHECK_STR(line->callees[0].name, "dumps");
    CHECK_INT(line->region[0], 16);
    CHECK_INT(line->outermost_loop[0], 14);
    CHECK_INT(line->function[0], 12);
    CHECK(line->times.has_interval);
    CHECK(find_function(profile, "small.py", "spin") != NULL);
    CHECK(!sc_profile_measures(profile, SC_FIGURE_WAITING));
    CHECK_NEAR(sc_times_total_percent(&profile->totals), 100, 1e-3);
    world_init(&world);
    CHECK_INT(sc_profile_write_json(profile, in_world("again.json"), &problem), SC_OK);
    size_t n_golden, n_again;
    char *golden = read_all(path, &n_golden);
    char *again = read_all(in_world("again.json"), &n_again);
    CHECK(n_golden == n_again && memcmp(golden, again, n_golden) == 0);
    free(golden);
    free(again);
    world_fini(&world);
    sc_profile_destroy(profile);
}

#define PROFILE(files) \
    "{\"program\": \"p\", \"elapsed_time_sec\": 1, \"files\": " files "}"
#define ROWS(rows) PROFILE("{\"a.py\": {\"lines\": [" rows "]}}")

static void test_what_is_no_profile_is_refused(void)
{
    static const struct {
        const char *text;
        enum sc_err err;
        const char *problem;
    } cases[] = {
        {"", SC_ERR_TRUNCATED, "empty"},
        {" \n", SC_ERR_TRUNCATED, "ends too early"},
        {"{\"files\": {", SC_ERR_TRUNCATED, "ends too early (line 1:"},
        {"<html>", SC_ERR_FORMAT, "not JSON (line 1:1"},
        {"\x7f"
         "ELF\x01\x02",
         SC_ERR_FORMAT, "not JSON"},
        {"{} {}", SC_ERR_FORMAT, "not JSON (line 1:4"},
        {"[]", SC_ERR_FORMAT, "a profile is an object"},
        {"7", SC_ERR_FORMAT, "not a profile"},
        {"{}", SC_ERR_FORMAT, "it has no \"files\""},
        {"{\"files\": {}}", SC_ERR_FORMAT, "it has no \"elapsed_time_sec\""},
        {PROFILE("[]"), SC_ERR_FORMAT, "files is not an object"},
        {PROFILE("{\"a.py\": 3}"), SC_ERR_FORMAT, "files[\"a.py\"].(file) is not"},
        {"{\"format_version\": 2}", SC_ERR_VERSION,
         "made by a newer scalene (format 2; this one reads up to 1)"},
        {"{\"format_version\": \"1\"}", SC_ERR_FORMAT, "format_version"},
        {ROWS("7"), SC_ERR_FORMAT, "files[\"a.py\"].lines[0].(row) is not an object"},
        {ROWS("{\"lineno\": 1}, {}"), SC_ERR_FORMAT, "lines[1].lineno is missing"},
        {ROWS("{\"lineno\": -1}"), SC_ERR_FORMAT, "lines[0].lineno is out of range"},
        {ROWS("{\"lineno\": 1.5}"), SC_ERR_FORMAT, "lineno is not an integer"},
        {ROWS("{\"lineno\": 1, \"line\": 4}"), SC_ERR_FORMAT, "line is not a string"},
        {ROWS("{\"lineno\": 1, \"n_sys_percent\": \"4\"}"), SC_ERR_FORMAT,
         "n_sys_percent is not a number"},
        {ROWS("{\"lineno\": 1, \"interval_95\": [1]}"), SC_ERR_FORMAT, "interval_95"},
        {ROWS("{\"lineno\": 1, \"cpu_samples_list\": [\"\"]}"), SC_ERR_FORMAT,
         "cpu_samples_list"},
        {ROWS("{\"lineno\": 1, \"n_sys_percent\": 1e999}"), SC_ERR_FORMAT, "not JSON"},
        {"{\"program\": \"p\", \"elapsed_time_sec\": 1, \"files\": {}, "
         "\"combined_stacks_timeline\": [{\"stack_index\": 0}]}",
         SC_ERR_FORMAT, "combined_stacks_timeline[0].stack_index names no stack"},
        {"{\"program\": \"p\", \"elapsed_time_sec\": 1, \"files\": {}, "
         "\"combined_stacks\": [[[{\"kind\": \"x\"}], 1]]}",
         SC_ERR_FORMAT, "kind"},
        {"{\"program\": \"p\x1b[31m\n", SC_ERR_FORMAT, "not JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sc_profile *profile = NULL;
        struct sc_json_problem problem;
        enum sc_err err = parse(cases[i].text, &profile, &problem);
        if (err != cases[i].err || strstr(problem.text, cases[i].problem) == NULL ||
            strpbrk(problem.text, "\n\x1b") != NULL) {
            fprintf(stderr, "%s\n  gave %s: %s\n", cases[i].text, sc_err_text(err),
                    problem.text);
            check_failures++;
        }
    }
}

static void test_every_truncation_is_refused(void)
{
    struct sc_profile *made = rich_profile(), *read;
    struct sc_json_problem problem;
    CHECK_INT(sc_profile_write_json(made, in_world("a.json"), &problem), SC_OK);
    size_t n;
    char *text = read_all(in_world("a.json"), &n);
    for (size_t size = 0; size + 1 < n; size += 7) {
        enum sc_err err = sc_profile_parse_json(text, size, &read, &problem);
        /* A cut inside a string or a number is no end of input to the parser. */
        if ((err != SC_ERR_TRUNCATED && err != SC_ERR_FORMAT) ||
            problem.text[0] == '\0') {
            fprintf(stderr, "cut to %zu of %zu: %s\n", size, n, sc_err_text(err));
            check_failures++;
        }
    }
    free(text);
    sc_profile_destroy(made);
    world_fini(&world);
}

static void test_odd_content_is_read(void)
{
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem;
    static const char text[] = ROWS(
        "{\"lineno\": 9, \"line\": \"caf\\udce9 \\ud83d\\ude00 \\u0000 \\\\udce9\"},"
        "{\"lineno\": 3, \"line\": \"x\\\\u003c\\n\", \"n_cpu_percent_c\": -4,"
        " \"start_outermost_loop\": 3, \"end_outermost_loop\": 3,"
        " \"start_region_line\": 9, \"end_region_line\": 2}");
    CHECK_INT(parse(text, &profile, &problem), SC_OK);
    if (profile == NULL) {
        fprintf(stderr, "%s\n", problem.text);
        return;
    }
    CHECK_INT(profile->files[0].lines[0].lineno, 3);
    CHECK_STR(profile->files[0].lines[0].text, "x<");
    CHECK_NEAR(profile->files[0].lines[0].times.native_percent, 0, 0);
    CHECK_INT(profile->files[0].lines[0].outermost_loop[0], 0);
    CHECK_INT(profile->files[0].lines[0].region[0], 0);
    CHECK_STR(profile->files[0].lines[1].text,
              "caf\xef\xbf\xbd \xf0\x9f\x98\x80 \xef\xbf\xbd \\udce9");
    sc_profile_destroy(profile);
}

static void test_a_line_of_ten_megabytes(void)
{
    size_t size = 10 << 20;
    static const char head[] =
        "{\"program\": \"p\", \"elapsed_time_sec\": 1, \"files\": "
        "{\"a\": {\"lines\": [{\"lineno\": 1, \"line\": \"";
    static const char tail[] = "\"}]}}}";
    char *text = malloc(size + sizeof head + sizeof tail);
    CHECK(text != NULL);
    strcpy(text, head);
    memset(text + sizeof head - 1, 'x', size);
    strcpy(text + sizeof head - 1 + size, tail);
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem;
    CHECK_INT(parse(text, &profile, &problem), SC_OK);
    CHECK(profile != NULL && strlen(profile->files[0].lines[0].text) == size);
    sc_profile_destroy(profile);
    memset(text, '[', size); /* nesting without end */
    text[size] = '\0';
    CHECK_INT(parse(text, &profile, &problem), SC_ERR_FORMAT);
    free(text);
}

static void test_files_that_cannot_be_read(void)
{
    struct sc_profile *profile = NULL;
    struct sc_json_problem problem;
    world_init(&world);
    CHECK_INT(sc_profile_read_json(in_world("none.json"), &profile, &problem),
              SC_ERR_NOT_FOUND);
    CHECK_STR(problem.text, "No such file or directory");
    CHECK_INT(sc_profile_read_json(world.folder, &profile, &problem), SC_ERR_IO);
    CHECK_STR(problem.text, "Is a directory");
    world_source(&world, "x.json", "{}");
    chmod(in_world("x.json"), 0);
    enum sc_err expected = geteuid() == 0 ? SC_ERR_FORMAT : SC_ERR_DENIED;
    CHECK_INT(sc_profile_read_json(in_world("x.json"), &profile, &problem), expected);
    world_fini(&world);
}

int main(void)
{
    RUN(test_what_is_written_is_read_back);
    RUN(test_sums_stay_within_a_hundred);
    RUN(test_a_profile_of_2_4_is_read);
    RUN(test_a_profile_of_format_1_is_read);
    RUN(test_what_is_no_profile_is_refused);
    RUN(test_every_truncation_is_refused);
    RUN(test_odd_content_is_read);
    RUN(test_a_line_of_ten_megabytes);
    RUN(test_files_that_cannot_be_read);
    return check_failures != 0;
}
