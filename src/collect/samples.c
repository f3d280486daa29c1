/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * From a sample to its cell: the thread, the stack, the native place, Python or
 * native, and whose stack pays for a thread that has none. The weight is the clock's
 * business (weights.h). */
#include "collect/state.h"

#include "base/hash.h"
#include "base/units.h"
#include "os/heap.h"

#include <stdlib.h>

/* A native thread works for a Python thread seen in the same library this recently. */
static const uint64_t sighting_ns = 20 * SC_NS_PER_MS;

/* A thread's clock runs at most as fast as time; this much more is a damaged record. */
static const uint64_t clock_slack_ns = SC_NS_PER_SEC;

struct probe {
    const struct sc_collect_process *process;
    uint32_t number;
};

static bool same_number(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    return probe->process->threads[item].number == probe->number;
}

static struct sc_thread_entry *find_thread(struct sc_collect_process *process,
                                           uint32_t number)
{
    struct probe probe = {process, number};
    uint32_t place =
        sc_index_find(&process->thread_index, sc_hash_u64(number), same_number, &probe);
    return place == UINT32_MAX ? NULL : &process->threads[place];
}

/* Adds a thread that has no entry yet; its entry has nothing live. */
static enum sc_err add_entry(struct sc_collect_process *process, uint32_t number,
                             struct sc_thread_entry **entry)
{
    enum sc_err err = sc_os_grow((void **)&process->threads, &process->threads_capacity,
                                 process->n_threads + 1, sizeof(*process->threads));
    if (err == SC_OK) {
        err = sc_index_add(&process->thread_index, sc_hash_u64(number),
                           (uint32_t)process->n_threads);
    }
    if (err == SC_OK) {
        *entry = &process->threads[process->n_threads++];
        **entry = (struct sc_thread_entry){.number = number};
    }
    return err;
}

