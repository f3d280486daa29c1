# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Programs of several processes and many threads: all run, and all are profiled."""

from pathlib import Path

import pytest
from harness.profile import Profile, row_percent
from harness.runner import Result, Workplace

# About 0.3 s of Python on one line, so that a process has samples to show.
BUSY = "sum([i * i for i in range(100_000)])"
BUSY_DEF = f"def busy():\n    for _ in range(15):\n        {BUSY}\n"


def pids(profile: Profile) -> "set[int]":
    return {row["pid"] for row in profile.json["processes"]}


def same_as_bare(work: Workplace, *words: "str | Path") -> Result:
    """Runs words bare and profiled; both must say and do the same."""
    bare = work.bare(*words)
    result = work.scalene(*words)
    assert result.outcome == bare.outcome
    return result


def test_given_a_fork_when_both_compute_then_both_are_in_the_profile(
    work: Workplace,
) -> None:
    program = work.write(
        "forks.py",
        f"import os\n{BUSY_DEF}"
        "pid = os.fork()\n"
        "busy()\n"
        "if pid == 0:\n"
        "    os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n",
    )
    profile = same_as_bare(work, program).expect_profile()
    shares = sorted(row["share_percent"] for row in profile.json["processes"])
    assert len(shares) == 2
    assert shares == pytest.approx([50, 50], abs=15)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_given_multiprocessing_when_run_then_results_and_workers_are_there(
    work: Workplace, method: str
) -> None:
    program = work.write(
        "pool.py",
        "import multiprocessing\n"
        f"{BUSY_DEF}"
        "def work(n):\n"
        "    busy()\n"
        "    return n * n\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method('{method}')\n"
        "    with multiprocessing.Pool(2) as pool:\n"
        "        print(pool.map(work, range(4), chunksize=1))\n"
        "        pool.close()\n"
        "        pool.join()\n",
    )
    result = same_as_bare(work, program)
    assert result.stdout == "[0, 1, 4, 9]\n"
    profile = result.expect_profile()
    assert len(pids(profile)) >= 3
    busy = profile.function(program, "busy")
    assert row_percent(busy) > 60


def test_given_a_python_child_when_it_computes_then_it_is_profiled(
    work: Workplace,
) -> None:
    child = work.write("child.py", f"{BUSY_DEF}busy()\nprint('child')\n")
    program = work.write(
        "parent.py",
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, 'child.py'],"
        " capture_output=True, text=True))\n",
    )
    profile = same_as_bare(work, program).expect_profile()
    assert len(pids(profile)) == 2
    assert row_percent(profile.function(child, "busy")) > 50


def test_given_other_programs_as_children_when_run_then_nothing_changes(
    work: Workplace,
) -> None:
    program = work.write(
        "children.py",
        "import os, subprocess\n"
        "print(subprocess.run(['sh', '-c', 'echo $0 $LD_PRELOAD; exit 3'],"
        " capture_output=True, text=True))\n"
        "print(os.system('env | grep -c -e SCALENE -e LD_PRELOAD'))\n"
        "print(os.popen('echo popen').read())\n"
        "pid = os.posix_spawn('/bin/echo', ['echo', 'spawned'], os.environ)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        "print(subprocess.run(['/bin/true'], env={}).returncode)\n",
    )
    same_as_bare(work, program)


@pytest.mark.parametrize("how", ["execv", "execve", "execvp", "execl", "execlpe"])
def test_given_exec_when_it_replaces_the_program_then_the_new_one_is_profiled(
    work: Workplace, how: str
) -> None:
    work.write("second.py", f"{BUSY_DEF}busy()\nprint('second')\n")
    words = {
        "execv": "os.execv(sys.executable, [sys.executable, 'second.py'])",
        "execve": "os.execve(sys.executable, [sys.executable, 'second.py'],"
        " dict(os.environ))",
        "execvp": "os.execvp(sys.executable, [sys.executable, 'second.py'])",
        "execl": "os.execl(sys.executable, sys.executable, 'second.py')",
        "execlpe": "os.execlpe(sys.executable, sys.executable, 'second.py', {})",
    }
    program = work.write(
        "first.py", f"import os, sys\n{BUSY_DEF}busy()\n{words[how]}\n"
    )
    profile = same_as_bare(work, program).expect_profile()
    first = profile.function(program, "busy")
    second = profile.function(work.folder / "second.py", "busy")
    assert row_percent(first) > 20
    assert row_percent(second) > 20


