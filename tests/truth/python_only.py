# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Lines without a call into C: numbers, attributes, lists and dictionaries."""

from truth import Truth, clock


class Point:
    """Two numbers."""

    def __init__(self) -> None:
        self.x = 0.0
        self.y = 1.0


truth = Truth()
point = Point()
table = {i: i for i in range(64)}
row = list(range(64))

for size in truth.rounds(1000):
    t0 = clock()
    for i in range(size):  # truth: floats
        value = i * 0.5 + 1.25 - i / 3.0  # truth: floats
    t1 = clock()
    for i in range(size):  # truth: attributes
        point.x = point.y + point.x * 0.5  # truth: attributes
    t2 = clock()
    for i in range(size):  # truth: items
        table[i & 63] = row[i & 63] + 1  # truth: items
    t3 = clock()
    truth.laps(start=t0, floats=t1, attributes=t2, items=t3)
for name in ("floats", "attributes", "items"):
    truth.split(name, python=1.0)
truth.write()
