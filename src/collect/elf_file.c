/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Reads ELF files by libelf. The full symbol table is used where the file has one,
 * else the dynamic one. */
#include "collect/elf_file.h"

#include "os/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beyond these a module is known by its name alone: the front stays small. */
enum {
    MAX_SYMBOLS = 300000,
    MAX_NAMES_BYTES = 16 << 20,
    MAX_SEGMENTS = 64
};

enum sc_err sc_elf_file_open(const char *path, int *fd, Elf **elf)
{
    enum sc_err err = SC_ERR_FORMAT;
    struct stat status;
    *elf = NULL;
    if (elf_version(EV_CURRENT) == EV_NONE) {
        return SC_ERR_UNSUPPORTED;
    }
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0) {
        return errno == EACCES || errno == EPERM ? SC_ERR_DENIED : SC_ERR_NOT_FOUND;
    }
    if (fstat(*fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        goto failed;
    }
    *elf = elf_begin(*fd, ELF_C_READ, NULL);
    if (*elf == NULL || elf_kind(*elf) != ELF_K_ELF) {
        goto failed;
    }
    return SC_OK;
failed:
    elf_end(*elf);
    close(*fd);
    *elf = NULL;
    *fd = -1;
    return err;
}

static enum sc_err read_segments(struct sc_elf_file *file, Elf *elf)
{
    size_t n_headers;
    if (elf_getphdrnum(elf, &n_headers) != 0) {
        return SC_ERR_FORMAT;
    }
    for (size_t i = 0; i < n_headers && file->n_segments < MAX_SEGMENTS; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) == NULL || header.p_type != PT_LOAD) {
            continue;
        }
        enum sc_err err = sc_os_grow((void **)&file->segments, &file->segments_capacity,
                                     file->n_segments + 1, sizeof(*file->segments));
        if (err != SC_OK) {
            return err;
        }
        file->segments[file->n_segments++] =
            (struct sc_elf_segment){header.p_offset, header.p_vaddr, header.p_filesz};
    }
    return SC_OK;
}

/* The best symbol table: .symtab, else .dynsym. */
static Elf_Scn *find_table(Elf *elf, GElf_Shdr *header)
{
    Elf_Scn *best = NULL;
    GElf_Shdr candidate;
    for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
        if (gelf_getshdr(scn, &candidate) == NULL || candidate.sh_entsize == 0) {
            continue;
        }
        bool is_full = candidate.sh_type == SHT_SYMTAB;
        if (is_full || (candidate.sh_type == SHT_DYNSYM && best == NULL)) {
            best = scn;
            *header = candidate;
        }
        if (is_full) {
            break;
        }
    }
    return best;
}

