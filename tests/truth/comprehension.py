# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""The same work as a list comprehension, a generator expression and a loop."""

from truth import Truth, clock

truth = Truth()
for size in truth.rounds(2000):
    t0 = clock()
    squares = [i * i for i in range(size)]  # truth: list
    t1 = clock()
    even = {i for i in range(size) if not i & 1}  # truth: set
    t2 = clock()
    odd = []  # truth: loop
    for i in range(size):  # truth: loop
        if i & 1:  # truth: loop
            odd.append(i)  # truth: loop
    t3 = clock()
    truth.laps(start=t0, list=t1, set=t2, loop=t3)
truth.write()
