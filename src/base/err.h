/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Error codes of the whole project. A function that can fail returns enum sc_err
 * and hands its results out through parameters; 0 is success. The text is for
 * logs and for the last part of a one-line message; the caller adds what failed
 * and what to do. Nothing here allocates; usable in any context. */
#ifndef SC_BASE_ERR_H
#define SC_BASE_ERR_H

#define SC_ERR_TABLE(X)                     \
    X(OK, "success")                        \
    X(NO_MEMORY, "out of memory")           \
    X(IO, "input/output error")             \
    X(NOT_FOUND, "not found")               \
    X(DENIED, "permission denied")          \
    X(NO_SPACE, "no space left")            \
    X(FORMAT, "not in the expected format") \
    X(TRUNCATED, "ends too early")          \
    X(VERSION, "made by a newer version")   \
    X(RANGE, "value out of range")          \
    X(UNSUPPORTED, "not supported here")    \
    X(EXISTS, "already there")              \
    X(LIMIT, "a limit was reached")         \
    X(AGAIN, "nothing there yet")

enum sc_err {
#define SC_ERR_ENUM(name, text) SC_ERR_##name,
    SC_ERR_TABLE(SC_ERR_ENUM)
#undef SC_ERR_ENUM
    SC_ERR_COUNT
};
#define SC_OK SC_ERR_OK

#define SC_MUST_USE __attribute__((warn_unused_result))

/* The text of an error code; never NULL. Context: any. */
static inline const char *sc_err_text(enum sc_err err)
{
    static const char *const texts[] = {
#define SC_ERR_TEXT(name, text) text,
        SC_ERR_TABLE(SC_ERR_TEXT)
#undef SC_ERR_TEXT
    };
    return (unsigned)err < SC_ERR_COUNT ? texts[err] : "unknown error";
}

#endif
