/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Small ELF files with just the parts that tell an interpreter from others. */
#ifndef SC_TESTS_UNIT_CLI_MADE_ELF_H
#define SC_TESTS_UNIT_CLI_MADE_ELF_H

#include <stdbool.h>
#include <stddef.h>

struct made_elf {
    const char *loader;     /* NULL: statically linked */
    const char *needed[4];  /* libraries */
    const char *exports[4]; /* defined symbols */
    const char *imports[4]; /* undefined symbols */
    bool other_machine;
    bool no_sections; /* as sstrip leaves a file */
};

enum {
    MADE_ELF_BYTES = 4096
};

/* Builds the file, for the machine the test runs on. */
void made_elf_build(const struct made_elf *elf, unsigned char file[MADE_ELF_BYTES]);

#endif
