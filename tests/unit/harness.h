/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The unit-test harness: CHECK macros that print what failed and count it, and RUN
 * for each test. One program per test file; main returns check_failures != 0. */
#ifndef SC_TESTS_UNIT_HARNESS_H
#define SC_TESTS_UNIT_HARNESS_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static int check_failures;

#define CHECK(condition)                                                           \
    do {                                                                           \
        if (!(condition)) {                                                        \
            fprintf(stderr, "%s:%d: CHECK(%s)\n", __FILE__, __LINE__, #condition); \
            check_failures++;                                                      \
        }                                                                          \
    } while (0)

#define CHECK_INT(actual, expected)                                                   \
    do {                                                                              \
        long long a_ = (long long)(actual), e_ = (long long)(expected);               \
        if (a_ != e_) {                                                               \
            fprintf(stderr, "%s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, \
                    #actual, a_, e_);                                                 \
            check_failures++;                                                         \
        }                                                                             \
    } while (0)

#define CHECK_STR(actual, expected)                                             \
    do {                                                                        \
        const char *a_ = (actual), *e_ = (expected);                            \
        if (a_ == NULL || strcmp(a_, e_) != 0) {                                \
            fprintf(stderr, "%s:%d: %s is \"%s\", expected \"%s\"\n", __FILE__, \
                    __LINE__, #actual, a_ ? a_ : "(null)", e_);                 \
            check_failures++;                                                   \
        }                                                                       \
    } while (0)

#define CHECK_NEAR(actual, expected, tolerance)                                   \
    do {                                                                          \
        double a_ = (actual), e_ = (expected);                                    \
        if (!(fabs(a_ - e_) <= (tolerance))) {                                    \
            fprintf(stderr, "%s:%d: %s is %g, expected %g\n", __FILE__, __LINE__, \
                    #actual, a_, e_);                                             \
            check_failures++;                                                     \
        }                                                                         \
    } while (0)

#define RUN(test)                                                              \
    do {                                                                       \
        int before_ = check_failures;                                          \
        test();                                                                \
        printf("%s %s\n", check_failures == before_ ? "ok" : "FAILED", #test); \
    } while (0)

#endif
