# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Work at three depths of calls: each line has its own time, not its callees'."""

from truth import Truth, clock

truth = Truth()


def inner(n: int) -> None:
    t0 = clock()
    for i in range(n):  # truth: inner
        _ = i * 3 % 7  # truth: inner
    truth.laps(start=t0, inner=clock())


def middle(n: int) -> None:
    t0 = clock()
    for i in range(2 * n):  # truth: middle
        _ = i * 3 % 7  # truth: middle
    truth.laps(start=t0, middle=clock())
    inner(n)


def outer(n: int) -> None:
    middle(n)
    t0 = clock()
    for i in range(n):  # truth: outer
        _ = i * 3 % 7  # truth: outer
    truth.laps(start=t0, outer=clock())
    inner(n)


for size in truth.rounds(3000):
    outer(size)
truth.write()
