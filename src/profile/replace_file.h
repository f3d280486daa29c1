/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Replaces a file at once: the new content goes to a temporary file beside it, which
 * takes its name when it is complete. Until then the old file stands, and a failure
 * leaves nothing behind. Context: cold. */
#ifndef SC_PROFILE_REPLACE_FILE_H
#define SC_PROFILE_REPLACE_FILE_H

#include "base/err.h"

#include <stdio.h>

struct sc_replacement {
    FILE *file;      /* write the new content here */
    char *target;    /* symbolic links followed; NULL: written in place */
    char *temporary; /* NULL: written in place */
    int error;       /* errno of what failed */
};

/* Begins. The new file gets the mode of the old one, else 0666 less the umask. A
 * symbolic link is followed; what is no regular file (a terminal, a pipe, /dev/stdout,
 * /dev/fd/N) is written in place. On failure replacement->error tells why, and there
 * is nothing to end. */
SC_MUST_USE enum sc_err sc_replace_begin(struct sc_replacement *replacement,
                                         const char *path);

/* Ends: the new content takes the file's place, when all of it was written. */
SC_MUST_USE enum sc_err sc_replace_end(struct sc_replacement *replacement);

/* Ends without replacing anything. */
void sc_replace_give_up(struct sc_replacement *replacement);

/* The error code for an errno. */
enum sc_err sc_err_of_errno(int error);

#endif
