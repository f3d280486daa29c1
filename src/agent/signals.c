/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * One signal of the process is ours, and the program must not notice: resetting or
 * blocking "all signals" neither ends it nor blinds us, and what it reads back is what
 * it set. A program that asks for SIGPROF itself gets it; the clock then goes on with
 * timers on the fallback signal. */
#include "agent/agent.h"

#include <string.h>
#include <unistd.h>

enum {
    FALLBACK_SIGNAL = SIGSTKFLT,
    KEPT_ACTIONS = 16
};

/* Our handler stands for good, also when nothing is recorded any more: timers and perf
 * clocks may still send. */
static _Atomic bool installed;
static void (*on_clock_signal_changed)(void);

static void set_blocked(int how, int signal, sigset_t *old)
{
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, signal);
    sc_real_get()->pthread_sigmask(how, &ours, old);
}

/* The clock has left SIGPROF, so a thread that seems to block it can do so. */
static void settle_mask(void)
{
    if (sc_sig_seems_blocked && sc_sig.clock_signal != SIGPROF) {
        set_blocked(SIG_BLOCK, SIGPROF, NULL);
        sc_sig_seems_blocked = false;
    }
}

bool sc_signals_seems_blocked(void)
{
    return sc_sig_seems_blocked;
}

void sc_signals_thread_begin(bool inherited_blocked)
{
    sc_sig_seems_blocked = inherited_blocked;
    if (atomic_load(&installed) && sc_sig.clock_signal == SIGPROF) {
        /* Looks, then opens: what waits must find out that it has to. */
        sigset_t old;
        sigemptyset(&old);
        set_blocked(SIG_BLOCK, SIGPROF, &old);
        sc_sig_seems_blocked = inherited_blocked || sigismember(&old, SIGPROF) == 1;
        set_blocked(SIG_UNBLOCK, SIGPROF, NULL);
    }
}

static const struct sigaction *_Atomic *place_of(int signal)
{
    return signal == SIGPROF ? &sc_sig.profile_action : &sc_sig.fallback_action;
}

