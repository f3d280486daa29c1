/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Where the time went that no reported file got, and, when there is no reported file
 * at all, why not and what to try. */
#include "base/units.h"
#include "profile/build.h"
#include "profile/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ELSEWHERE = 20,
    TOO_FEW_SAMPLES = 20,
    MAX_HINTS = 12,
    WORTH_SAYING_PERCENT = 1
};

/* Kinds of elsewhere: enum sc_file_kind and two more. SC_FILE_USER stands for files
 * below the threshold. */
enum {
    KIND_NATIVE = SC_FILE_OWN + 1,
    KIND_UNKNOWN,
    N_KINDS
};

struct part {
    const char *place;
    unsigned kind;
    double ns;
};

struct verdict {
    struct part *parts; /* by cell, then merged by place, largest first */
    size_t n_parts;
    double kind_ns[N_KINDS];
    const char *hints[MAX_HINTS];
    size_t n_hints;
};

/* The library that an installed file belongs to: "numpy", "json". */
static const char *library_name(struct sc_build *build, const char *path)
{
    static const char *const roots[] = {"/site-packages/", "/dist-packages/",
                                        "/lib-dynload/", "/lib/python3",
                                        "/lib64/python3"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        const char *found = strstr(path, roots[i]);
        if (found == NULL) {
            continue;
        }
        const char *name = found + strlen(roots[i]);
        if (name[-1] != '/') {
            name += strcspn(name, "/"); /* the rest of "python3.12" */
            name += *name == '/';
        }
        size_t n = strcspn(name, "/");
        if (name[n] == '\0' && n > 3 && strcmp(name + n - 3, ".py") == 0) {
            n -= 3;
        }
        return n > 0 ? sc_text_from_bytes(build->arena, name, n) : path;
    }
    return path;
}

static const char *native_place(struct sc_build *build, uint32_t symbol_index)
{
    const struct sc_collected *collected = build->collected;
    if (symbol_index == SC_NONE || collected->symbols[symbol_index].module == SC_NONE) {
        return "<native>";
    }
    uint32_t module = collected->symbols[symbol_index].module;
    return sc_build_text(build, sc_path_base(collected->modules[module].path));
}

/* Where the time of a cell went: its file, library or native module. */
static struct part part_of(struct sc_build *build, const struct sc_cell *cell)
{
    struct part part = {.place = "<unknown>", .kind = KIND_UNKNOWN};
    const struct sc_collected *collected = build->collected;
    uint32_t file_index, line, function;
    part.ns = cell->python_ns + cell->native_ns + cell->kernel_ns;
    if (cell->stack == SC_NONE) {
        part.kind = KIND_NATIVE;
        part.place = native_place(build, cell->symbol);
        return part;
    }
    if (sc_build_charge_of(build, cell->stack, &file_index, &line, &function)) {
        part.kind = SC_FILE_USER;
        part.place = build->files[file_index].name;
        return part;
    }
    for (uint32_t at = cell->stack; at != SC_NONE;) {
        const struct sc_stack_node *node = &collected->nodes[at];
        if (node->function != SC_NONE) {
            const struct sc_build_file *file =
                &build->files[build->file_of_function[node->function]];
            part.kind = file->kind;
            part.place = file->kind == SC_FILE_LIBRARY ? library_name(build, file->name)
                                                       : file->name;
            return part;
        }
        at = node->parent < at ? node->parent : SC_NONE;
    }
    return part;
}

static bool is_reported(const struct sc_build *build, const struct sc_cell *cell)
{
    uint32_t file, line, function;
    return sc_build_charge_of(build, cell->stack, &file, &line, &function) &&
           build->files[file].reported;
}

static int by_place(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    int order = strcmp(x->place, y->place);
    return order != 0 ? order : (x->kind > y->kind) - (x->kind < y->kind);
}

static int by_time(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->ns != y->ns) {
        return x->ns > y->ns ? -1 : 1;
    }
    return by_place(a, b);
}

