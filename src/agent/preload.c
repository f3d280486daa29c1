/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The exported names of libscalene.so, and nothing else: each stands in front of the
 * C library's function of that name and calls what agent.h declares. */
#include "agent/agent.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, void (*)(void),
                           void (*)(void), void (*)(void), void *);

EXPORT int __libc_start_main(main_function *main, int argc, char **argv,
                             void (*init)(void), void (*fini)(void),
                             void (*rtld_fini)(void), void *stack_end);

EXPORT int __libc_start_main(main_function *main, int argc, char **argv,
                             void (*init)(void), void (*fini)(void),
                             void (*rtld_fini)(void), void *stack_end)
{
    start_function *real = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
    /* Now, because a signal handler or a fork child must not enter the loader. */
    sc_real_get();
    sc_agent_load();
    return real(main, argc, argv, init, fini, rtld_fini, stack_end);
}

__attribute__((destructor)) static void unload(void)
{
    sc_agent_close(SC_AGENT_ENDED);
}

EXPORT void _exit(int status)
{
    sc_agent_close(SC_AGENT_ENDED);
    sc_real_get()->_exit(status);
    __builtin_unreachable();
}

EXPORT void _Exit(int status)
{
    _exit(status);
}

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    return sc_threads_create(thread, attributes, start, argument);
}

EXPORT int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
    return sc_signals_action(signal, action, old);
}

