/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The writer of synthetic traces, and the machine. */
#include "synthetic.h"

#include "base/hash.h"
#include "base/units.h"
#include "trace/reader.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECORD_BYTES = 8192
};

/* Aligned as in a ring. */
union record_buffer {
    uint64_t align;
    unsigned char bytes[RECORD_BYTES];
};

/* Keeps the first error; nothing is written after one. */
static void note(struct synthetic *s, enum sc_err err)
{
    if (s->err == SC_OK) {
        s->err = err;
    }
}

void synthetic_begin(struct synthetic *s, struct sc_collect *collect, uint32_t pid,
                     uint32_t hexversion, FILE *trace)
{
    *s = (struct synthetic){.collect = collect, .trace = trace};
    s->header.magic = SC_TRACE_MAGIC;
    s->header.version = SC_TRACE_VERSION;
    s->header.header_bytes = SC_TRACE_PAGE_BYTES;
    s->header.pid = pid;
    s->header.ppid = 1;
    s->header.start_mono_ns = SC_NS_PER_SEC;
    s->header.state = SC_AGENT_RUNNING;
    s->header.python_hexversion = hexversion;
    s->header.tick_spacing_ns = 4 * SC_NS_PER_MS;
    if (collect != NULL) {
        note(s, sc_collect_process_begin(collect, &s->header, &s->process));
    }
    if (trace != NULL) {
        note(s, sc_trace_save_header(trace, &s->header));
    }
}

void synthetic_end(struct synthetic *s)
{
    s->header.state = SC_AGENT_ENDED;
    if (s->process != NULL) {
        note(s, sc_collect_process_end(s->process, &s->header, 0, 2 * SC_NS_PER_SEC));
    }
}

void synthetic_record(struct synthetic *s, struct sc_record *record, uint32_t kind,
                      size_t n_bytes)
{
    size_t rounded = (n_bytes + 7) & ~(size_t)7;
    record->word = kind << 24 | (uint32_t)rounded;
    s->n_invalid += !sc_trace_record_valid(record, rounded);
    if (s->err == SC_OK && s->process != NULL) {
        note(s, sc_collect_record(s->process, record));
    }
    if (s->err == SC_OK && s->trace != NULL) {
        note(s, sc_trace_save_record(s->trace, record));
    }
}

void synthetic_process(struct synthetic *s, const char *executable,
                       const char *argument)
{
    union record_buffer buffer = {0};
    struct sc_rec_process *process = (void *)&buffer;
    size_t n_executable = strlen(executable) + 1;
    size_t n_argument = strlen(argument) + 1;
    process->n_args = 1;
    process->text_bytes = (uint32_t)(n_executable + n_argument);
    memcpy(process->text, executable, n_executable);
    memcpy(process->text + n_executable, argument, n_argument);
    synthetic_record(s, &process->rec, SC_REC_PROCESS,
                     sizeof(*process) + process->text_bytes);
}

void synthetic_thread_start(struct synthetic *s, uint32_t thread, uint64_t mono_ns,
                            uint64_t cpu_ns)
{
    struct sc_rec_thread_start start = {.rec.thread = thread,
                                        .tid = 1000 + thread,
                                        .mono_ns = mono_ns,
                                        .cpu_ns = cpu_ns};
    synthetic_record(s, &start.rec, SC_REC_THREAD_START, sizeof(start));
}

void synthetic_thread_end(struct synthetic *s, uint32_t thread, uint64_t mono_ns,
                          uint64_t cpu_ns, uint64_t sys_us)
{
    struct sc_rec_thread_end end = {
        .rec.thread = thread, .mono_ns = mono_ns, .cpu_ns = cpu_ns, .sys_us = sys_us};
    synthetic_record(s, &end.rec, SC_REC_THREAD_END, sizeof(end));
}

void synthetic_code_piece(struct synthetic *s, uint32_t id, const unsigned char *blob,
                          uint32_t blob_bytes, uint32_t offset, uint32_t n_bytes)
{
    union record_buffer buffer = {0};
    struct sc_rec_code *code = (void *)&buffer;
    code->code_id = id;
    code->blob_bytes = blob_bytes;
    code->offset_bytes = offset;
    code->piece_bytes = n_bytes;
    memcpy(code->piece, blob + offset, n_bytes);
    synthetic_record(s, &code->rec, SC_REC_CODE, sizeof(*code) + n_bytes);
}

