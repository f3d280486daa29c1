/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Mappings, symbols, the interpreter's loop, and the rule for Python and native time,
 * on this program's own mappings and on the interpreters of this machine. */
#include "collect/place.h"

#include "harness.h"
#include "synthetic.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PYTHON_3_11 = 0x030b07f0
};

static void read_maps(struct sc_maps *maps, struct sc_intern *intern, const char *text)
{
    CHECK_INT(sc_maps_read(maps, intern, text, strlen(text)), SC_OK);
}

static const char *path_at(const struct sc_maps *maps, const struct sc_intern *intern,
                           uint64_t address)
{
    const struct sc_mapping *mapping = sc_maps_find(maps, address);
    return mapping == NULL ? "(none)" : intern->modules[mapping->module].path;
}

static void test_maps(void)
{
    struct sc_intern intern;
    struct sc_maps maps = {0};
    sc_intern_init(&intern);
    read_maps(&maps, &intern,
              "00400000-00410000 r--p 00000000 08:01 11   /usr/bin/prog\n"
              "00410000-00480000 r-xp 00010000 08:01 11   /usr/bin/prog\n"
              "7f0000000000-7f0000001000 r-xp 00002000 08:01 12 /lib/a b.so (deleted)\n"
              "7f0000002000-7f0000003000 rwxp 00000000 00:00 0 \n"
              "nonsense\n"
              "7fff00000000-7fff00001000 r-xp 00000000 00:00 0   [vdso]");
    CHECK_INT(maps.n_mappings, 4);
    CHECK_STR(path_at(&maps, &intern, 0x40ffff), "(none)");
    CHECK_STR(path_at(&maps, &intern, 0x410000), "/usr/bin/prog");
    CHECK_STR(path_at(&maps, &intern, 0x480000), "(none)");
    CHECK_STR(path_at(&maps, &intern, 0x7f0000000fff), "/lib/a b.so (deleted)");
    CHECK_STR(path_at(&maps, &intern, 0x7f0000002000), "[anon]");
    CHECK_STR(path_at(&maps, &intern, 0x7fff00000000), "[vdso]");
    CHECK_INT(sc_maps_find(&maps, 0x410000)->offset, 0x10000);
    sc_maps_fini(&maps);
    sc_intern_fini(&intern);
}

/* Later mappings win where they overlap; what they leave keeps its own offsets. */
static void test_maps_again(void)
{
    struct sc_intern intern;
    struct sc_maps maps = {0};
    sc_intern_init(&intern);
    read_maps(&maps, &intern,
              "10000-20000 r-xp 00001000 08:01 1 /old\n"
              "30000-40000 r-xp 00000000 08:01 2 /other\n");
    read_maps(&maps, &intern,
              "12000-13000 r-xp 00000000 08:01 3 /new\n"
              "15000-16000 r-xp 00000000 08:01 3 /new\n"
              "1f000-31000 r-xp 00000000 08:01 4 /newer\n");
    CHECK_STR(path_at(&maps, &intern, 0x10000), "/old");
    CHECK_STR(path_at(&maps, &intern, 0x12000), "/new");
    CHECK_STR(path_at(&maps, &intern, 0x13000), "/old");
    CHECK_STR(path_at(&maps, &intern, 0x15fff), "/new");
    CHECK_STR(path_at(&maps, &intern, 0x16000), "/old");
    CHECK_STR(path_at(&maps, &intern, 0x1f000), "/newer");
    CHECK_STR(path_at(&maps, &intern, 0x30fff), "/newer");
    CHECK_STR(path_at(&maps, &intern, 0x31000), "/other");
    CHECK_INT(sc_maps_find(&maps, 0x13000)->offset, 0x1000 + 0x3000);
    CHECK_INT(sc_maps_find(&maps, 0x16000)->offset, 0x1000 + 0x6000);
    CHECK_INT(sc_maps_find(&maps, 0x31000)->offset, 0x1000);
    read_maps(&maps, &intern, "");
    CHECK_STR(path_at(&maps, &intern, 0x12000), "/new");
    sc_maps_fini(&maps);
    sc_intern_fini(&intern);
}

/* One process's places with the maps of this program. */
struct here {
    struct sc_intern intern;
    struct sc_module_files files;
    struct sc_places places;
};

