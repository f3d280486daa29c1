# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Programs that end at once: what was recorded up to that moment is kept."""

import math
from pathlib import Path

import pytest
from harness.profile import row_percent
from harness.runner import Result, Workplace

# About three quarters of the time in one function, one quarter in another, measured
# and told on stdout; then the end.
WORK = """\
import os, signal, time
clock = time.thread_time_ns
def heavy(n):
    return [i * i + i for i in range(3 * n)]
def light(n):
    return [i * i + i for i in range(n)]
cpu_ns = [0, 0]
for step in range(1500):
    n = 3000 + step * 7919 % 3001
    t0 = clock(); heavy(n); t1 = clock(); light(n); t2 = clock()
    cpu_ns[0] += t1 - t0
    cpu_ns[1] += t2 - t1
print(cpu_ns[0] / sum(cpu_ns), flush=True)
"""
ENDS = {
    "sigkill": ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    "os-exit": ("os._exit(3)", 3),
    "abort": ("os.abort()", -6),
    "segfault": ("import hostile; hostile.segfault()", -11),
    "raw-exit": ("import ctypes; ctypes.CDLL(None).syscall(231, 5)", 5),
}


def miss(result: Result, program: Path) -> str:
    """How the profile differs from what the program told; empty if it does not."""
    truth = float(result.stdout)
    profile = result.expect_profile()
    heavy = profile.function(program, "heavy")
    light = profile.function(program, "light")
    total = row_percent(heavy) + row_percent(light)
    n = heavy["n_cpu_samples"] + light["n_cpu_samples"]
    assert total > 80
    assert n > 150, "too few samples to tell"
    allowed = max(1, 300 * math.sqrt(truth * (1 - truth) / n))
    shown = 100 * row_percent(heavy) / total
    if abs(shown - 100 * truth) <= allowed:
        return ""
    return f"heavy: {shown:.1f} instead of {100 * truth:.1f} +- {allowed:.1f}"


def check_shares(work: Workplace, result: Result, program: Path) -> None:
    """The shares agree within 3 standard deviations, or do so at a second try."""
    first = miss(result, program)
    if first:
        again = miss(work.scalene(program), program)
        assert not again, f"{again} (at first {first})"


@pytest.mark.parametrize("end", ENDS)
def test_given_a_sudden_end_when_profiled_then_the_shares_are_kept(
    work: Workplace, hostile: Path, end: str
) -> None:
    code, status = ENDS[end]
    program = work.write("ends.py", f"{WORK}{code}\n")
    bare = work.bare(program)
    result = work.scalene(program)
    assert (bare.returncode, result.returncode) == (status, status)
    assert result.program_stderr == bare.stderr
    check_shares(work, result, program)


def test_given_a_fault_handler_when_it_crashes_then_its_report_is_the_same(
    work: Workplace, hostile: Path
) -> None:
    program = work.write(
        "reports.py", f"import faulthandler\nfaulthandler.enable()\n{WORK}"
        "import hostile\nhostile.segfault()\n"
    )  # fmt: skip
    bare = work.bare(program)
    result = work.scalene(program)
    assert result.returncode == bare.returncode == -11
    assert "Segmentation fault" in result.stderr
    # Its stdout is its measured truth, which is another each time.
    assert result.outcome[2] == bare.outcome[2]
    check_shares(work, result, program)


def test_given_an_exit_by_another_thread_when_profiled_then_shares_are_kept(
    work: Workplace,
) -> None:
    program = work.write(
        "thread_exit.py",
        f"{WORK}import threading\n"
        "threading.Thread(target=os._exit, args=(8,)).start()\n"
        "while True: pass\n",
    )
    result = work.scalene(program)
    assert result.returncode == 8
    check_shares(work, result, program)


def test_given_daemon_threads_at_exit_when_profiled_then_the_end_is_clean(
    work: Workplace,
) -> None:
    program = work.write(
        "daemons.py",
        f"import threading\n{WORK}"
        "def loop():\n"
        "    while True: light(100)\n"
        "for _ in range(4): threading.Thread(target=loop, daemon=True).start()\n",
    )
    result = work.scalene(program)
    assert result.returncode == 0
    assert result.program_stderr == ""
    profile = result.expect_profile()
    assert row_percent(profile.function(program, "heavy")) > 30


def test_given_a_child_that_is_killed_when_profiled_then_its_samples_are_kept(
    work: Workplace,
) -> None:
    program = work.write(
        "killed_child.py",
        "import os, signal\n"
        "pid = os.fork()\n"
        "if pid:\n"
        "    os.waitpid(pid, 0)\n"
        "    os._exit(0)\n"
        f"{WORK}os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    result = work.scalene(program)
    assert result.returncode == 0
    check_shares(work, result, program)
    children = result.expect_profile().json["processes"][1:]
    assert [child["share_percent"] > 80 for child in children] == [True]
