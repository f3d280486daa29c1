/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Making worlds. */
#include "world.h"

#include "os/heap.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static void *must(void *memory)
{
    if (memory == NULL) {
        die("memory");
    }
    return memory;
}

void world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    sc_arena_init(&world->arena, &sc_os_pages);
    strcpy(world->folder, "/tmp/scalene-unit-XXXXXX");
    if (mkdtemp(world->folder) == NULL) {
        die(world->folder);
    }
    static const char *const argv[] = {"python3", "prog.py"};
    world->processes[0] = (struct sc_collected_process){
        .pid = 100,
        .ppid = 99,
        .executable = "/usr/bin/python3",
        .argv = argv,
        .n_args = 2,
        .start_mono_ns = 5000000000,
        .start_epoch_ns = 0, /* so that no source is newer than the run */
        .end_mono_ns = 7000000000,
        .agent_state = SC_AGENT_ENDED,
        .python_hexversion = PYTHON_3_12,
        .split_known = true,
    };
    world->threads[0] =
        (struct sc_collected_thread){.process = 0, .tid = 100, .is_main = true};
    world->threads[1] = (struct sc_collected_thread){.process = 0, .tid = 101};
    world->collected = (struct sc_collected){
        .functions = world->functions,
        .nodes = world->nodes,
        .modules = world->modules,
        .symbols = world->symbols,
        .cells = world->cells,
        .timeline = world->timeline,
        .threads = world->threads,
        .n_threads = 2,
        .processes = world->processes,
        .n_processes = 1,
    };
    world->facts = (struct sc_run_facts){
        .program = "/home/user/prog.py",
        .start_directory = world->folder,
        .version = "0.1.0",
        .elapsed_ns = 2000000000,
        .has_exit = true,
        .requested_interval_sec = 0.001,
        .perf_used = true,
        .tick_used = true,
    };
    world->config.filter.program_path = world->folder;
    world->config.cpu_percent_threshold = 1;
    world->config.keep_stacks = true;
}

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

