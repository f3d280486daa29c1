/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Many writers and one reader at the same time, in threads (for ThreadSanitizer) and
 * in a process that is killed. Each record says who wrote it, which one it is, and
 * holds a body that follows from these, so that the reader misses nothing. */
#include "base/ring.h"

#include "harness.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WRITERS = 4,
    PER_WRITER = 40000,
    CAPACITY = 16384,
    MAX_WORDS = 40,
    KIND = 9
};

struct record {
    _Atomic uint32_t word;
    uint32_t writer;
    uint64_t sequence;
    uint64_t body[];
};

/* Sizes vary so that every position of the ring's end is met. */
static size_t body_words(uint32_t writer, uint64_t sequence)
{
    return (sequence * 7 + writer * 13) % MAX_WORDS;
}

static struct sc_ring ring;
static _Atomic uint64_t refused;

static bool write_one(uint32_t writer, uint64_t sequence)
{
    size_t n = body_words(writer, sequence);
    struct record *record =
        sc_ring_reserve(&ring, KIND, sizeof(*record) + n * sizeof(uint64_t));
    if (record == NULL) {
        return false;
    }
    record->writer = writer;
    record->sequence = sequence;
    for (size_t i = 0; i < n; i++) {
        record->body[i] = sequence ^ (uint64_t)i << 32;
    }
    sc_ring_commit(record);
    return true;
}

static void *write_all(void *argument)
{
    uint32_t writer = (uint32_t)(uintptr_t)argument;
    for (uint64_t i = 0; i < PER_WRITER; i++) {
        while (!write_one(writer, i)) {
            atomic_fetch_add(&refused, 1);
            sched_yield();
        }
    }
    return NULL;
}

/* Takes what there is; next[w] is the number that writer w's next record must have. */
static size_t read_some(uint64_t next[WRITERS])
{
    size_t n_read = 0;
    size_t size_bytes;
    enum sc_err err;
    const struct record *record;
    while ((record = sc_ring_peek(&ring, &size_bytes, &err)) != NULL) {
        uint32_t writer = record->writer;
        CHECK(writer < WRITERS);
        CHECK_INT(sc_ring_kind(record), KIND);
        if (writer >= WRITERS) {
            break;
        }
        size_t n = body_words(writer, record->sequence);
        CHECK_INT(record->sequence, next[writer]);
        CHECK_INT(size_bytes, sizeof(*record) + n * sizeof(uint64_t));
        for (size_t i = 0; i < n; i++) {
            CHECK_INT(record->body[i], record->sequence ^ (uint64_t)i << 32);
        }
        next[writer]++;
        n_read++;
        sc_ring_release(&ring, size_bytes);
    }
    CHECK_INT(err, SC_OK);
    return n_read;
}

static struct sc_ring_state *shared_ring(void)
{
    size_t n_bytes = 4096 + CAPACITY;
    unsigned char *pages =
        mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    if (pages == MAP_FAILED) {
        exit(1);
    }
    struct sc_ring_state *state = (struct sc_ring_state *)(void *)pages;
    sc_ring_init(&ring, state, pages + 4096, CAPACITY);
    return state;
}

static void all_records_of_all_threads_arrive_in_order(void)
{
    struct sc_ring_state *state = shared_ring();
    pthread_t threads[WRITERS];
    uint64_t next[WRITERS] = {0};
    for (uintptr_t i = 0; i < WRITERS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, write_all, (void *)i), 0);
    }
    uint64_t n_read = 0;
    while (n_read < (uint64_t)WRITERS * PER_WRITER && check_failures == 0) {
        size_t n = read_some(next);
        n_read += n;
        if (n == 0) {
            sched_yield();
        }
    }
    for (size_t i = 0; i < WRITERS; i++) {
        CHECK_INT(pthread_join(threads[i], NULL), 0);
        CHECK_INT(next[i], PER_WRITER);
    }
    CHECK_INT(sc_ring_used_bytes(&ring), 0);
    printf("# refused because full: %llu\n", (unsigned long long)atomic_load(&refused));
    munmap(state, 4096 + CAPACITY);
}

/* The child is killed in the middle of writing: what it committed is there, at most
 * one record of each thread is dead, and the ring ends empty. */
static void ring_outlives_a_killed_writer(void)
{
    struct sc_ring_state *state = shared_ring();
    for (int round = 0; round < 20; round++) {
        uint64_t next[WRITERS] = {0};
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            alarm(60); /* should the parent fail before its kill */
            for (uint64_t i = 0;; i++) {
                while (!write_one(0, i)) {
                    sched_yield();
                }
            }
        }
        uint64_t n_read = 0;
        while (n_read < 500) {
            n_read += read_some(next);
        }
        CHECK_INT(kill(child, SIGKILL), 0);
        CHECK_INT(waitpid(child, NULL, 0), child);
        read_some(next);
        int n_dead = 0;
        while (sc_ring_skip_dead(&ring)) {
            n_dead++;
            read_some(next);
        }
        CHECK(n_dead <= 1);
        CHECK_INT(sc_ring_used_bytes(&ring), 0);
    }
    munmap(state, 4096 + CAPACITY);
}

int main(void)
{
    RUN(all_records_of_all_threads_arrive_in_order);
    RUN(ring_outlives_a_killed_writer);
    return check_failures != 0;
}
