/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Can a program load this library? Asked before exec, also in a vfork child: only
 * stat, open, pread, fstat and close are used. Formats: elf(5), execve(2) for "#!".
 * What cannot be read or understood is "no": then the program runs without us. */
#include "agent/agent.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_SCRIPT_DEPTH = 4,
    MAX_PROGRAM_HEADERS = 32,
    MAX_DYNAMIC = 128,
    HEAD_BYTES = 256,
};

/* The loader named by this process's own program, "" if none. */
static const char *own_loader(void)
{
    const ElfW(Phdr) *headers = (const void *)getauxval(AT_PHDR);
    size_t n = getauxval(AT_PHNUM);
    uintptr_t base = 0;
    for (size_t i = 0; headers != NULL && i < n; i++) {
        if (headers[i].p_type == PT_PHDR) {
            base = (uintptr_t)headers - headers[i].p_vaddr;
        }
    }
    for (size_t i = 0; headers != NULL && i < n; i++) {
        if (headers[i].p_type == PT_INTERP) {
            return (const char *)(base + headers[i].p_vaddr);
        }
    }
    return "";
}

static bool read_at(int fd, void *into, size_t n, uint64_t offset)
{
    return pread(fd, into, n, (off_t)offset) == (ssize_t)n;
}

static uint64_t file_offset(const Elf64_Phdr *headers, size_t n, uint64_t address)
{
    for (size_t i = 0; i < n; i++) {
        if (headers[i].p_type == PT_LOAD && address >= headers[i].p_vaddr &&
            address - headers[i].p_vaddr < headers[i].p_filesz) {
            return headers[i].p_offset + (address - headers[i].p_vaddr);
        }
    }
    return UINT64_MAX;
}

/* A sanitizer's runtime insists on being first in the list of libraries. */
static bool needs_sanitizer(int fd, const Elf64_Phdr *headers, size_t n,
                            const Elf64_Phdr *dynamic)
{
    Elf64_Dyn entries[MAX_DYNAMIC];
    size_t count = dynamic->p_filesz / sizeof(entries[0]);
    if (count > MAX_DYNAMIC) {
        count = MAX_DYNAMIC;
    }
    if (!read_at(fd, entries, count * sizeof(entries[0]), dynamic->p_offset)) {
        return true;
    }
    uint64_t strings = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].d_tag == DT_STRTAB) {
            strings = file_offset(headers, n, entries[i].d_un.d_ptr);
        }
    }
    for (size_t i = 0; i < count && entries[i].d_tag != DT_NULL; i++) {
        char name[16] = "";
        if (entries[i].d_tag != DT_NEEDED || strings == UINT64_MAX) {
            continue;
        }
        ssize_t got =
            pread(fd, name, sizeof(name) - 1, (off_t)(strings + entries[i].d_un.d_val));
        if (got > 0 && strncmp(name, "lib", 3) == 0 &&
            (strncmp(name + 3, "asan.", 5) == 0 || strncmp(name + 3, "tsan.", 5) == 0 ||
             strncmp(name + 3, "hwasan.", 7) == 0 ||
             strncmp(name + 3, "clang_rt.", 9) == 0)) {
            return true;
        }
    }
    return false;
}

static bool elf_carries(int fd, const Elf64_Ehdr *head)
{
    Elf64_Phdr headers[MAX_PROGRAM_HEADERS];
    const Elf64_Ehdr *own = (const Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
    char loader[128] = "";
    const Elf64_Phdr *dynamic = NULL;
    if (own == NULL || head->e_ident[EI_CLASS] != own->e_ident[EI_CLASS] ||
        head->e_ident[EI_DATA] != own->e_ident[EI_DATA] ||
        head->e_machine != own->e_machine ||
        (head->e_type != ET_EXEC && head->e_type != ET_DYN) ||
        head->e_phnum > MAX_PROGRAM_HEADERS ||
        head->e_phentsize != sizeof(headers[0]) ||
        !read_at(fd, headers, head->e_phnum * sizeof(headers[0]), head->e_phoff)) {
        return false;
    }
    for (size_t i = 0; i < head->e_phnum; i++) {
        if (headers[i].p_type == PT_INTERP) {
            size_t n = headers[i].p_filesz;
            if (n == 0 || n >= sizeof(loader) ||
                !read_at(fd, loader, n, headers[i].p_offset)) {
                return false;
            }
        } else if (headers[i].p_type == PT_DYNAMIC) {
            dynamic = &headers[i];
        }
    }
    return loader[0] != 0 && strcmp(loader, own_loader()) == 0 && dynamic != NULL &&
           !needs_sanitizer(fd, headers, head->e_phnum, dynamic);
}

/* Puts the interpreter of "#! /path arg" into path. */
static bool script_interpreter(const char *head, size_t n, char *path,
                               size_t path_bytes)
{
    size_t begin = 2;
    while (begin < n && (head[begin] == ' ' || head[begin] == '\t')) {
        begin++;
    }
    size_t end = begin;
    while (end < n && strchr(" \t\n\r", head[end]) == NULL) {
        end++;
    }
    if (end == n || end == begin || end - begin >= path_bytes) {
        return false;
    }
    memcpy(path, head + begin, end - begin);
    path[end - begin] = 0;
    return true;
}

bool sc_carry_check(const char *path)
{
    char current[HEAD_BYTES];
    for (int depth = 0; depth < MAX_SCRIPT_DEPTH; depth++) {
        union {
            char text[HEAD_BYTES];
            Elf64_Ehdr elf;
        } head;
        struct stat status;
        /* A FIFO or a device is never opened: that could wait, or act. */
        if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) {
            return false;
        }
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        if (fd < 0) {
            return false;
        }
        ssize_t n = pread(fd, &head, sizeof(head), 0);
        bool plain = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                     !(status.st_mode & (S_ISUID | S_ISGID));
        bool is_elf = plain && n >= (ssize_t)sizeof(head.elf) &&
                      memcmp(head.elf.e_ident, ELFMAG, SELFMAG) == 0;
        bool carries = is_elf && elf_carries(fd, &head.elf);
        close(fd);
        if (!plain || is_elf || n < 3 || head.text[0] != '#' || head.text[1] != '!') {
            return carries;
        }
        char interpreter[HEAD_BYTES];
        if (!script_interpreter(head.text, (size_t)n, interpreter,
                                sizeof(interpreter))) {
            return false;
        }
        memcpy(current, interpreter, sizeof(current));
        path = current;
    }
    return false;
}