uint32_t synthetic_blob(unsigned char *blob, size_t max_bytes, int32_t first_line,
                        uint32_t n_instr, struct synthetic_text filename,
                        struct synthetic_text qualname, const unsigned char *linetable,
                        uint32_t linetable_bytes)
{
    struct sc_code_blob head = {
        .first_line = first_line,
        .n_instr = n_instr,
        .filename_bytes = filename.n_bytes,
        .qualname_bytes = qualname.n_bytes,
        .linetable_bytes = linetable_bytes,
        .filename_kind = filename.kind,
        .qualname_kind = qualname.kind,
    };
    size_t whole = sizeof(head) + filename.n_bytes + qualname.n_bytes + linetable_bytes;
    if (whole > max_bytes) {
        abort(); /* the test asks for more than it has room for */
    }
    memcpy(blob, &head, sizeof(head));
    blob += sizeof(head);
    memcpy(blob, filename.bytes, filename.n_bytes);
    blob += filename.n_bytes;
    memcpy(blob, qualname.bytes, qualname.n_bytes);
    blob += qualname.n_bytes;
    memcpy(blob, linetable, linetable_bytes);
    return (uint32_t)whole;
}

void synthetic_function(struct synthetic *s, uint32_t id, const char *filename,
                        const char *qualname, int32_t first_line, uint32_t n_lines)
{
    /* Entries of kind 13 (no columns) of one code unit, each one line further. */
    enum {
        ONE_UNIT_NO_COLUMNS = 0x80 | 13 << 3,
        PLUS_ONE = 1 << 1
    };
    unsigned char linetable[512];
    unsigned char blob[2048];
    for (uint32_t i = 0; i < n_lines; i++) {
        linetable[2 * i] = ONE_UNIT_NO_COLUMNS;
        linetable[2 * i + 1] = i == 0 ? 0 : PLUS_ONE;
    }
    uint32_t n = synthetic_blob(
        blob, sizeof(blob), first_line, n_lines,
        (struct synthetic_text){filename, (uint32_t)strlen(filename), SC_TEXT_UCS1},
        (struct synthetic_text){qualname, (uint32_t)strlen(qualname), SC_TEXT_UCS1},
        linetable, 2 * n_lines);
    synthetic_code_piece(s, id, blob, n, 0, n);
}

void synthetic_sample(struct synthetic *s, const struct synthetic_sample *sample)
{
    union record_buffer buffer = {0};
    struct sc_rec_sample *record = (void *)&buffer;
    record->rec.thread = sample->thread;
    record->mono_ns = sample->mono_ns;
    record->cpu_ns = sample->cpu_ns;
    record->pc = sample->pc;
    record->sys_us = sample->sys_us;
    record->period_ns = sample->period_ns;
    record->source = sample->source;
    record->flags = sample->flags;
    record->n_frames = sample->n_frames;
    record->opcode = sample->opcode;
    memcpy(record->frames, sample->frames,
           sample->n_frames * sizeof(record->frames[0]));
    synthetic_record(s, &record->rec, SC_REC_SAMPLE,
                     sizeof(*record) + sample->n_frames * sizeof(record->frames[0]));
}

void machine_init(struct machine *machine, struct synthetic *out, uint32_t thread,
                  uint64_t mono_ns, uint32_t period_ns)
{
    *machine = (struct machine){
        .out = out,
        .thread = thread,
        .random = sc_hash_u64(thread + 1),
        .tick_ns = 4 * SC_NS_PER_MS,
        .period_ns = period_ns,
        .mono_ns = mono_ns,
    };
    /* The tick is the machine's, not the thread's: any phase. */
    machine->next_tick_ns =
        (uint64_t)(machine_random(machine) * (double)machine->tick_ns);
    machine->period_now_ns = period_ns;
    machine->next_perf_ns =
        period_ns ? (uint64_t)(machine_random(machine) * period_ns) : UINT64_MAX;
    synthetic_thread_start(out, thread, mono_ns, 0);
}

double machine_random(struct machine *machine)
{
    machine->random = sc_hash_u64(machine->random);
    return (double)(machine->random >> 11) / 9007199254740992.0;
}

