/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The environment of the program, fork and exec. */
#include "run/launch.h"

#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define PRELOAD "LD_PRELOAD"
#define AGENT_LINK_NAME "libscalene.so"

void sc_limits_raise(struct sc_limits *inherited)
{
    struct rlimit raised;
    getrlimit(RLIMIT_NOFILE, &inherited->descriptors);
    raised = inherited->descriptors;
    raised.rlim_cur = raised.rlim_max;
    setrlimit(RLIMIT_NOFILE, &raised);
    getrlimit(RLIMIT_FSIZE, &inherited->file_bytes);
    raised = inherited->file_bytes;
    raised.rlim_cur = raised.rlim_max;
    setrlimit(RLIMIT_FSIZE, &raised);
}

void sc_streams_guard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            /* The lowest free descriptor is this one. */
            int null = open("/dev/null", O_RDWR | O_CLOEXEC);
            (void)null;
        }
    }
}

/* "NAME=value" made of its two parts; NULL when out of memory. */
static char *make_variable(const char *name, const char *value, const char *more)
{
    size_t n = strlen(name) + strlen(value) + strlen(more) + 3;
    char *variable = malloc(n);
    if (variable != NULL) {
        snprintf(variable, n, "%s=%s%s%s", name, value, more[0] != '\0' ? ":" : "",
                 more);
    }
    return variable;
}

static bool has_name(const char *variable, const char *name)
{
    size_t n = strlen(name);
    return strncmp(variable, name, n) == 0 && variable[n] == '=';
}

/* True when the environment has a variable of the name that `wanted` sets. */
static bool is_set(const char *wanted)
{
    size_t n = strcspn(wanted, "=");
    for (char **variable = environ; *variable != NULL; variable++) {
        if (strncmp(*variable, wanted, n) == 0 && (*variable)[n] == '=') {
            return true;
        }
    }
    return false;
}

/* The path by which the dynamic linker finds the agent. It takes spaces and colons for
 * separators and $ for a token; a path with these goes by way of a link. */
static const char *preload_path(const char *agent_path, const struct sc_rundir *rundir,
                                char link_path[PATH_MAX])
{
    if (strpbrk(agent_path, " :$") == NULL) {
        return agent_path;
    }
    int n = snprintf(link_path, PATH_MAX, "%s/" AGENT_LINK_NAME, rundir->path);
    if (n < 0 || n >= PATH_MAX ||
        symlinkat(agent_path, rundir->fd, AGENT_LINK_NAME) != 0) {
        return agent_path;
    }
    return link_path;
}

/* The program's environment and the variables in it that are ours to free. */
struct environment {
    char **variables;
    char *preload;
    char *run_dir;
};

static void environment_fini(struct environment *environment)
{
    free(environment->variables);
    free(environment->preload);
    free(environment->run_dir);
}

static enum sc_err environment_init(struct environment *environment,
                                    const struct sc_run_config *config,
                                    const struct sc_rundir *rundir)
{
    char link_path[PATH_MAX];
    const char *user_preload = getenv(PRELOAD);
    size_t n = 3; /* ours and the end */
    for (char **variable = environ; *variable != NULL; variable++) {
        n++;
    }
    const char *const *added = config->environment;
    for (; added != NULL && *added != NULL; added++) {
        n++;
    }
    environment->variables = calloc(n, sizeof(char *));
    environment->preload =
        make_variable(PRELOAD, preload_path(config->agent_path, rundir, link_path),
                      user_preload != NULL ? user_preload : "");
    environment->run_dir = make_variable(SC_ENV_RUN_DIR, rundir->path, "");
    if (environment->variables == NULL || environment->preload == NULL ||
        environment->run_dir == NULL) {
        environment_fini(environment);
        return SC_ERR_NO_MEMORY;
    }
    char **next = environment->variables;
    for (char **variable = environ; *variable != NULL; variable++) {
        if (!has_name(*variable, PRELOAD) && !has_name(*variable, SC_ENV_RUN_DIR)) {
            *next++ = *variable;
        }
    }
    for (added = config->environment; added != NULL && *added != NULL; added++) {
        if (!is_set(*added)) {
            *next++ = (char *)(uintptr_t)*added; /* exec does not write to it */
        }
    }
    *next++ = environment->preload;
    *next++ = environment->run_dir;
    return SC_OK;
}

/* In the child: everything as the front inherited it, then the program. */
static _Noreturn void become_program(const struct sc_run_config *config,
                                     const struct sc_rundir *rundir,
                                     const struct sc_signals *signals,
                                     const struct sc_limits *limits,
                                     char *const *environment, int report_fd)
{
    rundir->control->root_pid = (uint32_t)getpid();
    setrlimit(RLIMIT_NOFILE, &limits->descriptors);
    setrlimit(RLIMIT_FSIZE, &limits->file_bytes);
    sc_signals_reset_child(signals);
    execve(config->argv[0], (char *const *)(uintptr_t)config->argv, environment);
    int error = errno;
    ssize_t written = write(report_fd, &error, sizeof(error));
    (void)written;
    _exit(127);
}

/* Waits until exec has closed the pipe or the child has said why it failed. */
static int read_exec_errno(int report_fd)
{
    int error = 0;
    ssize_t n;
    do {
        n = read(report_fd, &error, sizeof(error));
    } while (n < 0 && errno == EINTR);
    return n == sizeof(error) ? error : 0;
}

enum sc_err sc_launch(const struct sc_run_config *config,
                      const struct sc_rundir *rundir, const struct sc_signals *signals,
                      const struct sc_limits *limits, pid_t *pid, int *exec_errno)
{
    struct environment environment = {0};
    int report[2] = {-1, -1};
    *exec_errno = 0;
    enum sc_err err = environment_init(&environment, config, rundir);
    if (err != SC_OK) {
        errno = ENOMEM;
        return err;
    }
    if (pipe2(report, O_CLOEXEC) != 0) {
        err = SC_ERR_LIMIT;
        goto done;
    }
    /* A signal between fork and exec must not run the front's handler in the child. */
    sc_signals_block();
    *pid = fork();
    if (*pid == 0) {
        become_program(config, rundir, signals, limits, environment.variables,
                       report[1]);
    }
    sc_signals_unblock(signals);
    if (*pid < 0) {
        err = SC_ERR_LIMIT;
        goto done;
    }
    close(report[1]);
    report[1] = -1;
    *exec_errno = read_exec_errno(report[0]);
    if (*exec_errno != 0) {
        waitpid(*pid, NULL, 0);
    }
done:;
    int saved_errno = errno;
    for (int i = 0; i < 2; i++) {
        if (report[i] >= 0) {
            close(report[i]);
        }
    }
    environment_fini(&environment);
    errno = saved_errno;
    return err;
}
