/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The cold part of the agent: everything that runs outside signal handlers. It has no
 * thread, no descriptor and no Python code in the program; it never calls malloc,
 * exits or prints. preload.c holds the exported names, which call what is declared
 * here; so all of it links into unit tests. Each part can fail: then it is off, which
 * the ring's header says, and the program runs on. */
#ifndef SC_AGENT_AGENT_H
#define SC_AGENT_AGENT_H

#include "agent/sig/sig.h"
#include "base/err.h"

#include <spawn.h>
#include <sys/types.h>

/* The C library's functions that preload.c stands in front of: result, name,
 * parameters. One table: declaration and look-up expand from it. */
#define SC_REAL_TABLE(X)                                                     \
    X(int, pthread_create,                                                   \
      (pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))      \
    X(int, sigaction, (int, const struct sigaction *, struct sigaction *))   \
    X(__sighandler_t, signal, (int, __sighandler_t))                         \
    X(__sighandler_t, __sysv_signal, (int, __sighandler_t))                  \
    X(int, sigprocmask, (int, const sigset_t *, sigset_t *))                 \
    X(int, pthread_sigmask, (int, const sigset_t *, sigset_t *))             \
    X(int, execve, (const char *, char *const[], char *const[]))             \
    X(int, execvpe, (const char *, char *const[], char *const[]))            \
    X(int, fexecve, (int, char *const[], char *const[]))                     \
    X(int, execveat, (int, const char *, char *const[], char *const[], int)) \
    X(int, posix_spawn,                                                      \
      (pid_t *, const char *, const posix_spawn_file_actions_t *,            \
       const posix_spawnattr_t *, char *const[], char *const[]))             \
    X(int, posix_spawnp,                                                     \
      (pid_t *, const char *, const posix_spawn_file_actions_t *,            \
       const posix_spawnattr_t *, char *const[], char *const[]))             \
    X(void, _exit, (int))

struct sc_real {
/* Types and parameter lists cannot stand in parentheses. */
#define SC_REAL_MEMBER(result, name, parameters) \
    result(*name) parameters; /* NOLINT(bugprone-macro-parentheses) */
    SC_REAL_TABLE(SC_REAL_MEMBER)
#undef SC_REAL_MEMBER
};

/* The table, looked up at first use; a member is NULL where libc lacks it. */
const struct sc_real *sc_real_get(void);

/* State of this process image. */
struct sc_agent {
    pid_t pid;   /* that the state below belongs to; a vfork child differs */
    bool loaded; /* CPython is here and the run's control page is mapped */
    char run_dir[256];
    struct sc_ring_header *mapping; /* own ring */
    size_t mapping_bytes;
    bool layout_checked; /* sc_sig.layout is verified */
    enum sc_err layout_error;
    uint32_t hexversion;
};
extern struct sc_agent sc_agent;

/* True in the process that the state belongs to, false in a child that shares its
 * memory (vfork) or was cloned behind our back. */
bool sc_agent_is_own_process(void);

/* environment.c: takes our entries out of environ before main and keeps them. Returns
 * false when this process is not part of a run. */
bool sc_environment_take(void);

/* The environment that a new program gets so that it stays part of the run: envp with
 * our entries, in the caller's `storage` of storage_bytes (stack). envp itself when we
 * are not in a run, when `path` cannot carry us, or when storage is too small (then
 * counted). Async-signal-safe: used between vfork and exec. */
char *const *sc_environment_for(const char *path, char *const envp[], void *storage,
                                size_t storage_bytes);
size_t sc_environment_storage_bytes(char *const envp[]);

/* carry.c: true when the program at path can load this library: an ELF of our kind and
 * loader, no sanitizer runtime, not privileged; scripts: their interpreter. */
bool sc_carry_check(const char *path);

/* session.c (python.h has what concerns CPython): maps the control page and makes this
 * process's ring. */
SC_MUST_USE enum sc_err sc_session_open(uint64_t start_mono_ns);
void sc_session_drop(void); /* in a fork child: forgets the parent's ring */
void sc_session_set_state(enum sc_agent_state state);
void sc_session_announce_process(void);

/* threads.c: a slot and a CPU timer for each thread. */
struct sc_sig_thread *sc_threads_claim(void);
void sc_threads_release(struct sc_sig_thread *thread);
void sc_threads_begin(struct sc_sig_thread *thread); /* in the thread itself */
void sc_threads_end(struct sc_sig_thread *thread);   /* in the thread itself */
void sc_threads_start_all(void); /* arms every known thread: recording begins */
void sc_threads_rearm_all(void); /* with sc_sig.clock_signal's new value */
void sc_threads_after_fork(void);
int sc_threads_create(pthread_t *thread, const pthread_attr_t *attributes,
                      void *(*start)(void *), void *argument);

/* signals.c: our handler, and the program's view of our signal. */
/* clock_signal_changed is called when sc_sig.clock_signal has a new value. */
void sc_signals_install(void (*clock_signal_changed)(void));
int sc_signals_action(int signal, const struct sigaction *action,
                      struct sigaction *old);
int sc_signals_mask(int (*real)(int, const sigset_t *, sigset_t *), int how,
                    const sigset_t *set, sigset_t *old);
bool sc_signals_seems_blocked(void);
void sc_signals_thread_begin(bool inherited_blocked); /* in a new thread */
bool sc_signals_shares(int signal); /* the program has this number together with us */
void sc_signals_before_exec(void);  /* the program's own mask and SIG_IGN, inherited */
void sc_signals_after_exec(void);   /* it failed, or was a spawn: ours again */
void sc_signals_fork_prepare(void);
void sc_signals_fork_done(void);

/* life.c: before main; when the program is about to run; when the process image ends
 * (ENDED or EXECED: last records), and when an exec has failed. */
void sc_agent_load(void);
void sc_agent_start(void);
void sc_agent_close(enum sc_agent_state state);
void sc_agent_reopen(void);

#endif
