# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Signals: from a terminal, from another process, to one or to the whole group."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import List, Union

import pytest
from harness.profile import row_percent
from harness.runner import Result, Workplace
from harness.terminal import Terminal

# Computes until it is told to stop, and counts how often that was.
COUNTER = """\
import signal, sys, time
def busy():
    return sum([i * i for i in range(20_000)])
for _ in range(100):
    busy()
count = 0
end = time.monotonic() + 60
while time.monotonic() < end:
    try:
        if count == 0:
            print('ready', flush=True)
        while time.monotonic() < end:
            busy()
    except KeyboardInterrupt:
        count += 1
        end = time.monotonic() + 0.5
print('interrupts:', count, flush=True)
sys.exit(count + 10)
"""
READY = "for _ in range(100): busy()\nprint('ready', flush=True)\n"
BUSY = "def busy():\n    return sum([i * i for i in range(20_000)])\n"


def start(
    work: Workplace, command: List[Union[str, Path]], group: bool = True
) -> "subprocess.Popen[bytes]":
    """Starts a command that prints `ready`, and waits for that."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=work.folder,
        env=work.environ(),
        start_new_session=group,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if line != b"ready\n":
        process.kill()
        raise AssertionError((line, *process.communicate()))
    return process


def finish(work: Workplace, process: "subprocess.Popen[bytes]") -> Result:
    try:
        out, err = process.communicate(timeout=40)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"hangs: {out!r} {err!r}") from None
    result = Result(process.returncode, out.decode(), err.decode())
    return work.read_profile(result)


def test_given_a_terminal_when_ctrl_c_is_typed_then_there_is_one_interrupt(
    work: Workplace,
) -> None:
    program = work.write("counter.py", COUNTER)
    with Terminal(
        work.command(program), cwd=work.folder, env=work.environ()
    ) as terminal:
        terminal.wait_for(b"ready")
        terminal.send(b"\x03")
        status = terminal.finish()
    assert "interrupts: 1" in terminal.text
    assert status == 11
    profile = work.read_profile(Result(status, terminal.text, "")).expect_profile()
    assert row_percent(profile.function(program, "busy")) > 80


def test_given_a_terminal_when_ctrl_c_ends_the_program_then_it_ends_as_bare(
    work: Workplace,
) -> None:
    program = work.write("plain.py", f"{BUSY}{READY}while True: busy()\n")
    ends = []
    for command in ([work.python.path, program], work.command(program)):
        with Terminal(command, cwd=work.folder, env=work.environ()) as terminal:
            terminal.wait_for(b"ready")
            terminal.send(b"\x03")
            status = terminal.finish()
            words = terminal.text.partition("Scalene: ")[0]
            ends.append((status, words.count("KeyboardInterrupt")))
    assert ends[0] == ends[1] == (-signal.SIGINT, 1)
    work.read_profile(Result(0, "", "")).expect_profile()


def test_given_a_terminal_when_it_is_closed_then_the_profile_is_written(
    work: Workplace,
) -> None:
    program = work.write("plain.py", f"{BUSY}{READY}while True: busy()\n")
    with Terminal(
        work.command(program), cwd=work.folder, env=work.environ()
    ) as terminal:
        terminal.wait_for(b"ready")
    profile = work.read_profile(Result(0, "", "")).expect_profile()
    assert row_percent(profile.function(program, "busy")) > 80


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGQUIT"])
@pytest.mark.parametrize("target", ["front", "group"])
def test_given_a_signal_when_sent_then_it_ends_the_program_as_bare(
    work: Workplace, name: str, target: str
) -> None:
    number = getattr(signal, name)
    program = work.write("plain.py", f"{BUSY}{READY}while True: busy()\n")
    process = start(work, work.command(program))
    if target == "front":
        os.kill(process.pid, number)
    else:
        os.killpg(process.pid, number)
    result = finish(work, process)
    assert result.returncode == -number
    profile = result.expect_profile()
    assert row_percent(profile.function(program, "busy")) > 80


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"])
def test_given_a_handler_in_the_program_when_the_front_is_told_then_it_runs_once(
    work: Workplace, name: str
) -> None:
    program = work.write(
        "handler.py",
        "import signal, sys, time\n"
        "got = []\n"
        f"signal.signal(signal.{name}, lambda n, f: got.append(n))\n"
        "print('ready', flush=True)\n"
        "end = time.monotonic() + 30\n"
        "while not got and time.monotonic() < end: time.sleep(0.01)\n"
        "time.sleep(0.4)\n"
        "print(len(got))\n"
        "sys.exit(6)\n",
    )
    process = start(work, work.command(program))
    os.kill(process.pid, getattr(signal, name))
    result = finish(work, process)
    assert (result.returncode, result.stdout) == (6, "1\n")
    result.expect_profile()


@pytest.mark.parametrize(
    "name",
    [
        "SIGABRT", "SIGALRM", "SIGBUS", "SIGFPE", "SIGILL", "SIGKILL", "SIGPIPE",
        "SIGPROF", "SIGSEGV", "SIGSYS", "SIGTRAP", "SIGUSR2", "SIGVTALRM", "SIGXCPU",
    ],
)  # fmt: skip
def test_given_death_by_a_signal_when_profiled_then_the_front_dies_of_it_too(
    work: Workplace, name: str
) -> None:
    program = work.write(
        "dies.py",
        f"import os, signal\n{BUSY}"
        "for _ in range(150): busy()\n"
        f"signal.signal(signal.{name}, signal.SIG_DFL)"
        f" if '{name}' != 'SIGKILL' else None\n"
        f"os.kill(os.getpid(), signal.{name})\n"
        "import time; time.sleep(5)\n",
    )
    result = work.scalene(program)
    assert result.returncode == -getattr(signal, name)
    profile = result.expect_profile()
    assert row_percent(profile.function(program, "busy")) > 80
    assert not list(work.folder.glob("core*"))


def test_given_an_ignored_hangup_when_sent_then_the_program_lives_on(
    work: Workplace,
) -> None:
    program = work.write(
        "nohup.py",
        "import signal, sys, time\n"
        "print('ready', flush=True)\n"
        "time.sleep(0.5)\n"
        "print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)\n",
    )
    ours = " ".join(f"'{word}'" for word in work.command(program))
    process = start(work, ["sh", "-c", f"trap '' HUP; exec {ours}"])
    os.killpg(process.pid, signal.SIGHUP)
    result = finish(work, process)
    assert (result.returncode, result.stdout) == (0, "True\n")
    result.expect_profile()


def test_given_a_stopped_program_when_continued_then_it_ends_well(
    work: Workplace,
) -> None:
    program = work.write(
        "stops.py", f"{BUSY}{READY}for _ in range(300): busy()\nprint('end')\n"
    )
    process = start(work, work.command(program))
    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGCONT)
    result = finish(work, process)
    assert (result.returncode, result.stdout) == (0, "end\n")
    profile = result.expect_profile()
    assert row_percent(profile.function(program, "busy")) > 80


def test_given_the_front_is_killed_when_running_then_the_program_goes_on(
    work: Workplace,
) -> None:
    program = work.write(
        "survivor.py",
        f"import os, time\n{BUSY}{READY}"
        "parent = os.getppid()\n"
        "end = time.monotonic() + 20\n"
        "while os.getppid() == parent and time.monotonic() < end: busy()\n"
        "for _ in range(300): busy()\n"
        "open('survived', 'w').close()\n",
    )
    process = start(work, work.command(program))
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while not (work.folder / "survived").exists():
        assert time.monotonic() < deadline, "the program ended with the front"
        time.sleep(0.05)
    # Nobody is left to clean up, so the folder of the run remains.
    for path in work.runtime.iterdir():
        subprocess.run(["rm", "-rf", str(path)], check=True)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    process.stderr.close()


@pytest.mark.parametrize("kind", ["sleep", "select", "read", "lock", "wait"])
def test_given_blocking_calls_when_profiled_then_none_is_cut_short(
    work: Workplace, kind: str
) -> None:
    # Raw system calls through ctypes: Python itself would hide an EINTR.
    call = {
        "sleep": "libc.usleep(300_000)",
        "select": "libc.poll(None, 0, 300)",
        "read": "libc.read(pipe[0], buffer, 1)",
        "lock": "libc.nanosleep(ctypes.byref(Span(0, 300_000_000)), None)",
        "wait": "libc.waitpid(child, None, 0)",
    }
    program = work.write(
        "blocks.py",
        "import ctypes, os, threading, time\n"
        f"{BUSY}"
        "class Span(ctypes.Structure):\n"
        "    _fields_ = [('sec', ctypes.c_long), ('nsec', ctypes.c_long)]\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "buffer = ctypes.create_string_buffer(8)\n"
        "pipe = os.pipe()\n"
        "child = os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '0.3')\n"
        "other = threading.Thread(target=lambda: [busy() for _ in range(250)])\n"
        "threading.Timer(0.3, lambda: os.write(pipe[1], b'x')).start()\n"
        "other.start()\n"
        "ctypes.set_errno(0)\n"
        f"result = {call[kind]}\n"
        "print(result != -1, ctypes.get_errno())\n"
        "other.join()\n",
    )
    assert work.scalene(program).stdout == "True 0\n"
