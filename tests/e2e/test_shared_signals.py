# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""The program's own use of SIGPROF and of the fallback signal, and what its children
inherit: each program must say and do the same as bare."""

import pytest
from harness.runner import Workplace

BUSY = "t = time.thread_time()\nwhile time.thread_time() - t < 0.3: pass\n"

PROGRAMS = {
    "all_reset": "signal.signal(27, lambda s, f: None)\n"
    "for s in signal.valid_signals() - {9, 19, 32, 33}:\n"
    "    signal.signal(s, signal.SIG_DFL)\n"
    f"{BUSY}",
    "all_handled": "seen = []\n"
    "for s in signal.valid_signals() - {9, 19, 32, 33}:\n"
    "    signal.signal(s, lambda s, f: seen.append(s))\n"
    f"{BUSY}"
    "for s in (16, 27): os.kill(os.getpid(), s); time.sleep(0.05)\n"
    "print(seen)\n",
    "blocked_and_waited_for": "signal.pthread_sigmask(signal.SIG_BLOCK, [27])\n"
    "os.kill(os.getpid(), 27)\n"
    "time.sleep(0.05)\n"
    "print(signal.sigpending(), signal.sigtimedwait([27], 5).si_signo)\n",
    "blocked_then_handled": "signal.pthread_sigmask(signal.SIG_BLOCK, [27])\n"
    "signal.signal(27, lambda s, f: print('handled'))\n"
    "os.kill(os.getpid(), 27)\n"
    "time.sleep(0.05)\n"
    "print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.sigpending())\n"
    "signal.pthread_sigmask(signal.SIG_UNBLOCK, [27])\n"
    "time.sleep(0.05)\n",
    "default": "print('before', flush=True)\n"
    "os.kill(os.getpid(), 27)\n"
    "time.sleep(5)\n"
    "print('not reached')\n",
    "ignored": f"signal.signal(27, signal.SIG_IGN)\nos.kill(os.getpid(), 27)\n{BUSY}",
    # struct sigaction of glibc on x86-64: handler, 128 bytes of mask, flags.
    "ignored_with_siginfo": "action = (ctypes.c_ulong * 19)(1)\n"
    "SA_SIGINFO = 4\n"
    "ctypes.cast(action, ctypes.POINTER(ctypes.c_int))[34] = SA_SIGINFO\n"
    "print(ctypes.CDLL(None).sigaction(27, action, None))\n"
    "os.kill(os.getpid(), 27)\n",
    "reset_by_sysv_signal": "getattr(ctypes.CDLL(None), 'sysv_signal')(27, None)\n"
    f"{BUSY}",
    "children_inherit": "signal.pthread_sigmask(signal.SIG_BLOCK, [27])\n"
    "words = ['/bin/grep', 'SigBlk', '/proc/self/status']\n"
    "os.waitpid(os.posix_spawn(words[0], words, os.environ), 0)\n"
    "subprocess.run(words)\n"
    "signal.signal(27, signal.SIG_IGN)\n"
    "words[1] = 'SigIgn'\n"
    "subprocess.run(words, restore_signals=False)\n",
    "a_fifo_executed": "os.mkfifo('fifo', 0o755)\n"
    "try: subprocess.run(['./fifo'])\n"
    "except OSError as e: print(e.errno)\n"
    "try: os.execv('./fifo', ['./fifo'])\n"
    "except OSError as e: print(e.errno)\n"
    "os.unlink('fifo')\n",
    "profiling_timer_without_handler": "print('before', flush=True)\n"
    "signal.setitimer(signal.ITIMER_PROF, 0.05)\n"
    "while True: pass\n",
}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_given_a_use_of_our_signal_when_profiled_then_it_acts_as_bare(
    work: Workplace, name: str
) -> None:
    program = work.write(
        f"{name}.py",
        "import ctypes, os, signal, subprocess, time\n"
        f"{PROGRAMS[name]}"
        "print('end', flush=True)\n",
    )
    bare = work.bare(program)
    result = work.scalene(program)
    assert result.outcome == bare.outcome
