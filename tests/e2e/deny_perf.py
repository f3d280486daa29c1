# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Runs a command that may not open perf events, as in many containers.

Usage: deny_perf.py COMMAND... A system call filter answers perf_event_open with
EACCES, for the command and all that it starts; nothing else is changed.
"""

import ctypes
import os
import platform
import struct
import sys

# Numbers of <linux/prctl.h>, <linux/seccomp.h>, <linux/bpf_common.h>.
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
FAIL_EACCES = 0x00050000 | 13
LOAD_WORD = 0x20
JUMP_IF_EQUAL = 0x15
RETURN = 0x06
PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [("n", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def deny(number: int) -> None:
    """Makes a system call fail with EACCES from now on."""
    steps = (
        (LOAD_WORD, 0, 0, 0),  # the call's number
        (JUMP_IF_EQUAL, 0, 1, number),
        (RETURN, 0, 0, FAIL_EACCES),
        (RETURN, 0, 0, ALLOW),
    )
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    program = Program(len(steps), code)
    libc = ctypes.CDLL(None, use_errno=True)
    # Root may filter as it is; a plain user must give up setuid programs first.
    if os.geteuid() != 0 and libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS")
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program)) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_SECCOMP")


if __name__ == "__main__":
    deny(PERF_EVENT_OPEN[platform.machine()])
    os.execvp(sys.argv[1], sys.argv[1:])