def test_given_exec_of_a_program_that_is_not_python_then_its_status_stands(
    work: Workplace,
) -> None:
    program = work.write(
        "shell.py",
        f"import os\n{BUSY_DEF}busy()\nos.execlp('sh', 'sh', '-c', 'exit 5')\n",
    )
    result = same_as_bare(work, program)
    assert result.returncode == 5
    assert row_percent(result.expect_profile().function(program, "busy")) > 80


def test_given_a_thousand_short_threads_when_run_then_all_have_run(
    work: Workplace,
) -> None:
    program = work.write(
        "threads.py",
        "import threading\n"
        "done = []\n"
        "def work(n):\n"
        "    done.append(sum(i * i for i in range(2_000)))\n"
        "for batch in range(20):\n"
        "    threads = [threading.Thread(target=work, args=(n,)) for n in range(50)]\n"
        "    for thread in threads: thread.start()\n"
        "    for thread in threads: thread.join()\n"
        "print(len(done))\n",
    )
    result = same_as_bare(work, program)
    assert result.stdout == "1000\n"
    profile = result.expect_profile()
    assert profile.profiler["drops"].get("too many threads", 0) == 0


def test_given_many_short_forks_when_run_then_all_end_well(work: Workplace) -> None:
    program = work.write(
        "forks.py",
        "import os\n"
        "codes = set()\n"
        "for n in range(150):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        os._exit(n % 5)\n"
        "    codes.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        "print(sorted(codes))\n",
    )
    assert same_as_bare(work, program).stdout == "[0, 1, 2, 3, 4]\n"


def test_given_fork_from_a_thread_when_others_run_then_both_sides_live(
    work: Workplace,
) -> None:
    program = work.write(
        "fork_in_thread.py",
        "import os, threading, warnings\n"
        "warnings.simplefilter('ignore')\n"
        f"{BUSY_DEF}"
        "def forker():\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        busy()\n"
        "        os._exit(0)\n"
        "    print(os.waitpid(pid, 0)[1])\n"
        "others = [threading.Thread(target=busy) for _ in range(3)]\n"
        "for thread in others: thread.start()\n"
        "thread = threading.Thread(target=forker)\n"
        "thread.start()\n"
        "thread.join()\n"
        "for thread in others: thread.join()\n",
    )
    result = same_as_bare(work, program)
    assert result.stdout == "0\n"
    assert len(pids(result.expect_profile())) == 2


def test_given_a_child_that_outlives_its_parent_then_the_run_ends_with_the_parent(
    work: Workplace,
) -> None:
    program = work.write(
        "orphan.py",
        "import os, time\n"
        f"{BUSY_DEF}"
        "busy()\n"
        "if os.fork() == 0:\n"
        "    for fd in range(3): os.close(fd)\n"
        "    time.sleep(1.5)\n"
        "    open('orphan-was-here', 'w').close()\n"
        "    os._exit(0)\n",
    )
    result = work.scalene(program)
    assert result.returncode == 0
    assert not (work.folder / "orphan-was-here").exists()
    profile = result.expect_profile()
    assert row_percent(profile.function(program, "busy")) > 50
    assert "child processes still ran" in " ".join(profile.profiler["warnings"])
    wait = "import time, os\nwhile not os.path.exists('orphan-was-here'):"
    work.bare("-c", f"{wait} time.sleep(0.05)", timeout=20)
