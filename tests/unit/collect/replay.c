/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Replays the saved trace tests/golden/trace-v1.bin and compares it with the shares
 * stated in trace-v1.txt beside it. Lines of that file:
 *
 *   # a comment
 *   cpu SECONDS TOLERANCE              all CPU time
 *   line FILE LINE PERCENT TOLERANCE   of CPU time, innermost frame at this line; FILE
 *                                      is the end of the path, without spaces
 *   kernel PERCENT TOLERANCE           of CPU time
 *
 * With --write PATH it makes a synthetic trace that fits the format, to begin with. */
#include "collect/collect.h"
#include "cpython/linetable.h"
#include "harness.h"
#include "synthetic.h"
#include "trace/reader.h"

#include <stdlib.h>

enum {
    PERF_PERIOD_NS = 1000000,
    PYTHON_3_11 = 0x030b07f0,
    MAX_TRACE_BYTES = 64 << 20
};

static int write_trace(const char *path)
{
    struct synthetic s;
    struct machine m;
    FILE *trace = fopen(path, "wb");
    if (trace == NULL) {
        return 1;
    }
    synthetic_begin(&s, NULL, 4242, PYTHON_3_11, trace);
    synthetic_process(&s, "/usr/bin/python3.11", "/home/user/prog.py");
    machine_init(&m, &s, 0, s.header.start_mono_ns, PERF_PERIOD_NS);
    synthetic_function(&s, 1, "/home/user/prog.py", "work", 11, 10);
    for (int i = 0; i < 400; i++) {
        machine_run(&m, 1, false, (uint64_t)(3000000 * machine_random(&m)));
        machine_run(&m, 4, false, (uint64_t)(1000000 * machine_random(&m)));
        machine_run(&m, 6, true, (uint64_t)(1000000 * machine_random(&m)));
    }
    machine_end(&m);
    return fclose(trace) != 0 || s.n_invalid != 0 || s.err != SC_OK;
}

struct replay {
    struct sc_collect *collect;
    struct sc_collect_process *process;
};

static enum sc_err take(void *user, const struct sc_ring_header *header,
                        const struct sc_record *record)
{
    struct replay *replay = user;
    enum sc_err err = SC_OK;
    if (replay->process == NULL) {
        err = sc_collect_process_begin(replay->collect, header, &replay->process);
    }
    return err == SC_OK ? sc_collect_record(replay->process, record) : err;
}

static void *read_whole(const char *path, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    unsigned char *bytes = malloc(MAX_TRACE_BYTES);
    *n_bytes = bytes ? fread(bytes, 1, MAX_TRACE_BYTES, file) : 0;
    fclose(file);
    return bytes;
}

/* The line of a cell's innermost frame; 0: unknown. */
static int line_of(const struct sc_collected *collected, const struct sc_cell *cell,
                   const char **filename)
{
    if (cell->stack == SC_NONE) {
        return 0;
    }
    const struct sc_stack_node *node = &collected->nodes[cell->stack];
    if (node->function == SC_NONE) {
        return 0;
    }
    const struct sc_function *function = &collected->functions[node->function];
    struct sc_position position;
    *filename = function->filename;
    if (sc_linetable_find(function->linetable, function->linetable_bytes,
                          function->python_hexversion, function->first_line,
                          node->instr < 0 ? 0 : (uint32_t)node->instr,
                          &position) != SC_OK) {
        return 0;
    }
    return position.line;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t n_end = strlen(end);
    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

static double cell_ns(const struct sc_cell *cell)
{
    return cell->python_ns + cell->native_ns + cell->kernel_ns;
}

/* Checks one statement of the text. Returns false for a line that is none. */
static bool check_statement(const struct sc_collected *collected, const char *text)
{
    char file[256];
    int line;
    double expected;
    double tolerance;
    double ns = 0;
    double percent_ns = collected->cpu_ns / 100;
    if (sscanf(text, "cpu %lf %lf", &expected, &tolerance) == 2) {
        CHECK_NEAR(collected->cpu_ns / 1e9, expected, tolerance);
        return true;
    }
    if (sscanf(text, "kernel %lf %lf", &expected, &tolerance) == 2) {
        for (size_t i = 0; i < collected->n_cells; i++) {
            ns += collected->cells[i].kernel_ns;
        }
        CHECK_NEAR(ns / percent_ns, expected, tolerance);
        return true;
    }
    if (sscanf(text, "line %255s %d %lf %lf", file, &line, &expected, &tolerance) ==
        4) {
        for (size_t i = 0; i < collected->n_cells; i++) {
            const char *filename = "";
            if (line_of(collected, &collected->cells[i], &filename) == line &&
                ends_with(filename, file)) {
                ns += cell_ns(&collected->cells[i]);
            }
        }
        CHECK_NEAR(ns / percent_ns, expected, tolerance);
        return true;
    }
    return false;
}

static void test_saved_trace(void)
{
    struct replay replay = {0};
    const struct sc_ring_header *header;
    const struct sc_collected *collected;
    size_t n_bytes = 0;
    void *bytes = read_whole(SC_SOURCE_DIR "/tests/golden/trace-v1.bin", &n_bytes);
    FILE *shares = fopen(SC_SOURCE_DIR "/tests/golden/trace-v1.txt", "r");
    CHECK(bytes != NULL && n_bytes > SC_TRACE_PAGE_BYTES);
    CHECK(shares != NULL);
    CHECK_INT(sc_collect_create(&replay.collect), SC_OK);
    if (check_failures != 0) {
        return;
    }
    CHECK_INT(sc_trace_replay(bytes, n_bytes, &header, take, &replay), SC_OK);
    CHECK(replay.process != NULL);
    CHECK_INT(sc_collect_process_end(replay.process, header, 0, header->end_mono_ns),
              SC_OK);
    CHECK_INT(sc_collect_finish(replay.collect, &collected), SC_OK);
    CHECK_INT(collected->lost_records, 0);
    CHECK_NEAR(sum_of_cells(collected, 0), collected->cpu_ns, 1e-6 * collected->cpu_ns);
    int n_statements = 0;
    char text[512];
    while (fgets(text, sizeof(text), shares) != NULL) {
        if (text[0] != '#' && text[0] != '\n') {
            bool understood = check_statement(collected, text);
            CHECK(understood);
            n_statements += understood;
        }
    }
    CHECK(n_statements >= 4);
    fclose(shares);
    sc_collect_destroy(replay.collect);
    free(bytes);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        return write_trace(argv[2]);
    }
    RUN(test_saved_trace);
    return check_failures != 0;
}
