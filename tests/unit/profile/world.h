/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A small world of collected facts made by hand: functions whose instruction i stands
 * at a place that the test chooses, stacks of them, and cells with known times. */
#ifndef SC_TESTS_UNIT_PROFILE_WORLD_H
#define SC_TESTS_UNIT_PROFILE_WORLD_H

#include "profile/attribute.h"

#include <stdbool.h>

enum {
    WORLD_MAX = 64,
    PYTHON_3_12 = 0x030c01f0
};

struct world {
    struct sc_function functions[WORLD_MAX];
    struct sc_stack_node nodes[WORLD_MAX];
    struct sc_symbol symbols[WORLD_MAX];
    struct sc_module modules[WORLD_MAX];
    struct sc_cell cells[WORLD_MAX];
    struct sc_moment timeline[WORLD_MAX];
    struct sc_collected_thread threads[4];
    struct sc_collected_process processes[4];
    struct sc_collected collected;
    struct sc_run_facts facts;
    struct sc_attribute_config config;
    struct sc_arena arena;
    char folder[64]; /* the program's, made by world_init */
};

/* Where an instruction stands. line 0: CPython gives none. */
struct place {
    int line, end_line, start_column, end_column;
};

/* A world with a process, its main thread, a fresh folder that is the program's, and
 * no interpreter to ask. */
void world_init(struct world *world);
void world_fini(struct world *world);

/* Writes a source file into the folder; gives its path. */
const char *world_source(struct world *world, const char *name, const char *text);

/* A function whose instruction i stands at line first_line + i, without columns. */
uint32_t world_function(struct world *world, const char *filename, const char *qualname,
                        int first_line, int n_instr);
/* A function whose instructions stand at these places. */
uint32_t world_function_at(struct world *world, const char *filename,
                           const char *qualname, int first_line,
                           const struct place *places, int n_instr);
uint32_t world_node(struct world *world, uint32_t parent, uint32_t function, int instr);
uint32_t world_symbol(struct world *world, const char *module, const char *name);

/* Times in ms; 1 sample to each ms. */
void world_cell(struct world *world, uint32_t stack, uint32_t symbol, double python_ms,
                double native_ms, double kernel_ms);
void world_moment(struct world *world, uint32_t stack, uint32_t t_ms, uint32_t count);

/* Puts n zeroed items in place of the world's own few; they live as long as it. */
void *world_room(struct world *world, size_t n, size_t item_bytes);

/* Builds the profile; ends the test program when that fails. */
struct sc_profile *world_build(struct world *world);

/* The rows of a file, or NULL. name is the end of its path. */
const struct sc_file *find_file(const struct sc_profile *profile, const char *name);
const struct sc_line *find_line(const struct sc_profile *profile, const char *name,
                                uint32_t lineno);
const struct sc_function_row *find_function(const struct sc_profile *profile,
                                            const char *file, const char *name);
double line_percent(const struct sc_profile *profile, const char *name,
                    uint32_t lineno);

/* An interpreter for the source-facts helper. */
const char *test_interpreter(void);

#endif
