/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Fuzzes what is made of records that passed the reader's checks. Input: for each
 * record a kind (1 byte), a size (2 bytes) and its bytes behind the first word; the
 * word is set here, so that most of what the fuzzer tries is looked at. The facts
 * that come out must be closed: every index points at something. */
#include "fuzz.h"

#include "collect/collect.h"
#include "trace/reader.h"

#include <math.h>

enum {
    MAX_RECORD_BYTES = 4608,
    N_KINDS = SC_REC_KIND_END - SC_REC_PROCESS
};

static const char maps[] = "00400000-00500000 r-xp 00000000 00:00 0 \n"
                           "7f0000000000-7f0000100000 r-xp 00000000 00:00 0 [vdso]\n";

static bool index_valid(uint32_t index, size_t n)
{
    return index == SC_NONE || index < n;
}

static void check_facts(const struct sc_collected *facts)
{
    double sum_ns = 0;
    for (size_t i = 0; i < facts->n_nodes; i++) {
        MUST(index_valid(facts->nodes[i].parent, i));
        MUST(index_valid(facts->nodes[i].function, facts->n_functions));
    }
    for (size_t i = 0; i < facts->n_symbols; i++) {
        MUST(index_valid(facts->symbols[i].module, facts->n_modules));
    }
    for (size_t i = 0; i < facts->n_cells; i++) {
        const struct sc_cell *cell = &facts->cells[i];
        MUST(cell->process < facts->n_processes);
        MUST(index_valid(cell->stack, facts->n_nodes));
        MUST(index_valid(cell->symbol, facts->n_symbols));
        MUST(cell->python_ns >= 0 && cell->native_ns >= 0 && cell->kernel_ns >= 0);
        sum_ns += cell->python_ns + cell->native_ns + cell->kernel_ns;
    }
    MUST(fabs(sum_ns - facts->cpu_ns) <= 1e-6 * facts->cpu_ns + 1);
    for (size_t i = 0; i < facts->n_timeline; i++) {
        MUST(index_valid(facts->timeline[i].stack, facts->n_nodes));
        MUST(index_valid(facts->timeline[i].symbol, facts->n_symbols));
        MUST(facts->timeline[i].thread < facts->n_threads);
    }
    for (size_t i = 0; i < facts->n_threads; i++) {
        MUST(facts->threads[i].process < facts->n_processes);
    }
}

static void feed(struct sc_collect_process *process, struct input *input)
{
    static _Alignas(8) unsigned char bytes[MAX_RECORD_BYTES];
    while (input->left_bytes > 0) {
        uint8_t kind;
        uint16_t size;
        input_take(input, &kind, sizeof(kind));
        input_take(input, &size, sizeof(size));
        size_t n_bytes = ((size_t)size % (MAX_RECORD_BYTES - 8) + 8) & ~(size_t)7;
        input_take(input, bytes + 4, n_bytes - 4);
        struct sc_record *record = (struct sc_record *)bytes;
        record->word =
            (uint32_t)(SC_REC_PROCESS + kind % N_KINDS) << 24 | (uint32_t)n_bytes;
        if (sc_trace_record_valid(record, n_bytes)) {
            MUST(sc_collect_record(process, record) == SC_OK);
        }
        if (sc_collect_process_wants_maps(process)) {
            MUST(sc_collect_process_maps(process, maps, sizeof(maps) - 1) == SC_OK);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    struct input input = {data, n_bytes};
    struct sc_ring_header header = {.magic = SC_TRACE_MAGIC,
                                    .version = SC_TRACE_VERSION,
                                    .header_bytes = SC_TRACE_PAGE_BYTES,
                                    .pid = 7,
                                    .python_hexversion = 0x030c01f0};
    struct sc_collect *collect;
    struct sc_collect_process *process;
    const struct sc_collected *facts;
    MUST(sc_collect_create(&collect) == SC_OK);
    MUST(sc_collect_process_begin(collect, &header, &process) == SC_OK);
    MUST(sc_collect_process_maps(process, maps, sizeof(maps) - 1) == SC_OK);
    feed(process, &input);
    MUST(sc_collect_process_end(process, &header, 0, 1000000) == SC_OK);
    MUST(sc_collect_finish(collect, &facts) == SC_OK);
    check_facts(facts);
    sc_collect_destroy(collect);
    return 0;
}