/* A number that the program has together with us; signal(3) in its two meanings. */
static __sighandler_t set_shared(int number, __sighandler_t handler, int flags)
{
    struct sigaction action, old;
    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = flags;
    if (!(flags & SA_NODEFER)) {
        sigaddset(&action.sa_mask, number);
    }
    return sc_signals_action(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* All other numbers are the C library's own: it knows what siginterrupt(3) asked for.
 */
EXPORT __sighandler_t signal(int number, __sighandler_t handler)
{
    if (handler == SIG_ERR || !sc_signals_shares(number)) {
        return sc_real_get()->signal(number, handler);
    }
    return set_shared(number, handler, SA_RESTART);
}

/* signal(3) in programs built for System V or strict X/Open. */
EXPORT __sighandler_t __sysv_signal(int number, __sighandler_t handler)
{
    if (handler == SIG_ERR || !sc_signals_shares(number)) {
        return sc_real_get()->__sysv_signal(number, handler);
    }
    return set_shared(number, handler, (int)SA_RESETHAND | SA_NODEFER);
}

EXPORT __sighandler_t sysv_signal(int number, __sighandler_t handler)
{
    return __sysv_signal(number, handler);
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    return sc_signals_mask(sc_real_get()->sigprocmask, how, set, old);
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    return sc_signals_mask(sc_real_get()->pthread_sigmask, how, set, old);
}

/* The exec family. The new environment is built on this stack: the caller may be a
 * vfork child, which shares its parent's memory. */
enum {
    MAX_STACK_BYTES = 256 << 10
};
#define ENVIRONMENT_ON_STACK(path, envp)                       \
    size_t storage_bytes = sc_environment_storage_bytes(envp); \
    if (storage_bytes > MAX_STACK_BYTES) {                     \
        storage_bytes = 0;                                     \
    }                                                          \
    void *storage = __builtin_alloca(storage_bytes + 1);       \
    char *const *environment = sc_environment_for(path, envp, storage, storage_bytes)

static void before_exec(void)
{
    sc_agent_close(SC_AGENT_EXECED);
    sc_signals_before_exec();
}

static void exec_failed(void)
{
    int saved_errno = errno;
    sc_agent_reopen();
    sc_signals_after_exec();
    errno = saved_errno;
}

EXPORT int execve(const char *path, char *const argv[], char *const envp[])
{
    ENVIRONMENT_ON_STACK(path, envp);
    before_exec();
    int result = sc_real_get()->execve(path, argv, environment);
    exec_failed();
    return result;
}

EXPORT int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

/* The file that a search of PATH finds, as execvp(3) looks; name itself when it has a
 * slash. Returns false when there is none that can be executed. */
static bool search_path(const char *name, char *path, size_t path_bytes)
{
    const char *list = getenv("PATH");
    size_t name_bytes = strlen(name);
    if (strchr(name, '/') != NULL || list == NULL) {
        if (name_bytes >= path_bytes) {
            return false;
        }
        memcpy(path, name, name_bytes + 1);
        return true;
    }
    for (;;) {
        size_t n = strcspn(list, ":");
        if (n + name_bytes + 2 <= path_bytes) {
            memcpy(path, list, n);
            path[n] = '/';
            memcpy(path + n + (n > 0), name, name_bytes + 1);
            if (access(path, X_OK) == 0) {
                return true;
            }
        }
        if (list[n] == 0) {
            return false;
        }
        list += n + 1;
    }
}

EXPORT int execvpe(const char *name, char *const argv[], char *const envp[])
{
    char path[4096];
    if (!search_path(name, path, sizeof(path))) {
        return sc_real_get()->execvpe(name, argv, envp);
    }
    ENVIRONMENT_ON_STACK(path, envp);
    before_exec();
    int result = sc_real_get()->execvpe(name, argv, environment);
    exec_failed();
    return result;
}

EXPORT int execvp(const char *name, char *const argv[])
{
    return execvpe(name, argv, environ);
}

/* Counts the words of an execl call, the first included; ap is left used. */
static size_t count_words(va_list ap)
{
    size_t n = 1;
    while (va_arg(ap, char *) != NULL) {
        n++;
    }
    return n;
}

#define COLLECT_WORDS(first)                                         \
    va_list count_list, list;                                        \
    va_start(count_list, first);                                     \
    size_t n_words = count_words(count_list);                        \
    va_end(count_list);                                              \
    char **words = __builtin_alloca((n_words + 1) * sizeof(char *)); \
    va_start(list, first);                                           \
    words[0] = (char *)(first);                                      \
    for (size_t i = 1; i <= n_words; i++) {                          \
        words[i] = va_arg(list, char *);                             \
    }

EXPORT int execl(const char *path, const char *first, ...)
{
    COLLECT_WORDS(first);
    va_end(list);
    return execve(path, words, environ);
}

EXPORT int execlp(const char *name, const char *first, ...)
{
    COLLECT_WORDS(first);
    va_end(list);
    return execvpe(name, words, environ);
}

EXPORT int execle(const char *path, const char *first, ...)
{
    COLLECT_WORDS(first);
    char *const *envp = va_arg(list, char *const *);
    va_end(list);
    return execve(path, words, envp);
}

EXPORT int fexecve(int fd, char *const argv[], char *const envp[])
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    ENVIRONMENT_ON_STACK(path, envp);
    before_exec();
    int result = sc_real_get()->fexecve(fd, argv, environment);
    exec_failed();
    return result;
}

EXPORT int posix_spawn(pid_t *pid, const char *path,
                       const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const argv[],
                       char *const envp[])
{
    ENVIRONMENT_ON_STACK(path, envp);
    sc_signals_before_exec();
    int result =
        sc_real_get()->posix_spawn(pid, path, actions, attributes, argv, environment);
    sc_signals_after_exec();
    return result;
}

EXPORT int posix_spawnp(pid_t *pid, const char *name,
                        const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const argv[],
                        char *const envp[])
{
    char path[4096];
    if (!search_path(name, path, sizeof(path))) {
        return sc_real_get()->posix_spawnp(pid, name, actions, attributes, argv, envp);
    }
    ENVIRONMENT_ON_STACK(path, envp);
    sc_signals_before_exec();
    int result =
        sc_real_get()->posix_spawnp(pid, name, actions, attributes, argv, environment);
    sc_signals_after_exec();
    return result;
}
