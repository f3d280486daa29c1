# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""A generator's own line against its consumer's."""

from collections.abc import Iterator

from truth import Truth, clock

truth = Truth()


def squares(n: int) -> Iterator[list[int]]:
    for k in range(4):
        t0 = clock()
        made = [i * i for i in range(n + k)]  # truth: generator
        truth.laps(start=t0, generator=clock())
        yield made


for size in truth.rounds(1000):
    for values in squares(size):
        t0 = clock()
        for value in values:  # truth: consumer
            _ = value + 1  # truth: consumer
        truth.laps(start=t0, consumer=clock())
truth.write()
