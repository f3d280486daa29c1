# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Functions far shorter than the sampling interval, called in two loops."""

from truth import Truth, clock


def add_one(x: int) -> int:
    return x + 1  # truth: once


def add_two(x: int) -> int:
    y = x + 1  # truth: twice
    return y + 1  # truth: twice


truth = Truth()
for size in truth.rounds(1500):
    t0 = clock()
    for i in range(size):  # truth: once
        add_one(i)  # truth: once
    t1 = clock()
    for i in range(2 * size):  # truth: twice
        add_two(i)  # truth: twice
    t2 = clock()
    truth.laps(start=t0, once=t1, twice=t2)
truth.write()
