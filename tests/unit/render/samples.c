/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The sample profiles. Figures are chosen for what they show, and add up. */
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* A line of a sample: its source and its shares. */
struct source_line {
    const char *text;
    double python_percent;
    double native_percent;
    double kernel_percent;
};

static struct sc_profile *new_profile(const char *program)
{
    static const char *const not_measured[] = {"n_wait_percent", "n_malloc_mb"};
    struct sc_profile *profile = NULL;
    if (sc_profile_create(&profile) != SC_OK)
        abort();
    profile->program = program;
    profile->program_path = program;
    profile->entrypoint_dir = "/home/ada/sim";
    profile->profiler.version = "0.1.0";
    profile->profiler.clock = "perf+tick";
    profile->profiler.python_version = "3.11.7";
    profile->profiler.not_measured = not_measured;
    profile->profiler.n_not_measured = N_OF(not_measured);
    profile->profiler.split_known = true;
    return profile;
}

static void *take(struct sc_profile *profile, size_t n, size_t item_bytes)
{
    void *memory = sc_arena_alloc(&profile->arena, n * item_bytes);
    if (memory == NULL)
        abort();
    return memory;
}

static struct sc_times times(double python, double native, double kernel)
{
    return (struct sc_times){
        .python_percent = python, .native_percent = native, .kernel_percent = kernel};
}

static void set_lines(struct sc_profile *profile, struct sc_file *file,
                      const struct source_line *lines, size_t n)
{
    file->lines = take(profile, n, sizeof *file->lines);
    file->n_lines = n;
    for (size_t i = 0; i < n; i++) {
        file->lines[i].lineno = (uint32_t)i + 1;
        file->lines[i].text = lines[i].text;
        file->lines[i].times = times(lines[i].python_percent, lines[i].native_percent,
                                     lines[i].kernel_percent);
        file->cpu_percent += sc_times_total_percent(&file->lines[i].times);
    }
}

static struct sc_function_row function(uint32_t lineno, const char *name, double python,
                                       double native, double kernel)
{
    return (struct sc_function_row){
        .lineno = lineno, .name = name, .times = times(python, native, kernel)};
}

static void set_interval(struct sc_times *line, double low, double high)
{
    line->has_interval = true;
    line->interval_95[0] = low;
    line->interval_95[1] = high;
}

static void set_mixed_main(struct sc_profile *profile, struct sc_file *file)
{
    static const struct source_line lines[] = {
        {"#!/usr/bin/env python3", 0, 0, 0},
        {"\"\"\"Heat in a plate, by relaxation.", 0, 0, 0},
        {"", 0, 0, 0},
        {"Boundary values come from 'plate.json'; see def solve() below.", 0, 0, 0},
        {"\"\"\"", 0, 0, 0},
        {"import json", 0.2, 0.3, 0.4},
        {"import numpy as np", 0.6, 1.4, 0.9},
        {"", 0, 0, 0},
        {"from mesh import Mesh", 0.02, 0, 0},
        {"", 0, 0, 0},
        {"LIMIT = 1e-6  # kelvin", 0, 0, 0},
        {"", 0, 0, 0},
        {"", 0, 0, 0},
        {"@profile", 0, 0, 0},
        {"def solve(mesh: Mesh, n_steps: int = 1_000) -> float:", 0, 0, 0},
        {"    for step in range(n_steps):", 1.1, 0, 0},
        {"        residual = 0.0", 0.4, 0, 0},
        {"        for node in mesh.nodes:", 6.3, 0, 0},
        {"            residual += abs(node.flux(mesh.conductivity) - node.inflow)",
         12.8, 1.6, 0},
        {"        mesh.values = np.linalg.solve(mesh.matrix, mesh.right_hand_side)",
         0.3, 41.9, 2.2},
        {"        if residual < LIMIT or not step % 100 and mesh.is_steady():", 0.9,
         0.2, 0},
        {"            print(f\"step {step:>5}: {residual:.{6}e} {'done' if step else "
         "'go'}\")",
         0.1, 0.2, 0.3},
        {"            return residual", 0, 0, 0},
        {"    raise RuntimeError(f\"no solution after {n_steps} steps\")", 0, 0, 0},
        {"", 0, 0, 0},
        {"", 0, 0, 0},
        {"async def main(path='plate.json'):", 0, 0, 0},
        {"    with open(path, 'rb') as file:", 0, 0, 0.6},
        {"        mesh = Mesh(**json.load(file))", 0.7, 8.0, 3.4},
        {"    return solve(mesh, n_steps=0x400)", 0, 0, 0},
    };
    static const struct sc_callee solve[] = {
        {"solve", "/usr/lib/python3/dist-packages/numpy/linalg/_linalg.py", 41.9},
        {"_makearray", "/usr/lib/python3/dist-packages/numpy/linalg/_linalg.py", 1.3},
        {"get_linalg_error_extobj",
         "/usr/lib/python3/dist-packages/numpy/linalg/_linalg.py", 0.2},
    };
    static const struct sc_callee load[] = {
        {"scanner_call", "/usr/lib/python3.11/lib-dynload/_json.so", 7.6},
        {"raw_decode", "/usr/lib/python3.11/json/decoder.py", 1.1},
        {"libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6", 1.0},
    };
    file->path = "/home/ada/sim/plate.py";
    set_lines(profile, file, lines, N_OF(lines));
    file->lines[19].callees = solve;
    file->lines[19].n_callees = N_OF(solve);
    file->lines[28].callees = load;
    file->lines[28].n_callees = N_OF(load);
    set_interval(&file->lines[18].times, 13.2, 15.7);
    set_interval(&file->lines[19].times, 42.7, 46.2);
    set_interval(&file->lines[28].times, 11.0, 13.3);
    set_interval(&file->lines[17].times, 5.6, 7.2);
    file->n_functions = 2;
    file->functions = take(profile, 2, sizeof *file->functions);
    file->functions[0] = function(14, "solve", 21.9, 43.9, 2.5);
    file->functions[1] = function(27, "main", 0.7, 8.0, 4.0);
    file->functions[1].is_coroutine = true;
    set_interval(&file->functions[0].times, 66.6, 70.0);
}

