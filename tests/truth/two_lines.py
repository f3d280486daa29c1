# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Two lines with about 75 and 25 % of the time, in functions of their own."""

from truth import Truth, clock


def heavy(n: int) -> list[int]:
    return [i * i + i for i in range(3 * n)]  # truth: heavy


def light(n: int) -> list[int]:
    return [i * i + i for i in range(n)]  # truth: light


truth = Truth()
for size in truth.rounds(2000):
    t0 = clock()
    heavy(size)
    t1 = clock()
    light(size)
    t2 = clock()
    truth.laps(start=t0, heavy=t1, light=t2)
truth.write()
