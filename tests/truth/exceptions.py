# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Lines that raise and catch against lines that test first."""

from truth import Truth, clock

truth = Truth()
table = {0: "zero"}
for size in truth.rounds(1000):
    t0 = clock()
    for i in range(size):  # truth: raising
        try:  # truth: raising
            _ = table[i + 1]  # truth: raising
        except KeyError:  # truth: raising
            pass  # truth: raising
    t1 = clock()
    for i in range(2 * size):  # truth: testing
        if i + 1 in table:  # truth: testing
            _ = table[i + 1]  # truth: testing
    t2 = clock()
    truth.laps(start=t0, raising=t1, testing=t2)
truth.write()
