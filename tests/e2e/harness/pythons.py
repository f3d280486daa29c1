# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""The Pythons that the tests run under: those wanted, and where they are found.

Only the standard library is used here: make_venvs.py runs this before anything is
installed.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("SCALENE_BUILD", str(REPOSITORY / "build")))
VENVS = BUILD / "venvs"

# The name of each Python in test ids, and the places where it may be.
_PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
_WANTED = {
    "py3.11-debian": ("3.11", Path("/usr/bin"), "python3.11"),
    "py3.11-pyenv": ("3.11", _PYENV, "3.11.*/bin/python3.11"),
    "py3.12-pyenv": ("3.12", _PYENV, "3.12.*/bin/python3.12"),
    "py3.13-pyenv": ("3.13", _PYENV, "3.13.*/bin/python3.13"),
}


@dataclass(frozen=True)
class Python:
    """One interpreter, and the virtual environment made of it for the tests."""

    name: str
    version: str
    path: Path

    @property
    def venv(self) -> Path:
        return VENVS / self.name

    @property
    def venv_python(self) -> Path:
        return self.venv / "bin" / "python"


def _newest(folder: Path, pattern: str) -> Optional[Path]:
    try:
        found = sorted(folder.glob(pattern))
    except OSError:
        return None
    return found[-1] if found else None


def _runs(path: Path) -> bool:
    try:
        done = subprocess.run([str(path), "-c", ""], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _chosen_names() -> List[str]:
    """All wanted names, or those in SCALENE_TEST_PYTHONS, a list with commas."""
    only = os.environ.get("SCALENE_TEST_PYTHONS")
    return [name for name in _WANTED if not only or name in only.split(",")]


def find_pythons() -> Dict[str, Python]:
    """The wanted Pythons that run here, by name."""
    found = {}
    for name in _chosen_names():
        version, folder, pattern = _WANTED[name]
        path = _newest(folder, pattern)
        if path is not None and _runs(path):
            found[name] = Python(name, version, path)
    return found


def missing_names(found: Dict[str, Python]) -> List[str]:
    """The wanted Pythons that are not among those found."""
    return [name for name in _chosen_names() if name not in found]
