/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The workbench of sc_profile_build: what its steps hand to each other. Steps, each
 * in its file, run in this order (attribute.c):
 *
 *   files.c      every file that a frame stood in, and its kind
 *   charge.c     each frame's line; each cell's charged frame and callee
 *   sources.c    text and regions of the files that will be reported
 *   lines.c      rows of lines, with callees and columns
 *   functions.c  rows of functions
 *   stacks.c     stacks and timeline
 *   times.c      when samples fell, for lines and functions
 *   info.c       what measured, processes
 *   verdict.c    where the rest of the time went, and why there is nothing to see
 *
 * Private to this room; one thread. The profile's own arena takes what the profile
 * keeps, `scratch` the rest. */
#ifndef SC_PROFILE_BUILD_H
#define SC_PROFILE_BUILD_H

#include "profile/attribute.h"
#include "profile/source_facts.h"

struct sc_text_line {
    const char *text; /* bytes, no newline */
    size_t n_bytes;
};

struct sc_build_file {
    const char *path; /* absolute, bytes */
    const char *name; /* as the profile shows it */
    enum sc_file_kind kind;
    double total_ns; /* charged to its lines */
    bool reported;
    bool changed;
    struct sc_source_facts facts;
    struct sc_text_line *text;
    size_t n_text;
    struct sc_file *row; /* in the profile; NULL when not reported */
};

/* Where a frame stands. Columns are -1 when unknown or on several lines. */
struct sc_frame_place {
    uint32_t line;
    int32_t start_column;
    int32_t end_column;
};

/* Who is charged for a stack whose innermost frame is this node. */
struct sc_node_charge {
    uint32_t node;   /* innermost frame in a profiled file; SC_NONE: none */
    uint32_t callee; /* the frame that it called; SC_NONE: it is the innermost */
};

/* A cell with its charge, for sorting into rows. */
struct sc_charged_cell {
    uint32_t file;
    uint32_t line;
    uint32_t function; /* collected function; SC_NONE for native threads */
    uint32_t cell;
    int32_t start_column;
    int32_t end_column;
    const char *callee_name; /* NULL: none */
    const char *callee_file;
    double callee_ns;
};

struct sc_build {
    const struct sc_collected *collected;
    const struct sc_run_facts *facts;
    const struct sc_attribute_config *config;
    struct sc_profile *profile;
    struct sc_arena *arena; /* the profile's */
    struct sc_arena scratch;

    struct sc_build_file *files;
    size_t n_files;
    uint32_t native_file;       /* index of "<native>" */
    uint32_t *file_of_function; /* by collected function */

    struct sc_frame_place *places;  /* by node */
    struct sc_node_charge *charges; /* by node */
    struct sc_charged_cell *cells;  /* charged ones, sorted by file and line */
    size_t n_cells;

    double total_ns;
    double n_effective;
    uint64_t n_samples;

    const char **warnings;
    size_t n_warnings;
    size_t warnings_capacity;
};

SC_MUST_USE enum sc_err sc_build_files(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_charges(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_sources(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_lines(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_functions(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_stacks(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_info(struct sc_build *build);
SC_MUST_USE enum sc_err sc_build_verdict(struct sc_build *build);

/* The file, line and function that a moment or a cell at this stack is charged to;
 * false when no profiled file is on it. */
bool sc_build_charge_of(const struct sc_build *build, uint32_t stack, uint32_t *file,
                        uint32_t *line, uint32_t *function);

/* Regions of the lines of a file, from its facts; lines are ascending. */
SC_MUST_USE enum sc_err sc_build_regions(const struct sc_build_file *file,
                                         struct sc_line *lines, size_t n_lines);

/* Sample times for n_rows rows. row_of gives a moment's row or SC_NONE; set takes a
 * row's times (in the profile's arena). */
struct sc_times_target {
    uint32_t (*row_of)(const struct sc_build *build, const void *user, uint32_t stack);
    void (*set)(const struct sc_build *build, void *user, uint32_t row,
                const double *times_sec, size_t n);
    void *user;
    size_t n_rows;
};
SC_MUST_USE enum sc_err sc_build_times(struct sc_build *build,
                                       const struct sc_times_target *target);

/* Adds a cell's time to a row's sums (still in ns), and turns sums into percent. */
void sc_build_add(struct sc_times *times, const struct sc_cell *cell);
void sc_build_to_percent(const struct sc_build *build, struct sc_times *times);

/* A sentence for the user, kept in the profile. */
__attribute__((format(printf, 2, 3))) SC_MUST_USE enum sc_err sc_build_warn(
    struct sc_build *build, const char *format, ...);

/* Text in the profile's arena; NULL when out of memory. */
__attribute__((format(printf, 2, 3))) const char *sc_build_format(
    const struct sc_build *build, const char *format, ...);
const char *sc_build_text(const struct sc_build *build, const char *bytes);

#endif
