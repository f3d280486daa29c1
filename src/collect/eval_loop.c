/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Finds the interpreter's loop: by its symbol's size, else by the frame description
 * entry (FDE) that begins where the loop does. FDEs are looked up in the sorted table
 * of .eh_frame_hdr (Linux Standard Base, "Exception Frames"); only the encodings that
 * GNU and LLVM linkers write on 64-bit machines are understood. */
#include "collect/eval_loop.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Known loops are 38 to 62 KB. One under this size is a rest of a loop that the
 * compiler has moved elsewhere. */
enum {
    MIN_LOOP_BYTES = 8192
};

/* DWARF pointer encodings (DW_EH_PE_*). */
enum {
    PCREL_SDATA4 = 0x1b,
    UDATA4 = 0x03,
    DATAREL_SDATA4 = 0x3b
};

static const char loop_name[] = "_PyEval_EvalFrameDefault";

/* A section's bytes and its address. */
struct section {
    const unsigned char *bytes;
    size_t n_bytes;
    uint64_t address;
};

static bool find_section(Elf *elf, const char *name, struct section *section)
{
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0) {
        return false;
    }
    for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
        GElf_Shdr header;
        if (gelf_getshdr(scn, &header) == NULL) {
            continue;
        }
        const char *found = elf_strptr(elf, names, header.sh_name);
        if (found == NULL || strcmp(found, name) != 0) {
            continue;
        }
        Elf_Data *data = elf_rawdata(scn, NULL);
        if (data == NULL || data->d_buf == NULL) {
            return false;
        }
        *section = (struct section){data->d_buf, data->d_size, header.sh_addr};
        return true;
    }
    return false;
}

/* Reads 4 bytes at an offset; false: they do not lie in the section. */
static bool read_u32(const struct section *section, uint64_t offset, uint32_t *value)
{
    if (offset > section->n_bytes || section->n_bytes - offset < sizeof(*value)) {
        return false;
    }
    memcpy(value, section->bytes + offset, sizeof(*value));
    return true;
}

/* The address of the FDE for the function at `address`, by binary search. */
static bool find_fde(const struct section *header, uint64_t address, uint64_t *fde)
{
    uint32_t n_entries;
    if (header->n_bytes < 12 || header->bytes[0] != 1 || header->bytes[2] != UDATA4 ||
        header->bytes[3] != DATAREL_SDATA4 || !read_u32(header, 8, &n_entries)) {
        return false;
    }
    uint64_t low = 0;
    uint64_t high = n_entries;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        uint32_t function;
        uint32_t entry;
        if (!read_u32(header, 12 + 8 * middle, &function) ||
            !read_u32(header, 16 + 8 * middle, &entry)) {
            return false;
        }
        uint64_t start = header->address + (uint64_t)(int64_t)(int32_t)function;
        if (start == address) {
            *fde = header->address + (uint64_t)(int64_t)(int32_t)entry;
            return true;
        }
        if (start < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* Size of the function whose FDE is given: length, CIE pointer, start, size. */
static bool read_fde(const struct section *frames, uint64_t fde, uint64_t address,
                     uint64_t *n_bytes)
{
    uint32_t length;
    uint32_t start;
    uint32_t range;
    uint64_t offset = fde - frames->address;
    if (fde < frames->address || !read_u32(frames, offset, &length) || length < 12 ||
        length == UINT32_MAX || !read_u32(frames, offset + 8, &start) ||
        !read_u32(frames, offset + 12, &range)) {
        return false;
    }
    /* The start is stored relative to its own address; a match shows that the
     * encoding is the one we think, and then the size is 4 bytes too. */
    if (fde + 8 + (uint64_t)(int64_t)(int32_t)start != address) {
        return false;
    }
    *n_bytes = range;
    return true;
}

static bool size_by_frames(const char *path, uint64_t address, uint64_t *n_bytes)
{
    int fd;
    Elf *elf;
    if (sc_elf_file_open(path, &fd, &elf) != SC_OK) {
        return false;
    }
    struct section header;
    struct section frames;
    uint64_t fde;
    bool found = find_section(elf, ".eh_frame_hdr", &header) &&
                 find_section(elf, ".eh_frame", &frames) &&
                 find_fde(&header, address, &fde) &&
                 read_fde(&frames, fde, address, n_bytes);
    elf_end(elf);
    close(fd);
    return found;
}

static void add_part(struct sc_eval_loop *loop, uint64_t start, uint64_t n_bytes)
{
    if (n_bytes > 0 && start <= UINT64_MAX - n_bytes &&
        loop->n_parts < SC_EVAL_LOOP_PARTS) {
        loop->parts[loop->n_parts].start = start;
        loop->parts[loop->n_parts].end = start + n_bytes;
        loop->n_parts++;
    }
}

enum sc_err sc_eval_loop_find(const struct sc_elf_file *file, const char *path,
                              uint64_t address, struct sc_eval_loop *loop)
{
    *loop = (struct sc_eval_loop){0};
    const struct sc_elf_symbol *symbol = sc_elf_file_find(file, address);
    uint64_t n_bytes = 0;
    if (symbol != NULL && symbol->address == address) {
        n_bytes = symbol->n_bytes;
    }
    if (n_bytes == 0 && !size_by_frames(path, address, &n_bytes)) {
        return SC_ERR_NOT_FOUND;
    }
    if (n_bytes < MIN_LOOP_BYTES) {
        return SC_ERR_NOT_FOUND;
    }
    add_part(loop, address, n_bytes);
    for (size_t i = 0; i < file->n_symbols; i++) {
        symbol = &file->symbols[i];
        const char *name = file->names + symbol->name;
        if (symbol->address != address &&
            strncmp(name, loop_name, sizeof(loop_name) - 1) == 0 &&
            name[sizeof(loop_name) - 1] == '.') {
            add_part(loop, symbol->address, symbol->n_bytes);
        }
    }
    return SC_OK;
}

bool sc_eval_loop_holds(const struct sc_eval_loop *loop, uint64_t address)
{
    for (size_t i = 0; i < loop->n_parts; i++) {
        if (address >= loop->parts[i].start && address < loop->parts[i].end) {
            return true;
        }
    }
    return false;
}
