# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Programs that know where their time goes: the profile says the same.

Each program of tests/truth measures itself. The shares of its marked lines among
themselves, and the split of each where it is known, must agree with the profile
within 1 point or 3 standard deviations, whichever is more, at 1,000 samples or more.
"""

import json
import math
from pathlib import Path
from typing import Dict, List, Optional

import pytest
from harness.profile import Profile
from harness.pythons import REPOSITORY
from harness.runner import RATE, SCALENE, Word, Workplace

PROGRAMS = REPOSITORY / "tests" / "truth"
SAMPLES_NEEDED = 1000
# One sample of the perf clock stands for about 1 ms, one of the tick for at most
# 10 ms (CONFIG_HZ=100); 4 ms is what most kernels have.
PERF_SEC = 0.001
TICK_SEC = 0.004
NOT_HERE = 77
KERNEL_NOISE_POINTS = 5.0
SPLIT_KEYS = {
    "python": "n_cpu_percent_python",
    "native": "n_cpu_percent_c",
    "kernel": "n_sys_percent",
}
PLAIN = (
    "two_lines",
    "nested_calls",
    "tiny_functions",
    "recursion",
    "comprehension",
    "while_bodies",
    "builtins_native",
    "python_only",
    "kernel_reads",
    "page_faults",
    "huge_faults",
    "big_integers",
    "generators",
    "coroutines",
    "exceptions",
    "library_calls",
    "deep_stack",
    "threads_gil",
    "threads_native",
    "processes",
)


class Comparison:
    """A program's own account beside the profile's."""

    # How many samples fall together because they share one draw of the period.
    samples_together = 1

    def __init__(self, truth_path: Path, profile: Profile, program: Path) -> None:
        truth = json.loads(truth_path.read_text())
        self.truth_sec: Dict[str, float] = {
            name: ns / 1e9 for name, ns in truth["cpu_ns"].items()
        }
        self.split: Dict[str, Dict[str, float]] = truth["split"]
        self.blur: Dict[str, float] = truth["blur"]
        start_ns, end_ns = map(int, truth["process_cpu_ns"])
        self.cpu_sec_from_start = (end_ns - start_ns) / 1e9
        self.cpu_sec_of_process = end_ns / 1e9
        self.profile = profile
        self.rows = profile.marked(program)

    def n_effective(self) -> float:
        """Samples that the marked lines' time is worth, from the truth alone."""
        total = sum(self.truth_sec.values())
        kernel = sum(
            sec * self.split.get(name, {}).get("kernel", 0.0)
            for name, sec in self.truth_sec.items()
        )
        user_weight = PERF_SEC if self.profile.uses_perf else TICK_SEC
        mean_square = (total - kernel) * user_weight + kernel * TICK_SEC
        return total**2 / mean_square / self.samples_together

    def tolerance(self, share: float) -> float:
        """In points: 1, or 3 standard deviations of a share."""
        spread = math.sqrt(max(share * (1 - share), 0.0) / self.n_effective())
        return max(1.0, 300 * spread)

    def misses(self) -> List[str]:
        """Every share, and every known split, that is not as the truth has it."""
        seen = sum(row["n_cpu_samples"] for row in self.rows.values())
        enough = self.n_effective() * self.samples_together >= SAMPLES_NEEDED
        needed = SAMPLES_NEEDED if enough else 500
        assert seen >= needed, f"only {seen} samples on the marked lines"
        truth_total = sum(self.truth_sec.values())
        wrong = []
        for name, sec in self.truth_sec.items():
            share = sec / truth_total
            blur = share * self.blur.get(name, 0.0)
            shown = self._points(name, "percent")
            wrong += self._wrong(name, shown, share, blur)
            for part, fraction in self._parts(name).items():
                shown = self._points(name, SPLIT_KEYS[part])
                wrong += self._wrong(f"{name} {part}", shown, fraction * share, blur)
        return wrong

    def _points(self, name: str, key: str) -> float:
        """A figure of a name's lines, in percent of all the marked lines' time."""
        total = sum(float(row["percent"]) for row in self.rows.values())
        return 100 * float(self.rows[name][key]) / total

    def _wrong(self, what: str, shown: float, share: float, blur: float) -> List[str]:
        allowed = self.tolerance(share) + 100 * blur
        if abs(shown - 100 * share) <= allowed:
            return []
        return [f"{what}: {shown:.2f} instead of {100 * share:.2f} +- {allowed:.2f}"]

    def _parts(self, name: str) -> Dict[str, float]:
        """All three fractions of a line whose split is known; else none.

        Where the kernel's part is not stated it is what the machine made it
        (interrupts, page faults, our own signals): it must be small, and is then
        taken from the profile, so that the parts of the rest can be compared.
        """
        known = self.split.get(name)
        if known is None:
            return {}
        row = self.rows[name]
        kernel = known.get("kernel")
        if kernel is None:
            assert self._points(name, "n_sys_percent") < KERNEL_NOISE_POINTS, row
            kernel = row["n_sys_percent"] / row["percent"]
            known = {part: known.get(part, 0.0) * (1 - kernel) for part in known}
        return {**dict.fromkeys(SPLIT_KEYS, 0.0), **known, "kernel": kernel}


