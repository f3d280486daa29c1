/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * One signal of the process is ours, and the program must not notice: resetting or
 * blocking "all signals" neither ends it nor blinds us, and what it reads back is what
 * it set. A program that asks for SIGPROF itself gets it; the clock then goes on with
 * timers on the fallback signal. */
#include "agent/agent.h"

#include <errno.h>
#include <string.h>

enum {
    FALLBACK_SIGNAL = SIGSTKFLT
};

/* The program believes that this thread blocks our signal. */
static __thread bool seems_blocked __attribute__((tls_model("initial-exec")));

/* Changes whether this thread really blocks the clock's signal. */
static void set_blocked(int how)
{
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, sc_sig.clock_signal);
    sc_real_get()->pthread_sigmask(how, &ours, NULL);
}

bool sc_signals_seems_blocked(void)
{
    return seems_blocked;
}

void sc_signals_thread_begin(bool inherited_blocked)
{
    seems_blocked = inherited_blocked;
    if (atomic_load(&sc_sig.recording) && sc_sig.clock_signal == SIGPROF) {
        set_blocked(SIG_UNBLOCK);
    }
}

void sc_signals_block_for_exec(void)
{
    if (seems_blocked) {
        set_blocked(SIG_BLOCK);
    }
}

static void install(int signal, int extra_flags, const sigset_t *mask)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = sc_sig_handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | extra_flags;
    if (mask != NULL) {
        action.sa_mask = *mask;
    } else {
        sigfillset(&action.sa_mask);
    }
    sc_sig.real_sigaction(signal, &action, NULL);
}

void sc_signals_install(void)
{
    sc_sig.real_sigaction = sc_real_get()->sigaction;
    struct sigaction before;
    if (sc_sig.real_sigaction(SIGPROF, NULL, &before) == 0) {
        sc_sig.program_action = before;
    }
    sc_sig.clock_signal = SIGPROF;
    install(SIGPROF, 0, NULL);
    sigset_t old;
    if (sc_real_get()->pthread_sigmask(SIG_BLOCK, NULL, &old) == 0) {
        sc_signals_thread_begin(sigismember(&old, SIGPROF) == 1);
    }
    set_blocked(SIG_UNBLOCK);
}

/* The program wants SIGPROF: leave it the number. */
static void give_up_sigprof(void)
{
    if (sc_sig.clock_signal == FALLBACK_SIGNAL) {
        return;
    }
    atomic_fetch_or(&sc_sig.header->flags, SC_RING_FLAG_SIGPROF_TAKEN);
    install(FALLBACK_SIGNAL, 0, NULL);
    sc_sig.clock_signal = FALLBACK_SIGNAL;
    sc_threads_rearm_all();
}

int sc_signals_action(int signal, const struct sigaction *action, struct sigaction *old)
{
    const struct sc_real *real = sc_real_get();
    if (signal != SIGPROF || !atomic_load(&sc_sig.recording) ||
        !sc_agent_is_own_process()) {
        return real->sigaction(signal, action, old);
    }
    struct sigaction before = sc_sig.program_action;
    if (action != NULL) {
        bool handles = (action->sa_flags & SA_SIGINFO) ||
                       (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
        atomic_store(&sc_sig.program_has_action, false);
        sc_sig.program_action = *action;
        atomic_store(&sc_sig.program_has_action,
                     handles || action->sa_handler == SIG_IGN);
        if (handles) {
            give_up_sigprof();
            int flags = action->sa_flags & (SA_NODEFER | SA_RESETHAND);
            install(SIGPROF, flags & ~SA_RESETHAND, &action->sa_mask);
        }
    }
    if (old != NULL) {
        *old = before;
    }
    return 0;
}

int sc_signals_mask(int (*real)(int, const sigset_t *, sigset_t *), int how,
                    const sigset_t *set, sigset_t *old)
{
    if (!atomic_load(&sc_sig.recording) || sc_sig.clock_signal != SIGPROF ||
        !sc_agent_is_own_process()) {
        return real(how, set, old);
    }
    bool names_ours = set != NULL && sigismember(set, SIGPROF) == 1;
    sigset_t without;
    if (set != NULL) {
        without = *set;
        sigdelset(&without, SIGPROF);
    }
    int result = real(how, set != NULL ? &without : NULL, old);
    if (result != 0) {
        return result;
    }
    if (old != NULL && seems_blocked) {
        sigaddset(old, SIGPROF);
    }
    if (set != NULL) {
        if (how == SIG_SETMASK) {
            seems_blocked = names_ours;
        } else if (names_ours) {
            seems_blocked = how == SIG_BLOCK;
        }
    }
    return 0;
}

/* A signal during a long fork makes the kernel begin it again, for ever if the signal
 * comes more often than the fork takes. */
static __thread bool fork_blocked __attribute__((tls_model("initial-exec")));

void sc_signals_fork_prepare(void)
{
    fork_blocked = atomic_load(&sc_sig.recording);
    if (fork_blocked) {
        set_blocked(SIG_BLOCK);
    }
}

void sc_signals_fork_done(void)
{
    if (fork_blocked) {
        fork_blocked = false;
        set_blocked(SIG_UNBLOCK);
    }
}
