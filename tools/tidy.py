# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Runs clang-tidy over the C files of a build, one at a time per core.

Usage: tidy.py BUILD_FOLDER [FILE...]. The checks are those of .clang-tidy.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List, Tuple


def files_of(build: Path) -> List[Path]:
    """The C files that the build compiles, each once."""
    commands = json.loads((build / "compile_commands.json").read_text())
    return sorted({Path(entry["file"]) for entry in commands})


def check(build: Path, path: Path) -> Tuple[Path, int, str]:
    """clang-tidy's verdict on one file."""
    command = ["clang-tidy", "--quiet", "-p", str(build), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return path, done.returncode, done.stdout + (done.stderr if not done.stdout else "")


def main() -> int:
    """Prints what is wrong; fails when anything is."""
    build = Path(sys.argv[1])
    named = {Path(arg).resolve() for arg in sys.argv[2:]}
    files = [path for path in files_of(build) if not named or path in named]
    bad = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, status, text in pool.map(lambda one: check(build, one), files):
            if status != 0:
                bad += 1
                print(f"{path}:\n{text}", flush=True)
    print(f"clang-tidy: {len(files) - bad} of {len(files)} files are clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
