/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Interning: look for an equal item, else append it. Each kind of item has a hash, a
 * comparison and an appending function, and nothing more. */
#include "collect/intern.h"

#include "base/hash.h"
#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

/* A stack tree of this size takes about 30 MB with its index. */
enum {
    NODES_PLENTY = 500000,
    NODES_MANY = 900000
};
enum {
    DEPTH_SHORT = 16,
    DEPTH_SHORTEST = 1
};

/* What a comparison needs: the table and the candidate. */
struct probe {
    const struct sc_intern *intern;
    const void *candidate;
    size_t n_bytes; /* of a string candidate */
};

void sc_intern_init(struct sc_intern *intern)
{
    *intern = (struct sc_intern){0};
    sc_arena_init(&intern->arena, &sc_os_pages);
}

void sc_intern_fini(struct sc_intern *intern)
{
    sc_index_fini(&intern->function_index);
    sc_index_fini(&intern->node_index);
    sc_index_fini(&intern->module_index);
    sc_index_fini(&intern->symbol_index);
    sc_index_fini(&intern->cell_index);
    sc_index_fini(&intern->string_index);
    free(intern->functions);
    free(intern->nodes);
    free(intern->modules);
    free(intern->symbols);
    free(intern->cells);
    free(intern->strings);
    sc_arena_fini(&intern->arena);
}

/* Appends an item to *items and enters it into the index. */
static enum sc_err append(void **items, size_t *n, size_t *capacity, const void *item,
                          size_t item_bytes, struct sc_index *index, uint64_t hash,
                          uint32_t *place)
{
    enum sc_err err = sc_os_grow(items, capacity, *n + 1, item_bytes);
    if (err == SC_OK) {
        err = sc_index_add(index, hash, (uint32_t)*n);
    }
    if (err == SC_OK) {
        memcpy((char *)*items + *n * item_bytes, item, item_bytes);
        *place = (uint32_t)(*n)++;
    }
    return err;
}

static bool same_string(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    const char *text = probe->intern->strings[item];
    return strncmp(text, probe->candidate, probe->n_bytes) == 0 &&
           text[probe->n_bytes] == '\0';
}

enum sc_err sc_intern_string(struct sc_intern *intern, const char *text, size_t n,
                             const char **kept)
{
    struct probe probe = {intern, text, n};
    uint64_t hash = sc_hash_bytes(text, n, 0);
    uint32_t place = sc_index_find(&intern->string_index, hash, same_string, &probe);
    if (place == UINT32_MAX) {
        const char *copy = sc_arena_strndup(&intern->arena, text, n);
        if (copy == NULL) {
            return SC_ERR_NO_MEMORY;
        }
        enum sc_err err = append((void **)&intern->strings, &intern->n_strings,
                                 &intern->strings_capacity, &copy, sizeof(copy),
                                 &intern->string_index, hash, &place);
        if (err != SC_OK) {
            return err;
        }
    }
    *kept = intern->strings[place];
    return SC_OK;
}

static bool same_function(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    const struct sc_function *a = &probe->intern->functions[item];
    const struct sc_function *b = probe->candidate;
    return a->first_line == b->first_line && a->n_instr == b->n_instr &&
           a->python_hexversion == b->python_hexversion &&
           a->linetable_bytes == b->linetable_bytes &&
           strcmp(a->filename, b->filename) == 0 &&
           strcmp(a->qualname, b->qualname) == 0 &&
           memcmp(a->linetable, b->linetable, a->linetable_bytes) == 0;
}

static uint64_t hash_function(const struct sc_function *function)
{
    uint64_t hash = sc_hash_bytes(function->filename, strlen(function->filename), 0);
    hash = sc_hash_bytes(function->qualname, strlen(function->qualname), hash);
    hash = sc_hash_bytes(function->linetable, function->linetable_bytes, hash);
    hash = sc_hash_combine(hash, (uint32_t)function->first_line);
    hash = sc_hash_combine(hash, function->n_instr);
    return sc_hash_combine(hash, function->python_hexversion);
}