static bool is_handled(const struct sigaction *action)
{
    return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/* Makes what the program set for a signal known to the handler, which may be reading
 * the one before: so each is written to a place of its own. */
static void keep(int signal, const struct sigaction *action)
{
    static struct sigaction kept[KEPT_ACTIONS];
    static _Atomic unsigned next;
    struct sigaction *slot = &kept[atomic_fetch_add(&next, 1) % KEPT_ACTIONS];
    while (slot == atomic_load(&sc_sig.profile_action) ||
           slot == atomic_load(&sc_sig.fallback_action)) {
        slot = &kept[atomic_fetch_add(&next, 1) % KEPT_ACTIONS];
    }
    *slot = *action;
    atomic_store(place_of(signal), slot);
}

/* Our handler, on the stack and with the system call restarts that the program's own
 * handler would have. It runs with all signals blocked. */
static void install(int signal)
{
    const struct sigaction *wanted = atomic_load(place_of(signal));
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = sc_sig_handler;
    action.sa_flags = SA_SIGINFO | (wanted != NULL && is_handled(wanted)
                                        ? wanted->sa_flags & (SA_ONSTACK | SA_RESTART)
                                        : SA_ONSTACK | SA_RESTART);
    sigfillset(&action.sa_mask);
    sc_sig.real_sigaction(signal, &action, NULL);
}

static void keep_present(int signal)
{
    struct sigaction before;
    if (sc_sig.real_sigaction(signal, NULL, &before) == 0) {
        keep(signal, &before);
    }
}

/* The program wants SIGPROF: leave it the number. */
static void give_up_sigprof(void)
{
    if (sc_sig.clock_signal == FALLBACK_SIGNAL) {
        return;
    }
    if (sc_sig.header != NULL) {
        atomic_fetch_or(&sc_sig.header->flags, SC_RING_FLAG_SIGPROF_TAKEN);
    }
    keep_present(FALLBACK_SIGNAL);
    install(FALLBACK_SIGNAL);
    sc_sig.clock_signal = FALLBACK_SIGNAL;
    on_clock_signal_changed();
    settle_mask();
}

void sc_signals_install(void (*clock_signal_changed)(void))
{
    on_clock_signal_changed = clock_signal_changed;
    sc_sig.real_sigaction = sc_real_get()->sigaction;
    keep_present(SIGPROF);
    sc_sig.clock_signal = SIGPROF;
    install(SIGPROF);
    atomic_store(&installed, true);
    const struct sigaction *before = atomic_load(&sc_sig.profile_action);
    if (before != NULL && is_handled(before)) {
        give_up_sigprof();
    }
    sc_signals_thread_begin(false);
}

bool sc_signals_shares(int signal)
{
    return atomic_load(&installed) && sc_agent_is_own_process() &&
           (signal == SIGPROF ||
            (signal == FALLBACK_SIGNAL && sc_sig.clock_signal == FALLBACK_SIGNAL));
}

int sc_signals_action(int signal, const struct sigaction *action, struct sigaction *old)
{
    if (!sc_signals_shares(signal)) {
        return sc_real_get()->sigaction(signal, action, old);
    }
    const struct sigaction *place = atomic_load(place_of(signal));
    struct sigaction before;
    memset(&before, 0, sizeof(before));
    if (place != NULL) {
        before = *place;
    }
    if (action != NULL) {
        keep(signal, action);
        if (is_handled(action)) {
            if (signal == SIGPROF) {
                give_up_sigprof();
            }
            install(signal);
        }
    }
    if (old != NULL) {
        *old = before;
    }
    return 0;
}

/* The vfork child of this thread that has set its own mask, so that its mask is no
 * longer what the parent seems to have. The two share this variable. */
static __thread pid_t masked_child __attribute__((tls_model("initial-exec")));

int sc_signals_mask(int (*real)(int, const sigset_t *, sigset_t *), int how,
                    const sigset_t *set, sigset_t *old)
{
    if (!atomic_load(&installed)) {
        return real(how, set, old);
    }
    if (!sc_agent_is_own_process()) {
        if (set != NULL && (how == SIG_SETMASK || sigismember(set, SIGPROF) == 1)) {
            masked_child = getpid();
        }
        return real(how, set, old);
    }
    settle_mask();
    if (sc_sig.clock_signal != SIGPROF) {
        return real(how, set, old);
    }
    bool before = sc_sig_seems_blocked;
    bool names_ours = set != NULL && sigismember(set, SIGPROF) == 1;
    sigset_t without;
    if (set != NULL) {
        without = *set;
        if (how != SIG_UNBLOCK) {
            sigdelset(&without, SIGPROF);
        }
        /* First: what a signal finds that was held back until now. */
        if (how == SIG_SETMASK) {
            sc_sig_seems_blocked = names_ours;
        } else if (names_ours) {
            sc_sig_seems_blocked = how == SIG_BLOCK;
        }
    }
    int result = real(how, set != NULL ? &without : NULL, old);
    if (result != 0) {
        sc_sig_seems_blocked = before;
    } else if (old != NULL && before) {
        sigaddset(old, SIGPROF);
    }
    return result;
}

static bool is_ignored(void)
{
    const struct sigaction *action = atomic_load(&sc_sig.profile_action);
    return action != NULL && action->sa_handler == SIG_IGN;
}

void sc_signals_before_exec(void)
{
    if (sc_sig_seems_blocked &&
        (sc_agent_is_own_process() || masked_child != getpid())) {
        set_blocked(SIG_BLOCK, SIGPROF, NULL);
    }
    if (atomic_load(&installed) && is_ignored()) {
        sc_sig.real_sigaction(SIGPROF, atomic_load(&sc_sig.profile_action), NULL);
    }
}

void sc_signals_after_exec(void)
{
    if (!sc_agent_is_own_process() || !atomic_load(&installed)) {
        return;
    }
    if (is_ignored()) {
        install(SIGPROF);
    }
    if (sc_sig_seems_blocked) {
        sc_signals_thread_begin(true);
    }
}

/* A signal during a long fork makes the kernel begin it again, for ever if the signal
 * comes more often than the fork takes. */
static __thread bool fork_blocked __attribute__((tls_model("initial-exec")));

void sc_signals_fork_prepare(void)
{
    fork_blocked = false;
    if (atomic_load(&sc_sig.recording)) {
        sigset_t old;
        sigemptyset(&old);
        set_blocked(SIG_BLOCK, sc_sig.clock_signal, &old);
        fork_blocked = sigismember(&old, sc_sig.clock_signal) == 0;
    }
}

void sc_signals_fork_done(void)
{
    if (fork_blocked) {
        fork_blocked = false;
        set_blocked(SIG_UNBLOCK, sc_sig.clock_signal, NULL);
    }
}
