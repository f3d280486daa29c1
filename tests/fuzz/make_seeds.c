/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * make_seeds NAME DIRECTORY: writes inputs that are valid for a fuzzer, for it to start
 * from. Fuzzers without seeds start from nothing. */
#include "unit/trace/make_records.h"

#include <stdio.h>

static struct record_buffer buffer;

static FILE *open_seed(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/seed-%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
    }
    return file;
}

static size_t record_bytes(const void *record)
{
    return ((const struct sc_record *)record)->word & SC_RING_SIZE_MASK;
}

/* A record as a saved trace or a ring holds it. */
static void put_whole(FILE *file, const void *record)
{
    fwrite(record, 1, record_bytes(record), file);
}

/* A record in the framing of collect.c: kind, size, bytes behind the first word. */
static void put_framed(FILE *file, const void *record)
{
    unsigned char kind = (unsigned char)(sc_ring_kind(record) - SC_REC_PROCESS);
    uint16_t size = (uint16_t)(record_bytes(record) - 8);
    fwrite(&kind, 1, sizeof(kind), file);
    fwrite(&size, 1, sizeof(size), file);
    fwrite((const char *)record + 4, 1, record_bytes(record) - 4, file);
}

static void put_all(FILE *file, void (*put)(FILE *file, const void *record))
{
    put(file, make_process(&buffer));
    put(file, make_thread_start(&buffer));
    put(file, make_code(&buffer));
    put(file, make_sample(&buffer, 0));
    put(file, make_sample(&buffer, 5));
    put(file, make_thread_end(&buffer));
}

static int seed_trace(const char *directory)
{
    FILE *file = open_seed(directory, "replay");
    if (file == NULL) {
        return 1;
    }
    fputc(1, file); /* the mode: a valid header before it */
    put_all(file, put_whole);
    if (fclose(file) != 0 || (file = open_seed(directory, "live")) == NULL) {
        return 1;
    }
    static const uint16_t tail_and_used[2] = {0, 4088};
    fputc(2, file); /* the mode: a ring */
    fwrite(tail_and_used, sizeof(tail_and_used), 1, file);
    put_all(file, put_whole);
    return fclose(file) != 0;
}

static int seed_collect(const char *directory)
{
    FILE *file = open_seed(directory, "records");
    if (file == NULL) {
        return 1;
    }
    put_all(file, put_framed);
    return fclose(file) != 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        return 2;
    }
    if (strcmp(argv[1], "trace") == 0) {
        return seed_trace(argv[2]);
    }
    if (strcmp(argv[1], "collect") == 0) {
        return seed_collect(argv[2]);
    }
    return 0;
}
