/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The agent's life: before main it decides whether this is a Python of a run and
 * prepares; when the program is about to run it starts recording; it closes at the end
 * and before another program is executed; a fork child begins anew. */
#include "agent/agent.h"
#include "agent/python.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void fork_child(void)
{
    sc_agent.pid = getpid();
    bool was_recording = atomic_load(&sc_sig.recording);
    sc_session_drop();
    sc_threads_after_fork();
    if (was_recording && sc_sig_self != NULL &&
        sc_session_open(sc_sig_clock_ns(CLOCK_MONOTONIC)) == SC_OK) {
        sc_sig.header->layout_error = (uint32_t)sc_agent.layout_error;
        sc_sig.header->eval_loop_address =
            (uint64_t)(uintptr_t)sc_python._PyEval_EvalFrameDefault;
        sc_sig.header->runtime_address = (uint64_t)(uintptr_t)sc_python._PyRuntime;
        atomic_fetch_or(&sc_sig.header->flags, SC_RING_FLAG_FORKED);
        if (sc_sig.clock_signal != SIGPROF) {
            atomic_fetch_or(&sc_sig.header->flags, SC_RING_FLAG_SIGPROF_TAKEN);
        }
        sc_session_set_state(sc_sig.has_layout ? SC_AGENT_RUNNING : SC_AGENT_NO_LINES);
        atomic_store(&sc_sig.recording, true);
        sc_threads_begin(sc_sig_self);
    } else {
        sc_agent.loaded = false;
    }
    sc_signals_fork_done();
}

/* While the interpreter imports its first modules: frames to check the layout with. */
static void before_run(void)
{
    if (!sc_agent.layout_checked) {
        sc_agent.layout_checked = sc_python_verify();
    }
}

void sc_agent_load(void)
{
    if (!sc_environment_take() || !sc_python_find()) {
        return;
    }
    sc_agent.pid = getpid();
    if (sc_session_open(sc_sig_clock_ns(CLOCK_MONOTONIC)) != SC_OK) {
        return;
    }
    sc_sig.code_type = (uint64_t)(uintptr_t)sc_python.PyCode_Type;
    sc_agent.layout_error =
        sc_layout_find(sc_agent.hexversion, sc_python._PyRuntime, &sc_sig.layout);
    if (sc_agent.layout_error != SC_OK) {
        sc_agent.layout_checked = true; /* there is nothing to check */
    }
    sc_sig.header->eval_loop_address =
        (uint64_t)(uintptr_t)sc_python._PyEval_EvalFrameDefault;
    sc_sig.header->runtime_address = (uint64_t)(uintptr_t)sc_python._PyRuntime;
    sc_sig_self = sc_threads_claim();
    if (sc_sig_self == NULL) {
        sc_session_set_state(SC_AGENT_FAILED);
        return;
    }
    sc_sig_self->tid = (uint32_t)sc_agent.pid;
    sc_agent.loaded = true;
    pthread_atfork(sc_signals_fork_prepare, sc_signals_fork_done, fork_child);
    sc_python_hook(before_run, sc_agent_start);
}

void sc_agent_start(void)
{
    if (!sc_agent.loaded || atomic_load(&sc_sig.recording) ||
        !sc_agent_is_own_process()) {
        return;
    }
    if (sc_agent.layout_error == SC_OK && !sc_sig.has_layout) {
        sc_agent.layout_error = SC_ERR_AGAIN; /* no frames were seen to check with */
    }
    sc_python_unhook();
    sc_signals_install(sc_threads_rearm_all);
    sc_sig.header->layout_error = (uint32_t)sc_agent.layout_error;
    sc_sig.header->start_mono_ns = sc_sig_clock_ns(CLOCK_MONOTONIC);
    sc_sig.header->start_epoch_ns = sc_sig_clock_ns(CLOCK_REALTIME);
    atomic_store(&sc_sig.recording, true);
    sc_threads_start_all();
    sc_session_set_state(sc_sig.has_layout ? SC_AGENT_RUNNING : SC_AGENT_NO_LINES);
}

void sc_agent_close(enum sc_agent_state state)
{
    if (sc_sig.header == NULL || !sc_agent_is_own_process()) {
        return;
    }
    int saved_errno = errno;
    bool was_recording = atomic_exchange(&sc_sig.recording, false);
    if (was_recording && sc_sig_self != NULL) {
        sc_threads_end(sc_sig_self);
    }
    sc_sig.header->end_mono_ns = sc_sig_clock_ns(CLOCK_MONOTONIC);
    if (was_recording) {
        sc_session_set_state(state);
    }
    errno = saved_errno;
}

void sc_agent_reopen(void)
{
    if (sc_sig.header == NULL || !sc_agent_is_own_process() ||
        atomic_load(&sc_sig.header->state) != SC_AGENT_EXECED) {
        return;
    }
    int saved_errno = errno;
    sc_sig.header->end_mono_ns = 0;
    sc_session_set_state(sc_sig.has_layout ? SC_AGENT_RUNNING : SC_AGENT_NO_LINES);
    atomic_store(&sc_sig.recording, true);
    if (sc_sig_self != NULL) {
        sc_threads_begin(sc_sig_self);
    }
    errno = saved_errno;
}
