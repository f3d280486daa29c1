# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Two threads in C code that has let go of the interpreter's lock, and one in Python.

Each thread books its own CPU time; the one in Python runs beside the others.
"""

import hashlib
import threading

from truth import Truth, clock

truth = Truth()
block = bytes(4 << 20)


hashed_ns: list[int] = []


def hash_blocks() -> None:
    total_ns = 0
    for _ in truth.rounds(1):
        t0 = clock()
        hashlib.sha256(block)  # truth: sha256
        total_ns += clock() - t0
    hashed_ns.append(total_ns)


def compute() -> None:
    for size in truth.rounds(20000):
        t0 = clock()
        for i in range(size):  # truth: python
            _ = i * i  # truth: python
        truth.laps(start=t0, python=clock())


workers = [threading.Thread(target=w) for w in (hash_blocks, hash_blocks, compute)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
truth.add("sha256", sum(hashed_ns))
truth.split("sha256", native=1.0)
truth.split("python", python=1.0)
truth.write()
