/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Turns the records of any number of processes into one bounded set of facts: which
 * stacks were seen, where in native code, with how much CPU time, in user mode
 * (Python or native) and in the kernel. It knows nothing of lines that matter, of
 * filters or of files on disk but ELF files: that is the profile's business.
 *
 * Fed in the order records are drained; each process by itself. Memory grows with
 * distinct stacks and places, not with time. One thread; cold contexts. Estimators:
 * docs/dev/sampling-math.md. */
#ifndef SC_COLLECT_COLLECT_H
#define SC_COLLECT_COLLECT_H

#include "base/err.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SC_NONE UINT32_MAX

/* A code object, by content: the same function seen in two processes is one. */
struct sc_function {
    const char *filename; /* as Python had it, in bytes (PEP 383 undone) */
    const char *qualname; /* UTF-8 */
    int32_t first_line;
    uint32_t n_instr;
    uint32_t python_hexversion; /* decides the format of linetable */
    const unsigned char *linetable;
    size_t linetable_bytes;
};

/* A node of the tree of stacks: a frame and who called it. A stack is the index of
 * its innermost node. Root nodes have parent SC_NONE, others one of smaller index. */
struct sc_stack_node {
    uint32_t parent;
    uint32_t function; /* SC_NONE: a frame whose code could not be read */
    int32_t instr;     /* as in sc_rec_frame */
};

/* A mapped ELF file (or "[anon]", "[vdso]"). */
struct sc_module {
    const char *path;
    bool is_interpreter; /* holds CPython's loop */
};

/* A native function, or a module when the function is not known. */
struct sc_symbol {
    uint32_t module;  /* SC_NONE: unknown */
    const char *name; /* NULL: unknown */
};

/* CPU time at one stack and one native place. Sums of weights in ns. */
struct sc_cell {
    uint32_t process;
    uint32_t stack;  /* SC_NONE: no Python frame (a native thread) */
    uint32_t symbol; /* where the PC was outside the interpreter; SC_NONE: inside */
    double python_ns;
    double native_ns;
    double kernel_ns;
    uint64_t n_samples;       /* that carry weight here; 0: time without a sample of
                                 its own, as of a process never sampled */
    double sum_weight_sq_ns2; /* for the effective number of samples */
};

/* Run-length timeline: `count` samples of a thread stood at `stack` from t_ns on. */
struct sc_moment {
    uint64_t t_ns; /* since start of the root process's recording */
    uint32_t stack;
    uint32_t symbol;
    uint32_t count;
    uint32_t thread; /* index into threads */
};

struct sc_collected_thread {
    uint32_t process;
    uint32_t tid;
    bool is_main;
};

struct sc_collected_process {
    uint32_t pid;
    uint32_t ppid;
    const char *executable;
    const char *const *argv;
    size_t n_args;
    uint64_t start_mono_ns;
    uint64_t start_epoch_ns;
    uint64_t end_mono_ns;
    uint32_t agent_state; /* enum sc_agent_state at the end */
    uint32_t flags;       /* SC_RING_FLAG_* */
    uint32_t python_hexversion;
    uint32_t layout_error;
    double cpu_ns;    /* measured on the threads' clocks while recording */
    bool split_known; /* the interpreter's loop was found */
};

struct sc_collected {
    const struct sc_function *functions;
    size_t n_functions;
    const struct sc_stack_node *nodes;
    size_t n_nodes;
    const struct sc_module *modules;
    size_t n_modules;
    const struct sc_symbol *symbols;
    size_t n_symbols;
    const struct sc_cell *cells;
    size_t n_cells;
    const struct sc_moment *timeline; /* by thread, each in order of time */
    size_t n_timeline;
    const struct sc_collected_thread *threads;
    size_t n_threads;
    const struct sc_collected_process *processes; /* in the order they were begun;
                                                     [0] = the program */
    size_t n_processes;
    uint64_t n_samples[3]; /* by enum sc_sample_source */
    double cpu_ns;         /* of all processes = sum over cells */
    uint64_t drops[SC_DROP_COUNT];
    uint64_t lost_records; /* damaged or never committed */
    double lost_cpu_ns;
    uint64_t handler_ns; /* the agents' own time */
    uint64_t handler_calls;
    double mean_perf_period_ns; /* 0: no perf clock */
};

struct sc_collect;         /* the whole */
struct sc_collect_process; /* one ring's worth of state; owned by the whole */

SC_MUST_USE enum sc_err sc_collect_create(struct sc_collect **collect);
void sc_collect_destroy(struct sc_collect *collect);

/* A new process image begins. header: copied; the agent has left state LOADED, so it
 * is complete. The program's own image is the first. */
SC_MUST_USE enum sc_err sc_collect_process_begin(struct sc_collect *collect,
                                                 const struct sc_ring_header *header,
                                                 struct sc_collect_process **process);

/* Text of /proc/PID/maps of a living process; may be given again, later mappings
 * win where they overlap. */
SC_MUST_USE enum sc_err sc_collect_process_maps(struct sc_collect_process *process,
                                                const char *maps, size_t n_bytes);

/* True once after samples stood at addresses in no known mapping: give maps anew. */
bool sc_collect_process_wants_maps(struct sc_collect_process *process);

/* Takes one checked record. */
SC_MUST_USE enum sc_err sc_collect_record(struct sc_collect_process *process,
                                          const struct sc_record *record);

/* The process image is gone or recording stopped. header: its last state, read for
 * counters. bad_records: what the reader skipped. end_mono_ns: when the front saw
 * the end, used when the agent wrote none. */
SC_MUST_USE enum sc_err sc_collect_process_end(struct sc_collect_process *process,
                                               const struct sc_ring_header *header,
                                               uint64_t bad_records,
                                               uint64_t end_mono_ns);

/* Settles what was carried over and gives the facts, owned by collect. Once. */
SC_MUST_USE enum sc_err sc_collect_finish(struct sc_collect *collect,
                                          const struct sc_collected **collected);

#endif
