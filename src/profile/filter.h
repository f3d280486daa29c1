/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Which files are profiled: the one rule for time, memory, GPU and copies
 * (features, "Profiled files"). Pure, but for looking at directories when a filter
 * is made. The filter keeps pointers to its configuration. */
#ifndef SC_PROFILE_FILTER_H
#define SC_PROFILE_FILTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* What the user asked for. All strings belong to the caller and outlive the filter. */
struct sc_filter_config {
    bool profile_all;
    bool profile_system_libraries;
    const char *const *only; /* substrings of paths */
    size_t n_only;
    const char *const *exclude; /* substrings of paths; win over all */
    size_t n_exclude;
    const char *program_path; /* directory, absolute; root of the program's files */
    const char *package_path; /* for -m: the package's directory; NULL: none */
    const char *own_path;     /* directory of scalene's own files; NULL: none */
    bool has_code_argument;   /* -c: "<string>" is the program */
    bool has_stdin_program;   /* -: "<stdin>" is the program */
};

enum sc_file_kind {
    SC_FILE_USER,      /* profiled */
    SC_FILE_EXCLUDED,  /* by --profile-exclude */
    SC_FILE_LIBRARY,   /* standard library or installed package */
    SC_FILE_OUTSIDE,   /* elsewhere, or not in --profile-only */
    SC_FILE_GENERATED, /* "<...>": no file */
    SC_FILE_OWN,       /* scalene's */
};

/* The kind of a file by the path its code object carries (made absolute by the
 * caller). Only SC_FILE_USER is profiled. */
enum sc_file_kind sc_filter_kind(const struct sc_filter_config *config,
                                 const char *path);

#endif
