# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""What profiling costs: the same program bare and under scalene, in turns.

Each round runs every program both ways, in an order that alternates, so that what
else the machine does falls on both. Shown are medians over the rounds of

  CPU      ratio of the CPU time of the program itself, its children included
  wall     ratio of the time from start to end, front and all
  extra    difference of that time, in ms
  front    the front's CPU time in percent of the run's wall time

The program tells its own CPU time: a sitecustomize module of this folder's making
reads it at the process's end, so the front is not in it.

Usage: overhead.py [--rounds N] [--json FILE] [--python PY] [NAME...]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Optional

REPOSITORY = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("SCALENE_BUILD", str(REPOSITORY / "build")))
PROGRAMS = REPOSITORY / "bench" / "programs"
NAMES = (
    "calls",
    "floats",
    "deepcopy",
    "text",
    "numpy_arrays",
    "pandas_frames",
    "idle_threads",
    "asyncio_tasks",
    "empty",
)

# Registered before anything else of the program, so it is called last at its end.
MEASURED = """\
import atexit, os, resource
def used():
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    sec = sum((own.ru_utime, own.ru_stime, children.ru_utime, children.ru_stime))
    with open(os.environ['BENCH_RESULT'], 'w') as file:
        file.write(f'{sec:.6f}')
atexit.register(used)
"""


@dataclass
class Measurement:
    """One run of one program."""

    cpu_sec: float
    wall_sec: float
    front_cpu_sec: float = 0.0


@dataclass
class Cost:
    """What profiling one program costs: medians over the rounds."""

    name: str
    rounds: int
    bare_cpu_sec: float
    cpu_ratio: float
    cpu_ratio_spread: float
    wall_ratio: float
    extra_wall_ms: float
    front_percent: float


class Bench:
    """Runs programs in a temporary folder with one interpreter."""

    def __init__(self, python: Path, folder: Path) -> None:
        self._python = python
        self._folder = folder
        self._profile = folder / "profile.json"
        self._cpu = folder / "cpu"
        self._environment = {
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "BENCH_RESULT": str(self._cpu),
            "PYTHONPATH": str(folder),
        }
        (folder / "sitecustomize.py").write_text(MEASURED)

    def run(self, name: str, profiled: bool) -> Measurement:
        """Runs a program once, to its end."""
        program = [str(self._python), str(PROGRAMS / f"{name}.py")]
        command = program
        if profiled:
            ours = [str(BUILD / "scalene"), "run", "--cpu-only", "-o"]
            command = [*ours, str(self._profile), "--python", *program]
        self._cpu.unlink(missing_ok=True)
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, words = process.communicate()
        wall_sec = time.perf_counter() - start
        if process.returncode != 0 or not self._cpu.exists():
            raise SystemExit(f"{name} failed: {words.decode(errors='replace')}")
        cpu_sec = float(self._cpu.read_text())
        front = self._front_cpu_sec() if profiled else 0.0
        return Measurement(cpu_sec, wall_sec, front)

    def _front_cpu_sec(self) -> float:
        profile = json.loads(self._profile.read_text())
        return float(profile["profiler"]["own_cpu_sec"]["front"])


def cost_of(name: str, bare: List[Measurement], ours: List[Measurement]) -> Cost:
    """The medians of paired measurements."""
    cpu = [b.cpu_sec / a.cpu_sec for a, b in zip(bare, ours)]
    wall = [b.wall_sec / a.wall_sec for a, b in zip(bare, ours)]
    extra = [b.wall_sec - a.wall_sec for a, b in zip(bare, ours)]
    front = [100 * b.front_cpu_sec / b.wall_sec for b in ours]
    quartiles = statistics.quantiles(cpu, n=4) if len(cpu) > 1 else [0.0, 0.0, 0.0]
    return Cost(
        name,
        len(bare),
        statistics.median(m.cpu_sec for m in bare),
        statistics.median(cpu),
        quartiles[2] - quartiles[0],
        statistics.median(wall),
        1000 * statistics.median(extra),
        statistics.median(front),
    )


def measure(bench: Bench, names: List[str], rounds: int) -> List[Cost]:
    """Runs all programs in turns; says each round as it goes."""
    bare: Dict[str, List[Measurement]] = {name: [] for name in names}
    ours: Dict[str, List[Measurement]] = {name: [] for name in names}
    usable = []
    for name in names:
        # The first run of each fills caches and tells what cannot run here.
        try:
            bench.run(name, profiled=False)
            usable.append(name)
        except SystemExit as error:
            print(f"skipped: {str(error).strip().splitlines()[-1]}", file=sys.stderr)
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for name in usable:
            for profiled in (False, True) if number % 2 else (True, False):
                taken = bench.run(name, profiled)
                (ours if profiled else bare)[name].append(taken)
    return [cost_of(name, bare[name], ours[name]) for name in usable]


def show(costs: List[Cost]) -> None:
    """Prints the table."""
    print(
        f"{'program':16}{'CPU bare':>10}{'CPU':>9}{'spread':>9}{'wall':>9}"
        f"{'extra':>11}{'front':>9}"
    )
    for cost in costs:
        print(
            f"{cost.name:16}{cost.bare_cpu_sec:8.3f} s{cost.cpu_ratio:8.3f}x"
            f"{cost.cpu_ratio_spread:9.3f}{cost.wall_ratio:8.3f}x"
            f"{cost.extra_wall_ms:8.1f} ms{cost.front_percent:7.2f} %"
        )
    ratios = [cost.cpu_ratio for cost in costs if cost.name != "empty"]
    if ratios:
        print(
            f"CPU of the programs but `empty`: median {statistics.median(ratios):.3f}x,"
            f" worst {max(ratios):.3f}x"
        )


def default_python() -> Path:
    """The newest of the tests' environments, which have numpy and pandas."""
    found = sorted((BUILD / "venvs").glob("py3*/bin/python"))
    return found[-1] if found else Path(sys.executable)


def main(arguments: Optional[List[str]] = None) -> int:
    """Measures, shows and saves."""
    parser = argparse.ArgumentParser(description="what profiling costs")
    parser.add_argument("names", nargs="*", metavar="NAME", help="programs to run")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--python", type=Path, help="the interpreter to run with")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(NAMES)
    if unknown or options.rounds < 1:
        parser.error(f"programs are {', '.join(NAMES)}; rounds are 1 or more")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.python or default_python(), Path(folder))
        costs = measure(bench, list(options.names or NAMES), options.rounds)
    show(costs)
    if options.json:
        options.json.write_text(json.dumps([asdict(cost) for cost in costs], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