static enum sc_err find_parts(struct sc_build *build, struct verdict *verdict)
{
    const struct sc_collected *collected = build->collected;
    verdict->parts = calloc(collected->n_cells + 1, sizeof *verdict->parts);
    if (verdict->parts == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < collected->n_cells; i++) {
        if (is_reported(build, &collected->cells[i])) {
            continue;
        }
        struct part part = part_of(build, &collected->cells[i]);
        if (part.place == NULL) {
            return SC_ERR_NO_MEMORY;
        }
        verdict->kind_ns[part.kind] += part.ns;
        verdict->parts[n++] = part;
    }
    qsort(verdict->parts, n, sizeof *verdict->parts, by_place);
    for (size_t i = 0; i < n; i++) {
        struct part *last = &verdict->parts[verdict->n_parts];
        if (i > 0 && by_place(&verdict->parts[i], last - 1) == 0) {
            last[-1].ns += verdict->parts[i].ns;
        } else {
            *last = verdict->parts[i];
            verdict->n_parts++;
        }
    }
    qsort(verdict->parts, verdict->n_parts, sizeof *verdict->parts, by_time);
    return SC_OK;
}

static enum sc_err add_elsewhere(struct sc_build *build, const struct verdict *verdict)
{
    struct sc_elsewhere *places =
        sc_arena_alloc(build->arena, MAX_ELSEWHERE * sizeof *places);
    if (places == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < verdict->n_parts && n < MAX_ELSEWHERE; i++) {
        if (verdict->parts[i].ns > 0 && build->total_ns > 0) {
            places[n].place = verdict->parts[i].place;
            places[n++].percent = 100 * verdict->parts[i].ns / build->total_ns;
        }
    }
    build->profile->elsewhere = places;
    build->profile->n_elsewhere = n;
    return SC_OK;
}

static void hint(struct verdict *verdict, const char *text)
{
    if (verdict->n_hints < MAX_HINTS) {
        verdict->hints[verdict->n_hints++] = text; /* NULL is seen to at the end */
    }
}

/* The largest place of a kind; "" when there is none. */
static const char *largest_of(const struct verdict *verdict, unsigned kind)
{
    for (size_t i = 0; i < verdict->n_parts; i++) {
        if (verdict->parts[i].kind == kind) {
            return verdict->parts[i].place;
        }
    }
    return "";
}

/* Why there are no samples. Returns true when that is the whole story. */
static bool explain_no_recording(struct sc_build *build, struct verdict *verdict)
{
    const struct sc_collected *collected = build->collected;
    if (collected->n_processes == 0) {
        hint(verdict, "Nothing was recorded: the program ended before an interpreter "
                      "started in it, or the agent could not be loaded into it.");
        hint(verdict, "Check that the command runs CPython and that the interpreter is "
                      "not statically linked or setuid.");
        return true;
    }
    switch (collected->processes[0].agent_state) {
    case SC_AGENT_LOADED:
        hint(verdict, "The interpreter ended before it reached the program's code.");
        return true;
    case SC_AGENT_NO_LINES:
        hint(verdict,
             sc_build_format(build,
                             "The memory layout of this Python (%s) is not known to "
                             "this version, so there are no lines.",
                             build->profile->profiler.python_version[0] != '\0'
                                 ? build->profile->profiler.python_version
                                 : "unknown version"));
        hint(verdict, "Use --python with CPython 3.11, 3.12 or 3.13.");
        return true;
    case SC_AGENT_FAILED:
        hint(verdict,
             sc_build_format(
                 build, "Recording could not start in the program: %s.",
                 sc_err_text((enum sc_err)collected->processes[0].layout_error)));
        return true;
    default:
        return false;
    }
}

static bool explain_too_short(struct sc_build *build, struct verdict *verdict)
{
    const struct sc_profile *profile = build->profile;
    if (build->n_samples >= TOO_FEW_SAMPLES) {
        return false;
    }
    hint(verdict, sc_build_format(
                      build,
                      "The program was too short to profile: %llu samples in %.1f ms "
                      "of CPU time.",
                      (unsigned long long)build->n_samples, 1000 * profile->total_sec));
    if (profile->elapsed_sec > 1 && profile->elapsed_sec > 10 * profile->total_sec) {
        hint(verdict,
             sc_build_format(build,
                             "It ran for %.1f s but waited nearly all of that "
                             "time, and this version does not measure waiting.",
                             profile->elapsed_sec));
    }
    hint(verdict, "Give it more work, or repeat the part of interest in a loop.");
    return true;
}

static double kind_percent(const struct sc_build *build, const struct verdict *verdict,
                           unsigned kind)
{
    return build->total_ns > 0 ? 100 * verdict->kind_ns[kind] / build->total_ns : 0;
}