/* Copies the string section so that every offset into it is a string that ends. */
static enum sc_err read_names(struct sc_elf_file *file, Elf *elf, size_t section)
{
    Elf_Data *data = elf_getdata(elf_getscn(elf, section), NULL);
    if (data == NULL || data->d_buf == NULL || data->d_size == 0) {
        return SC_ERR_FORMAT;
    }
    if (data->d_size > MAX_NAMES_BYTES) {
        return SC_ERR_LIMIT;
    }
    file->names = malloc(data->d_size + 1);
    if (file->names == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    memcpy(file->names, data->d_buf, data->d_size);
    file->names[data->d_size] = '\0';
    file->names_bytes = data->d_size;
    return SC_OK;
}

static bool is_function(const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    return (type == STT_FUNC || type == STT_GNU_IFUNC) &&
           symbol->st_shndx != SHN_UNDEF && symbol->st_value != 0;
}

static size_t leading_underscores(const char *name)
{
    return strspn(name, "_");
}

struct sort_context {
    const char *names;
};

/* Where several names share an address, the one a reader knows comes first: with a
 * size, few underscores, short. */
static int by_address(const void *a, const void *b, void *context)
{
    const struct sc_elf_symbol *x = a;
    const struct sc_elf_symbol *y = b;
    if (x->address != y->address) {
        return x->address < y->address ? -1 : 1;
    }
    if ((x->n_bytes == 0) != (y->n_bytes == 0)) {
        return x->n_bytes == 0 ? 1 : -1;
    }
    const struct sort_context *sort = context;
    const char *x_name = sort->names + x->name;
    const char *y_name = sort->names + y->name;
    size_t x_rank = leading_underscores(x_name);
    size_t y_rank = leading_underscores(y_name);
    if (x_rank == y_rank) {
        x_rank = strlen(x_name);
        y_rank = strlen(y_name);
    }
    if (x_rank != y_rank) {
        return x_rank < y_rank ? -1 : 1;
    }
    return strcmp(x_name, y_name);
}

static void sort_and_merge(struct sc_elf_file *file)
{
    struct sort_context context = {file->names};
    size_t n = 0;
    if (file->n_symbols > 0) {
        qsort_r(file->symbols, file->n_symbols, sizeof(*file->symbols), by_address,
                &context);
    }
    for (size_t i = 0; i < file->n_symbols; i++) {
        if (n == 0 || file->symbols[n - 1].address != file->symbols[i].address) {
            file->symbols[n++] = file->symbols[i];
        }
    }
    file->n_symbols = n;
}

static enum sc_err read_symbols(struct sc_elf_file *file, Elf *elf)
{
    GElf_Shdr header;
    Elf_Scn *table = find_table(elf, &header);
    if (table == NULL) {
        return SC_OK; /* stripped of everything: a module without symbols */
    }
    size_t n_entries = header.sh_size / header.sh_entsize;
    if (n_entries > MAX_SYMBOLS) {
        return SC_ERR_LIMIT;
    }
    enum sc_err err = read_names(file, elf, header.sh_link);
    if (err != SC_OK) {
        return err;
    }
    Elf_Data *data = elf_getdata(table, NULL);
    if (data == NULL) {
        return SC_ERR_FORMAT;
    }
    file->has_symtab = header.sh_type == SHT_SYMTAB;
    for (size_t i = 0; i < n_entries; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL) {
            return SC_ERR_FORMAT;
        }
        if (!is_function(&symbol) || symbol.st_name >= file->names_bytes) {
            continue;
        }
        err = sc_os_grow((void **)&file->symbols, &file->symbols_capacity,
                         file->n_symbols + 1, sizeof(*file->symbols));
        if (err != SC_OK) {
            return err;
        }
        file->symbols[file->n_symbols++] = (struct sc_elf_symbol){
            .address = symbol.st_value,
            .n_bytes =
                symbol.st_size > UINT32_MAX ? UINT32_MAX : (uint32_t)symbol.st_size,
            .name = symbol.st_name,
        };
    }
    sort_and_merge(file);
    return SC_OK;
}

enum sc_err sc_elf_file_init(struct sc_elf_file *file, const char *path)
{
    int fd;
    Elf *elf;
    *file = (struct sc_elf_file){0};
    enum sc_err err = sc_elf_file_open(path, &fd, &elf);
    if (err != SC_OK) {
        return err;
    }
    err = read_segments(file, elf);
    if (err == SC_OK) {
        err = read_symbols(file, elf);
    }
    elf_end(elf);
    close(fd);
    if (err != SC_OK) {
        sc_elf_file_fini(file);
    }
    return err;
}

void sc_elf_file_fini(struct sc_elf_file *file)
{
    free(file->segments);
    free(file->symbols);
    free(file->names);
    *file = (struct sc_elf_file){0};
}

bool sc_elf_file_address(const struct sc_elf_file *file, uint64_t offset,
                         uint64_t *address)
{
    for (size_t i = 0; i < file->n_segments; i++) {
        const struct sc_elf_segment *segment = &file->segments[i];
        if (offset >= segment->offset && offset - segment->offset < segment->n_bytes) {
            *address = segment->address + (offset - segment->offset);
            return true;
        }
    }
    return false;
}

const struct sc_elf_symbol *sc_elf_file_find(const struct sc_elf_file *file,
                                             uint64_t address)
{
    size_t low = 0;
    size_t high = file->n_symbols;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->symbols[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return NULL;
    }
    const struct sc_elf_symbol *symbol = &file->symbols[low - 1];
    bool covers = symbol->n_bytes == 0 || address - symbol->address < symbol->n_bytes;
    return covers ? symbol : NULL;
}

size_t sc_elf_name_bytes(const char *name)
{
    /* A leading dot is part of the name. */
    return name[0] == '\0' ? 0 : 1 + strcspn(name + 1, ".");
}
