/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Numbers and names as people read them. Pure functions; results by value, so that
 * they can stand in an argument list. Figures of a foreign profile may be anything:
 * what is no sensible number is shown as nothing. */
#ifndef SC_RENDER_FORMAT_H
#define SC_RENDER_FORMAT_H

#include "profile/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SC_PERCENT_COLUMNS = 5
};

struct sc_number_text {
    char text[32];
};

struct sc_name_text {
    char text[512];
};

/* "43.2%", "100%", "<0.1%", "" for nothing: at most SC_PERCENT_COLUMNS. */
struct sc_number_text sc_format_percent(double percent);

/* "4.2 ms", "532 ms", "3.14 s", "12.3 s", "2:05", "1:02:05"; "" for nothing. */
struct sc_number_text sc_format_seconds(double seconds);

/* "12,034" */
struct sc_number_text sc_format_count(uint64_t count);

/* A path without the program's directory, where it lies inside. Points into path. */
const char *sc_format_path(const struct sc_profile *profile, const char *path);

/* The part behind the last slash. Points into path. */
const char *sc_format_base_name(const char *path);

/* A place in a library or native code: "json.decoder" for an installed module, else
 * the file's name. */
struct sc_name_text sc_format_module(const char *path);

/* Who was called: "json.decoder.raw_decode", "helper (prog.py)", "sorted". */
struct sc_name_text sc_format_callee(const struct sc_callee *callee);

/* The program as it was started, without directories: "prog.py -n 10 'a b'". */
struct sc_name_text sc_format_command(const struct sc_profile *profile);

#endif