static void here_init(struct here *here, uint64_t loop_address)
{
    static char text[1 << 20];
    *here = (struct here){0};
    sc_intern_init(&here->intern);
    sc_places_init(&here->places, loop_address);
    FILE *file = fopen("/proc/self/maps", "r");
    CHECK(file != NULL);
    size_t n = file ? fread(text, 1, sizeof(text), file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    CHECK_INT(sc_places_maps(&here->places, &here->intern, &here->files, text, n),
              SC_OK);
}

static void here_fini(struct here *here)
{
    sc_places_fini(&here->places);
    sc_module_files_fini(&here->files);
    sc_intern_fini(&here->intern);
}

static struct sc_spot spot_at(struct here *here, uint64_t pc)
{
    struct sc_spot spot;
    CHECK_INT(sc_places_find(&here->places, &here->intern, &here->files, pc, &spot),
              SC_OK);
    return spot;
}

static const char *name_of(const struct here *here, const struct sc_spot *spot)
{
    const char *name =
        spot->symbol == SC_NONE ? NULL : here->intern.symbols[spot->symbol].name;
    return name ? name : "(none)";
}

__attribute__((noinline)) static int a_function_of_this_test(int x)
{
    return x * 3 + 1;
}

/* This program plays the interpreter: its main is no loop (far too small). */
static void test_own_symbols(void)
{
    struct here here;
    char own_path[PATH_MAX] = "";
    CHECK(readlink("/proc/self/exe", own_path, sizeof(own_path) - 1) > 0);
    here_init(&here, (uint64_t)(uintptr_t)&a_function_of_this_test);
    CHECK_INT(a_function_of_this_test(2), 7);
    struct sc_spot spot =
        spot_at(&here, (uint64_t)(uintptr_t)&a_function_of_this_test + 1);
    CHECK_STR(name_of(&here, &spot), "a_function_of_this_test");
    CHECK_STR(here.intern.modules[spot.module].path, own_path);
    CHECK(here.intern.modules[spot.module].is_interpreter);
    CHECK_INT(spot.kind, SC_SPOT_INTERPRETER);
    CHECK_INT(here.places.loop.n_parts, 0);
    CHECK(!here.places.wants_maps);
    spot = spot_at(&here, 16);
    CHECK_INT(spot.kind, SC_SPOT_LIBRARY);
    CHECK_INT(spot.module, SC_NONE);
    CHECK(here.places.wants_maps);
    here_fini(&here);
}

/* The C library's functions, if this test is not built with a sanitizer that has its
 * own malloc. */
static void test_runtime_symbols(void)
{
    struct here here;
    here_init(&here, (uint64_t)(uintptr_t)&a_function_of_this_test);
    uint64_t (*volatile of_libc)(const char *, char **, int) = (void *)&strtoul;
    struct sc_spot spot = spot_at(&here, (uint64_t)(uintptr_t)of_libc + 1);
    if (spot.kind == SC_SPOT_RUNTIME) {
        CHECK(strstr(name_of(&here, &spot), "strto") != NULL);
    } else {
        printf("skipped: strtoul is not the C library's in this build\n");
    }
    void *(*volatile allocate)(size_t) = malloc;
    spot = spot_at(&here, (uint64_t)(uintptr_t)allocate + 1);
    if (strstr(here.intern.modules[spot.module].path, "/libc.so") == NULL) {
        printf("skipped: malloc is a sanitizer's in this build\n");
    } else {
        CHECK_INT(spot.kind, SC_SPOT_SUPPORT);
    }
    here_fini(&here);
}

static void test_interpreter_unknown(void)
{
    struct here here;
    here_init(&here, 0);
    struct sc_spot spot = spot_at(&here, (uint64_t)(uintptr_t)&a_function_of_this_test);
    CHECK_INT(spot.kind, SC_SPOT_UNKNOWN);
    CHECK_STR(name_of(&here, &spot), "a_function_of_this_test");
    here_fini(&here);
}

static void test_files_that_are_none(void)
{
    struct sc_elf_file file;
    CHECK_INT(sc_elf_file_init(&file, "/nonexistent"), SC_ERR_NOT_FOUND);
    CHECK_INT(sc_elf_file_init(&file, "/dev/null"), SC_ERR_FORMAT);
    CHECK_INT(sc_elf_file_init(&file, "/proc/self/maps"), SC_ERR_FORMAT);
    CHECK_INT(sc_elf_file_init(&file, "/"), SC_ERR_FORMAT);
    CHECK_INT(file.n_symbols, 0);
    CHECK_INT(sc_elf_name_bytes("list_sort_impl.isra.0"), 14);
    CHECK_INT(sc_elf_name_bytes("main"), 4);
    CHECK_INT(sc_elf_name_bytes(".text"), 5);
    CHECK_INT(sc_elf_name_bytes(""), 0);
}

/* The loop by symbol, and by frame description with the symbol's size taken away: both
 * must agree, on a known range of sizes. */
static bool check_loop(const char *path)
{
    struct sc_elf_file file;
    struct sc_eval_loop loop;
    struct sc_eval_loop by_frames;
    if (access(path, R_OK) != 0 || sc_elf_file_init(&file, path) != SC_OK) {
        return false;
    }
    size_t at = 0;
    while (at < file.n_symbols && strcmp(file.names + file.symbols[at].name,
                                         "_PyEval_EvalFrameDefault") != 0) {
        at++;
    }
    if (at == file.n_symbols) {
        sc_elf_file_fini(&file);
        return false;
    }
    uint64_t address = file.symbols[at].address;
    uint64_t n_bytes = file.symbols[at].n_bytes;
    CHECK_INT(sc_eval_loop_find(&file, path, address, &loop), SC_OK);
    CHECK(loop.n_parts >= 1);
    CHECK_INT(loop.parts[0].start, address);
    CHECK_INT(loop.parts[0].end - address, n_bytes);
    CHECK(n_bytes > 20000 && n_bytes < 200000);
    CHECK(sc_eval_loop_holds(&loop, address));
    CHECK(sc_eval_loop_holds(&loop, address + n_bytes - 1));
    CHECK(!sc_eval_loop_holds(&loop, address - 1));
    CHECK(!sc_eval_loop_holds(&loop, address + n_bytes) || loop.n_parts > 1);
    file.symbols[at].n_bytes = 0;
    CHECK_INT(sc_eval_loop_find(&file, path, address, &by_frames), SC_OK);
    CHECK_INT(by_frames.parts[0].end - address, n_bytes);
    file.symbols[at].n_bytes = 1024; /* a loop that was moved elsewhere */
    CHECK_INT(sc_eval_loop_find(&file, path, address, &loop), SC_ERR_NOT_FOUND);
    CHECK_INT(sc_eval_loop_find(&file, path, address + 1, &loop), SC_ERR_NOT_FOUND);
    sc_elf_file_fini(&file);
    return true;
}

static void test_loops(void)
{
    char path[PATH_MAX];
    size_t n_found = check_loop("/usr/bin/python3.11");
    const char *home = getenv("HOME");
    for (int minor = 11; home != NULL && minor <= 13; minor++) {
        snprintf(path, sizeof(path), "%s/.pyenv/versions", home);
        DIR *versions = opendir(path);
        const struct dirent *entry;
        while (versions != NULL && (entry = readdir(versions)) != NULL) {
            snprintf(path, sizeof(path),
                     "%s/.pyenv/versions/%s/lib/libpython3.%d.so.1.0", home,
                     entry->d_name, minor);
            n_found += check_loop(path);
        }
        if (versions != NULL) {
            closedir(versions);
        }
    }
    if (n_found == 0) {
        printf("skipped: no interpreter with a known path on this machine\n");
    } else {
        printf("checked the loops of %zu interpreters\n", n_found);
    }
}

static void test_rule(void)
{
    const struct {
        enum sc_spot_kind kind;
        enum sc_opcode_class opcode;
        bool split_known;
        bool is_python;
    } cases[] = {
        {SC_SPOT_LOOP, SC_OPCODE_CALL, true, true},
        {SC_SPOT_LOOP, SC_OPCODE_OTHER, true, true},
        {SC_SPOT_INTERPRETER, SC_OPCODE_CALL, true, false},
        {SC_SPOT_INTERPRETER, SC_OPCODE_CALL, false, true},
        {SC_SPOT_INTERPRETER, SC_OPCODE_OTHER, true, true},
        {SC_SPOT_INTERPRETER, SC_OPCODE_CALL_PYTHON, true, true},
        {SC_SPOT_INTERPRETER, SC_OPCODE_UNKNOWN, true, true},
        {SC_SPOT_SUPPORT, SC_OPCODE_OTHER, true, true},
        {SC_SPOT_SUPPORT, SC_OPCODE_CALL, true, false},
        {SC_SPOT_SUPPORT, SC_OPCODE_UNKNOWN, true, false},
        {SC_SPOT_RUNTIME, SC_OPCODE_OTHER, true, false},
        {SC_SPOT_LIBRARY, SC_OPCODE_OTHER, true, false},
        {SC_SPOT_LIBRARY, SC_OPCODE_CALL, false, false},
        {SC_SPOT_UNKNOWN, SC_OPCODE_CALL, true, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_INT(
            sc_place_is_python(cases[i].kind, cases[i].opcode, cases[i].split_known),
            cases[i].is_python);
    }
}

/* A native thread's time goes to the line that was in the same library a moment ago,
 * and to no line when that was long ago. */
static void test_native_threads(void)
{
    static const char maps[] = "10000-20000 r-xp 00000000 08:01 1 /opt/python\n"
                               "30000-40000 r-xp 00000000 08:01 2 /opt/libblas.so\n"
                               "50000-60000 r-xp 00000000 08:01 3 /opt/other.so\n";
    struct sc_collect *collect;
    struct synthetic s;
    const struct sc_collected *collected;
    CHECK_INT(sc_collect_create(&collect), SC_OK);
    synthetic_begin(&s, NULL, 1, PYTHON_3_11, NULL);
    s.header.eval_loop_address = 0x10000;
    s.collect = collect;
    CHECK_INT(sc_collect_process_begin(collect, &s.header, &s.process), SC_OK);
    CHECK_INT(sc_collect_process_maps(s.process, maps, sizeof(maps) - 1), SC_OK);
    synthetic_function(&s, 1, "/a.py", "f", 1, 9);
    synthetic_thread_start(&s, 0, 1, 0);
    synthetic_thread_start(&s, 1, 1, 0);
    struct synthetic_sample python = {.source = SC_SOURCE_PERF,
                                      .period_ns = 10000000,
                                      .mono_ns = 1000000,
                                      .cpu_ns = 10000000,
                                      .pc = 0x30010,
                                      .n_frames = 1,
                                      .frames = {{1, 4}}};
    struct synthetic_sample native = {.thread = 1,
                                      .source = SC_SOURCE_PERF,
                                      .period_ns = 10000000,
                                      .mono_ns = 2000000,
                                      .cpu_ns = 10000000,
                                      .pc = 0x30020,
                                      .flags = SC_SAMPLE_NO_PYTHON};
    synthetic_sample(&s, &python);
    synthetic_sample(&s, &native);
    /* In another library, while the line is inside some library: charged as well. */
    native.pc = 0x50020;
    native.cpu_ns += 10000000;
    synthetic_sample(&s, &native);
    native.mono_ns = 31000000; /* 30 ms later: nobody's */
    native.cpu_ns += 10000000;
    synthetic_sample(&s, &native);
    CHECK(!sc_collect_process_wants_maps(s.process));
    native.pc = 0x90000;
    native.cpu_ns += 10000000;
    synthetic_sample(&s, &native);
    CHECK(sc_collect_process_wants_maps(s.process));
    CHECK(!sc_collect_process_wants_maps(s.process));
    synthetic_end(&s);
    CHECK_INT(s.err, SC_OK);
    CHECK_INT(sc_collect_finish(collect, &collected), SC_OK);
    CHECK_NEAR(sums_of_line(collected, 0, 5).native_ns, 3e7, 1);
    CHECK_NEAR(sum_of_cells(collected, 0), 5e7, 1);
    CHECK(!collected->processes[0].split_known);
    double blas_ns = 0;
    for (size_t i = 0; i < collected->n_cells; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        CHECK(cell->symbol != SC_NONE);
        uint32_t module = collected->symbols[cell->symbol].module;
        if (module != SC_NONE &&
            strcmp(collected->modules[module].path, "/opt/libblas.so") == 0) {
            blas_ns += cell->native_ns;
        }
    }
    CHECK_NEAR(blas_ns, 2e7, 1);
    sc_collect_destroy(collect);
}

int main(void)
{
    RUN(test_maps);
    RUN(test_maps_again);
    RUN(test_own_symbols);
    RUN(test_runtime_symbols);
    RUN(test_interpreter_unknown);
    RUN(test_files_that_are_none);
    RUN(test_loops);
    RUN(test_rule);
    RUN(test_native_threads);
    return check_failures != 0;
}