enum sc_err sc_intern_function(struct sc_intern *intern,
                               const struct sc_function *candidate, uint32_t *function)
{
    struct probe probe = {intern, candidate, 0};
    uint64_t hash = hash_function(candidate);
    *function = sc_index_find(&intern->function_index, hash, same_function, &probe);
    if (*function != UINT32_MAX) {
        return SC_OK;
    }
    struct sc_function kept = *candidate;
    enum sc_err err = sc_intern_string(intern, candidate->filename,
                                       strlen(candidate->filename), &kept.filename);
    if (err == SC_OK) {
        err = sc_intern_string(intern, candidate->qualname, strlen(candidate->qualname),
                               &kept.qualname);
    }
    if (err != SC_OK) {
        return err;
    }
    /* One byte more: an empty line table is a valid pointer too. */
    kept.linetable = (unsigned char *)sc_arena_strndup(
        &intern->arena, (const char *)candidate->linetable, candidate->linetable_bytes);
    if (kept.linetable == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    return append((void **)&intern->functions, &intern->n_functions,
                  &intern->functions_capacity, &kept, sizeof(kept),
                  &intern->function_index, hash, function);
}

static bool same_node(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    const struct sc_stack_node *a = &probe->intern->nodes[item];
    const struct sc_stack_node *b = probe->candidate;
    return a->parent == b->parent && a->function == b->function && a->instr == b->instr;
}

enum sc_err sc_intern_node(struct sc_intern *intern, struct sc_stack_node candidate,
                           uint32_t *node)
{
    struct probe probe = {intern, &candidate, 0};
    uint64_t hash = sc_hash_combine(candidate.parent, candidate.function);
    hash = sc_hash_combine(hash, (uint32_t)candidate.instr);
    *node = sc_index_find(&intern->node_index, hash, same_node, &probe);
    if (*node != UINT32_MAX) {
        return SC_OK;
    }
    return append((void **)&intern->nodes, &intern->n_nodes, &intern->nodes_capacity,
                  &candidate, sizeof(candidate), &intern->node_index, hash, node);
}

size_t sc_intern_depth_limit(const struct sc_intern *intern)
{
    if (intern->n_nodes < NODES_PLENTY) {
        return SC_MAX_FRAMES;
    }
    return intern->n_nodes < NODES_MANY ? DEPTH_SHORT : DEPTH_SHORTEST;
}

static bool same_module(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    return probe->intern->modules[item].path == probe->candidate;
}

enum sc_err sc_intern_module(struct sc_intern *intern, const char *path, size_t n,
                             uint32_t *module)
{
    struct sc_module kept = {0};
    enum sc_err err = sc_intern_string(intern, path, n, &kept.path);
    if (err != SC_OK) {
        return err;
    }
    /* Equal strings are kept once, so the pointer stands for the text. */
    struct probe probe = {intern, kept.path, 0};
    uint64_t hash = sc_hash_u64((uintptr_t)kept.path);
    *module = sc_index_find(&intern->module_index, hash, same_module, &probe);
    if (*module != UINT32_MAX) {
        return SC_OK;
    }
    return append((void **)&intern->modules, &intern->n_modules,
                  &intern->modules_capacity, &kept, sizeof(kept), &intern->module_index,
                  hash, module);
}

static bool same_symbol(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    const struct sc_symbol *a = &probe->intern->symbols[item];
    const struct sc_symbol *b = probe->candidate;
    return a->module == b->module && a->name == b->name;
}

enum sc_err sc_intern_symbol(struct sc_intern *intern, uint32_t module,
                             const char *name, size_t n, uint32_t *symbol)
{
    struct sc_symbol candidate = {.module = module, .name = NULL};
    if (name != NULL) {
        enum sc_err err = sc_intern_string(intern, name, n, &candidate.name);
        if (err != SC_OK) {
            return err;
        }
    }
    struct probe probe = {intern, &candidate, 0};
    uint64_t hash = sc_hash_combine(module, (uintptr_t)candidate.name);
    *symbol = sc_index_find(&intern->symbol_index, hash, same_symbol, &probe);
    if (*symbol != UINT32_MAX) {
        return SC_OK;
    }
    return append((void **)&intern->symbols, &intern->n_symbols,
                  &intern->symbols_capacity, &candidate, sizeof(candidate),
                  &intern->symbol_index, hash, symbol);
}

static bool same_cell(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    const struct sc_cell *a = &probe->intern->cells[item];
    const struct sc_cell *b = probe->candidate;
    return a->process == b->process && a->stack == b->stack && a->symbol == b->symbol;
}

enum sc_err sc_intern_cell(struct sc_intern *intern, uint32_t process, uint32_t stack,
                           uint32_t symbol, uint32_t *cell)
{
    struct sc_cell candidate = {.process = process, .stack = stack, .symbol = symbol};
    struct probe probe = {intern, &candidate, 0};
    uint64_t hash = sc_hash_combine(process, stack);
    hash = sc_hash_combine(hash, symbol);
    *cell = sc_index_find(&intern->cell_index, hash, same_cell, &probe);
    if (*cell != UINT32_MAX) {
        return SC_OK;
    }
    return append((void **)&intern->cells, &intern->n_cells, &intern->cells_capacity,
                  &candidate, sizeof(candidate), &intern->cell_index, hash, cell);
}
