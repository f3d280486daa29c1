/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Facts of an ELF executable, by libelf, which checks what it hands out against the
 * file's size. Names and layouts: System V ABI, generic part, chapters 4 and 5. */
#include "run/python_elf.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Our own executable tells which class and machine the agent is for. */
static bool is_our_machine(const GElf_Ehdr *header)
{
    bool same = false;
    GElf_Ehdr own_header;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    Elf *own = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
    if (own != NULL && gelf_getehdr(own, &own_header) != NULL) {
        same = own_header.e_machine == header->e_machine &&
               own_header.e_ident[EI_CLASS] == header->e_ident[EI_CLASS] &&
               own_header.e_ident[EI_DATA] == header->e_ident[EI_DATA];
    }
    elf_end(own);
    if (fd >= 0) {
        close(fd);
    }
    return same;
}

static void read_loader(Elf *elf, struct sc_python_elf *facts)
{
    size_t n_headers = 0;
    if (elf_getphdrnum(elf, &n_headers) != 0) {
        return;
    }
    for (size_t i = 0; i < n_headers; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) == NULL || header.p_type != PT_INTERP) {
            continue;
        }
        const Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)header.p_offset,
                                                    header.p_filesz, ELF_T_BYTE);
        facts->is_dynamic = true;
        if (data != NULL && memmem(data->d_buf, data->d_size, "ld-musl", 7) != NULL) {
            facts->is_musl = true;
        }
    }
}

static void note_library(const char *name, struct sc_python_elf *facts)
{
    static const char *const sanitizers[] = {"libasan.", "libtsan.", "libmsan.",
                                             "libhwasan.", "libclang_rt."};
    if (strncmp(name, "libpython", strlen("libpython")) == 0) {
        facts->needs_libpython = true;
        int major, minor;
        if (sscanf(name, "libpython%4d.%4d", &major, &minor) == 2) {
            facts->libpython_major = major;
            facts->libpython_minor = minor;
        }
    }
    if (strncmp(name, "libc.musl", strlen("libc.musl")) == 0) {
        facts->is_musl = true;
    }
    for (size_t i = 0; i < sizeof sanitizers / sizeof sanitizers[0]; i++) {
        if (strncmp(name, sanitizers[i], strlen(sanitizers[i])) == 0) {
            facts->has_sanitizer = true;
        }
    }
}

static void read_needed(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                        struct sc_python_elf *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t entry_bytes = gelf_fsize(elf, ELF_T_DYN, 1, EV_CURRENT);
    if (data == NULL || entry_bytes == 0) {
        return;
    }
    for (size_t i = 0; i < data->d_size / entry_bytes; i++) {
        GElf_Dyn entry;
        if (gelf_getdyn(data, (int)i, &entry) == NULL || entry.d_tag == DT_NULL) {
            return;
        }
        if (entry.d_tag == DT_NEEDED) {
            const char *name = elf_strptr(elf, header->sh_link, entry.d_un.d_val);
            if (name != NULL) {
                note_library(name, facts);
            }
        }
    }
}

static void read_exports(Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
                         struct sc_python_elf *facts)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t entry_bytes = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
    if (data == NULL || entry_bytes == 0) {
        return;
    }
    facts->symbols_readable = true;
    for (size_t i = 0; i < data->d_size / entry_bytes; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL) {
            return;
        }
        if (symbol.st_shndx == SHN_UNDEF) {
            continue;
        }
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (name == NULL || name[0] != 'P' || name[1] != 'y') {
            continue;
        }
        if (strcmp(name, "Py_Main") == 0) {
            facts->exports_py_main = true;
        } else if (strcmp(name, "PySys_AddAuditHook") == 0) {
            facts->exports_audit_hook = true;
        }
    }
}

enum sc_err sc_python_elf_read(int fd, struct sc_python_elf *facts)
{
    enum sc_err err = SC_ERR_FORMAT;
    GElf_Ehdr header;
    *facts = (struct sc_python_elf){0};
    if (elf_version(EV_CURRENT) == EV_NONE) {
        return SC_ERR_UNSUPPORTED;
    }
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF ||
        gelf_getehdr(elf, &header) == NULL ||
        (header.e_type != ET_EXEC && header.e_type != ET_DYN)) {
        goto done;
    }
    facts->same_machine = is_our_machine(&header);
    read_loader(elf, facts);
    for (Elf_Scn *section = elf_nextscn(elf, NULL); section != NULL;
         section = elf_nextscn(elf, section)) {
        GElf_Shdr section_header;
        if (gelf_getshdr(section, &section_header) == NULL) {
            goto done;
        }
        if (section_header.sh_type == SHT_DYNAMIC) {
            read_needed(elf, section, &section_header, facts);
        } else if (section_header.sh_type == SHT_DYNSYM) {
            read_exports(elf, section, &section_header, facts);
        }
    }
    err = SC_OK;
done:
    elf_end(elf);
    return err;
}
