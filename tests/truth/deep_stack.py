# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""The same work at the top of the stack and under 600 frames."""

from truth import Truth, clock

truth = Truth()


def dive(depth: int, n: int) -> None:
    if depth:
        dive(depth - 1, n)
        return
    t0 = clock()
    for i in range(3 * n):  # truth: bottom
        _ = i * i  # truth: bottom
    truth.laps(start=t0, bottom=clock())


for size in truth.rounds(10000):
    dive(600, size)
    t0 = clock()
    for i in range(size):  # truth: top
        _ = i * i  # truth: top
    truth.laps(start=t0, top=clock())
truth.write()
