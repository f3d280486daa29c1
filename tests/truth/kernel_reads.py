# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Reads of a file in memory: kernel time, beside a line without any.

The part of a read outside the kernel is taken from reads of no bytes, which do the
same but for the copying.
"""

import os

from truth import Truth, clock

SIZE = 1 << 20
truth = Truth()
fd = os.memfd_create("truth")
os.write(fd, b"x" * SIZE)
buffer = bytearray(SIZE)
nothing = bytearray(0)

reads = 0
for size in truth.rounds(4000):
    count = 1 + size // 200
    t0 = clock()
    for _ in range(count):  # truth: read
        os.preadv(fd, [buffer], 0)  # truth: read
    t1 = clock()
    for i in range(size * 4):  # truth: python
        _ = i * i  # truth: python
    t2 = clock()
    truth.laps(start=t0, read=t1, python=t2)
    reads += count

t0 = clock()
for _ in range(2000):
    os.preadv(fd, [nothing], 0)
user_ns = (clock() - t0) / 2000 * reads
kernel = 1 - user_ns / truth.cpu_ns("read")
truth.split("read", kernel=kernel, native=1 - kernel)
# The kernel's own account of its time moves by whole ticks and is scaled; about one
# tick in twenty is told late, when the program is on its next line.
truth.blur("read", 0.05)
truth.split("python", python=1.0)
truth.write()