static void set_mixed_mesh(struct sc_profile *profile, struct sc_file *file)
{
    static const struct source_line lines[] = {
        {"class Mesh:", 0, 0, 0},
        {"    def __init__(self, nodes, **options):", 0, 0, 0},
        {"        self.nodes = [Node(**node) for node in nodes]", 3.1, 0.2, 0},
        {"        self.__dict__.update(options)", 0, 0, 0},
        {"", 0, 0, 0},
        {"    def is_steady(self):", 0, 0, 0},
        {"        return all(node.inflow == node.outflow for node in self.nodes)", 5.9,
         0.5, 0},
    };
    file->path = "/home/ada/sim/mesh.py";
    file->changed = true;
    set_lines(profile, file, lines, N_OF(lines));
    file->n_functions = 2;
    file->functions = take(profile, 2, sizeof *file->functions);
    file->functions[0] = function(2, "Mesh.__init__", 3.1, 0.2, 0);
    file->functions[1] = function(6, "Mesh.is_steady.<locals>.<genexpr>", 5.9, 0.5, 0);
}

struct sc_profile *sample_mixed(void)
{
    static const char *const args[] = {"--steps", "1000", "a plate.json"};
    static const char *const warnings[] = {
        "One child process could not be followed: /bin/true is statically linked."};
    static const struct sc_cause_count drops[] = {{"ring full", 1204},
                                                  {"stack was being changed", 3}};
    static const struct sc_elsewhere elsewhere[] = {
        {"/usr/lib/python3/dist-packages/numpy/__init__.py", 2.6},
        {"/usr/lib/python3.11/importlib/_bootstrap.py", 1.2},
        {"<native>", 0.3},
    };
    static const struct sc_process_row processes[] = {
        {.pid = 100, .has_exit = true, .exit_status = 3, .share_percent = 99},
        {.pid = 101, .ppid = 100, .share_percent = 1},
    };
    struct sc_profile *profile = new_profile("/home/ada/sim/plate.py");
    profile->args = args;
    profile->n_args = N_OF(args);
    profile->elapsed_sec = 13.91;
    profile->total_sec = 12.34;
    profile->totals = times(33.4, 58.1, 8.5);
    profile->n_files = 2;
    profile->files = take(profile, 2, sizeof *profile->files);
    set_mixed_main(profile, &profile->files[0]);
    set_mixed_mesh(profile, &profile->files[1]);
    profile->elsewhere = elsewhere;
    profile->n_elsewhere = N_OF(elsewhere);
    profile->processes = processes;
    profile->n_processes = N_OF(processes);
    profile->profiler.n_samples = 12034;
    profile->profiler.effective_rate_hz = 975.2;
    profile->profiler.agent_cpu_sec = 0.021;
    profile->profiler.front_cpu_sec = 0.043;
    profile->profiler.warnings = warnings;
    profile->profiler.n_warnings = N_OF(warnings);
    profile->profiler.drops = drops;
    profile->profiler.n_drops = N_OF(drops);
    profile->profiler.lost_cpu_sec = 0.31;
    return profile;
}