def cpu_sec_needed(perf_is_here: bool) -> float:
    return 1.35 if perf_is_here else 4.6


def measure(
    work: Workplace,
    program: Path,
    cpu_sec: float,
    *words: str,
    python: Optional[Path] = None,
) -> Comparison:
    """Profiles a known-truth program."""
    result_path = work.folder / "truth.json"
    chosen: List[Word] = [SCALENE, "run", *RATE, "--python", python or work.python.path]
    result = work.execute(
        [*chosen, program, result_path, str(cpu_sec), *words],
        env={"OPENBLAS_NUM_THREADS": "1"},
        timeout=100,
    )
    work.read_profile(result)
    if result.returncode == NOT_HERE:
        pytest.skip("this machine has not what the program measures")
    assert result.returncode == 0, result.stderr
    return Comparison(result_path, result.expect_profile(), program)


def check(
    work: Workplace,
    program: Path,
    cpu_sec: float,
    *words: str,
    python: Optional[Path] = None,
    samples_together: int = 1,
) -> None:
    """The profile agrees with the program's own account.

    Of a thousand comparisons a few lie beyond 3 standard deviations by chance. So a
    miss is measured again, with three times the samples and tolerances to match: a
    profiler that is wrong misses again.
    """

    def misses(sec: float) -> str:
        comparison = measure(work, program, sec, *words, python=python)
        comparison.samples_together = samples_together
        return "; ".join(comparison.misses())

    first = misses(cpu_sec)
    if first:
        again = misses(3 * cpu_sec)
        assert not again, f"{again} (at first {first})"


@pytest.mark.parametrize("name", PLAIN)
def test_given_a_known_truth_when_profiled_then_lines_have_their_shares(
    work: Workplace, perf_is_here: bool, name: str
) -> None:
    cpu_sec = cpu_sec_needed(perf_is_here)
    if name in ("kernel_reads", "page_faults", "huge_faults", "recursion"):
        cpu_sec *= 2  # much of it is kernel time, which has the tick's samples only
    check(work, PROGRAMS / f"{name}.py", cpu_sec)


def test_given_an_operator_in_c_when_profiled_then_its_line_is_native(
    work: Workplace, perf_is_here: bool
) -> None:
    if not work.python.venv_python.exists():
        pytest.skip(f"no numpy for {work.python.name}: run make test")
    cpu_sec = cpu_sec_needed(perf_is_here) + 0.5  # numpy's import takes its time
    python = work.python.venv_python
    check(work, PROGRAMS / "matmul.py", cpu_sec, python=python)


@pytest.mark.parametrize("period_ms", ["1", "3", "4", "5", "8", "20"])
def test_given_lines_that_alternate_when_the_clock_is_perf_then_each_has_its_half(
    work: Workplace, perf_is_here: bool, period_ms: str
) -> None:
    if not perf_is_here:
        pytest.skip("the tick clock keeps step with such periods; perf is denied here")
    # The period of the samples is drawn anew about every 10 ms. Where it is near the
    # program's, the samples in between see the same half.
    together = 8 if period_ms == "1" else 1
    cpu_sec = 3.0 if together > 1 else 1.3
    program = PROGRAMS / "periods.py"
    check(work, program, cpu_sec, period_ms, samples_together=together)


def test_given_all_files_when_profiled_then_nothing_is_unaccounted(
    work: Workplace, perf_is_here: bool
) -> None:
    program = PROGRAMS / "library_calls.py"
    result = work.scalene(
        program,
        work.folder / "truth.json",
        "1.5",
        options=["--profile-all", "--cpu-percent-threshold", "0"],
    )
    assert result.expect_profile().percent_of_lines() == pytest.approx(100, abs=1)


def test_given_a_known_cpu_time_when_profiled_then_the_total_is_that(
    work: Workplace, perf_is_here: bool
) -> None:
    comparison = measure(work, PROGRAMS / "two_lines.py", 1.5)
    total_sec = comparison.profile.json["total_sec"]
    # The recording begins between the interpreter's start and the program's own.
    assert 0.99 * comparison.cpu_sec_from_start <= total_sec
    assert total_sec <= 1.01 * comparison.cpu_sec_of_process


def test_given_library_time_when_profiled_then_the_line_names_its_callees(
    work: Workplace, perf_is_here: bool
) -> None:
    program = PROGRAMS / "library_calls.py"
    comparison = measure(work, program, 1.5)
    lines = comparison.profile.file(program)["lines"]
    callees = {
        callee["name"]
        for row in lines
        for callee in row.get("callees", [])
        if "copy.deepcopy(" in row["line"] or "textwrap.fill(" in row["line"]
    }
    assert {"deepcopy", "fill"} <= callees


def test_given_a_native_thread_when_profiled_then_its_time_is_native(
    work: Workplace, hostile: Path
) -> None:
    program = work.write(
        "native_thread.py",
        "import hostile\n"
        "import time\n"
        "start = time.process_time()\n"
        "while time.process_time() - start < 1.0:\n"
        "    hostile.spin_in_thread(20_000_000)\n",
    )
    profile = work.scalene(program).expect_profile()
    native = sum(
        row["n_cpu_percent_c"]
        for name in (str(program), "<native>")
        for row in profile.json["files"].get(name, {"lines": []})["lines"]
    )
    assert native > 90
