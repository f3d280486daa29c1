/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Signals that come by our number and are not ours: the program gets them as if we
 * were not there. */
#include "agent/sig/sig.h"

#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

__thread bool sc_sig_seems_blocked __attribute__((tls_model("initial-exec")));

/* Nobody handles it: the default action of SIGPROF and of SIGSTKFLT ends the process.
 * Set the default and send it again; it is delivered when this handler returns. */
static void let_default_act(int signal)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = SIG_DFL;
    if (sc_sig.real_sigaction(signal, &action, NULL) == 0) {
        syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), signal);
    }
}

static uint64_t bit_of(int signal)
{
    return UINT64_C(1) << (signal - 1);
}

/* The kernel's signal set is the first word of libc's. */
static uint64_t read_mask(const sigset_t *set)
{
    uint64_t mask;
    memcpy(&mask, set, sizeof(mask));
    return mask;
}

/* The program blocks the signal: it waits where a blocked signal waits, really blocked
 * from when this handler returns. A signal to the process goes back to the process, so
 * that a thread that takes it may have it. */
static void hold(int signal, siginfo_t *info, ucontext_t *context)
{
    uint64_t mask = read_mask(&context->uc_sigmask) | bit_of(signal);
    memcpy(&context->uc_sigmask, &mask, sizeof(mask));
    if (info->si_code == SI_TKILL) {
        syscall(SYS_rt_tgsigqueueinfo, syscall(SYS_getpid), syscall(SYS_gettid), signal,
                info);
    } else {
        syscall(SYS_rt_sigqueueinfo, syscall(SYS_getpid), signal, info);
    }
}

/* Blocks what the kernel would block while the program's handler runs; what was
 * blocked before comes back when ours returns. */
static void open_mask(const struct sigaction *action, int signal,
                      const ucontext_t *context)
{
    uint64_t mask = read_mask(&context->uc_sigmask) | read_mask(&action->sa_mask);
    if (!(action->sa_flags & SA_NODEFER)) {
        mask |= bit_of(signal);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
}

void sc_sig_pass_on(int signal, siginfo_t *info, void *context)
{
    const struct sigaction *_Atomic *place =
        signal == SIGPROF ? &sc_sig.profile_action : &sc_sig.fallback_action;
    const struct sigaction *action = atomic_load(place);
    if (signal == SIGPROF && sc_sig_seems_blocked) {
        hold(signal, info, context);
        return;
    }
    if (action == NULL || action->sa_handler == SIG_DFL) {
        let_default_act(signal);
        return;
    }
    if (action->sa_handler == SIG_IGN) {
        return;
    }
    if (action->sa_flags & SA_RESETHAND) {
        atomic_store(place, NULL);
    }
    open_mask(action, signal, context);
    if (action->sa_flags & SA_SIGINFO) {
        action->sa_sigaction(signal, info, context);
    } else {
        action->sa_handler(signal);
    }
}