void world_fini(struct world *world)
{
    nftw(world->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    sc_arena_fini(&world->arena);
}

const char *world_source(struct world *world, const char *name, const char *text)
{
    size_t size = strlen(world->folder) + strlen(name) + 2;
    char *path = must(sc_arena_alloc(&world->arena, size));
    snprintf(path, size, "%s/%s", world->folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        die(path);
    }
    return path;
}

static size_t put_varint(unsigned char *out, unsigned value)
{
    size_t n = 0;
    for (; value >= 64; value >>= 6) {
        out[n++] = (unsigned char)(64 | (value & 63));
    }
    out[n++] = (unsigned char)value;
    return n;
}

/* A 3.11+ location table with one entry of one code unit for each place, in the long
 * form (code 14), or "no location" (code 15). */
static void encode(struct world *world, struct sc_function *function,
                   const struct place *places, int n)
{
    unsigned char *table = must(sc_arena_alloc(&world->arena, (size_t)n * 32));
    size_t size = 0;
    int line = function->first_line;
    for (int i = 0; i < n; i++) {
        const struct place *place = &places[i];
        if (place->line == 0) {
            table[size++] = 0x80 | 15 << 3;
            continue;
        }
        int delta = place->line - line;
        unsigned svarint = delta < 0 ? (unsigned)-delta << 1 | 1 : (unsigned)delta << 1;
        table[size++] = 0x80 | 14 << 3;
        size += put_varint(table + size, svarint);
        size += put_varint(table + size, (unsigned)(place->end_line - place->line));
        size += put_varint(table + size, (unsigned)(place->start_column + 1));
        size += put_varint(table + size, (unsigned)(place->end_column + 1));
        line = place->line;
    }
    function->linetable = table;
    function->linetable_bytes = size;
}

uint32_t world_function_at(struct world *world, const char *filename,
                           const char *qualname, int first_line,
                           const struct place *places, int n_instr)
{
    uint32_t index = (uint32_t)world->collected.n_functions++;
    struct sc_function *function = &world->functions[index];
    function->filename = filename;
    function->qualname = qualname;
    function->first_line = first_line;
    function->n_instr = (uint32_t)n_instr;
    function->python_hexversion = PYTHON_3_12;
    encode(world, function, places, n_instr);
    return index;
}

uint32_t world_function(struct world *world, const char *filename, const char *qualname,
                        int first_line, int n_instr)
{
    struct place *places = must(calloc((size_t)n_instr, sizeof *places));
    for (int i = 0; i < n_instr; i++) {
        places[i] = (struct place){first_line + i, first_line + i, -1, -1};
    }
    uint32_t index =
        world_function_at(world, filename, qualname, first_line, places, n_instr);
    free(places);
    return index;
}

uint32_t world_node(struct world *world, uint32_t parent, uint32_t function, int instr)
{
    uint32_t index = (uint32_t)world->collected.n_nodes++;
    world->nodes[index] =
        (struct sc_stack_node){.parent = parent, .function = function, .instr = instr};
    return index;
}

uint32_t world_symbol(struct world *world, const char *module, const char *name)
{
    uint32_t module_index = (uint32_t)world->collected.n_modules++;
    uint32_t index = (uint32_t)world->collected.n_symbols++;
    world->modules[module_index].path = module;
    world->symbols[index] = (struct sc_symbol){.module = module_index, .name = name};
    return index;
}

void world_cell(struct world *world, uint32_t stack, uint32_t symbol, double python_ms,
                double native_ms, double kernel_ms)
{
    double total_ms = python_ms + native_ms + kernel_ms;
    world->cells[world->collected.n_cells++] = (struct sc_cell){
        .stack = stack,
        .symbol = symbol,
        .python_ns = python_ms * 1e6,
        .native_ns = native_ms * 1e6,
        .kernel_ns = kernel_ms * 1e6,
        .n_samples = (uint64_t)total_ms,
        .sum_weight_sq_ns2 = total_ms * 1e12,
    };
    world->collected.cpu_ns += total_ms * 1e6;
}

void world_moment(struct world *world, uint32_t stack, uint32_t t_ms, uint32_t count)
{
    world->timeline[world->collected.n_timeline++] = (struct sc_moment){
        .t_ns = t_ms * UINT64_C(1000000),
        .stack = stack,
        .symbol = SC_NONE,
        .count = count,
    };
}

void *world_room(struct world *world, size_t n, size_t item_bytes)
{
    return must(sc_arena_alloc(&world->arena, n * item_bytes));
}

struct sc_profile *world_build(struct world *world)
{
    struct sc_profile *profile;
    enum sc_err err =
        sc_profile_build(&world->collected, &world->facts, &world->config, &profile);
    if (err != SC_OK) {
        fprintf(stderr, "sc_profile_build: %s\n", sc_err_text(err));
        exit(2);
    }
    return profile;
}

const struct sc_file *find_file(const struct sc_profile *profile, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < profile->n_files; i++) {
        size_t length = strlen(profile->files[i].path);
        if (length >= n && strcmp(profile->files[i].path + length - n, name) == 0) {
            return &profile->files[i];
        }
    }
    return NULL;
}

const struct sc_line *find_line(const struct sc_profile *profile, const char *name,
                                uint32_t lineno)
{
    const struct sc_file *file = find_file(profile, name);
    for (size_t i = 0; file != NULL && i < file->n_lines; i++) {
        if (file->lines[i].lineno == lineno) {
            return &file->lines[i];
        }
    }
    return NULL;
}

const struct sc_function_row *find_function(const struct sc_profile *profile,
                                            const char *file_name, const char *name)
{
    const struct sc_file *file = find_file(profile, file_name);
    for (size_t i = 0; file != NULL && i < file->n_functions; i++) {
        if (strcmp(file->functions[i].name, name) == 0) {
            return &file->functions[i];
        }
    }
    return NULL;
}

double line_percent(const struct sc_profile *profile, const char *name, uint32_t lineno)
{
    const struct sc_line *line = find_line(profile, name, lineno);
    return line != NULL ? sc_times_total_percent(&line->times) : -1;
}

const char *test_interpreter(void)
{
    return access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
}
