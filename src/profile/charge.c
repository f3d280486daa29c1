/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Who is charged: each frame's line from its code object's line table, then for each
 * stack the innermost frame in a profiled file and the frame that it called. */
#include "cpython/linetable.h"
#include "profile/build.h"
#include "profile/key_map.h"
#include "profile/path.h"

#include <stdlib.h>
#include <string.h>

/* The place of an instruction. A line that is not known is the function's first. */
static struct sc_frame_place find_place(const struct sc_function *function,
                                        int32_t instr)
{
    struct sc_frame_place place = {
        .line = function->first_line > 0 ? (uint32_t)function->first_line : 1,
        .start_column = -1,
        .end_column = -1,
    };
    struct sc_position position;
    if (instr < 0 ||
        sc_linetable_find(function->linetable, function->linetable_bytes,
                          function->python_hexversion, function->first_line,
                          (uint32_t)instr, &position) != SC_OK ||
        position.line <= 0) {
        return place;
    }
    place.line = (uint32_t)position.line;
    if (position.end_line == position.line && position.start_column >= 0 &&
        position.end_column > position.start_column) {
        place.start_column = position.start_column;
        place.end_column = position.end_column;
    }
    return place;
}

/* Fills places. Many nodes stand at the same instruction of the same function, so a
 * line table is walked once for each such pair. */
static enum sc_err find_places(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    struct sc_key_map seen = {0};
    uint32_t *node_of = calloc(collected->n_nodes + 1, sizeof *node_of);
    enum sc_err err = node_of != NULL ? SC_OK : SC_ERR_NO_MEMORY;
    for (size_t i = 0; i < collected->n_nodes && err == SC_OK; i++) {
        const struct sc_stack_node *node = &collected->nodes[i];
        if (node->function == SC_NONE) {
            continue;
        }
        size_t n_before = seen.n;
        uint32_t index = 0;
        struct sc_key key = {{node->function, (uint32_t)node->instr, 0}};
        err = sc_key_map_put(&seen, key, &index);
        if (err == SC_OK && seen.n > n_before) {
            node_of[index] = (uint32_t)i;
            build->places[i] =
                find_place(&collected->functions[node->function], node->instr);
        } else if (err == SC_OK) {
            build->places[i] = build->places[node_of[index]];
        }
    }
    sc_key_map_fini(&seen);
    free(node_of);
    return err;
}

/* A node's caller; a caller always has the smaller index (it was seen first). */
static uint32_t parent_of(const struct sc_collected *collected, uint32_t node)
{
    uint32_t parent = collected->nodes[node].parent;
    return parent < node ? parent : SC_NONE;
}

/* True for a frame of the code that carries out import statements. */
static bool is_importing(const struct sc_build *build, uint32_t node)
{
    uint32_t function = build->collected->nodes[node].function;
    if (function == SC_NONE) {
        return false;
    }
    const char *name = build->files[build->file_of_function[function]].name;
    return strncmp(name, "<frozen importlib.", strlen("<frozen importlib.")) == 0;
}

/* The frame that stands for what a profiled line called, as seen from node: the first
 * one below the line. Where that carries out an import, the module's own code says
 * more; its first frame then takes the place. */
static uint32_t callee_at(const struct sc_build *build, uint32_t node, uint32_t callee)
{
    bool is_better = callee == SC_NONE ||
                     (is_importing(build, callee) && !is_importing(build, node));
    return is_better ? node : callee;
}

static void find_charges(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    for (uint32_t i = 0; i < collected->n_nodes; i++) {
        uint32_t function = collected->nodes[i].function;
        uint32_t parent = parent_of(collected, i);
        struct sc_node_charge *charge = &build->charges[i];
        if (function != SC_NONE &&
            build->files[build->file_of_function[function]].kind == SC_FILE_USER) {
            *charge = (struct sc_node_charge){.node = i, .callee = SC_NONE};
        } else if (parent == SC_NONE) {
            *charge = (struct sc_node_charge){.node = SC_NONE, .callee = SC_NONE};
        } else {
            *charge = build->charges[parent];
            if (charge->node != SC_NONE) {
                charge->callee = callee_at(build, i, charge->callee);
            }
        }
    }
}