/* *entry: the thread's, if it has one; it is not live. */
static enum sc_err start_thread(struct sc_collect_process *process,
                                const struct sc_rec_thread_start *start,
                                struct sc_thread_entry **entry)
{
    struct sc_collect *collect = process->collect;
    enum sc_err err = sc_os_grow((void **)&collect->threads, &collect->threads_capacity,
                                 collect->n_threads + 1, sizeof(*collect->threads));
    if (err == SC_OK && *entry == NULL) {
        err = add_entry(process, start->rec.thread, entry);
    }
    if (err != SC_OK) {
        return err;
    }
    struct sc_live_thread *live = calloc(1, sizeof(*live));
    if (live == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    live->collected = (uint32_t)collect->n_threads;
    live->seen_mono_ns = start->mono_ns;
    sc_clock_init(&live->clock, start->rec.thread == 0, start->cpu_ns,
                  process->spacing_ns);
    collect->threads[collect->n_threads++] =
        (struct sc_collected_thread){.process = process->index,
                                     .tid = start->tid,
                                     .is_main = start->rec.thread == 0};
    (*entry)->live = live;
    return SC_OK;
}

enum sc_err sc_samples_thread_start(struct sc_collect_process *process,
                                    const struct sc_rec_thread_start *start)
{
    struct sc_thread_entry *entry = find_thread(process, start->rec.thread);
    if (entry != NULL && entry->live != NULL) {
        process->collect->collected.lost_records++;
        return SC_OK;
    }
    return start_thread(process, start, &entry);
}

/* False for a record whose clock cannot be. */
static bool clock_plausible(struct sc_live_thread *live, uint64_t mono_ns,
                            uint64_t cpu_ns)
{
    uint64_t passed_ns =
        mono_ns > live->seen_mono_ns ? mono_ns - live->seen_mono_ns : 0;
    if (cpu_ns > live->clock.now_cpu_ns &&
        cpu_ns - live->clock.now_cpu_ns > passed_ns + clock_slack_ns) {
        return false;
    }
    if (passed_ns > 0) {
        live->seen_mono_ns = mono_ns;
    }
    return true;
}

/* Counts what was seen of a thread that ended short among the short ones. */
static enum sc_err count_looks(struct sc_collect_process *process,
                               const struct sc_early *early)
{
    struct sc_intern *intern = &process->collect->intern;
    for (unsigned i = 0; early != NULL && i < early->n_looks; i++) {
        const struct sc_entry *look = &early->looks[i];
        const struct sc_cell *seen = &intern->cells[look->place.cell];
        uint32_t cell;
        enum sc_err err = sc_intern_cell(intern, sc_stratum(process->index, true),
                                         seen->stack, seen->symbol, &cell);
        if (err != SC_OK) {
            return err;
        }
        sc_entry_add(look, &intern->cells[cell]);
    }
    return SC_OK;
}

enum sc_err sc_samples_end_thread(struct sc_collect_process *process,
                                  struct sc_thread_entry *entry,
                                  const struct sc_tick *end)
{
    struct sc_live_thread *live = entry->live;
    if (live == NULL) {
        return SC_OK;
    }
    enum sc_err err = SC_OK;
    sc_clock_end(&live->clock, process->collect->intern.cells, end);
    bool is_short = !live->clock.ledger.is_long;
    if (is_short) {
        err = count_looks(process, live->clock.ledger.early);
    }
    process->cpu_ns[is_short] += sc_clock_total_ns(&live->clock);
    sc_clock_fini(&live->clock);
    free(live);
    entry->live = NULL;
    return err;
}

enum sc_err sc_samples_thread_end(struct sc_collect_process *process,
                                  const struct sc_rec_thread_end *end)
{
    struct sc_thread_entry *entry = find_thread(process, end->rec.thread);
    if (entry == NULL || entry->live == NULL) {
        return SC_OK;
    }
    struct sc_tick tick = {.cpu_ns = end->cpu_ns, .sys_ns = end->sys_us * SC_NS_PER_US};
    bool plausible = clock_plausible(entry->live, end->mono_ns, end->cpu_ns);
    process->collect->collected.lost_records += !plausible;
    return sc_samples_end_thread(process, entry, plausible ? &tick : NULL);
}

/* The node of a sample's innermost frame; SC_NONE: it has no frames. */
static enum sc_err intern_stack(struct sc_collect_process *process,
                                const struct sc_rec_sample *sample, uint32_t *stack)
{
    struct sc_intern *intern = &process->collect->intern;
    size_t n = sample->n_frames;
    size_t limit = sc_intern_depth_limit(intern);
    n = n < limit ? n : limit;
    *stack = SC_NONE;
    while (n-- > 0) {
        struct sc_stack_node node = {
            .parent = *stack,
            .function = sc_codes_function(&process->codes, sample->frames[n].code_id),
            .instr = sample->frames[n].instr,
        };
        enum sc_err err = sc_intern_node(intern, node, stack);
        if (err != SC_OK) {
            return err;
        }
    }
    return SC_OK;
}

static bool is_recent(const struct sc_sighting *sighting, uint64_t mono_ns)
{
    uint64_t apart_ns = mono_ns > sighting->mono_ns ? mono_ns - sighting->mono_ns
                                                    : sighting->mono_ns - mono_ns;
    return sighting->mono_ns != 0 && apart_ns <= sighting_ns;
}

/* The stack that a native thread's time goes to: of a Python thread that was in the
 * same library a moment ago, else in any library; else none. */
static uint32_t adopt_stack(const struct sc_collect_process *process,
                            const struct sc_spot *spot, uint64_t mono_ns)
{
    if (spot->kind == SC_SPOT_LIBRARY && spot->module < process->in_module_capacity &&
        is_recent(&process->in_module[spot->module], mono_ns)) {
        return process->in_module[spot->module].stack;
    }
    return is_recent(&process->library, mono_ns) ? process->library.stack : SC_NONE;
}

/* Remembers that a thread with Python frames stood in a library. */
static enum sc_err note_sighting(struct sc_collect_process *process,
                                 const struct sc_spot *spot, uint32_t stack,
                                 uint64_t mono_ns)
{
    if (spot->kind != SC_SPOT_LIBRARY || stack == SC_NONE) {
        return SC_OK;
    }
    struct sc_sighting sighting = {mono_ns, stack};
    process->library = sighting;
    if (spot->module == SC_NONE) {
        return SC_OK;
    }
    enum sc_err err =
        sc_os_grow((void **)&process->in_module, &process->in_module_capacity,
                   (size_t)spot->module + 1, sizeof(*process->in_module));
    if (err == SC_OK) {
        process->in_module[spot->module] = sighting;
    }
    return err;
}

/* Where the sample's weight goes. */
struct target {
    struct sc_place place;
    uint32_t stack;
    uint32_t symbol;
};

static enum sc_err find_target(struct sc_collect_process *process,
                               const struct sc_rec_sample *sample,
                               struct target *target)
{
    struct sc_collect *collect = process->collect;
    struct sc_spot spot;
    *target = (struct target){.place = {.cell = SC_NONE}, .stack = SC_NONE};
    if (sample->flags & SC_SAMPLE_TORN) {
        return SC_OK;
    }
    enum sc_err err = sc_places_find(&process->places, &collect->intern,
                                     &collect->files, sample->pc, &spot);
    if (err == SC_OK) {
        err = intern_stack(process, sample, &target->stack);
    }
    if (err != SC_OK) {
        return err;
    }
    if ((sample->flags & SC_SAMPLE_NO_PYTHON) != 0 && process->lines_known) {
        target->stack = adopt_stack(process, &spot, sample->mono_ns);
    } else {
        enum sc_opcode_class opcode =
            sample->opcode == 0 ? SC_OPCODE_UNKNOWN
                                : sc_opcode_classify(process->python_hexversion,
                                                     (uint8_t)(sample->opcode & 0xff));
        target->place.is_python =
            sc_place_is_python(spot.kind, opcode, process->places.loop.n_parts > 0);
        err = note_sighting(process, &spot, target->stack, sample->mono_ns);
        if (err != SC_OK) {
            return err;
        }
    }
    target->symbol = target->place.is_python ? SC_NONE : spot.symbol;
    return sc_intern_cell(&collect->intern, sc_stratum(process->index, false),
                          target->stack, target->symbol, &target->place.cell);
}

static enum sc_err find_or_start_thread(struct sc_collect_process *process,
                                        const struct sc_rec_sample *sample,
                                        struct sc_thread_entry **entry)
{
    *entry = find_thread(process, sample->rec.thread);
    if (*entry != NULL) {
        return SC_OK;
    }
    /* Its THREAD_START found no room in the ring: time begins with this sample, but
     * for what a perf sample itself vouches for. */
    struct sc_rec_thread_start start = {
        .rec.thread = sample->rec.thread,
        .mono_ns = sample->mono_ns,
        .cpu_ns = sample->cpu_ns,
    };
    if (sample->source == SC_SOURCE_PERF) {
        start.cpu_ns -=
            sample->period_ns < start.cpu_ns ? sample->period_ns : start.cpu_ns;
    }
    return start_thread(process, &start, entry);
}

enum sc_err sc_samples_take(struct sc_collect_process *process,
                            const struct sc_rec_sample *sample)
{
    struct sc_collect *collect = process->collect;
    struct sc_thread_entry *entry;
    enum sc_err err = find_or_start_thread(process, sample, &entry);
    if (err != SC_OK || entry->live == NULL) {
        return err;
    }
    struct sc_live_thread *live = entry->live;
    if (!clock_plausible(live, sample->mono_ns, sample->cpu_ns)) {
        collect->collected.lost_records++;
        return SC_OK;
    }
    struct target target;
    err = find_target(process, sample, &target);
    if (err != SC_OK) {
        return err;
    }
    collect->collected.n_samples[sample->source]++;
    bool has_weight = true;
    if (sample->source == SC_SOURCE_PERF) {
        collect->sum_perf_period_ns += sample->period_ns;
        err = sc_clock_perf(&live->clock, collect->intern.cells, target.place,
                            sample->cpu_ns, sample->period_ns);
    } else {
        struct sc_tick tick = {
            .cpu_ns = sample->cpu_ns,
            .sys_ns = sample->sys_us * SC_NS_PER_US,
            .after_syscall = (sample->flags & SC_SAMPLE_AFTER_SYSCALL) != 0,
        };
        err = sc_clock_tick(&live->clock, collect->intern.cells, target.place, tick,
                            &has_weight);
    }
    if (err != SC_OK || !has_weight || target.place.cell == SC_NONE) {
        return err;
    }
    struct sc_moment moment = {
        .t_ns = sample->mono_ns > collect->root_start_mono_ns
                    ? sample->mono_ns - collect->root_start_mono_ns
                    : 0,
        .stack = target.stack,
        .symbol = target.symbol,
        .count = 1,
        .thread = live->collected,
    };
    return sc_timeline_add(&collect->timeline, &moment);
}
