/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Signals sent to the front while the program runs. What a terminal sends reaches the
 * program by itself, since both are in one process group; what a process sends to the
 * front is handed on, a little later, because such a process (timeout, a service
 * manager) often signals the program too. One set per process; one thread. */
#ifndef SC_RUN_SIGNALS_H
#define SC_RUN_SIGNALS_H

#include "base/err.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SC_N_HANDED_ON = 6,
    SC_MAX_PENDING_SIGNALS = 32
};

struct sc_pending_signal {
    int number;
    uint64_t due_mono_ns;
};

struct sc_signals {
    int pipe_fds[2]; /* handlers write, the loop reads */
    sigset_t inherited_mask;
    struct sigaction inherited[SC_N_HANDED_ON];
    bool caught[SC_N_HANDED_ON];                 /* false: was ignored and stays so */
    struct sigaction inherited_child_action;     /* SIGCHLD */
    struct sigaction inherited_file_size_action; /* SIGXFSZ */
    struct sc_pending_signal pending[SC_MAX_PENDING_SIGNALS];
    size_t n_pending;
};

/* Installs the handlers. A signal that was ignored (nohup) stays ignored. */
SC_MUST_USE enum sc_err sc_signals_init(struct sc_signals *signals);

/* Puts everything back, but for two things. SIGXFSZ stays ignored: a file that may not
 * grow is an error to handle. And of SIGINT, SIGTERM and SIGHUP the first
 * that still comes is swallowed, so that a late copy of what ended the program does
 * not cost its profile; the second acts as it did before. */
void sc_signals_fini(struct sc_signals *signals);

/* Blocks all signals, for the time around fork. */
void sc_signals_block(void);
/* In the parent, after fork. */
void sc_signals_unblock(const struct sc_signals *signals);
/* In the child, before exec: dispositions and mask as the front inherited them. */
void sc_signals_reset_child(const struct sc_signals *signals);

/* Descriptor to wait for. */
int sc_signals_fd(const struct sc_signals *signals);

/* Takes what has arrived. */
void sc_signals_take(struct sc_signals *signals, uint64_t now_mono_ns);

/* Sends what is due to the program, which has not been waited for yet. Returns the
 * time of the next one, UINT64_MAX when there is none. */
uint64_t sc_signals_hand_on(struct sc_signals *signals, pid_t program,
                            uint64_t now_mono_ns);

#endif
