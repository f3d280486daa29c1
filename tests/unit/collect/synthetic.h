/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Synthetic traces with a known truth. Two layers: records written one by one, each
 * checked as the reader checks them; and a machine that runs a made-up program (so
 * much time in user or kernel mode at this line) under the kernel's rules for the perf
 * clock, the tick and the accounting of system time, and writes what the agent would.
 */
#ifndef SC_TESTS_UNIT_COLLECT_SYNTHETIC_H
#define SC_TESTS_UNIT_COLLECT_SYNTHETIC_H

#include "collect/collect.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where records go: into a collection, into a saved trace, or both. */
struct synthetic {
    struct sc_ring_header header;
    struct sc_collect *collect; /* NULL: none */
    struct sc_collect_process *process;
    FILE *trace;        /* NULL: none */
    uint64_t n_invalid; /* records that the reader would refuse */
    enum sc_err err;    /* the first; nothing is written after it */
};

/* collect may be NULL. hexversion as PY_VERSION_HEX. */
void synthetic_begin(struct synthetic *s, struct sc_collect *collect, uint32_t pid,
                     uint32_t hexversion, FILE *trace);
void synthetic_end(struct synthetic *s);
void synthetic_record(struct synthetic *s, struct sc_record *record, uint32_t kind,
                      size_t n_bytes);

void synthetic_process(struct synthetic *s, const char *executable,
                       const char *argument);
void synthetic_thread_start(struct synthetic *s, uint32_t thread, uint64_t mono_ns,
                            uint64_t cpu_ns);
void synthetic_thread_end(struct synthetic *s, uint32_t thread, uint64_t mono_ns,
                          uint64_t cpu_ns, uint64_t sys_us);

/* A piece of a description. */
void synthetic_code_piece(struct synthetic *s, uint32_t id, const unsigned char *blob,
                          uint32_t blob_bytes, uint32_t offset, uint32_t n_bytes);

/* A whole function of n_lines instructions, one a line from first_line on. */
void synthetic_function(struct synthetic *s, uint32_t id, const char *filename,
                        const char *qualname, int32_t first_line, uint32_t n_lines);

/* Builds a description into blob (of max_bytes); returns its size. Texts are given in
 * bytes with their kind. */
struct synthetic_text {
    const void *bytes;
    uint32_t n_bytes;
    uint8_t kind;
};
uint32_t synthetic_blob(unsigned char *blob, size_t max_bytes, int32_t first_line,
                        uint32_t n_instr, struct synthetic_text filename,
                        struct synthetic_text qualname, const unsigned char *linetable,
                        uint32_t linetable_bytes);

struct synthetic_sample {
    uint32_t thread;
    uint64_t mono_ns;
    uint64_t cpu_ns;
    uint64_t pc;
    uint64_t sys_us;
    uint32_t period_ns;
    uint8_t source;
    uint8_t flags;
    uint16_t opcode;
    uint16_t n_frames;
    struct sc_rec_frame frames[8]; /* innermost first */
};
void synthetic_sample(struct synthetic *s, const struct synthetic_sample *sample);

/* One thread of the machine. Set the options after machine_init. */
struct machine {
    struct synthetic *out;
    uint32_t thread;
    uint64_t random;
    /* Options. */
    uint64_t tick_ns;     /* the kernel's tick and the timer's interval */
    uint32_t period_ns;   /* of the perf clock, jittered by 10 %; 0: no perf clock */
    bool faults;          /* kernel time has no system call: page faults */
    double torn_fraction; /* of samples */
    /* State. */
    uint64_t cpu_ns;
    uint64_t mono_ns;
    uint64_t next_perf_ns; /* in CPU time */
    uint32_t period_now_ns;
    uint64_t next_tick_ns;
    uint64_t n_kernel_ticks;
    uint64_t n_ticks;
    uint64_t sys_us;   /* as the kernel would report it; never falls */
    bool tick_pending; /* its signal waits for the return to user mode */
    uint32_t pending_line;
};

void machine_init(struct machine *machine, struct synthetic *out, uint32_t thread,
                  uint64_t mono_ns, uint32_t period_ns);

/* A number in [0, 1). */
double machine_random(struct machine *machine);

/* Runs for ns at a line (its instruction is line - 1 of code id 1). */
void machine_run(struct machine *machine, uint32_t line, bool kernel, uint64_t ns);

/* Blocks: time passes, the CPU clock stands. */
void machine_sleep(struct machine *machine, uint64_t ns);

void machine_end(struct machine *machine);

/* Sums over the cells of a process whose innermost frame is at a line as above. */
struct line_sums {
    double python_ns, native_ns, kernel_ns;
    uint64_t n_samples;
};
struct line_sums sums_of_line(const struct sc_collected *collected, uint32_t process,
                              uint32_t line);

/* Sum over all cells of a process. */
double sum_of_cells(const struct sc_collected *collected, uint32_t process);

#endif
