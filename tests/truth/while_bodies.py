# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Lines in the body of a `while`, one of them in a `while` of its own."""

from truth import Truth, clock

truth = Truth()
sizes = truth.rounds(1500)
size = next(sizes, None)
while size is not None:
    t0 = clock()
    first = [i % 7 for i in range(size)]  # truth: first
    t1 = clock()
    second = [i % 7 for i in range(2 * size)]  # truth: second
    t2 = clock()
    left = size  # truth: inner
    while left:  # truth: inner
        left -= 1  # truth: inner
    t3 = clock()
    truth.laps(start=t0, first=t1, second=t2, inner=t3)
    size = next(sizes, None)
truth.write()