struct sc_profile *sample_plain(void)
{
    static const struct source_line lines[] = {
        {"total = 0", 0, 0, 0},
        {"for i in range(10**7):", 24.6, 0, 0},
        {"    total += i * i", 75.4, 0, 0},
        {"print(total)", 0, 0, 0},
    };
    struct sc_profile *profile = new_profile("/home/ada/sim/sum.py");
    profile->elapsed_sec = 0.87;
    profile->total_sec = 0.86;
    profile->totals = times(100, 0, 0);
    profile->n_files = 1;
    profile->files = take(profile, 1, sizeof *profile->files);
    profile->files[0].path = "/home/ada/sim/sum.py";
    set_lines(profile, &profile->files[0], lines, N_OF(lines));
    profile->profiler.n_samples = 838;
    profile->profiler.effective_rate_hz = 974.4;
    return profile;
}

struct sc_profile *sample_empty(void)
{
    static const char *const hints[] = {
        "None of the 2,210 samples was taken in a file of the program: 93.1% of the "
        "CPU "
        "time was spent in numpy, called from no line of yours.",
        "To see libraries too: scalene run --profile-all prog.py",
    };
    static const struct sc_elsewhere elsewhere[] = {
        {"/usr/lib/python3/dist-packages/numpy/core/fromnumeric.py", 93.1},
        {"<native>", 4.2},
        {"/usr/lib/python3.11/runpy.py", 2.7},
    };
    struct sc_profile *profile = new_profile("/home/ada/sim/bench.py");
    profile->elapsed_sec = 2.4;
    profile->total_sec = 2.21;
    profile->totals = times(1.3, 97.5, 1.2);
    profile->elsewhere = elsewhere;
    profile->n_elsewhere = N_OF(elsewhere);
    profile->hints = hints;
    profile->n_hints = N_OF(hints);
    profile->profiler.n_samples = 2210;
    profile->profiler.effective_rate_hz = 1000;
    return profile;
}

struct sc_profile *sample_nothing(void)
{
    struct sc_profile *profile = NULL;
    if (sc_profile_create(&profile) != SC_OK)
        abort();
    return profile;
}

struct sc_profile *sample_foreign(void)
{
    static const struct source_line lines[] = {
        {"import time", 0, 0, 0},
        {"time.sleep(1)", 0, 0.5, 60.2},
        {"x = sorted(range(10**6), key=lambda n: -n)", 20.1, 19.2, 0},
    };
    struct sc_profile *profile = new_profile("/home/ada/sim/old.py");
    profile->is_foreign = true;
    profile->entrypoint_dir = "";
    profile->elapsed_sec = 95.2;
    profile->totals = times(20.1, 19.7, 60.2);
    profile->n_files = 1;
    profile->files = take(profile, 1, sizeof *profile->files);
    profile->files[0].path = "/home/ada/sim/old.py";
    set_lines(profile, &profile->files[0], lines, N_OF(lines));
    profile->profiler =
        (struct sc_profiler_info){.version = "", .clock = "", .python_version = ""};
    return profile;
}

/* n times the text, in the profile's memory, which is zeroed. */
static const char *repeated(struct sc_profile *profile, const char *text, size_t n)
{
    size_t n_bytes = strlen(text);
    char *result = take(profile, n * n_bytes + 1, 1);
    for (size_t i = 0; i < n * n_bytes; i++)
        result[i] = text[i % n_bytes];
    return result;
}