/* Time in files outside the program's directory, or not named by --profile-only. */
static void explain_outside(struct sc_build *build, struct verdict *verdict)
{
    const struct sc_filter_config *filter = &build->config->filter;
    double percent = kind_percent(build, verdict, SC_FILE_OUTSIDE);
    const char *place = largest_of(verdict, SC_FILE_OUTSIDE);
    if (percent >= WORTH_SAYING_PERCENT && filter->n_only > 0) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time was in files that "
                             "--profile-only does not name (most of it in %s).",
                             percent, place));
    } else if (percent >= WORTH_SAYING_PERCENT) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time was in files outside %s (most of it "
                             "in %s). Try --program-path or --profile-all.",
                             percent,
                             filter->program_path ? filter->program_path
                                                  : "the program's directory",
                             place));
    }
}

/* Time that the other filter rules left out. */
static void explain_filters(struct sc_build *build, struct verdict *verdict)
{
    double percent = kind_percent(build, verdict, SC_FILE_LIBRARY);
    if (percent >= WORTH_SAYING_PERCENT) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time was in libraries that none of the "
                             "program's own lines called (most of it in %s). Try "
                             "--profile-system-libraries.",
                             percent, largest_of(verdict, SC_FILE_LIBRARY)));
    }
    percent = kind_percent(build, verdict, SC_FILE_EXCLUDED);
    if (percent >= WORTH_SAYING_PERCENT) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time was in files that "
                             "--profile-exclude leaves out (most of it in %s).",
                             percent, largest_of(verdict, SC_FILE_EXCLUDED)));
    }
    explain_outside(build, verdict);
    if (verdict->kind_ns[SC_FILE_USER] > 0) {
        hint(verdict, sc_build_format(
                          build,
                          "%.1f %% of the time was in files with less than %g %% each "
                          "(most of it in %s). Try --cpu-percent-threshold 0.",
                          kind_percent(build, verdict, SC_FILE_USER),
                          build->config->cpu_percent_threshold,
                          largest_of(verdict, SC_FILE_USER)));
    }
}

/* Time that has no file to show. */
static void explain_no_files(struct sc_build *build, struct verdict *verdict)
{
    double percent = kind_percent(build, verdict, SC_FILE_GENERATED);
    if (percent >= WORTH_SAYING_PERCENT) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time was in code without a source "
                             "file (most of it in %s).",
                             percent, largest_of(verdict, SC_FILE_GENERATED)));
    }
    /* This may be reported and yet be all that is. */
    double native_ns =
        fmax(verdict->kind_ns[KIND_NATIVE], build->files[build->native_file].total_ns);
    percent = build->total_ns > 0 ? 100 * native_ns / build->total_ns : 0;
    if (percent >= WORTH_SAYING_PERCENT) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time was outside Python code: in native "
                             "threads, or while Python starts and ends.",
                             percent));
    }
    percent = kind_percent(build, verdict, KIND_UNKNOWN);
    if (percent >= WORTH_SAYING_PERCENT) {
        hint(verdict,
             sc_build_format(build,
                             "%.0f %% of the time has call stacks that could not "
                             "be read.",
                             percent));
    }
}

static enum sc_err add_hints(struct sc_build *build, struct verdict *verdict)
{
    bool native_only = build->files[build->native_file].reported;
    if (build->profile->n_files > native_only) {
        return SC_OK; /* there is a file of the user's */
    }
    if (!explain_no_recording(build, verdict) && !explain_too_short(build, verdict)) {
        explain_filters(build, verdict);
        explain_no_files(build, verdict);
    }
    const char **hints =
        sc_arena_alloc(build->arena, (verdict->n_hints + 1) * sizeof *hints);
    if (hints == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < verdict->n_hints; i++) {
        if (verdict->hints[i] == NULL) {
            return SC_ERR_NO_MEMORY;
        }
        hints[i] = verdict->hints[i];
    }
    build->profile->hints = hints;
    build->profile->n_hints = verdict->n_hints;
    return SC_OK;
}

enum sc_err sc_build_verdict(struct sc_build *build)
{
    struct verdict verdict = {0};
    enum sc_err err = find_parts(build, &verdict);
    if (err == SC_OK) {
        err = add_elsewhere(build, &verdict);
    }
    if (err == SC_OK) {
        err = add_hints(build, &verdict);
    }
    free(verdict.parts);
    return err;
}
