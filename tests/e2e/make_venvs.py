# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Makes one virtual environment per Python found, with what the programs import.

Usage: python3 make_venvs.py [REQUIREMENTS...]. An environment whose list of packages
has not changed is left as it is. A Python that is not here is said aloud.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from harness.pythons import Python, find_pythons, missing_names


def make_venv(python: Python, requirements: "list[Path]") -> None:
    """Makes python's environment anew unless it has these packages already."""
    wanted = "".join(path.read_text() for path in requirements)
    stamp = python.venv / "requirements.stamp"
    if stamp.is_file() and wanted in stamp.read_text():
        return
    print(f"installing test packages for {python.name}", flush=True)
    shutil.rmtree(python.venv, ignore_errors=True)
    subprocess.run([str(python.path), "-m", "venv", str(python.venv)], check=True)
    install = [str(python.venv_python), "-m", "pip", "install", "--quiet"]
    install.append("--disable-pip-version-check")
    for path in requirements:
        install += ["-r", str(path)]
    subprocess.run(install, check=True)
    stamp.write_text(wanted)


def main() -> int:
    """Makes the environments; fails when not one Python is here."""
    found = find_pythons()
    for name in missing_names(found):
        print(f"skipped: {name} is not on this machine")
    for python in found.values():
        make_venv(python, [Path(arg) for arg in sys.argv[1:]])
    if not found:
        print("no Python to test with: install python3 3.11, 3.12 or 3.13")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
