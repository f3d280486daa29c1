# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Runs programs under scalene and bare, each in a clean place of its own."""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Union

from harness.profile import Profile
from harness.pythons import BUILD, Python

SCALENE = BUILD / "scalene"
DEFAULT_NAME = "scalene-profile.json"
TIMEOUT_SEC = 60

Word = Union[str, Path]


def completion_message(name: str) -> str:
    """What scalene says on stderr when the profile was saved under this name."""
    suffix = "" if name == DEFAULT_NAME else f" {name}"
    return (
        f"Scalene: profile saved to {name}\n"
        f"  To view in browser:  scalene view{suffix}\n"
        f"  To view in terminal: scalene view --cli{suffix}\n"
    )


def without_addresses(text: str) -> str:
    """A text in which addresses, which differ from run to run, are the same."""
    return re.sub("0x[0-9a-f]+", "0x", text)


@dataclass
class Result:
    """How a program ended, what it wrote, and the profile of it if there is one."""

    returncode: int
    stdout: str
    stderr: str
    profile: Optional[Profile] = None

    @property
    def outcome(self) -> "tuple[int, str, str]":
        """Status and words of the program, as far as two runs must agree on them."""
        return (
            self.returncode,
            without_addresses(self.stdout),
            without_addresses(self.program_stderr),
        )

    @property
    def program_stderr(self) -> str:
        """The program's stderr: all of it but the completion message and hints."""
        return self.stderr.partition("Scalene: profile saved to ")[0]

    def expect_profile(self) -> Profile:
        """The profile; fails with what the run said where there is none."""
        assert self.profile is not None, (self.returncode, self.stderr)
        return self.profile


def perf_may_work() -> bool:
    """Whether nothing is known that forbids the perf clock."""
    paranoid = Path("/proc/sys/kernel/perf_event_paranoid")
    status = Path("/proc/self/status").read_text()
    return (
        paranoid.exists() and int(paranoid.read_text()) <= 2 and "Seccomp:\t0" in status
    )


# By default the rate depends on what the clock costs on a machine; tests need samples.
RATE_OPTION = "--cpu-sampling-rate"
RATE: List[Word] = [RATE_OPTION, "0.001"] if perf_may_work() else []


class Workplace:
    """A folder to run in, and a memory folder for the run's shared files.

    Everything a run leaves in either, but what the test names, is a fault; see
    leftovers().
    """

    def __init__(self, folder: Path, runtime: Path, python: Optional[Python]) -> None:
        self.folder = folder
        self.runtime = runtime
        self._python = python
        self.environment: Dict[str, str] = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "TMPDIR": "/tmp",
            "XDG_RUNTIME_DIR": str(runtime),
        }

    @property
    def python(self) -> Python:
        assert self._python is not None, "this test names no Python"
        return self._python

    @property
    def profile_path(self) -> Path:
        return self.folder / DEFAULT_NAME

    def write(self, name: str, text: str) -> Path:
        """Makes a file of this text in the folder, and its parents."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def leftovers(self) -> List[str]:
        """What stands in the runtime folder: nothing, once a run has ended."""
        return sorted(entry.name for entry in self.runtime.iterdir())

    def environ(self, extra: Optional[Dict[str, str]] = None) -> Dict[str, str]:
        return {**self.environment, **(extra or {})}

    def execute(
        self,
        command: Sequence[Word],
        *,
        stdin: str = "",
        env: Optional[Dict[str, str]] = None,
        cwd: Optional[Path] = None,
        timeout: float = TIMEOUT_SEC,
    ) -> Result:
        """Runs a command to its end in the folder; ends its group if it hangs."""
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd or self.folder,
            env=self.environ(env),
            start_new_session=True,
        )
        try:
            out, err = process.communicate(stdin.encode(), timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            said = (out + err).decode(errors="replace")
            raise AssertionError(f"{command} hangs; it said: {said}") from None
        return Result(
            process.returncode,
            out.decode(errors="surrogateescape"),
            err.decode(errors="surrogateescape"),
        )

    def bare(self, *words: Word, **how: object) -> Result:
        """Runs the Python alone with these words."""
        return self.execute([self.python.path, *words], **how)  # type: ignore[arg-type]

    def command(self, *words: Word, options: Sequence[Word] = ()) -> List[Word]:
        """The command that runs the program `words` under scalene."""
        chosen: List[Word] = ["--python", self.python.path] if self._python else []
        rate = [] if RATE_OPTION in options else RATE
        return [SCALENE, "run", *chosen, *rate, *options, *words]

    def scalene(
        self,
        *words: Word,
        options: Sequence[Word] = (),
        profile: Optional[Path] = None,
        **how: object,
    ) -> Result:
        """Profiles the program `words`; reads and checks the profile it leaves."""
        path = profile or self.profile_path
        path.unlink(missing_ok=True)
        result = self.execute(
            self.command(*words, options=options),
            **how,  # type: ignore[arg-type]
        )
        return self.read_profile(result, path)

    def read_profile(self, result: Result, path: Optional[Path] = None) -> Result:
        """Adds the profile at path to result, if one is there."""
        path = path or self.profile_path
        if path.is_file():
            result.profile = Profile(path)
        return result

    def verb(self, *words: Word, **how: object) -> Result:
        """Runs scalene with just these words."""
        return self.execute([SCALENE, *words], **how)  # type: ignore[arg-type]


def make_runtime_folder(name: str) -> Path:
    """A fresh private folder in memory for one test."""
    base = Path("/dev/shm")
    path = base / f"scalene-e2e-{os.getpid()}-{name}"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(mode=0o700)
    return path
