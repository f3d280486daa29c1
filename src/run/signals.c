/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Handlers that only write a note into a pipe, and what the loop does with it. */
#include "run/signals.h"

#include "base/units.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const int handed_on[SC_N_HANDED_ON] = {
    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2,
};

/* How long a sender gets to signal the program itself, and the program to end. */
static const uint64_t hand_on_delay_ns = 100 * SC_NS_PER_MS;

struct note {
    int number;
    int code;
};

/* A handler has no argument of ours, hence this one variable. */
static volatile int note_fd = -1;

static void take_note(int number, siginfo_t *info, void *context)
{
    (void)context;
    int saved_errno = errno;
    struct note note = {.number = number, .code = info->si_code};
    /* Shorter than PIPE_BUF, so written whole or, in a full pipe, not at all: then
     * thousands of signals are waiting to be handed on already. */
    ssize_t written = write(note_fd, &note, sizeof(note));
    (void)written;
    errno = saved_errno;
}

static void swallow(int number)
{
    (void)number;
}

enum sc_err sc_signals_init(struct sc_signals *signals)
{
    *signals = (struct sc_signals){.pipe_fds = {-1, -1}};
    if (pipe2(signals->pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
        return SC_ERR_LIMIT;
    }
    note_fd = signals->pipe_fds[1];
    struct sigaction action = {.sa_sigaction = take_note,
                               .sa_flags = SA_SIGINFO | SA_RESTART};
    sigfillset(&action.sa_mask);
    sigset_t caught;
    sigemptyset(&caught);
    for (int i = 0; i < SC_N_HANDED_ON; i++) {
        sigaction(handed_on[i], NULL, &signals->inherited[i]);
        signals->caught[i] = signals->inherited[i].sa_handler != SIG_IGN;
        if (signals->caught[i]) {
            sigaction(handed_on[i], &action, NULL);
            sigaddset(&caught, handed_on[i]);
        }
    }
    /* With SIGCHLD ignored the program's exit status would be lost. */
    struct sigaction child_action = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &child_action, &signals->inherited_child_action);
    struct sigaction file_size_action = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &file_size_action, &signals->inherited_file_size_action);
    sigprocmask(SIG_UNBLOCK, &caught, &signals->inherited_mask);
    return SC_OK;
}

void sc_signals_fini(struct sc_signals *signals)
{
    struct sigaction once = {.sa_handler = swallow,
                             .sa_flags = SA_RESTART | SA_RESETHAND};
    sigemptyset(&once.sa_mask);
    for (int i = 0; i < SC_N_HANDED_ON; i++) {
        bool ends_runs =
            handed_on[i] == SIGINT || handed_on[i] == SIGTERM || handed_on[i] == SIGHUP;
        if (signals->caught[i]) {
            sigaction(handed_on[i], ends_runs ? &once : &signals->inherited[i], NULL);
        }
    }
    sigaction(SIGCHLD, &signals->inherited_child_action, NULL);
    sigprocmask(SIG_SETMASK, &signals->inherited_mask, NULL);
    note_fd = -1;
    close(signals->pipe_fds[0]);
    close(signals->pipe_fds[1]);
}

void sc_signals_block(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
}

void sc_signals_unblock(const struct sc_signals *signals)
{
    sigset_t mask = signals->inherited_mask;
    for (int i = 0; i < SC_N_HANDED_ON; i++) {
        if (signals->caught[i]) {
            sigdelset(&mask, handed_on[i]);
        }
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

void sc_signals_reset_child(const struct sc_signals *signals)
{
    for (int i = 0; i < SC_N_HANDED_ON; i++) {
        if (signals->caught[i]) {
            sigaction(handed_on[i], &signals->inherited[i], NULL);
        }
    }
    sigaction(SIGCHLD, &signals->inherited_child_action, NULL);
    sigaction(SIGXFSZ, &signals->inherited_file_size_action, NULL);
    sigprocmask(SIG_SETMASK, &signals->inherited_mask, NULL);
}

int sc_signals_fd(const struct sc_signals *signals)
{
    return signals->pipe_fds[0];
}

/* True when the program has got the same signal by itself. A terminal's hang-up is
 * sent to the leader of the session alone, which the program can not be when the front
 * is: tty_signal_session_leader() in Linux's drivers/tty/tty_jobctrl.c. */
static bool program_has_it(const struct note *note)
{
    bool for_leader_only = note->number == SIGHUP && getsid(0) == getpid();
    return sc_os_signal_from_kernel(note->code) && !for_leader_only;
}

void sc_signals_take(struct sc_signals *signals, uint64_t now_mono_ns)
{
    struct note note;
    while (read(signals->pipe_fds[0], &note, sizeof(note)) == sizeof(note)) {
        if (!program_has_it(&note) && signals->n_pending < SC_MAX_PENDING_SIGNALS) {
            signals->pending[signals->n_pending++] = (struct sc_pending_signal){
                .number = note.number,
                .due_mono_ns = now_mono_ns + hand_on_delay_ns,
            };
        }
    }
}

uint64_t sc_signals_hand_on(struct sc_signals *signals, pid_t program,
                            uint64_t now_mono_ns)
{
    size_t n_done = 0;
    while (n_done < signals->n_pending &&
           signals->pending[n_done].due_mono_ns <= now_mono_ns) {
        kill(program, signals->pending[n_done].number);
        n_done++;
    }
    for (size_t i = n_done; i < signals->n_pending; i++) {
        signals->pending[i - n_done] = signals->pending[i];
    }
    signals->n_pending -= n_done;
    return signals->n_pending > 0 ? signals->pending[0].due_mono_ns : UINT64_MAX;
}
