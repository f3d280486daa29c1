/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What must not matter: records full of chance numbers, and memory that runs out. The
 * program is linked with its allocating functions wrapped, so that each allocation of
 * a small run can be made to fail in turn. */
#include "harness.h"
#include "synthetic.h"

#include "base/hash.h"

#include <stdlib.h>

enum {
    PYTHON_3_11 = 0x030b07f0
};

/* Allocations until one fails; 0: none will. */
static unsigned allocations_left;

static int fails_now(void)
{
    return allocations_left > 0 && --allocations_left == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}

/* A run of every kind of record. Its first error is the result. */
static enum sc_err small_run(void)
{
    static const char maps[] = "10000-20000 r-xp 00000000 08:01 1 /opt/python\n"
                               "30000-40000 r-xp 00000000 08:01 2 /bin/sh\n";
    struct sc_collect *collect;
    const struct sc_collected *collected;
    struct synthetic s;
    struct machine m;
    enum sc_err err = sc_collect_create(&collect);
    if (err != SC_OK) {
        return err;
    }
    synthetic_begin(&s, collect, 1, PYTHON_3_11, NULL);
    err = s.err;
    if (err == SC_OK) {
        err = sc_collect_process_maps(s.process, maps, sizeof(maps) - 1);
    }
    if (err == SC_OK) {
        synthetic_process(&s, "/usr/bin/python3", "prog.py");
        machine_init(&m, &s, 0, 1000000000, 1000000);
        for (uint32_t id = 1; id < 40; id++) {
            synthetic_function(&s, id, "/prog.py", "f", (int32_t)id, 20);
        }
        for (uint32_t i = 1; i < 20; i++) {
            machine_run(&m, i, i % 5 == 0, 6000000);
        }
        struct synthetic_sample native = {.thread = 9,
                                          .source = SC_SOURCE_TICK,
                                          .mono_ns = m.mono_ns,
                                          .pc = 0x30100,
                                          .n_frames = 1,
                                          .frames = {{1, 0}}};
        synthetic_sample(&s, &native);
        machine_end(&m);
        synthetic_end(&s);
        err = s.err;
    }
    if (err == SC_OK) {
        err = sc_collect_finish(collect, &collected);
    }
    sc_collect_destroy(collect);
    return err;
}

static void test_failing_allocations(void)
{
    unsigned n = 0;
    enum sc_err err;
    do {
        allocations_left = ++n;
        err = small_run();
        CHECK(err == SC_OK || err == SC_ERR_NO_MEMORY);
    } while (allocations_left == 0 && n < 100000);
    allocations_left = 0;
    CHECK_INT(err, SC_OK); /* the last run had memory enough */
    CHECK(n > 40);
}

static uint64_t chance(uint64_t *state)
{
    *state = sc_hash_u64(*state);
    return *state;
}

/* A number that is small, or anything. */
static uint64_t chance_number(uint64_t *state)
{
    uint64_t bits = chance(state) % 64;
    return chance(state) >> bits;
}

static void random_record(struct synthetic *s, uint64_t *state)
{
    uint32_t thread = (uint32_t)chance_number(state) % 5;
    unsigned char bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)chance(state);
    }
    struct synthetic_sample sample = {
        .thread = thread,
        .mono_ns = chance_number(state),
        .cpu_ns = chance_number(state),
        .pc = chance_number(state),
        .sys_us = chance_number(state),
        .period_ns = (uint32_t)chance_number(state),
        .source = chance(state) & 1 ? SC_SOURCE_PERF : SC_SOURCE_TICK,
        .flags = (uint8_t)chance(state),
        .opcode = (uint16_t)chance(state),
        .n_frames = (uint16_t)(chance(state) % 9),
    };
    for (uint16_t i = 0; i < sample.n_frames; i++) {
        sample.frames[i].code_id = (uint32_t)chance_number(state) % 9;
        sample.frames[i].instr = (int32_t)(chance_number(state) >> 40);
    }
    switch (chance(state) % 8) {
    case 0:
        synthetic_thread_start(s, thread, chance_number(state), chance_number(state));
        break;
    case 1:
        synthetic_thread_end(s, thread, chance_number(state), chance_number(state),
                             chance_number(state));
        break;
    case 2: {
        uint32_t offset = (uint32_t)chance(state) % 200;
        synthetic_code_piece(s, thread, bytes, (uint32_t)chance_number(state), offset,
                             1 + (uint32_t)chance(state) % 50);
        break;
    }
    case 3:
        synthetic_function(s, thread, "/a.py", "f", (int32_t)chance(state), 5);
        break;
    default:
        synthetic_sample(s, &sample);
    }
}

/* Whatever comes, time is neither negative nor lost nor made. */
static void test_random_records(void)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct sc_collect *collect;
        const struct sc_collected *collected;
        struct synthetic s;
        uint64_t state = seed;
        CHECK_INT(sc_collect_create(&collect), SC_OK);
        synthetic_begin(&s, collect, 1, PYTHON_3_11, NULL);
        for (int i = 0; i < 400; i++) {
            random_record(&s, &state);
        }
        synthetic_end(&s);
        CHECK_INT(s.err, SC_OK);
        CHECK_INT(sc_collect_finish(collect, &collected), SC_OK);
        double sum_ns = sum_of_cells(collected, 0);
        CHECK(isfinite(sum_ns));
        CHECK_NEAR(sum_ns, collected->cpu_ns, 1e-9 * collected->cpu_ns);
        for (size_t i = 0; i < collected->n_cells; i++) {
            const struct sc_cell *cell = &collected->cells[i];
            CHECK(cell->python_ns >= 0 && cell->native_ns >= 0 && cell->kernel_ns >= 0);
            CHECK(cell->stack == SC_NONE || cell->stack < collected->n_nodes);
            CHECK(cell->symbol == SC_NONE || cell->symbol < collected->n_symbols);
        }
        for (size_t i = 0; i < collected->n_nodes; i++) {
            uint32_t function = collected->nodes[i].function;
            CHECK(function == SC_NONE || function < collected->n_functions);
        }
        sc_collect_destroy(collect);
    }
}

int main(void)
{
    RUN(test_failing_allocations);
    RUN(test_random_records);
    return check_failures != 0;
}
