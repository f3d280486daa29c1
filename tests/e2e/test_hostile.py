# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Programs that do what breaks profilers: they run as if there were none."""

import os
import shutil
from pathlib import Path

import pytest
from harness.profile import Profile, row_percent
from harness.runner import SCALENE, Result, Workplace

BUSY = (
    "def busy():\n"
    "    for _ in range(25):\n"
    "        sum([i * i for i in range(100_000)])\n"
)


def profiled(work: Workplace, text: str, minimum: float = 50) -> Result:
    """Runs a program bare and profiled; same words and status, and busy() seen."""
    program = work.write("prog.py", f"{BUSY}{text}\n")
    bare = work.bare(program)
    result = work.scalene(program)
    assert result.outcome == bare.outcome
    busy = result.expect_profile().function(program, "busy")
    assert row_percent(busy) > minimum
    return result


def test_given_a_handler_for_our_signal_when_set_then_only_its_own_arrive(
    work: Workplace,
) -> None:
    result = profiled(
        work,
        "import os, signal, time\n"
        "got = []\n"
        "print(signal.getsignal(signal.SIGPROF))\n"
        "print(signal.signal(signal.SIGPROF, lambda n, f: got.append(n)))\n"
        "busy()\n"
        "print(len(got))\n"
        "os.kill(os.getpid(), signal.SIGPROF)\n"
        "busy()\n"
        "print(len(got))\n",
    )
    assert result.stdout.splitlines()[2:] == ["0", "1"]


def test_given_the_profiling_timer_when_the_program_uses_it_then_it_gets_it(
    work: Workplace,
) -> None:
    program = work.write(
        "itimer.py",
        f"{BUSY}import signal, time\n"
        "got = []\n"
        "signal.signal(signal.SIGPROF, lambda n, f: got.append(n))\n"
        "print(signal.setitimer(signal.ITIMER_PROF, 0.05, 0.05))\n"
        "start = time.process_time()\n"
        "while time.process_time() - start < 1.0: busy()\n"
        "used = time.process_time() - start\n"
        "print(signal.setitimer(signal.ITIMER_PROF, 0)[1])\n"
        "print(0.6 < len(got) * 0.05 / used < 1.1)\n",
    )
    result = work.scalene(program)
    assert result.stdout == work.bare(program).stdout
    assert result.stdout.endswith("True\n")
    assert row_percent(result.expect_profile().function(program, "busy")) > 50


def test_given_other_timers_when_the_program_uses_them_then_they_fire(
    work: Workplace,
) -> None:
    profiled(
        work,
        "import signal\n"
        "got = set()\n"
        "for s in (signal.SIGALRM, signal.SIGVTALRM):\n"
        "    signal.signal(s, lambda n, f: got.add(n))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "signal.setitimer(signal.ITIMER_VIRTUAL, 0.05)\n"
        "busy()\n"
        "print(sorted(got))",
    )


def test_given_all_signals_blocked_by_python_when_profiled_then_samples_go_on(
    work: Workplace,
) -> None:
    profiled(
        work,
        "import signal\n"
        "old = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "print(sorted(old), len(signal.pthread_sigmask(0, [])))\n"
        "print(signal.sigpending())\n"
        "busy()\n"
        "print(signal.sigpending())",
    )


def test_given_all_signals_blocked_by_c_code_when_profiled_then_samples_go_on(
    work: Workplace, hostile: Path
) -> None:
    profiled(work, "import hostile\nhostile.block_all_signals()\nbusy()")


def test_given_handlers_reset_to_default_when_profiled_then_the_program_lives(
    work: Workplace,
) -> None:
    profiled(
        work,
        "import signal\n"
        "for s in signal.valid_signals():\n"
        "    if s not in (signal.SIGKILL, signal.SIGSTOP) and s < 32:\n"
        "        signal.signal(s, signal.SIG_DFL)\n"
        "busy()",
    )


@pytest.mark.parametrize(
    "wait", ["sigwait([signal.SIGUSR1])", "sigtimedwait([signal.SIGUSR1], 5)"]
)
def test_given_a_wait_for_signals_when_profiled_then_only_the_awaited_come(
    work: Workplace, wait: str
) -> None:
    profiled(
        work,
        "import os, signal, threading\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])\n"
        "threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()\n"
        f"print(getattr(signal.{wait}, 'si_signo', signal.SIGUSR1))\n"
        "busy()",
    )


def test_given_a_fault_handler_dump_when_asked_then_it_works(work: Workplace) -> None:
    profiled(
        work,
        "import faulthandler, os, signal\n"
        "faulthandler.register(signal.SIGUSR1)\n"
        "os.kill(os.getpid(), signal.SIGUSR1)\n"
        "faulthandler.dump_traceback_later(0.05, exit=False)\n"
        "faulthandler.cancel_dump_traceback_later()\n"
        "busy()",
    )


