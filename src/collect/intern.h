/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Everything collected that is kept once, by content: strings, functions, the tree of
 * stacks, modules, native symbols, and the cells that hold the time. An index into
 * one of the arrays is a thing's name for the rest of the front; a pointer into an
 * array holds only until the next call that adds to it. Owned by sc_collect. */
#ifndef SC_COLLECT_INTERN_H
#define SC_COLLECT_INTERN_H

#include "base/arena.h"
#include "collect/collect.h"
#include "collect/index.h"

struct sc_intern {
    struct sc_arena arena; /* strings and line tables */
    struct sc_function *functions;
    size_t n_functions, functions_capacity;
    struct sc_stack_node *nodes;
    size_t n_nodes, nodes_capacity;
    struct sc_module *modules;
    size_t n_modules, modules_capacity;
    struct sc_symbol *symbols;
    size_t n_symbols, symbols_capacity;
    struct sc_cell *cells;
    size_t n_cells, cells_capacity;
    const char **strings;
    size_t n_strings, strings_capacity;
    struct sc_index function_index, node_index, module_index, symbol_index, cell_index,
        string_index;
};

void sc_intern_init(struct sc_intern *intern);
void sc_intern_fini(struct sc_intern *intern);

/* A kept copy of n bytes (without a 0 among them) with a 0 after them. */
SC_MUST_USE enum sc_err sc_intern_string(struct sc_intern *intern, const char *text,
                                         size_t n, const char **kept);

/* The function equal to candidate, which is copied where it is new. */
SC_MUST_USE enum sc_err sc_intern_function(struct sc_intern *intern,
                                           const struct sc_function *candidate,
                                           uint32_t *function);

/* The node for a frame under parent (SC_NONE: outermost). */
SC_MUST_USE enum sc_err sc_intern_node(struct sc_intern *intern,
                                       struct sc_stack_node candidate, uint32_t *node);

/* How many innermost frames of a stack to keep, given how many nodes there are
 * already: all, until a program with no end of different stacks fills the memory. */
size_t sc_intern_depth_limit(const struct sc_intern *intern);

SC_MUST_USE enum sc_err sc_intern_module(struct sc_intern *intern, const char *path,
                                         size_t n, uint32_t *module);

/* name: NULL for "somewhere in the module"; n bytes of it else. */
SC_MUST_USE enum sc_err sc_intern_symbol(struct sc_intern *intern, uint32_t module,
                                         const char *name, size_t n, uint32_t *symbol);

SC_MUST_USE enum sc_err sc_intern_cell(struct sc_intern *intern, uint32_t process,
                                       uint32_t stack, uint32_t symbol, uint32_t *cell);

#endif
