/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The helper process and its answer. One socket is both its standard input and its
 * output: send(MSG_NOSIGNAL) on it cannot raise SIGPIPE in the front when the helper
 * dies, and poll keeps both directions and the time limit in one loop. */
#include "profile/source_facts.h"

#include "os/heap.h"
#include "profile/source_facts_json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_ANSWER_BYTES = 256 << 20,
    READ_BYTES = 64 << 10
};

/* The text of source_facts.py, made by the build. */
extern const char sc_source_facts_script[];

extern char **environ;

struct bytes {
    char *data;
    size_t n;
    size_t capacity;
};

static enum sc_err append(struct bytes *bytes, const void *data, size_t n)
{
    void *items = bytes->data;
    enum sc_err err = sc_os_grow(&items, &bytes->capacity, bytes->n + n, 1);
    if (err == SC_OK) {
        bytes->data = items;
        memcpy(bytes->data + bytes->n, data, n);
        bytes->n += n;
    }
    return err;
}

static enum sc_err write_requests(struct bytes *out,
                                  const struct sc_source_request *requests, size_t n)
{
    enum sc_err err = SC_OK;
    for (size_t i = 0; i < n && err == SC_OK; i++) {
        const char *field = requests[i].text ? requests[i].text : requests[i].path;
        err = append(out, requests[i].text ? "T" : "F", 2);
        if (err == SC_OK) {
            err = append(out, field, strlen(field) + 1);
        }
    }
    return err;
}

/* The front's environment without what would change the helper's answer: preloaded
 * libraries and Python's own variables (the -I option ignores most of those). */
static char **helper_environment(void)
{
    static const char *const left_out[] = {"LD_PRELOAD=", "PYTHON", "SCALENE_"};
    size_t n = 0;
    while (environ[n] != NULL) {
        n++;
    }
    char **kept = calloc(n + 1, sizeof *kept);
    if (kept == NULL) {
        return NULL;
    }
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        bool keep = true;
        for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++) {
            keep = keep && strncmp(environ[i], left_out[k], strlen(left_out[k])) != 0;
        }
        if (keep) {
            kept[n_kept++] = environ[i];
        }
    }
    return kept;
}

/* Starts the helper in a process group of its own, so that a wrapper script and what
 * it started can be ended together. */
static enum sc_err start_helper(const char *interpreter, int socket, pid_t *pid)
{
    char *argv[] = {(char *)interpreter,
                    "-I",
                    "-S",
                    "-W",
                    "ignore",
                    "-c",
                    (char *)sc_source_facts_script,
                    NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    char **environment = helper_environment();
    if (environment == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    int failed =
        posix_spawnp(pid, interpreter, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    return failed == 0 ? SC_OK : SC_ERR_NOT_FOUND;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Sends what is left of the question; says so to the helper when all is sent. */
static bool send_some(int socket, const struct bytes *question, size_t *n_sent)
{
    ssize_t n = send(socket, question->data + *n_sent, question->n - *n_sent,
                     MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    *n_sent += (size_t)n;
    if (*n_sent == question->n) {
        shutdown(socket, SHUT_WR);
    }
    return true;
}

/* Exchanges question and answer until the helper closes its end. */
static enum sc_err exchange(int socket, const struct bytes *question,
                            struct bytes *answer, int limit_ms)
{
    int64_t deadline_ms = now_ms() + limit_ms;
    char *buffer = malloc(READ_BYTES);
    enum sc_err err = buffer != NULL ? SC_OK : SC_ERR_NO_MEMORY;
    size_t n_sent = 0;
    while (err == SC_OK) {
        int64_t left_ms = deadline_ms - now_ms();
        short events = n_sent < question->n ? POLLIN | POLLOUT : POLLIN;
        struct pollfd waiting = {.fd = socket, .events = events};
        int n_ready = left_ms > 0 ? poll(&waiting, 1, (int)left_ms) : 0;
        if (n_ready < 0 && errno == EINTR) {
            continue;
        }
        if (n_ready <= 0) {
            err = n_ready == 0 ? SC_ERR_LIMIT : SC_ERR_IO;
            break;
        }
        if ((waiting.revents & POLLOUT) && !send_some(socket, question, &n_sent)) {
            err = SC_ERR_IO;
        }
        if (waiting.revents & (POLLIN | POLLHUP | POLLERR)) {
            ssize_t n = recv(socket, buffer, READ_BYTES, MSG_DONTWAIT);
            if (n == 0) {
                break;
            }
            if (n < 0) {
                err = errno == EAGAIN || errno == EINTR ? SC_OK : SC_ERR_IO;
            } else if (answer->n + (size_t)n > MAX_ANSWER_BYTES) {
                err = SC_ERR_LIMIT;
            } else {
                err = append(answer, buffer, (size_t)n);
            }
        }
    }
    free(buffer);
    return err;
}

/* Waits for the helper's end; it has closed its output, or is ended here. */
static enum sc_err end_helper(pid_t pid, enum sc_err err)
{
    int status;
    kill(-pid, err == SC_OK ? 0 : SIGKILL);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return SC_ERR_IO;
        }
    }
    if (err == SC_OK && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        return SC_ERR_IO;
    }
    return err;
}

enum sc_err sc_source_facts_ask(struct sc_arena *arena, const char *interpreter,
                                const struct sc_source_request *requests, size_t n,
                                int limit_ms, struct sc_source_facts *facts)
{
    struct bytes question = {0}, answer = {0};
    int sockets[2] = {-1, -1};
    pid_t pid;
    memset(facts, 0, n * sizeof *facts);
    enum sc_err err = write_requests(&question, requests, n);
    if (err != SC_OK) {
        goto done;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
        err = SC_ERR_IO;
        goto done;
    }
    err = start_helper(interpreter, sockets[1], &pid);
    if (err != SC_OK) {
        goto done;
    }
    close(sockets[1]);
    sockets[1] = -1;
    err = exchange(sockets[0], &question, &answer, limit_ms);
    err = end_helper(pid, err);
    if (err == SC_OK) {
        err = sc_source_facts_parse(arena, answer.data, answer.n, facts, n);
    }
    if (err != SC_OK) {
        memset(facts, 0, n * sizeof *facts);
    }
done:
    for (int i = 0; i < 2; i++) {
        if (sockets[i] >= 0) {
            close(sockets[i]);
        }
    }
    free(question.data);
    free(answer.data);
    return err;
}
