# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Two recursive functions: a wide tree and a deep chain."""

from truth import Truth, clock


def tree(n: int) -> int:
    if n < 2:  # truth: tree
        return n  # truth: tree
    return tree(n - 1) + tree(n - 2)  # truth: tree


def chain(n: int) -> int:
    if n == 0:  # truth: chain
        return 0  # truth: chain
    return 1 + chain(n - 1)  # truth: chain


truth = Truth()
for size in truth.rounds(250):
    t0 = clock()
    tree(9 + size % 4)
    t1 = clock()
    chain(size)
    t2 = clock()
    truth.laps(start=t0, tree=t1, chain=t2)
truth.write()