struct sc_profile *sample_hostile(void)
{
    static const struct source_line lines[] = {
        {"clear = '\033[2J\033[1;1H\033]0;title\007'", 5, 0, 0},
        {"c1 = '\302\233"
         "31m \302\220 \302\205'",
         5, 0, 0},
        {"bad = b'\377\376 \300\200 \355\240\200 \364\220\200\200 \342\202'", 5, 0, 0},
        {"bidi = '\342\200\256)(\342\201\246 \327\251\327\234\327\225\327\235'", 5, 0,
         0},
        {"emoji = '\360\237\221\251\342\200\215\360\237\224\254 "
         "\342\235\244\357\270\217 "
         "\360\237\207\253\360\237\207\267'",
         5, 0, 0},
        {"wide = "
         "'\346\227\245\346\234\254\350\252\236\346\227\245\346\234\254\350\252\236"
         "\346\227\245\346\234\254\350\252\236\346\227\245\346\234\254\350\252\236\346"
         "\227"
         "\245\346\234\254\350\252\236\346\227\245\346\234\254\350\252\236'",
         5, 0, 0},
        {"\314\201\314\201mark = 'e\314\201\314\201\314\201\314\201\314\201\314\201'",
         5, 0, 0},
        {"\tif tab:\twide\t# tabs", 5, 0, 0},
        {"carriage = 1\rreturn\r", 5, 0, 0},
        {"\b\b\b\b\b\b\v\f\177", 5, 0, 0},
    };
    enum {
        N_FIXED = N_OF(lines),
        N_LINES = N_FIXED + 4
    };
    static const char *const args[] = {"\033[31m", "", "it's", "\n"};
    static const char *const warnings[] = {
        "\033]52;c;aGk=\007 "
        "a_word_that_is_far_too_long_for_one_line_of_this_terminal_and_"
        "goes_on_in_the_next \302\233m"};
    static const char *const hints[] = {"\r\033[A"};
    static const struct sc_cause_count drops[] = {{"\033[0m\n", UINT64_MAX}};
    static const struct sc_elsewhere elsewhere[] = {{"/\033[7m/lib/python3.1", 50}};
    static const struct sc_callee callees[] = {
        {"\033[5mf\n", "/x/site-packages/\033[8m/__init__.py", 4}, {"", "", 2}};
    struct sc_profile *profile = new_profile("/tmp/\033[2J\n.py");
    struct source_line all[N_LINES];
    memcpy(all, lines, sizeof lines);
    all[N_FIXED] = (struct source_line){repeated(profile, "x", 10000), 5, 0, 0};
    all[N_FIXED + 1] =
        (struct source_line){repeated(profile, "\360\237\230\200", 10000), 5, 0, 0};
    all[N_FIXED + 2] =
        (struct source_line){repeated(profile, "\314\201", 10000), 5, 0, 0};
    all[N_FIXED + 3] =
        (struct source_line){repeated(profile, "f'{", 10000), 35, 1e300, -1};
    profile->args = args;
    profile->n_args = N_OF(args);
    profile->profiler.warnings = warnings;
    profile->profiler.n_warnings = N_OF(warnings);
    profile->profiler.drops = drops;
    profile->profiler.n_drops = N_OF(drops);
    profile->profiler.clock = "\033c";
    profile->profiler.n_samples = UINT64_MAX;
    profile->profiler.effective_rate_hz = 1e300;
    profile->hints = hints;
    profile->n_hints = N_OF(hints);
    profile->elsewhere = elsewhere;
    profile->n_elsewhere = N_OF(elsewhere);
    profile->elapsed_sec = 1e300;
    profile->total_sec = -1;
    profile->totals = times(1e300, -5, 0.0 / 1.0);
    profile->n_files = 1;
    profile->files = take(profile, 1, sizeof *profile->files);
    profile->files[0].path = repeated(profile, "/\033[31m\342\200\256", 100);
    profile->files[0].changed = true;
    set_lines(profile, &profile->files[0], all, N_LINES);
    profile->files[0].lines[0].callees = callees;
    profile->files[0].lines[0].n_callees = N_OF(callees);
    profile->files[0].lines[N_LINES - 1].lineno = UINT32_MAX;
    profile->files[0].n_functions = 1;
    profile->files[0].functions = take(profile, 1, sizeof *profile->files[0].functions);
    profile->files[0].functions[0] =
        function(UINT32_MAX, "\033[1m\n\342\200\217f", 5, 0, 0);
    return profile;
}

struct sc_profile *sample_large(void)
{
    enum {
        N_LINES = 10000
    };
    struct sc_profile *profile = new_profile("/home/ada/sim/generated.py");
    struct source_line *lines = take(profile, N_LINES, sizeof *lines);
    for (size_t i = 0; i < N_LINES; i++) {
        char *text = take(profile, 80, 1);
        snprintf(text, 80, "    table[%zu] = encode('value %zu', key=%zu)", i, i * 7,
                 i % 9);
        lines[i].text = text;
        lines[i].python_percent = i % 100 == 0 ? 1.0 : 0;
    }
    profile->total_sec = 100;
    profile->totals = times(100, 0, 0);
    profile->n_files = 1;
    profile->files = take(profile, 1, sizeof *profile->files);
    profile->files[0].path = "/home/ada/sim/generated.py";
    set_lines(profile, &profile->files[0], lines, N_LINES);
    return profile;
}

const struct sample samples[] = {
    {"mixed", sample_mixed},     {"plain", sample_plain},
    {"empty", sample_empty},     {"nothing", sample_nothing},
    {"foreign", sample_foreign}, {"hostile", sample_hostile},
    {"large", sample_large},
};
const size_t n_samples = N_OF(samples);
