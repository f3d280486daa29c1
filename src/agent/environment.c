/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The program sees its own environment: LD_PRELOAD and ours leave environ before main
 * and come back only in what a new program is given. */
#include "agent/agent.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRELOAD_PREFIX "LD_PRELOAD="
#define RUN_DIR_PREFIX SC_ENV_RUN_DIR "="

static char own_library[512]; /* as it stood first in LD_PRELOAD */
static char run_dir_entry[sizeof(RUN_DIR_PREFIX) + sizeof(sc_agent.run_dir)];

static char **find_entry(char *const envp[], const char *prefix)
{
    size_t n = strlen(prefix);
    for (char **entry = (char **)envp; entry != NULL && *entry != NULL; entry++) {
        if (strncmp(*entry, prefix, n) == 0) {
            return entry;
        }
    }
    return NULL;
}

static void remove_entry(char **entry)
{
    for (; *entry != NULL; entry++) {
        entry[0] = entry[1];
    }
}

/* Takes our library, the first of the list, out of LD_PRELOAD's value in place. */
static void take_preload(char **entry)
{
    char *value = *entry + strlen(PRELOAD_PREFIX);
    size_t own = strcspn(value, ": ");
    if (own >= sizeof(own_library)) {
        return;
    }
    memcpy(own_library, value, own);
    own_library[own] = 0;
    if (value[own] == 0) {
        remove_entry(entry);
    } else {
        memmove(value, value + own + 1, strlen(value + own + 1) + 1);
    }
}

bool sc_environment_take(void)
{
    char **run_dir = find_entry(environ, RUN_DIR_PREFIX);
    char **preload = find_entry(environ, PRELOAD_PREFIX);
    if (run_dir == NULL) {
        return false;
    }
    const char *dir = *run_dir + strlen(RUN_DIR_PREFIX);
    size_t n = strlen(dir);
    bool usable = n > 0 && n < sizeof(sc_agent.run_dir) && preload != NULL;
    if (usable) {
        memcpy(sc_agent.run_dir, dir, n + 1);
        memcpy(run_dir_entry, *run_dir, strlen(*run_dir) + 1);
    }
    if (preload != NULL) {
        take_preload(preload);
    }
    run_dir = find_entry(environ, RUN_DIR_PREFIX);
    remove_entry(run_dir);
    if (own_library[0] == 0) {
        usable = false;
    }
    if (!usable) {
        run_dir_entry[0] = 0;
    }
    return usable;
}

static size_t count_entries(char *const envp[])
{
    size_t n = 0;
    while (envp != NULL && envp[n] != NULL) {
        n++;
    }
    return n;
}

size_t sc_environment_storage_bytes(char *const envp[])
{
    char **preload = find_entry(envp, PRELOAD_PREFIX);
    size_t text = sizeof(PRELOAD_PREFIX) + sizeof(own_library) +
                  (preload != NULL ? strlen(*preload) : 0);
    return (count_entries(envp) + 3) * sizeof(char *) + text;
}

char *const *sc_environment_for(const char *path, char *const envp[], void *storage,
                                size_t storage_bytes)
{
    /* An environment that names a run already is one that an inner `scalene run`
     * made for its own program. */
    if (run_dir_entry[0] == 0 || find_entry(envp, RUN_DIR_PREFIX) != NULL) {
        return envp;
    }
    bool fits = sc_environment_storage_bytes(envp) <= storage_bytes;
    /* Whoever may not read the library would see the loader complain. */
    if (!fits || faccessat(AT_FDCWD, own_library, R_OK, AT_EACCESS) != 0 ||
        !sc_carry_check(path)) {
        /* A search of PATH tries names that are not there. */
        if (sc_sig.header != NULL && access(path, X_OK) == 0) {
            sc_sig_count_drop(SC_DROP_CHILD_NOT_FOLLOWED);
        }
        return envp;
    }
    size_t n = count_entries(envp);
    char **copy = storage;
    char *text = (char *)(copy + n + 3);
    char **user = find_entry(envp, PRELOAD_PREFIX);
    char *end = stpcpy(stpcpy(text, PRELOAD_PREFIX), own_library);
    if (user != NULL) { /* an empty one too, so that it is there again when we left */
        *end++ = ':';
        stpcpy(end, *user + strlen(PRELOAD_PREFIX));
    }
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        copy[used++] = user == &envp[i] ? text : envp[i];
    }
    if (user == NULL) {
        copy[used++] = text;
    }
    copy[used++] = run_dir_entry;
    copy[used] = NULL;
    return copy;
}
