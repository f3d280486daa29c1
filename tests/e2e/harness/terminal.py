# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""A command on a pseudo-terminal of its own, as a person would run it."""

import errno
import fcntl
import os
import pty
import select
import struct
import termios
import time
from pathlib import Path
from types import TracebackType
from typing import Dict, Optional, Sequence, Type, Union


class Terminal:
    """Runs one command as the foreground job of a new terminal."""

    def __init__(
        self,
        command: Sequence[Union[str, Path]],
        *,
        cwd: Path,
        env: Dict[str, str],
        columns: int = 80,
    ) -> None:
        words = [str(word) for word in command]
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                os.execve(words[0], words, env)
            finally:
                os._exit(127)
        size = struct.pack("HHHH", 40, columns, 0, 0)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)
        self.output = b""
        self.status: Optional[int] = None

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        # Closing the terminal sends SIGHUP to what still runs on it.
        os.close(self._fd)
        if self.status is None:
            os.waitpid(self.pid, 0)

    def send(self, keys: bytes) -> None:
        os.write(self._fd, keys)

    def _read_some(self, timeout_sec: float) -> bool:
        """Reads what is there; False once the last writer has closed."""
        ready, _, _ = select.select([self._fd], [], [], timeout_sec)
        if not ready:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.output += data
        return bool(data)

    def wait_for(self, text: bytes, timeout_sec: float = 30) -> None:
        """Reads until this text has been written."""
        deadline = time.monotonic() + timeout_sec
        while text not in self.output:
            assert time.monotonic() < deadline, self.output
            assert self._read_some(0.1), self.output

    def finish(self, timeout_sec: float = 30) -> int:
        """Reads to the end; the exit status, negative for a signal."""
        deadline = time.monotonic() + timeout_sec
        while self._read_some(0.1):
            assert time.monotonic() < deadline, self.output
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status

    @property
    def text(self) -> str:
        """What was written, with the terminal's line ends made plain."""
        return self.output.decode(errors="replace").replace("\r\n", "\n")
