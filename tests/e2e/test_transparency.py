# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""What a program can see, write and leave is the same with and without scalene."""

import json
import os
from pathlib import Path

import pytest
from harness.runner import Workplace
from harness.terminal import Terminal

ENDINGS = {
    "return": "print('end')",
    "exit-0": "import sys; sys.exit(0)",
    "exit-7": "import sys; sys.exit(7)",
    "exit-none": "import sys; sys.exit()",
    "exit-256": "import sys; sys.exit(256)",
    "exit-negative": "import sys; sys.exit(-1)",
    "exit-text": "import sys; sys.exit('some words')",
    "exit-object": "import sys; sys.exit([1, 2])",
    "raise-systemexit": "raise SystemExit(3)",
    "os-exit": "import os; os._exit(9)",
    "uncaught": "def f(): return 1 / 0\nf()",
    "uncaught-chain": "try:\n    1 / 0\nexcept Exception:\n    raise KeyError('k')",
    "group": "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
    "keyboardinterrupt": "raise KeyboardInterrupt",
    "syntax-error": "def f(:\n",
    "bad-encoding": "# coding: no-such-codec\n",
    "recursion": "def f(): f()\nf()",
    "atexit": "import atexit, os\natexit.register(os._exit, 4)",
    "unraisable": "class A:\n    def __del__(self): 1 / 0\na = A()\ndel a",
    "thread-error": "import threading\nt = threading.Thread(target=lambda: 1 / 0)\n"
    "t.start(); t.join()",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_given_an_ending_when_profiled_then_status_and_words_are_the_same(
    work: Workplace, ending: str
) -> None:
    program = work.write("prog.py", f"{ENDINGS[ending]}\n")
    env = {"PYTHONHASHSEED": "0"}
    bare = work.bare(program, env=env)
    result = work.scalene(program, env=env)
    assert result.outcome == bare.outcome
    result.expect_profile()


def test_given_any_environment_when_profiled_then_the_program_sees_just_that(
    work: Workplace,
) -> None:
    program = work.write(
        "prog.py",
        "import ctypes, json, os, subprocess, sys\n"
        "own = dict(os.environ)\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.getenv.restype = ctypes.c_char_p\n"
        "c = [libc.getenv(n) and libc.getenv(n).decode()"
        " for n in (b'LD_PRELOAD', b'SCALENE_RUN_DIR')]\n"
        "child = [sys.executable, '-c',"
        " 'import json, os; print(json.dumps(dict(os.environ)))']\n"
        "py = json.loads(subprocess.run(child, capture_output=True).stdout)\n"
        "sh = subprocess.run(['env', '-0'], capture_output=True).stdout\n"
        "none = json.loads(subprocess.run(child, capture_output=True,"
        " env={}).stdout)\n"
        "json.dump([own, c, py, sorted(map(repr, sh.split(b'\\0'))), none],"
        " sys.stdout, sort_keys=True)\n",
    )
    env = {"EMPTY": "", "ODD": "a=b", "SPACES": "  x  ", "UTF": "\u00e9\u4e2d"}
    bare = work.bare(program, env=env)
    assert bare.returncode == 0, bare.stderr
    result = work.scalene(program, env=env)
    ours, plain = json.loads(result.stdout), json.loads(bare.stdout)
    names = ("os.environ", "getenv", "Python child", "other child", "child with {}")
    for name, seen, expected in zip(names, ours, plain):
        assert seen == expected, name
    assert ours[1] == [None, None]


def test_given_a_preload_of_the_users_when_profiled_then_it_is_kept(
    work: Workplace,
) -> None:
    program = work.write(
        "prog.py",
        "import os\n"
        "print(os.environ.get('LD_PRELOAD'))\n"
        "print('libm.so.6' in open('/proc/self/maps').read())\n",
    )
    libm = next(
        (
            path
            for path in Path("/lib").glob("*-linux-gnu/libm.so.6")
            if path.parent.name.startswith(os.uname().machine)
        ),
        None,
    )
    assert libm is not None
    env = {"LD_PRELOAD": str(libm)}
    bare = work.bare(program, env=env)
    result = work.execute(
        ["env", f"LD_PRELOAD={libm}", *work.command(program)],
    )
    assert result.stdout == bare.stdout
    work.read_profile(result).expect_profile()


def test_given_bytes_on_the_streams_when_profiled_then_all_pass_unchanged(
    work: Workplace,
) -> None:
    program = work.write(
        "cat.py",
        "import sys\n"
        "data = sys.stdin.buffer.read()\n"
        "sys.stdout.buffer.write(bytes(range(256)) * 1000 + data)\n"
        "sys.stderr.buffer.write(bytes(range(256)))\n",
    )
    bare = work.bare(program, stdin="x" * 100_000)
    result = work.scalene(program, stdin="x" * 100_000)
    assert result.stdout == bare.stdout
    assert result.program_stderr == bare.stderr


def test_given_no_descriptors_of_ours_when_profiled_then_the_program_has_none(
    work: Workplace,
) -> None:
    program = work.write(
        "fds.py", "import os\nprint(sorted(os.listdir('/proc/self/fd')))\n"
    )
    assert work.scalene(program).stdout == work.bare(program).stdout


def test_given_closed_streams_when_profiled_then_the_program_runs(
    work: Workplace,
) -> None:
    program = work.write("quiet.py", "import sys\nopen('ran', 'w').close()\n")
    command = " ".join(f"'{word}'" for word in work.command(program))
    result = work.execute(["sh", "-c", f"{command} <&- >&- 2>&-"])
    assert result.returncode == 0
    assert (work.folder / "ran").exists()
    work.read_profile(result).expect_profile()


@pytest.mark.parametrize("what", ["rlimits", "mask", "handlers", "umask", "group"])
def test_given_process_properties_when_profiled_then_they_are_inherited(
    work: Workplace, what: str
) -> None:
    tell = {
        "rlimits": "import resource\nprint([(n, resource.getrlimit(getattr(resource,"
        " n))) for n in dir(resource) if n.startswith('RLIMIT')])",
        "mask": "import signal\nprint(signal.pthread_sigmask(0, []))\n"
        "print([l for l in open('/proc/self/status') if l.startswith('SigBlk')])",
        "handlers": "import signal\n"
        "print([(s, signal.getsignal(s)) for s in signal.valid_signals()])",
        "umask": "import os\nprint(os.umask(0), os.nice(0), os.getcwd())",
        "group": "import os\nprint(os.getpgrp() == os.getsid(0), os.getsid(0) > 1)",
    }
    program = work.write("tell.py", f"{tell[what]}\n")
    limits = "ulimit -n 200; ulimit -c 0; ulimit -s 4096; trap '' USR2; umask 027"
    bare_command = f"{limits}; exec '{work.python.path}' '{program}'"
    ours = " ".join(f"'{word}'" for word in work.command(program))
    bare = work.execute(["sh", "-c", bare_command])
    result = work.execute(["sh", "-c", f"{limits}; exec {ours}"])
    assert result.stdout == bare.stdout
    work.read_profile(result).expect_profile()


def test_given_a_terminal_when_profiled_then_the_program_has_it(
    work: Workplace,
) -> None:
    program = work.write(
        "tty.py",
        "import os, sys\n"
        "print([os.isatty(fd) for fd in range(3)], os.get_terminal_size())\n"
        "print(os.tcgetpgrp(0) == os.getpgrp())\n"
        "print(repr(input('ask: ')))\n",
    )
    texts = []
    for command in ([work.python.path, program], work.command(program)):
        with Terminal(
            command, cwd=work.folder, env=work.environ(), columns=101
        ) as terminal:
            terminal.wait_for(b"ask: ")
            terminal.send(b"answer\n")
            assert terminal.finish() == 0
            texts.append(terminal.text.partition("Scalene: ")[0])
    assert texts[0] == texts[1]
    assert "[True, True, True]" in texts[1]


def test_given_the_inside_of_python_when_profiled_then_it_is_as_it_was(
    work: Workplace,
) -> None:
    program = work.write(
        "mods.py",
        "import sys, threading\n"
        "print(sorted(sys.modules))\n"
        "print([t.name for t in threading.enumerate()])\n"
        "print(threading.active_count(), sys.getprofile(), sys.gettrace())\n"
        "print(len(sys._current_frames()), sys.meta_path, sys.path_hooks)\n"
        "import builtins; print(dir(builtins))\n",
    )
    env = {"PYTHONHASHSEED": "0"}
    bare = work.bare(program, env=env)
    assert work.scalene(program, env=env).outcome == bare.outcome


def test_given_audit_hooks_of_the_program_when_profiled_then_they_see_the_same(
    work: Workplace,
) -> None:
    program = work.write(
        "audit.py",
        "import sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda name, args: seen.append(name))\n"
        "compile('1', 'x', 'eval'); import json; eval('1')\n"
        "print(seen)\n",
    )
    assert work.scalene(program).stdout == work.bare(program).stdout


def test_given_python_options_in_the_environment_when_profiled_then_they_act(
    work: Workplace,
) -> None:
    program = work.write("opts.py", "import sys\nprint(sys.flags, __debug__)\n")
    env = {"PYTHONOPTIMIZE": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    assert work.scalene(program, env=env).stdout == work.bare(program, env=env).stdout


def test_given_a_run_when_it_has_ended_then_only_the_profile_is_new(
    work: Workplace,
) -> None:
    program = work.write("prog.py", "x = 1\n")
    before = set(os.listdir(work.folder))
    work.scalene(program)
    assert set(os.listdir(work.folder)) - before == {"scalene-profile.json"}
