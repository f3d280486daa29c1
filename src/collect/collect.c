/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The collection as a whole: processes begin and end, records go to who takes them,
 * and in the end everything is settled and shown. */
#include "collect/collect.h"

#include "collect/state.h"
#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

enum sc_err sc_collect_create(struct sc_collect **collect)
{
    *collect = calloc(1, sizeof(**collect));
    if (*collect == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    sc_intern_init(&(*collect)->intern);
    return SC_OK;
}

/* Gives back what only a living process needs. */
static void release(struct sc_collect_process *process)
{
    for (size_t i = 0; i < process->n_threads; i++) {
        if (process->threads[i].live != NULL) {
            sc_clock_fini(&process->threads[i].live->clock);
            free(process->threads[i].live);
        }
    }
    free(process->threads);
    free(process->in_module);
    sc_index_fini(&process->thread_index);
    sc_codes_fini(&process->codes);
    sc_places_fini(&process->places);
    process->threads = NULL;
    process->n_threads = process->threads_capacity = 0;
    process->in_module = NULL;
    process->in_module_capacity = 0;
}

void sc_collect_destroy(struct sc_collect *collect)
{
    if (collect == NULL) {
        return;
    }
    for (size_t i = 0; i < collect->n_states; i++) {
        release(collect->states[i]);
        free(collect->states[i]);
    }
    free(collect->states);
    free(collect->processes);
    free(collect->threads);
    sc_timeline_fini(&collect->timeline);
    sc_module_files_fini(&collect->files);
    sc_intern_fini(&collect->intern);
    free(collect);
}

enum sc_err sc_collect_process_begin(struct sc_collect *collect,
                                     const struct sc_ring_header *header,
                                     struct sc_collect_process **process)
{
    enum sc_err err = sc_os_grow((void **)&collect->states, &collect->states_capacity,
                                 collect->n_states + 1, sizeof(*collect->states));
    if (err == SC_OK) {
        err = sc_os_grow((void **)&collect->processes, &collect->processes_capacity,
                         collect->n_states + 1, sizeof(*collect->processes));
    }
    if (err != SC_OK) {
        return err;
    }
    struct sc_collect_process *state = calloc(1, sizeof(*state));
    if (state == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    state->collect = collect;
    state->index = (uint32_t)collect->n_states;
    state->lines_known = header->state != SC_AGENT_NO_LINES;
    state->python_hexversion = header->python_hexversion;
    state->spacing_ns = header->tick_spacing_ns;
    sc_places_init(&state->places, header->eval_loop_address);
    collect->processes[collect->n_states] = (struct sc_collected_process){
        .pid = header->pid,
        .ppid = header->ppid,
        .executable = "",
        .start_mono_ns = header->start_mono_ns,
        .start_epoch_ns = header->start_epoch_ns,
        .end_mono_ns = header->end_mono_ns,
        .agent_state = header->state,
        .flags = header->flags,
        .python_hexversion = header->python_hexversion,
        .layout_error = header->layout_error,
    };
    if (collect->n_states == 0) {
        collect->root_start_mono_ns = header->start_mono_ns;
    }
    collect->states[collect->n_states++] = state;
    *process = state;
    return SC_OK;
}

enum sc_err sc_collect_process_maps(struct sc_collect_process *process,
                                    const char *maps, size_t n_bytes)
{
    struct sc_collect *collect = process->collect;
    enum sc_err err = sc_places_maps(&process->places, &collect->intern,
                                     &collect->files, maps, n_bytes);
    collect->processes[process->index].split_known = process->places.loop.n_parts > 0;
    return err;
}

bool sc_collect_process_wants_maps(struct sc_collect_process *process)
{
    bool wants = process->places.wants_maps;
    process->places.wants_maps = false;
    return wants;
}

/* The executable's path and the arguments, each ended by a 0. */
static enum sc_err take_process(struct sc_collect_process *process,
                                const struct sc_rec_process *record)
{
    struct sc_arena *arena = &process->collect->intern.arena;
    struct sc_collected_process *shown = &process->collect->processes[process->index];
    const char *text = sc_arena_strndup(arena, record->text, record->text_bytes);
    size_t n_strings = 0;
    for (uint32_t i = 0; i < record->text_bytes; i++) {
        n_strings += record->text[i] == '\0';
    }
    const char **argv = sc_arena_alloc(arena, (n_strings + 1) * sizeof(*argv));
    if (text == NULL || argv == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    if (n_strings == 0) {
        return SC_OK;
    }
    const char *next = text;
    for (size_t i = 0; i < n_strings; i++) {
        argv[i] = next;
        next += strlen(next) + 1;
    }
    shown->executable = argv[0];
    shown->argv = argv + 1;
    shown->n_args = n_strings - 1;
    return SC_OK;
}

enum sc_err sc_collect_record(struct sc_collect_process *process,
                              const struct sc_record *record)
{
    const void *typed = record;
    if (process->ended) {
        process->collect->collected.lost_records++;
        return SC_OK;
    }
    switch (sc_ring_kind(record)) {
    case SC_REC_PROCESS:
        return take_process(process, typed);
    case SC_REC_THREAD_START:
        return sc_samples_thread_start(process, typed);
    case SC_REC_THREAD_END:
        return sc_samples_thread_end(process, typed);
    case SC_REC_SAMPLE:
        return sc_samples_take(process, typed);
    case SC_REC_CODE:
        return sc_codes_take(&process->codes, &process->collect->intern,
                             process->python_hexversion, typed);
    default:
        process->collect->collected.lost_records++;
        return SC_OK;
    }
}

/* Ends the threads still there and keeps what the process adds to the whole. */
static enum sc_err settle(struct sc_collect_process *process)
{
    struct sc_collect *collect = process->collect;
    enum sc_err err = SC_OK;
    for (size_t i = 0; err == SC_OK && i < process->n_threads; i++) {
        err = sc_samples_end_thread(process, &process->threads[i], NULL);
    }
    collect->processes[process->index].cpu_ns =
        (double)process->cpu_ns[0] + (double)process->cpu_ns[1];
    collect->collected.lost_records += process->codes.bad_blobs;
    process->ended = true;
    release(process);
    return err;
}

enum sc_err sc_collect_process_end(struct sc_collect_process *process,
                                   const struct sc_ring_header *header,
                                   uint64_t bad_records, uint64_t end_mono_ns)
{
    struct sc_collect *collect = process->collect;
    struct sc_collected *collected = &collect->collected;
    struct sc_collected_process *shown = &collect->processes[process->index];
    if (process->ended) {
        return SC_ERR_EXISTS;
    }
    shown->end_mono_ns = header->end_mono_ns ? header->end_mono_ns : end_mono_ns;
    shown->agent_state = header->state;
    shown->flags = header->flags;
    shown->layout_error = header->layout_error;
    for (size_t i = 0; i < SC_DROP_COUNT; i++) {
        collected->drops[i] += header->drops[i];
    }
    collected->lost_records += bad_records;
    collected->lost_cpu_ns += (double)header->lost_cpu_ns;
    collected->handler_ns += header->handler_ns;
    collected->handler_calls += header->handler_calls;
    return settle(process);
}

/* Makes the cells add up to the measured clocks. */
static enum sc_err balance(struct sc_collect *collect)
{
    double *cpu_ns = calloc(2 * collect->n_states + 1, sizeof(*cpu_ns));
    if (cpu_ns == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < collect->n_states; i++) {
        cpu_ns[sc_stratum(i, false)] = (double)collect->states[i]->cpu_ns[0];
        cpu_ns[sc_stratum(i, true)] = (double)collect->states[i]->cpu_ns[1];
        collect->collected.cpu_ns += collect->processes[i].cpu_ns;
    }
    enum sc_err err = sc_balance(&collect->intern, cpu_ns, collect->n_states);
    free(cpu_ns);
    return err;
}

static void show(struct sc_collect *collect)
{
    const struct sc_intern *intern = &collect->intern;
    struct sc_collected *collected = &collect->collected;
    collected->functions = intern->functions;
    collected->n_functions = intern->n_functions;
    collected->nodes = intern->nodes;
    collected->n_nodes = intern->n_nodes;
    collected->modules = intern->modules;
    collected->n_modules = intern->n_modules;
    collected->symbols = intern->symbols;
    collected->n_symbols = intern->n_symbols;
    collected->cells = intern->cells;
    collected->n_cells = intern->n_cells;
    collected->timeline = collect->timeline.moments;
    collected->n_timeline = collect->timeline.n_moments;
    collected->threads = collect->threads;
    collected->n_threads = collect->n_threads;
    collected->processes = collect->processes;
    collected->n_processes = collect->n_states;
    uint64_t n_perf = collected->n_samples[SC_SOURCE_PERF];
    if (n_perf > 0) {
        collected->mean_perf_period_ns = collect->sum_perf_period_ns / (double)n_perf;
    }
}

enum sc_err sc_collect_finish(struct sc_collect *collect,
                              const struct sc_collected **collected)
{
    if (collect->finished) {
        return SC_ERR_EXISTS;
    }
    enum sc_err err = SC_OK;
    for (size_t i = 0; err == SC_OK && i < collect->n_states; i++) {
        if (!collect->states[i]->ended) {
            err = settle(collect->states[i]);
        }
    }
    if (err == SC_OK) {
        err = balance(collect);
    }
    if (err != SC_OK) {
        return err;
    }
    sc_timeline_sort(&collect->timeline);
    show(collect);
    collect->finished = true;
    *collected = &collect->collected;
    return SC_OK;
}
