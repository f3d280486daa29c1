# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""A program and two forked children, each busy on a line of its own."""

import json
import os

from truth import Truth, clock


def child(seconds_of: int, pipe: int) -> None:
    t0 = clock()
    for size in truth.rounds(20000):
        if seconds_of == 0:
            for i in range(size):  # truth: first
                _ = i * i  # truth: first
        else:
            left = size  # truth: second
            while left:  # truth: second
                left -= 1  # truth: second
    os.write(pipe, json.dumps([seconds_of, clock() - t0]).encode() + b"\n")


truth = Truth()
reader, writer = os.pipe()
children = []
for number in range(2):
    pid = os.fork()
    if pid == 0:
        child(number, writer)
        os._exit(0)
    children.append(pid)
t0 = clock()
for size in truth.rounds(20000):
    _ = [i * i for i in range(size)]  # truth: parent
truth.laps(start=t0, parent=clock())
for pid in children:
    os.waitpid(pid, 0)
os.close(writer)
with os.fdopen(reader) as lines:
    for line in lines:
        number, cpu_ns = json.loads(line)
        truth.add("second" if number else "first", cpu_ns)
truth.write()
