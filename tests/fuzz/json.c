/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Fuzzes the profile reader, and with what it accepts the writer: a profile that was
 * read can be written, and what was written can be read and written again to the same
 * bytes. */
#include "fuzz.h"

#include "profile/json.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Writes to a file in memory; gives its bytes, to free(). */
static char *write_profile(const struct sc_profile *profile, size_t *n_bytes)
{
    struct sc_json_problem problem;
    char path[64];
    int fd = memfd_create("profile", MFD_CLOEXEC);
    MUST(fd >= 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    MUST(sc_profile_write_json(profile, path, &problem) == SC_OK);
    off_t size = lseek(fd, 0, SEEK_END);
    MUST(size > 0);
    *n_bytes = (size_t)size;
    char *bytes = malloc(*n_bytes);
    MUST(bytes != NULL && pread(fd, bytes, *n_bytes, 0) == size);
    close(fd);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    struct sc_profile *profile, *again;
    struct sc_json_problem problem;
    enum sc_err err =
        sc_profile_parse_json((const char *)data, n_bytes, &profile, &problem);
    if (err != SC_OK) {
        MUST(problem.text[0] != '\0' && strchr(problem.text, '\n') == NULL);
        return 0;
    }
    size_t n_first, n_second;
    char *first = write_profile(profile, &n_first);
    MUST(sc_profile_parse_json(first, n_first, &again, &problem) == SC_OK);
    MUST(again->n_files == profile->n_files && again->n_stacks == profile->n_stacks);
    char *second = write_profile(again, &n_second);
    MUST(n_first == n_second && memcmp(first, second, n_first) == 0);
    sc_profile_destroy(profile);
    sc_profile_destroy(again);
    free(first);
    free(second);
    return 0;
}
