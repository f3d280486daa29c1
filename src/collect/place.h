/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What a program counter means: which native function it is in, and whether the user
 * time of a sample there is Python's or native. The rule is section 2 of
 * docs/dev/sampling-math.md. */
#ifndef SC_COLLECT_PLACE_H
#define SC_COLLECT_PLACE_H

#include "collect/eval_loop.h"
#include "collect/modules.h"
#include "cpython/opcodes.h"

enum sc_spot_kind {
    SC_SPOT_UNKNOWN,     /* nothing is known of the process's mappings */
    SC_SPOT_LOOP,        /* CPython's loop, or its machinery of Python calls */
    SC_SPOT_INTERPRETER, /* elsewhere in the interpreter */
    SC_SPOT_SUPPORT,     /* malloc and its kin, locks, thread-local variables */
    SC_SPOT_RUNTIME,     /* elsewhere in the C library, the loader or the vdso */
    SC_SPOT_LIBRARY,     /* any other file, generated code, an unknown address */
};

struct sc_spot {
    uint64_t pc;
    uint32_t symbol; /* SC_NONE: nothing known; only with SC_SPOT_UNKNOWN */
    uint32_t module; /* SC_NONE: unknown */
    enum sc_spot_kind kind;
};

/* A module's file as far as it was read: once, when a sample first stands in it. */
struct sc_module_file {
    struct sc_elf_file elf;
    bool tried;
    bool is_runtime;
    uint64_t allocator_start, allocator_end; /* empty: not known */
};

/* The files of all modules; parallel to intern's modules. */
struct sc_module_files {
    struct sc_module_file *files;
    size_t n_files, files_capacity;
};

void sc_module_files_fini(struct sc_module_files *files);

/* One process's view of its addresses. */
struct sc_places {
    struct sc_maps maps;
    bool maps_known;
    bool wants_maps;
    uint64_t loop_address; /* in the process; 0 unknown */
    uint32_t interpreter;  /* its module; SC_NONE: not found */
    struct sc_eval_loop loop;
    struct sc_spot *cache; /* by PC; NULL until the first look-up */
};

void sc_places_init(struct sc_places *places, uint64_t loop_address);
void sc_places_fini(struct sc_places *places);

/* Takes the text of /proc/PID/maps and finds the interpreter's loop in it. */
SC_MUST_USE enum sc_err sc_places_maps(struct sc_places *places,
                                       struct sc_intern *intern,
                                       struct sc_module_files *files, const char *text,
                                       size_t n_bytes);

SC_MUST_USE enum sc_err sc_places_find(struct sc_places *places,
                                       struct sc_intern *intern,
                                       struct sc_module_files *files, uint64_t pc,
                                       struct sc_spot *spot);

/* True when user time at a spot is Python's, given what the thread's innermost Python
 * instruction does. split_known: the loop was found. */
bool sc_place_is_python(enum sc_spot_kind kind, enum sc_opcode_class opcode,
                        bool split_known);

#endif
