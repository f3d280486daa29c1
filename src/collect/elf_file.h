/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What the front needs of an ELF file: its function symbols as a sorted array, and
 * where its segments lie. The file is read once and may be anything, also damaged.
 * Addresses are the file's own ("virtual", before relocation). */
#ifndef SC_COLLECT_ELF_FILE_H
#define SC_COLLECT_ELF_FILE_H

#include "base/err.h"

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sc_elf_segment {
    uint64_t offset;
    uint64_t address;
    uint64_t n_bytes;
};

struct sc_elf_symbol {
    uint64_t address;
    uint32_t n_bytes; /* 0: unknown, up to the next symbol */
    uint32_t name;    /* offset into names */
};

struct sc_elf_file {
    struct sc_elf_segment *segments;
    size_t n_segments, segments_capacity;
    struct sc_elf_symbol *symbols; /* by address, one per address */
    size_t n_symbols, symbols_capacity;
    char *names; /* every name in it ends inside it */
    size_t names_bytes;
    bool has_symtab; /* symbols are complete: static functions too */
};

/* Reads path. SC_ERR_NOT_FOUND, _DENIED, _IO, _FORMAT, _NO_MEMORY, or _LIMIT for a
 * file with more symbols than are worth their memory; file is then empty. */
SC_MUST_USE enum sc_err sc_elf_file_init(struct sc_elf_file *file, const char *path);
void sc_elf_file_fini(struct sc_elf_file *file);

/* The address of the byte at an offset of the file; false: it is not loaded. */
bool sc_elf_file_address(const struct sc_elf_file *file, uint64_t offset,
                         uint64_t *address);

/* The function symbol that covers an address; NULL: none. */
const struct sc_elf_symbol *sc_elf_file_find(const struct sc_elf_file *file,
                                             uint64_t address);

/* Opens path for libelf. *fd and *elf are the caller's to close, elf first. */
SC_MUST_USE enum sc_err sc_elf_file_open(const char *path, int *fd, Elf **elf);

/* Number of bytes of a symbol's name that say which function it is: what compilers
 * append for clones and parts (".isra.0", ".cold") is left out. */
size_t sc_elf_name_bytes(const char *name);

#endif