static void write_sample(struct machine *machine, uint32_t line, uint8_t source,
                         uint8_t flags)
{
    struct synthetic_sample sample = {
        .thread = machine->thread,
        .mono_ns = machine->mono_ns,
        .cpu_ns = machine->cpu_ns,
        .pc = 0x1000 + line,
        .source = source,
        .flags = flags,
        .n_frames = 1,
        .frames = {{1, (int32_t)line - 1}},
    };
    if (source == SC_SOURCE_PERF) {
        sample.period_ns = machine->period_now_ns;
    } else {
        sample.sys_us = machine->sys_us;
    }
    if (machine_random(machine) < machine->torn_fraction) {
        sample.flags |= SC_SAMPLE_TORN;
        sample.n_frames = 0;
    }
    synthetic_sample(machine->out, &sample);
}

/* RUSAGE_THREAD as the kernel makes it up (cputime_adjust in
 * kernel/sched/cputime.c): its count of ticks in the kernel, scaled to the clock;
 * neither part ever falls. */
static void account_sys(struct machine *machine)
{
    double share = (double)machine->n_kernel_ticks / (double)machine->n_ticks;
    uint64_t sys_us = (uint64_t)((double)machine->cpu_ns * share / 1000.0);
    if (sys_us > machine->sys_us) {
        machine->sys_us = sys_us;
    }
}

static void deliver_tick(struct machine *machine, uint32_t line, bool in_kernel)
{
    uint8_t flags = in_kernel && !machine->faults ? SC_SAMPLE_AFTER_SYSCALL : 0;
    machine->tick_pending = false;
    if (machine->n_ticks > 0) {
        account_sys(machine);
    }
    write_sample(machine, line, SC_SOURCE_TICK, flags);
}

void machine_run(struct machine *machine, uint32_t line, bool kernel, uint64_t ns)
{
    uint64_t end_ns = machine->cpu_ns + ns;
    for (;;) {
        uint64_t next = machine->next_perf_ns < machine->next_tick_ns
                            ? machine->next_perf_ns
                            : machine->next_tick_ns;
        uint64_t until = next < end_ns ? next : end_ns;
        machine->mono_ns += until - machine->cpu_ns;
        machine->cpu_ns = until;
        if (next >= end_ns) {
            break;
        }
        if (next == machine->next_perf_ns) {
            if (!kernel) {
                write_sample(machine, line, SC_SOURCE_PERF, 0);
            }
            /* A new period from time to time, as the front sets it. */
            double jitter = 0.9 + 0.2 * machine_random(machine);
            machine->period_now_ns = (uint32_t)(machine->period_ns * jitter);
            machine->next_perf_ns += machine->period_now_ns;
        } else {
            machine->n_ticks++;
            machine->n_kernel_ticks += kernel;
            machine->next_tick_ns += machine->tick_ns;
            if (kernel) {
                machine->tick_pending = true;
            } else {
                deliver_tick(machine, line, false);
            }
        }
    }
    /* Leaving the kernel at the end of this stay, the signal comes. */
    if (machine->tick_pending) {
        deliver_tick(machine, line, true);
    }
}

void machine_sleep(struct machine *machine, uint64_t ns)
{
    machine->mono_ns += ns;
    /* Ticks pass meanwhile: the thread meets them again at another phase. */
    machine->next_tick_ns =
        machine->cpu_ns + 1 +
        (uint64_t)(machine_random(machine) * (double)machine->tick_ns);
}

void machine_end(struct machine *machine)
{
    if (machine->n_ticks > 0) {
        account_sys(machine);
    }
    synthetic_thread_end(machine->out, machine->thread, machine->mono_ns,
                         machine->cpu_ns, machine->sys_us);
}

struct line_sums sums_of_line(const struct sc_collected *collected, uint32_t process,
                              uint32_t line)
{
    struct line_sums sums = {0};
    for (size_t i = 0; i < collected->n_cells; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        if (cell->process != process || cell->stack == SC_NONE ||
            collected->nodes[cell->stack].instr != (int32_t)line - 1) {
            continue;
        }
        sums.python_ns += cell->python_ns;
        sums.native_ns += cell->native_ns;
        sums.kernel_ns += cell->kernel_ns;
        sums.n_samples += cell->n_samples;
    }
    return sums;
}

double sum_of_cells(const struct sc_collected *collected, uint32_t process)
{
    double sum_ns = 0;
    for (size_t i = 0; i < collected->n_cells; i++) {
        const struct sc_cell *cell = &collected->cells[i];
        if (cell->process == process) {
            sum_ns += cell->python_ns + cell->native_ns + cell->kernel_ns;
        }
    }
    return sum_ns;
}
