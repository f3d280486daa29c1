/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What an ELF executable says about itself that decides whether the agent can be
 * loaded into it and finds a CPython there. Reads files that may be anything; cold
 * contexts. */
#ifndef SC_RUN_PYTHON_ELF_H
#define SC_RUN_PYTHON_ELF_H

#include "base/err.h"

#include <stdbool.h>

struct sc_python_elf {
    bool same_machine;     /* class, byte order and machine are our own */
    bool is_dynamic;       /* names a loader */
    bool is_musl;          /* its loader or its libc is musl's */
    bool has_sanitizer;    /* needs a sanitizer's runtime, which must be loaded first */
    bool symbols_readable; /* else nothing is known of what follows */
    bool needs_libpython;
    int libpython_major, libpython_minor; /* 0: not in the library's name */
    bool exports_py_main;
    bool exports_audit_hook; /* PySys_AddAuditHook: since Python 3.8 */
};

/* Reads the facts from an open ELF file. SC_ERR_FORMAT: not one, or damaged. */
SC_MUST_USE enum sc_err sc_python_elf_read(int fd, struct sc_python_elf *facts);

#endif
