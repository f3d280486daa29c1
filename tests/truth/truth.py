# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""What the known-truth programs share: they measure themselves while they run.

A program runs `PROGRAM.py RESULT CPU_SEC`. Its lines of interest carry a comment
`# truth: NAME`; around blocks of work it reads the thread's CPU clock and books the
difference under that name. At the end the sums go, as JSON, to the file RESULT.
Blocks are long (0.1 ms and more) against a reading (under 1 us), and their lengths
vary at random, from a fixed seed, so that no clock can run in step with them.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

clock = time.thread_time_ns


class Truth:
    """The measured CPU time of each name, and the split where it is known."""

    def __init__(self) -> None:
        self._result_path = Path(sys.argv[1])
        self._budget_sec = float(sys.argv[2])
        self._random = random.Random(20_260_101)
        self._cpu_ns: dict[str, int] = {}
        self._split: dict[str, dict[str, float]] = {}
        self._blur: dict[str, float] = {}
        self._start_ns = time.process_time_ns()

    def rounds(self, size: int) -> Iterator[int]:
        """Sizes around `size`, until enough CPU time is booked.

        Programs that book only at their end, or that do much beside, stop when the
        process has used half as much again.
        """
        while (
            sum(self._cpu_ns.values()) < 1e9 * self._budget_sec
            and time.process_time() < 1.5 * self._budget_sec
        ):
            yield int(size * self._random.uniform(0.5, 1.5))

    def add(self, name: str, cpu_ns: int) -> None:
        """Books CPU time under a name."""
        self._cpu_ns[name] = self._cpu_ns.get(name, 0) + cpu_ns

    def laps(self, **ends: int) -> None:
        """Books consecutive readings: the first is the start, the others ends."""
        readings = iter(ends.items())
        _, before = next(readings)
        for name, end in readings:
            self.add(name, end - before)
            before = end

    def split(self, name: str, **fractions: float) -> None:
        """States which parts of a name's time are python, native and kernel.

        Without a kernel part it states the parts of what is not kernel time.
        """
        self._split[name] = fractions

    def blur(self, name: str, fraction: float) -> None:
        """States how much of a name's time no clock can place."""
        self._blur[name] = fraction

    def cpu_ns(self, name: str) -> int:
        return self._cpu_ns[name]

    def as_dict(self) -> dict[str, object]:
        return {"cpu_ns": self._cpu_ns, "split": self._split, "blur": self._blur}

    def write(self) -> None:
        """Ends the measurement."""
        result = self.as_dict()
        result["process_cpu_ns"] = [self._start_ns, time.process_time_ns()]
        self._result_path.write_text(json.dumps(result), encoding="utf-8")
