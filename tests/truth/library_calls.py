# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Time in the standard library: charged to the line of the program that calls it."""

import copy
import textwrap

from truth import Truth, clock

truth = Truth()
nested = [[i, {"key": i}] for i in range(100)]
text = "the quick brown fox jumps over the lazy dog " * 20
for size in truth.rounds(2000):
    t0 = clock()
    copy.deepcopy(nested)  # truth: deepcopy
    t1 = clock()
    textwrap.fill(text, 40 + size % 30)  # truth: fill
    t2 = clock()
    for i in range(2 * size):  # truth: own
        _ = i * i  # truth: own
    t3 = clock()
    truth.laps(start=t0, deepcopy=t1, fill=t2, own=t3)
truth.write()