bool sc_build_charge_of(const struct sc_build *build, uint32_t stack, uint32_t *file,
                        uint32_t *line, uint32_t *function)
{
    if (stack == SC_NONE) {
        *file = build->native_file;
        *line = 1;
        *function = SC_NONE;
        return build->files[build->native_file].kind == SC_FILE_USER;
    }
    uint32_t node = build->charges[stack].node;
    if (node == SC_NONE) {
        return false;
    }
    *function = build->collected->nodes[node].function;
    *file = build->file_of_function[*function];
    *line = build->places[node].line;
    return true;
}

/* Names the callee: the frame below the charged one, else the native place. Where the
 * innermost frame is the user's own, only the time outside the interpreter is the
 * native place's. */
static enum sc_err name_callee(struct sc_build *build, const struct sc_cell *cell,
                               struct sc_charged_cell *charged)
{
    const struct sc_collected *collected = build->collected;
    uint32_t callee =
        cell->stack != SC_NONE ? build->charges[cell->stack].callee : SC_NONE;
    if (callee != SC_NONE && collected->nodes[callee].function != SC_NONE) {
        uint32_t function = collected->nodes[callee].function;
        charged->callee_name = collected->functions[function].qualname;
        charged->callee_file = build->files[build->file_of_function[function]].name;
        charged->callee_ns = cell->python_ns + cell->native_ns + cell->kernel_ns;
        return SC_OK;
    }
    if (callee != SC_NONE || cell->symbol == SC_NONE) {
        return SC_OK;
    }
    const struct sc_symbol *symbol = &collected->symbols[cell->symbol];
    const char *module =
        symbol->module != SC_NONE ? collected->modules[symbol->module].path : "";
    bool is_interpreter =
        symbol->module != SC_NONE && collected->modules[symbol->module].is_interpreter;
    if (symbol->name == NULL && is_interpreter && cell->stack != SC_NONE) {
        return SC_OK; /* "python3.11" says nothing that the line does not */
    }
    charged->callee_name = symbol->name != NULL ? symbol->name : sc_path_base(module);
    charged->callee_file = sc_build_text(build, module);
    charged->callee_ns = cell->native_ns + cell->kernel_ns;
    if (charged->callee_name[0] == '\0' || !(charged->callee_ns > 0)) {
        charged->callee_name = NULL;
    }
    return charged->callee_file != NULL ? SC_OK : SC_ERR_NO_MEMORY;
}

static int by_file_and_line(const void *a, const void *b)
{
    const struct sc_charged_cell *x = a, *y = b;
    if (x->file != y->file) {
        return x->file < y->file ? -1 : 1;
    }
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->cell < y->cell ? -1 : x->cell > y->cell;
}

static enum sc_err charge_cells(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    double sum_squares = 0;
    enum sc_err err = SC_OK;
    for (uint32_t i = 0; i < collected->n_cells && err == SC_OK; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        struct sc_charged_cell *charged = &build->cells[build->n_cells];
        double cell_ns = cell->python_ns + cell->native_ns + cell->kernel_ns;
        build->total_ns += cell_ns;
        build->n_samples += cell->n_samples;
        sum_squares += cell->sum_weight_sq_ns2;
        charged->cell = i;
        charged->start_column = charged->end_column = -1;
        if (!sc_build_charge_of(build, cell->stack, &charged->file, &charged->line,
                                &charged->function)) {
            continue;
        }
        build->files[charged->file].total_ns += cell_ns;
        if (cell->stack != SC_NONE) {
            uint32_t node = build->charges[cell->stack].node;
            charged->start_column = build->places[node].start_column;
            charged->end_column = build->places[node].end_column;
        }
        err = name_callee(build, cell, charged);
        build->n_cells++;
    }
    build->n_effective =
        sum_squares > 0 ? build->total_ns * build->total_ns / sum_squares : 0;
    qsort(build->cells, build->n_cells, sizeof *build->cells, by_file_and_line);
    return err;
}

enum sc_err sc_build_charges(struct sc_build *build)
{
    const struct sc_collected *collected = build->collected;
    size_t n = collected->n_nodes + 1;
    build->places = sc_arena_alloc(&build->scratch, n * sizeof *build->places);
    build->charges = sc_arena_alloc(&build->scratch, n * sizeof *build->charges);
    build->cells = sc_arena_alloc(&build->scratch,
                                  (collected->n_cells + 1) * sizeof *build->cells);
    if (build->places == NULL || build->charges == NULL || build->cells == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    enum sc_err err = find_places(build);
    if (err != SC_OK) {
        return err;
    }
    find_charges(build);
    return charge_cells(build);
}
