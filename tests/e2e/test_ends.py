# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Programs that end at once: what was recorded up to that moment is kept."""

from pathlib import Path

import pytest
from harness.profile import row_percent
from harness.runner import Result, Workplace

# Three quarters of the time on one line, one quarter on another, measured by the
# number of equal steps; then the end.
WORK = """\
import os, signal
def heavy(n):
    return [i * i + i for i in range(3 * n)]
def light(n):
    return [i * i + i for i in range(n)]
for step in range(400):
    n = 3000 + step * 7919 % 3001
    heavy(n)
    light(n)
"""
ENDS = {
    "sigkill": ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    "os-exit": ("os._exit(3)", 3),
    "abort": ("os.abort()", -6),
    "segfault": ("import hostile; hostile.segfault()", -11),
    "raw-exit": ("import ctypes; ctypes.CDLL(None).syscall(231, 5)", 5),
}


def check_shares(result: Result, program: Path) -> None:
    profile = result.expect_profile()
    heavy = row_percent(profile.function(program, "heavy"))
    light = row_percent(profile.function(program, "light"))
    # About 1.3 s of CPU: 1,000 samples of the perf clock, 300 of the tick, so 3
    # standard deviations of the share are 4.1 or 7.5 points.
    assert 100 * heavy / (heavy + light) == pytest.approx(75, abs=7.5)
    assert heavy + light > 80


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
    check_shares(result, program)


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
    assert result.outcome == bare.outcome
    check_shares(result, program)


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
    check_shares(result, program)


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
    check_shares(result, program)
    children = result.expect_profile().json["processes"][1:]
    assert [child["share_percent"] > 80 for child in children] == [True]
