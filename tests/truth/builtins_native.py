# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Builtins that work in C beside a line that works in Python."""

import zlib

from truth import Truth, clock

truth = Truth()
shuffled = [i * 7919 % 1009 / 3 for i in range(1009)]
text = ("to be or not to be " * 40000).encode()

for size in truth.rounds(3000):
    t0 = clock()
    for _ in range(1 + size // 1000):  # truth: sorted
        sorted(shuffled)  # truth: sorted
    t1 = clock()
    zlib.crc32(text, size)  # truth: crc32
    t2 = clock()
    found = text.count(b"question", 0, size * 100)  # truth: count
    t3 = clock()
    for i in range(size):  # truth: python
        found += i & 3  # truth: python
    t4 = clock()
    truth.laps(start=t0, sorted=t1, crc32=t2, count=t3, python=t4)
truth.split("sorted", native=1.0)
truth.split("crc32", native=1.0)
truth.split("count", native=1.0)
truth.split("python", python=1.0)
truth.write()
