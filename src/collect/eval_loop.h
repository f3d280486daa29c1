/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Where CPython's interpreter loop is in its ELF file: the function
 * _PyEval_EvalFrameDefault and the parts that the compiler split off it. */
#ifndef SC_COLLECT_EVAL_LOOP_H
#define SC_COLLECT_EVAL_LOOP_H

#include "collect/elf_file.h"

enum {
    SC_EVAL_LOOP_PARTS = 16
};

struct sc_eval_loop {
    struct {
        uint64_t start;
        uint64_t end; /* exclusive */
    } parts[SC_EVAL_LOOP_PARTS];
    size_t n_parts; /* 0: not known */
};

/* Finds the loop that begins at address in the file at path, read before as file.
 * SC_ERR_NOT_FOUND where neither symbols nor frame descriptions tell, or where what
 * they tell is too small to be the whole loop. */
SC_MUST_USE enum sc_err sc_eval_loop_find(const struct sc_elf_file *file,
                                          const char *path, uint64_t address,
                                          struct sc_eval_loop *loop);

bool sc_eval_loop_holds(const struct sc_eval_loop *loop, uint64_t address);

#endif
