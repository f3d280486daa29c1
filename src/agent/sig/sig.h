/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Everything a signal handler of the agent can reach. The objects of this folder may
 * import only the symbols listed in allowed_symbols.txt; the build checks it. No
 * lock, no allocation, no call into CPython, at most 2 KiB of stack. errno is kept by
 * the handler. State is written by the cold part (src/agent) before it sets
 * `recording`, and only read here, but for what is marked atomic. */
#ifndef SC_AGENT_SIG_SIG_H
#define SC_AGENT_SIG_SIG_H

#include "cpython/frames.h"
#include "trace/trace.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What a thread's last samples found at a depth: mostly it is found there again. */
struct sc_sig_seen {
    uint64_t tag; /* 0: nothing */
    uint32_t id;
    uint32_t reserved;
};

/* A thread being sampled. Owned by its thread while in_use; slots are reused. */
struct sc_sig_thread {
    _Atomic uint32_t in_use;
    uint32_t number; /* sc_record.thread */
    uint32_t tid;
    int timer; /* kernel timer id; valid if has_timer */
    bool has_timer;
    bool announced;         /* THREAD_START is in the ring */
    bool starts_blocked;    /* the program had our signal blocked in the creator */
    uint64_t last_cpu_ns;   /* at the last signal, for lost time */
    void *(*start)(void *); /* of pthread_create, until the thread runs */
    void *argument;
    struct sc_frame_ref refs[SC_MAX_FRAMES];
    struct sc_rec_frame frames[SC_MAX_FRAMES];
    struct sc_sig_seen seen[SC_MAX_FRAMES]; /* by depth from the outermost frame */
};

enum {
    SC_SIG_CODE_SETS = 4096,
    SC_SIG_CODE_WAYS = 4,
    SC_SIG_PAGES = 1024
};

/* A code object already described: tag = hash of address and contents; 0 = empty,
 * 1 = being written. */
struct sc_sig_code_slot {
    _Atomic uint64_t tag;
    _Atomic uint32_t id;
    uint32_t reserved;
};

/* Memory of the agent that only the handler needs: private, zeroed, dropped in a fork
 * child. */
struct sc_sig_tables {
    struct sc_sig_code_slot codes[SC_SIG_CODE_SETS][SC_SIG_CODE_WAYS];
    _Atomic uint64_t pages[SC_SIG_PAGES]; /* page address | epoch: readable then */
};

struct sc_sig_state {
    _Atomic bool recording; /* ring, header and control are valid */
    bool has_layout;
    int clock_signal; /* the timers': SIGPROF, SIGSTKFLT once SIGPROF is taken */
    uint32_t tick_ns; /* interval of the timers */
    void *cookie;     /* si_value of our timers */
    struct sc_ring ring;
    struct sc_ring_header *header;
    struct sc_control *control;
    struct sc_layout layout;
    uint64_t code_type;          /* &PyCode_Type */
    pthread_key_t tstate_key;    /* CPython's GIL-state key */
    const int *tstate_key_alive; /* Py_tss_t._is_initialized: 0 after finalization */
    struct sc_sig_tables *tables;
    _Atomic uint32_t next_code_id;
    /* What the program set for SIGPROF and for the fallback signal. What is pointed
     * to never changes while it is pointed to. NULL: the default. */
    const struct sigaction *_Atomic profile_action;
    const struct sigaction *_Atomic fallback_action;
    int (*real_sigaction)(int, const struct sigaction *, struct sigaction *);
};

extern struct sc_sig_state sc_sig;

/* This thread's slot; NULL: not sampled. Context: any. */
extern __thread struct sc_sig_thread *sc_sig_self
    __attribute__((tls_model("initial-exec")));

/* The program believes that this thread blocks SIGPROF. Context: any. */
extern __thread bool sc_sig_seems_blocked __attribute__((tls_model("initial-exec")));

/* The handler of SIGPROF and of the fallback signal. Context: signal. */
void sc_sig_handler(int signal, siginfo_t *info, void *context);

/* Gives a signal that is not ours to the program's handler, or lets it have its
 * default effect. Context: signal. */
void sc_sig_pass_on(int signal, siginfo_t *info, void *context);

/* Memory of this process, each page checked before its first touch; what was checked
 * is believed for about an eighth of a second. */
struct sc_sig_memory {
    struct sc_memory base;
    uint64_t epoch;
};
void sc_sig_memory_init(struct sc_sig_memory *memory, uint64_t mono_ns);

/* The id of the code object of a frame, described in the ring at first sight; 0 when
 * that failed (counted). seen: what was last found in this place, brought up to date.
 * Context: signal. */
uint32_t sc_sig_code_id(struct sc_sig_memory *memory, const struct sc_frame_ref *ref,
                        uint32_t thread_number, struct sc_sig_seen *seen);

/* Adds one to a counter of lost or incomplete samples. Context: signal. */
static inline void sc_sig_count_drop(enum sc_drop cause)
{
    atomic_fetch_add_explicit(&sc_sig.header->drops[cause], 1, memory_order_relaxed);
}

/* Nanoseconds of a clock. Context: signal. */
uint64_t sc_sig_clock_ns(clockid_t clock);

/* RUSAGE_THREAD's system time of the calling thread. Context: signal. */
uint64_t sc_sig_system_us(void);

#endif
