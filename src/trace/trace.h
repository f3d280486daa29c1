/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The record format: what the agent tells the front, and nothing else. Facts only.
 * Two shared files live in the directory of a run, both 0600 on tmpfs:
 *
 *   control        struct sc_control, one page, made by the front, read by agents
 *   ring.PID.NS    struct sc_ring_header (one page) + the ring's data; one per
 *                  process image. NS makes the name unique (monotonic ns).
 *
 * All numbers are in the machine's byte order: writer and reader share a machine.
 * A saved trace (see reader.h) is the header page followed by the same records.
 * Change the version when a struct below changes; asserts pin the sizes. */
#ifndef SC_TRACE_TRACE_H
#define SC_TRACE_TRACE_H

#include "base/ring.h"

#include <stdatomic.h>
#include <stdint.h>

#define SC_TRACE_MAGIC UINT64_C(0x31474e52434c4153) /* "SALCRNG1" */
enum {
    SC_TRACE_VERSION = 1,
    SC_TRACE_PAGE_BYTES = 4096
};

/* Environment by which the front tells the agent where its run is. Taken out of
 * environ before main and put back by the exec family. */
#define SC_ENV_RUN_DIR "SCALENE_RUN_DIR"
#define SC_CONTROL_NAME "control"
#define SC_RING_PREFIX "ring."

/* The stages of an agent, in its ring's header. */
#define SC_AGENT_STATE_TABLE(X)                                          \
    X(LOADED, "loaded, the interpreter has not reached the program yet") \
    X(RUNNING, "recording")                                              \
    X(NO_LINES, "this Python's memory layout is not known: no lines")    \
    X(FAILED, "could not start")                                         \
    X(ENDED, "the process ended in order")                               \
    X(EXECED, "the process replaced its program")

enum sc_agent_state {
#define SC_STATE_ENUM(name, text) SC_AGENT_##name,
    SC_AGENT_STATE_TABLE(SC_STATE_ENUM)
#undef SC_STATE_ENUM
    SC_AGENT_STATE_COUNT
};

/* Why a sample or a part of one was lost or is incomplete. Counted by the agent. */
#define SC_DROP_TABLE(X)                           \
    X(RING_FULL, "ring full")                      \
    X(TORN_STACK, "stack was being changed")       \
    X(DEEP_STACK, "stack deeper than recorded")    \
    X(CODE_UNREADABLE, "code object not readable") \
    X(NO_THREAD_SLOT, "too many threads")          \
    X(NO_TIMER, "no timer for a thread")           \
    X(CHILD_NOT_FOLLOWED, "child process not followed")

enum sc_drop {
#define SC_DROP_ENUM(name, text) SC_DROP_##name,
    SC_DROP_TABLE(SC_DROP_ENUM)
#undef SC_DROP_ENUM
    SC_DROP_COUNT
};

enum {
    SC_DROP_SLOTS = 16
};
_Static_assert((int)SC_DROP_COUNT <= (int)SC_DROP_SLOTS, "room for the counters");

/* Flags of a ring header. */
enum {
    SC_RING_FLAG_HOOK_STAYS = 1u << 0,    /* audit hook could not be unlinked */
    SC_RING_FLAG_SIGPROF_TAKEN = 1u << 1, /* the program wants SIGPROF: no perf */
    SC_RING_FLAG_FORKED = 1u << 2,        /* made in a fork child */
    SC_RING_FLAG_FREE_THREADED = 1u << 3,
};

/* First page of a ring file. Written by the agent, except the front's block. */
struct sc_ring_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes;   /* SC_TRACE_PAGE_BYTES */
    uint64_t capacity_bytes; /* of the data that follows */
    uint32_t pid;            /* as the process itself sees it */
    uint32_t ppid;
    uint64_t start_mono_ns; /* recording began */
    uint64_t start_epoch_ns;
    uint64_t end_mono_ns;       /* 0 until state ENDED or EXECED */
    _Atomic uint32_t state;     /* enum sc_agent_state */
    _Atomic uint32_t flags;     /* SC_RING_FLAG_* */
    uint32_t python_hexversion; /* PY_VERSION_HEX; 0 unknown */
    uint32_t layout_error;      /* enum sc_err of finding or checking the layout */
    uint64_t eval_loop_address; /* of _PyEval_EvalFrameDefault; 0 unknown */
    uint64_t runtime_address;   /* of _PyRuntime; 0 unknown */
    uint32_t tick_spacing_ns;   /* least CPU time between ticks: the timer's interval
                                   or the kernel's tick, the longer; 0 unknown */
    uint32_t reserved_word;
    uint64_t reserved[3];
    /* Counters of the agent. */
    _Atomic uint64_t samples;    /* records of kind SAMPLE written */
    _Atomic uint64_t handler_ns; /* time spent in the signal handler */
    _Atomic uint64_t handler_calls;
    _Atomic uint64_t drops[SC_DROP_SLOTS];
    _Atomic uint64_t lost_cpu_ns; /* CPU time of samples that found no room */
    uint64_t reserved_agent[8];
    /* The front's block. */
    _Atomic uint32_t perf_period_ns; /* user CPU time one perf sample stands for now:
                                        the period set on the perf clock, made up
                                        for what setting it anew cuts off */
    _Atomic uint32_t perf_threads;   /* threads with an open perf clock */
    uint64_t reserved_front[7];
    struct sc_ring_state ring;
};
_Static_assert(sizeof(struct sc_ring_header) <= SC_TRACE_PAGE_BYTES, "one page");

