# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Threads that take turns at the interpreter's lock, each on lines of its own."""

import threading

from truth import Truth, clock

truth = Truth()
start = threading.Barrier(3)


def multiply() -> None:
    start.wait()
    for size in truth.rounds(6000):
        t0 = clock()
        for i in range(size):  # truth: multiply
            _ = i * i  # truth: multiply
        truth.laps(start=t0, multiply=clock())


def collect() -> None:
    start.wait()
    for size in truth.rounds(4000):
        t0 = clock()
        _ = [i * i for i in range(size)]  # truth: collect
        truth.laps(start=t0, collect=clock())


def count_down() -> None:
    start.wait()
    for size in truth.rounds(2000):
        t0 = clock()
        left = size  # truth: count
        while left:  # truth: count
            left -= 1  # truth: count
        truth.laps(start=t0, count=clock())


workers = [threading.Thread(target=w) for w in (multiply, collect, count_down)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
truth.write()
