/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * CPython in this process: finding it, and waiting by an audit hook (PEP 578) for the
 * moment when the interpreter is up, the GIL is held and the program is about to run.
 * A hook that stayed would cost every audited call, so it unlinks itself. */
#include "agent/python.h"

#include "agent/agent.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct sc_python sc_python;

static char hook_cookie; /* its address tells our node from others */

bool sc_python_find(void)
{
#define LOOK_UP(type, name) sc_python.name = dlsym(RTLD_DEFAULT, #name);
    SC_PYTHON_TABLE(LOOK_UP)
#undef LOOK_UP
    dlerror(); /* what was not found is no error of the program's */
    if (sc_python.PySys_AddAuditHook == NULL || sc_python.Py_GetVersion == NULL) {
        return false;
    }
    if (sc_python.Py_Version != NULL) {
        sc_agent.hexversion = (uint32_t)*sc_python.Py_Version;
    } else {
        char *end;
        unsigned long major = strtoul(sc_python.Py_GetVersion(), &end, 10);
        unsigned long minor = *end == '.' ? strtoul(end + 1, &end, 10) : 0;
        unsigned long micro = *end == '.' ? strtoul(end + 1, &end, 10) : 0;
        enum {
            FINAL_RELEASE = 0xf0
        };
        sc_agent.hexversion =
            (uint32_t)(major << 24 | minor << 16 | micro << 8 | FINAL_RELEASE);
    }
    return true;
}

static void (*on_start_up)(void);
static void (*on_run)(void);

static int audit(const char *event, void *arguments, void *user)
{
    (void)arguments;
    (void)user;
    if (strncmp(event, "cpython.run_", strlen("cpython.run_")) == 0) {
        on_run();
    } else {
        on_start_up();
    }
    return 0;
}

void sc_python_hook(void (*start_up)(void), void (*run)(void))
{
    on_start_up = start_up;
    on_run = run;
    sc_python.PySys_AddAuditHook(audit, &hook_cookie);
}

bool sc_python_readable(const void *address, uint32_t n_bytes)
{
    struct sc_sig_memory memory;
    sc_sig_memory_init(&memory, sc_sig_clock_ns(CLOCK_MONOTONIC));
    return memory.base.view(&memory.base, (uint64_t)(uintptr_t)address, n_bytes) !=
           NULL;
}

const unsigned char *sc_python_search(uint32_t expected,
                                      bool (*test)(const unsigned char *))
{
    enum {
        REACH_BYTES = 4096
    };
    const unsigned char *at = sc_python._PyRuntime + expected;
    if (sc_python_readable(at, 16) && test(at)) {
        return at;
    }
    const unsigned char *found = NULL;
    uint32_t begin = expected > REACH_BYTES ? expected - REACH_BYTES : 0;
    for (uint32_t offset = begin; offset < expected + REACH_BYTES; offset += 8) {
        at = sc_python._PyRuntime + offset;
        if (!sc_python_readable(at, 16) || !test(at)) {
            continue;
        }
        if (found != NULL) {
            return NULL;
        }
        found = at;
    }
    return found;
}

/* struct _Py_AuditHookEntry {next, hookCFunction, userData}. */
struct audit_entry {
    struct audit_entry *next;
    sc_audit_function *function;
    void *user;
};

static bool points_to_our_entry(const unsigned char *at)
{
    struct audit_entry *entry;
    memcpy(&entry, at, sizeof(entry));
    return entry != NULL && (uintptr_t)entry % sizeof(void *) == 0 &&
           sc_python_readable(entry, sizeof(*entry)) && entry->function == audit &&
           entry->user == &hook_cookie;
}

void sc_python_unhook(void)
{
    const unsigned char *head = NULL;
    if (sc_python._PyRuntime != NULL && sc_sig.layout.major != 0) {
        head = sc_python_search(sc_sig.layout.runtime_audit_hook_head,
                                points_to_our_entry);
    }
    if (head == NULL) {
        atomic_fetch_or(&sc_sig.header->flags, SC_RING_FLAG_HOOK_STAYS);
        return;
    }
    /* CPython is walking the list right now and reads our entry's next after we
     * return: the entry itself stays as it is, and is never freed. */
    struct audit_entry *entry;
    memcpy(&entry, head, sizeof(entry));
    __atomic_store_n((struct audit_entry **)(uintptr_t)head, entry->next,
                     __ATOMIC_RELEASE);
}

/* Py_tss_t {int _is_initialized; pthread_key_t _key}. */
static bool is_our_key(const unsigned char *at)
{
    int initialized;
    pthread_key_t key;
    memcpy(&initialized, at, sizeof(initialized));
    memcpy(&key, at + sizeof(initialized), sizeof(key));
    return initialized == 1 && key == sc_sig.tstate_key;
}

bool sc_python_find_key(void)
{
    enum {
        MAX_KEYS = 1024
    }; /* PTHREAD_KEYS_MAX */
    const void *tstate = sc_python.PyThreadState_Get();
    for (pthread_key_t key = 0; key < MAX_KEYS; key++) {
        if (pthread_getspecific(key) != tstate) {
            continue;
        }
        sc_sig.tstate_key = key;
        const unsigned char *at =
            sc_python_search(sc_sig.layout.runtime_auto_tss_key, is_our_key);
        if (at != NULL) {
            sc_sig.tstate_key_alive = (const int *)(const void *)at;
            return true;
        }
    }
    return false;
}
