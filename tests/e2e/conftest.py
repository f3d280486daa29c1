# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Fixtures: each test that takes `work` runs once for every Python wanted."""

import shutil
import subprocess
from pathlib import Path
from typing import Iterator

import pytest
from harness.pythons import Python, find_pythons, missing_names
from harness.runner import SCALENE, Workplace, make_runtime_folder

FOUND = find_pythons()


def pytest_report_header() -> "list[str]":
    found = ", ".join(f"{p.name} ({p.path})" for p in FOUND.values())
    return [f"scalene: {SCALENE}", f"Pythons: {found or 'none'}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in missing_names(FOUND):
        terminalreporter.write_line(f"skipped: {name} is not on this machine")


@pytest.fixture(params=list(FOUND))
def python(request: pytest.FixtureRequest) -> Python:
    """Each Python found, in turn."""
    return FOUND[request.param]


@pytest.fixture(scope="session")
def any_python() -> Python:
    """One Python, for tests of what does not depend on its version."""
    if not FOUND:
        pytest.skip("no Python to profile is on this machine")
    return next(iter(FOUND.values()))


def _workplace(tmp_path: Path, chosen: Python) -> Iterator[Workplace]:
    folder = tmp_path / "work"
    folder.mkdir()
    runtime = make_runtime_folder(tmp_path.name[-40:])
    place = Workplace(folder, runtime, chosen)
    try:
        yield place
        assert place.leftovers() == [], "a run left files behind"
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture
def work(tmp_path: Path, python: Python) -> Iterator[Workplace]:
    """A clean folder to run in, under each wanted Python in turn."""
    yield from _workplace(tmp_path, python)


@pytest.fixture
def work_once(tmp_path: Path, any_python: Python) -> Iterator[Workplace]:
    """A clean folder to run in, under one Python."""
    yield from _workplace(tmp_path, any_python)


@pytest.fixture(scope="session")
def perf_is_here(tmp_path_factory: pytest.TempPathFactory, any_python: Python) -> bool:
    """Whether the perf clock works here, as a short run says."""
    folder = tmp_path_factory.mktemp("perf")
    runtime = make_runtime_folder(folder.name)
    place = Workplace(folder, runtime, any_python)
    busy = "sum(i * i for i in range(3_000_000))"
    try:
        result = place.scalene("---", "-c", busy)
        return result.expect_profile().uses_perf
    finally:
        shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture(scope="session")
def hostile_source() -> Path:
    """The C source of the extension that misbehaves."""
    return Path(__file__).parent / "hostile.c"


@pytest.fixture
def hostile(work: Workplace, hostile_source: Path) -> Path:
    """The misbehaving extension, built into the folder with this Python's headers."""
    where = work.bare(
        "-c",
        "import sysconfig as s;"
        "print(s.get_path('include'), s.get_config_var('EXT_SUFFIX'), sep='\\n')",
    )
    include, suffix = where.stdout.split()
    if not (Path(include) / "Python.h").is_file():
        pytest.skip(f"no headers for {work.python.name}: install python3-dev")
    target = work.folder / f"hostile{suffix}"
    build = ["cc", "-shared", "-fPIC", "-O1", f"-I{include}", str(hostile_source)]
    subprocess.run([*build, "-o", str(target)], check=True)
    return target
