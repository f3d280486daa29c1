/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * One page: headers at the front, each section at a fixed place behind them. */
#include "made_elf.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PROGRAM_HEADERS_AT = sizeof(ElfW(Ehdr)),
    LOADER_AT = 256,
    STRINGS_AT = 512,
    SYMBOLS_AT = 1536,
    DYNAMIC_AT = 2560,
    SECTIONS_AT = 3584,
};

enum {
    NO_SECTION,
    STRINGS,
    SYMBOLS,
    DYNAMIC,
    N_SECTIONS
};

struct strings {
    unsigned char *at;
    size_t used;
};

static uint32_t add_string(struct strings *strings, const char *text)
{
    uint32_t offset = (uint32_t)strings->used;
    memcpy(strings->at + offset, text, strlen(text) + 1);
    strings->used += strlen(text) + 1;
    return offset;
}

static void copy_own_header(ElfW(Ehdr) * header)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, header, sizeof *header) != (ssize_t)sizeof *header) {
        perror("/proc/self/exe");
        exit(1);
    }
    close(fd);
}

static size_t add_symbols(ElfW(Sym) * symbols, size_t n, const char *const *names,
                          uint16_t section, struct strings *strings)
{
    for (size_t i = 0; i < 4 && names[i] != NULL; i++) {
        symbols[n].st_name = add_string(strings, names[i]);
        symbols[n].st_info = (STB_GLOBAL << 4) | STT_FUNC;
        symbols[n++].st_shndx = section;
    }
    return n;
}

static void set_section(ElfW(Shdr) * section, uint32_t type, size_t at, size_t n_bytes,
                        size_t entry_bytes)
{
    section->sh_type = type;
    section->sh_offset = at;
    section->sh_size = n_bytes;
    section->sh_link = type == SHT_STRTAB ? 0 : STRINGS;
    section->sh_entsize = entry_bytes;
    section->sh_addralign = 8;
}

void made_elf_build(const struct made_elf *elf, unsigned char file[MADE_ELF_BYTES])
{
    memset(file, 0, MADE_ELF_BYTES);
    ElfW(Ehdr) *header = (ElfW(Ehdr) *)file;
    ElfW(Phdr) *program = (ElfW(Phdr) *)(file + PROGRAM_HEADERS_AT);
    ElfW(Sym) *symbols = (ElfW(Sym) *)(file + SYMBOLS_AT);
    ElfW(Dyn) *dynamic = (ElfW(Dyn) *)(file + DYNAMIC_AT);
    ElfW(Shdr) *sections = (ElfW(Shdr) *)(file + SECTIONS_AT);
    struct strings strings = {file + STRINGS_AT, 1};

    copy_own_header(header);
    header->e_type = ET_DYN;
    header->e_machine = elf->other_machine ? EM_S390 : header->e_machine;
    header->e_phoff = PROGRAM_HEADERS_AT;
    header->e_phnum = elf->loader != NULL;
    header->e_shoff = elf->no_sections ? 0 : SECTIONS_AT;
    header->e_shnum = elf->no_sections ? 0 : N_SECTIONS;
    header->e_shstrndx = SHN_UNDEF;
    if (elf->loader != NULL) {
        program->p_type = PT_INTERP;
        program->p_offset = LOADER_AT;
        program->p_filesz = strlen(elf->loader) + 1;
        memcpy(file + LOADER_AT, elf->loader, strlen(elf->loader) + 1);
    }
    size_t n_symbols = add_symbols(symbols, 1, elf->exports, 1, &strings);
    n_symbols = add_symbols(symbols, n_symbols, elf->imports, SHN_UNDEF, &strings);
    size_t n_dynamic = 0;
    for (; n_dynamic < 4 && elf->needed[n_dynamic] != NULL; n_dynamic++) {
        dynamic[n_dynamic].d_tag = DT_NEEDED;
        dynamic[n_dynamic].d_un.d_val = add_string(&strings, elf->needed[n_dynamic]);
    }
    set_section(&sections[STRINGS], SHT_STRTAB, STRINGS_AT, strings.used, 0);
    set_section(&sections[SYMBOLS], SHT_DYNSYM, SYMBOLS_AT, n_symbols * sizeof *symbols,
                sizeof *symbols);
    set_section(&sections[DYNAMIC], SHT_DYNAMIC, DYNAMIC_AT,
                (n_dynamic + 1) * sizeof *dynamic, sizeof *dynamic);
}