/* The control page: the front writes, agents read. */
struct sc_control {
    uint64_t magic;
    uint32_t version;
    _Atomic uint32_t on;         /* 0: record nothing */
    _Atomic uint32_t stop;       /* 1: switch off for good */
    _Atomic uint32_t rings_made; /* agents count up; the front looks again */
    uint32_t tick_interval_ns;   /* interval of the per-thread CPU timer */
    uint32_t child_ring_bytes;   /* ring data size for processes not root */
    uint32_t root_ring_bytes;    /* ring data size for the program itself */
    uint32_t root_pid;           /* of the program, as it sees itself */
    uint64_t reserved[7];
};
_Static_assert(sizeof(struct sc_control) <= SC_TRACE_PAGE_BYTES, "one page");

/* Kinds of records. 1 is the ring's pad. */
enum sc_record_kind {
    SC_REC_PROCESS = 2,
    SC_REC_THREAD_START = 3,
    SC_REC_THREAD_END = 4,
    SC_REC_SAMPLE = 5,
    SC_REC_CODE = 6,
    SC_REC_KIND_END
};

/* Begin of each record. `word` is the ring's (size, kind, open flag). `thread`
 * numbers the threads of a process image in order of first sight, from 0 = main. */
struct sc_record {
    _Atomic uint32_t word;
    uint32_t thread;
};

/* Once per ring, first record: what the process is. text: executable path, then
 * the n_args arguments, each ended by a 0 byte. Where argv_cut is set, text holds
 * only the first of them. */
struct sc_rec_process {
    struct sc_record rec;
    uint32_t n_args;
    uint32_t argv_cut; /* 1 when arguments were left out */
    uint32_t text_bytes;
    uint32_t reserved;
    char text[];
};

/* A thread began to be sampled. cpu_ns: its CPU clock then (0 for a new thread,
 * the time before the program for the main thread). */
struct sc_rec_thread_start {
    struct sc_record rec;
    uint32_t tid;
    uint32_t reserved;
    uint64_t mono_ns;
    uint64_t cpu_ns;
};

/* A thread ended, or its process image did: its last slice. sys_us as in samples. */
struct sc_rec_thread_end {
    struct sc_record rec;
    uint64_t mono_ns;
    uint64_t cpu_ns;
    uint64_t sys_us;
};

enum sc_sample_source {
    SC_SOURCE_PERF = 1, /* cpu-clock event, user mode only; period_ns is valid */
    SC_SOURCE_TICK = 2, /* POSIX CPU timer; sys_us is valid */
};

enum {
    SC_SAMPLE_TRUNCATED = 1u << 0,     /* outermost frames are missing */
    SC_SAMPLE_TORN = 1u << 1,          /* the stack could not be walked: no frames */
    SC_SAMPLE_NO_PYTHON = 1u << 2,     /* the thread has no Python state: native */
    SC_SAMPLE_AFTER_SYSCALL = 1u << 3, /* the PC follows a system call instruction */
};

/* A frame, innermost first. code_id names a CODE record of the same ring seen
 * before (or 0: unknown). instr: offset in code units (2 bytes) from the start of
 * the code's bytecode of the instruction in execution; -1: before the first. */
struct sc_rec_frame {
    uint32_t code_id;
    int32_t instr;
};

/* A thread was on a CPU and this is where. */
struct sc_rec_sample {
    struct sc_record rec;
    uint64_t mono_ns;
    uint64_t cpu_ns;    /* the thread's CPU clock */
    uint64_t pc;        /* user-mode program counter */
    uint64_t sys_us;    /* RUSAGE_THREAD system time so far; only TICK */
    uint32_t period_ns; /* perf period in force; only PERF */
    uint8_t source;     /* enum sc_sample_source */
    uint8_t flags;      /* SC_SAMPLE_* */
    uint16_t n_frames;
    uint16_t opcode; /* raw code unit at the innermost instruction (opcode in the
                        low byte); 0 unknown */
    uint16_t reserved[3];
    struct sc_rec_frame frames[];
};
_Static_assert(sizeof(struct sc_rec_sample) == 56, "record layout");

/* How the characters of a string are stored, as CPython keeps them. */
enum sc_text_kind {
    SC_TEXT_UCS1 = 1,
    SC_TEXT_UCS2 = 2,
    SC_TEXT_UCS4 = 4
};

/* Head of a code object's description; the bytes that follow it in the blob are,
 * in this order: filename, qualname, linetable. ids start at 1. */
struct sc_code_blob {
    int32_t first_line;
    uint32_t n_instr; /* code units of bytecode */
    uint32_t filename_bytes;
    uint32_t qualname_bytes;
    uint32_t linetable_bytes;
    uint8_t filename_kind; /* enum sc_text_kind */
    uint8_t qualname_kind;
    uint16_t reserved;
};
_Static_assert(sizeof(struct sc_code_blob) == 24, "record layout");

/* A piece of a blob. Pieces of one id come in order, from one thread, and may be
 * mixed with other records. A piece with offset 0 starts the id afresh. */
struct sc_rec_code {
    struct sc_record rec;
    uint32_t code_id;
    uint32_t blob_bytes;   /* of the whole */
    uint32_t offset_bytes; /* of this piece */
    uint32_t piece_bytes;
    unsigned char piece[]; /* padded to 8 */
};
_Static_assert(sizeof(struct sc_rec_code) == 24, "record layout");

enum {
    SC_MAX_FRAMES = 1000, /* recorded per sample, innermost: Python's usual limit */
    SC_MAX_CODE_PIECE_BYTES = 4096,
    SC_MAX_CODE_BLOB_BYTES = 64 << 20,
};

#endif
