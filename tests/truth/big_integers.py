# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""A product of big integers: time on a line without a call, inside the interpreter."""

from truth import Truth, clock

truth = Truth()
a = 3**20000
b = 7**11000
for size in truth.rounds(4000):
    t0 = clock()
    c = a * b  # truth: product
    t1 = clock()
    for i in range(size):  # truth: loop
        _ = i * i  # truth: loop
    t2 = clock()
    truth.laps(start=t0, product=t1, loop=t2)
truth.write()
