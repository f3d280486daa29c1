/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Signals that come by our number and are not ours: the program gets them as if we
 * were not there. */
#include "agent/sig/sig.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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

void sc_sig_pass_on(int signal, siginfo_t *info, void *context)
{
    const struct sigaction *action = &sc_sig.program_action;
    bool asked = signal == SIGPROF &&
                 atomic_load_explicit(&sc_sig.program_has_action, memory_order_acquire);
    if (asked && !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_IGN) {
        return;
    }
    if (!asked || (!(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL)) {
        let_default_act(signal);
        return;
    }
    if (action->sa_flags & SA_RESETHAND) {
        atomic_store(&sc_sig.program_has_action, false);
    }
    if (action->sa_flags & SA_SIGINFO) {
        action->sa_sigaction(signal, info, context);
    } else {
        action->sa_handler(signal);
    }
}