@pytest.mark.parametrize("close", ["os.closerange(3, 65536)", "close_all()"])
def test_given_all_descriptors_closed_when_profiled_then_samples_go_on(
    work: Workplace, close: str
) -> None:
    profiled(
        work,
        "import os\n"
        "def close_all():\n"
        "    for name in os.listdir('/proc/self/fd'):\n"
        "        if int(name) > 2:\n"
        "            try: os.close(int(name))\n"
        "            except OSError: pass\n"
        f"busy()\n{close}\nbusy()",
    )


def test_given_a_changed_directory_when_profiled_then_the_profile_stays(
    work: Workplace,
) -> None:
    profiled(work, "import os\nbusy()\nos.mkdir('sub')\nos.chdir('sub')\nbusy()"
             "\nos.chdir('/')\nos.rmdir(os.path.join(os.path.dirname("
             "os.path.abspath(__file__)), 'sub'))")  # fmt: skip


def test_given_chroot_when_profiled_then_samples_go_on(work: Workplace) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may chroot")
    profiled(work, "import os\nbusy()\nos.chroot('/proc/self/cwd')\nos.chdir('/')\n"
             "busy()\npid = os.fork()\nif pid == 0:\n    busy(); os._exit(4)\n"
             "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))")  # fmt: skip


def test_given_root_that_gives_up_its_rights_when_profiled_then_samples_go_on(
    work: Workplace,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can change its user")
    work.folder.chmod(0o755)
    profiled(work, "import os\nbusy()\nos.setgid(65534)\nos.setuid(65534)\nbusy()\n"
             "print(os.getresuid())")  # fmt: skip


def test_given_a_recursion_error_when_profiled_then_it_is_the_same(
    work: Workplace,
) -> None:
    result = profiled(
        work,
        "import sys\n"
        "def down(n):\n"
        "    global depth\n"
        "    depth = n\n"
        "    return down(n + 1)\n"
        "for _ in range(100):\n"
        "    try: down(0)\n"
        "    except RecursionError as e: text = str(e)\n"
        "print(depth, text)\n"
        "busy()",
        minimum=30,
    )
    assert result.stdout.split()[0].isdigit()


def test_given_very_deep_recursion_when_profiled_then_its_line_has_the_time(
    work: Workplace,
) -> None:
    program = work.write(
        "deep.py",
        "import sys, threading\n"
        "sys.setrecursionlimit(200_000)\n"
        "threading.stack_size(512 << 20)\n"
        "def down(n):\n"
        "    if n:\n"
        "        return down(n - 1)\n"
        "    return sum([sum([i * i for i in range(1000)]) for _ in range(8000)])\n"
        "thread = threading.Thread(target=lambda: print(down(20_000)))\n"
        "thread.start()\n"
        "thread.join()\n",
    )
    result = work.scalene(program)
    assert result.returncode == work.bare(program).returncode == 0
    row = result.expect_profile().line(program, 7)
    assert row is not None and row_percent(row) > 60


def test_given_memory_that_runs_out_when_profiled_then_the_error_is_the_same(
    work: Workplace,
) -> None:
    program = work.write(
        "memory.py",
        f"{BUSY}import resource\n"
        "limit = 600 << 20\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "busy()\n"
        "try:\n"
        "    hold = [bytearray(1 << 20) for _ in range(1000)]\n"
        "except MemoryError:\n"
        "    hold = None\n"
        "    print('MemoryError')\n"
        "busy()\n",
    )
    result = work.scalene(program)
    assert (result.returncode, result.stdout) == (0, "MemoryError\n"), result.stderr
    assert row_percent(result.expect_profile().function(program, "busy")) > 10


@pytest.mark.parametrize("limit", ["-n 20", "-v 800000", "-u 400", "-l 0"])
def test_given_a_limit_of_the_shell_when_profiled_then_the_program_runs(
    work: Workplace, limit: str
) -> None:
    program = work.write("prog.py", f"{BUSY}busy()\nprint('end')\n")
    result = with_limit(work, program, limit)
    assert result.stdout == "end\n", result.stderr
    busy = result.expect_profile().function(program, "busy")
    assert row_percent(busy) > 50


def with_limit(work: Workplace, program: Path, limit: str) -> Result:
    ours = " ".join(f"'{word}'" for word in work.command(program))
    result = work.execute(["bash", "-c", f"ulimit {limit}; exec {ours}"])
    return work.read_profile(result)


def test_given_no_file_may_be_written_when_run_then_it_is_refused_in_one_line(
    work_once: Workplace,
) -> None:
    program = work_once.write("prog.py", "print('ran')\n")
    result = with_limit(work_once, program, "-f 0")
    assert (result.returncode, result.stdout) == (125, "")
    assert len(result.stderr.splitlines()) == 1


def test_given_code_made_at_run_time_when_profiled_then_time_is_not_mixed_up(
    work: Workplace,
) -> None:
    profiled(
        work,
        "total = 0\n"
        "for n in range(300):\n"
        "    space = {}\n"
        "    exec(f'def f{n}():\\n    return sum(i for i in range(200))', space)\n"
        "    total += space[f'f{n}']()\n"
        "    del space\n"
        "print(total)\n"
        "busy()",
    )


def test_given_profile_and_trace_functions_when_set_then_they_see_the_same(
    work: Workplace,
) -> None:
    profiled(
        work,
        "import sys\n"
        "events = []\n"
        "def f(): return 1\n"
        "sys.setprofile(lambda *a: events.append(a[1]))\n"
        "f(); len([])\n"
        "sys.setprofile(None)\n"
        "sys.settrace(lambda *a: events.append(a[1]))\n"
        "f()\n"
        "sys.settrace(None)\n"
        "print(events)\n"
        "busy()",
    )


def test_given_subinterpreters_when_profiled_then_the_program_ends_well(
    work: Workplace,
) -> None:
    profiled(
        work,
        "try:\n"
        "    import _interpreters as interpreters\n"
        "    run = interpreters.exec\n"
        "except ImportError:\n"
        "    import _xxsubinterpreters as interpreters\n"
        "    run = interpreters.run_string\n"
        "for _ in range(3):\n"
        "    one = interpreters.create()\n"
        "    run(one, 'sum([sum(range(100)) for _ in range(20000)])')\n"
        "    interpreters.destroy(one)\n"
        "busy()",
        minimum=15,
    )


def test_given_greenlet_like_generators_when_profiled_then_frames_are_right(
    work: Workplace,
) -> None:
    profiled(
        work,
        "def numbers():\n"
        "    while True:\n"
        "        got = yield\n"
        "        if got is None: return\n"
        "import gc\n"
        "for _ in range(20_000):\n"
        "    g = numbers(); next(g); g.send(1)\n"
        "    g.close()\n"
        "gc.collect()\n"
        "busy()",
    )


def test_given_deleted_program_files_when_profiled_then_it_still_reports(
    work: Workplace,
) -> None:
    program = work.write(
        "gone.py", f"{BUSY}import os\nbusy()\nos.unlink(__file__)\nbusy()\n"
    )
    result = work.scalene(program)
    assert result.returncode == 0
    result.expect_profile()


def test_given_the_shared_folder_is_removed_when_running_then_the_program_ends_well(
    work: Workplace,
) -> None:
    program = work.write(
        "remover.py",
        f"{BUSY}import os, shutil\nbusy()\n"
        "base = os.environ['XDG_RUNTIME_DIR']\n"
        "for name in os.listdir(base): shutil.rmtree(os.path.join(base, name))\n"
        "busy()\nprint('end')\n",
    )
    result = work.scalene(program)
    assert (result.returncode, result.stdout) == (0, "end\n")
    assert row_percent(result.expect_profile().function(program, "busy")) > 50


@pytest.mark.parametrize("place", ["missing", "read-only"])
def test_given_no_runtime_folder_when_profiled_then_another_place_is_found(
    work: Workplace, place: str
) -> None:
    runtime = work.folder / "runtime"
    if place == "read-only":
        runtime.mkdir(mode=0o500)
    program = work.write("prog.py", f"{BUSY}busy()\n")
    result = work.scalene(program, env={"XDG_RUNTIME_DIR": str(runtime)})
    assert row_percent(result.expect_profile().function(program, "busy")) > 50
    # Runs of other tests are there too; a folder bears its front's process number.
    fronts = [
        n.split("-")[1] for n in os.listdir("/dev/shm") if n.startswith("scalene-")
    ]
    left = [n for n in fronts if n.isdigit() and not Path(f"/proc/{n}").exists()]
    assert not left


def test_given_an_asan_child_when_started_then_it_is_left_alone(
    work: Workplace,
) -> None:
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    source = work.write("child.c", "int main(void) { return 5; }\n")
    child = work.folder / "child"
    built = work.execute(["cc", "-fsanitize=address", source, "-o", child])
    if built.returncode != 0:
        pytest.skip("no AddressSanitizer here")
    profiled(
        work,
        "import os, subprocess\n"
        f"print(subprocess.run(['{child}'], capture_output=True))\n"
        "busy()",
    )


def test_given_a_profiler_under_the_profiler_when_run_then_the_time_is_seen_once(
    work: Workplace,
) -> None:
    program = work.write("prog.py", f"{BUSY}busy()\n")
    inner = [SCALENE, "run", "--python", work.python.path, "-o", "inner.json", program]
    words = ", ".join(repr(str(word)) for word in inner)
    outer = work.write(
        "outer.py", f"import subprocess\nprint(subprocess.run([{words}]).returncode)\n"
    )
    result = work.scalene(outer)
    assert result.stdout == "0\n"
    # One of the two follows the program; its time is in that one's profile.
    outer_profile = result.expect_profile()
    inner_profile = Profile(work.folder / "inner.json")
    shares = [
        row_percent(profile.function(program, "busy"))
        for profile in (outer_profile, inner_profile)
        if str(program) in profile.json["files"]
    ]
    assert len(shares) == 1 and shares[0] > 50
