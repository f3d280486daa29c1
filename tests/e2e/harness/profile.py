# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""A profile file as the tests look at it."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional

import jsonschema

from harness.pythons import REPOSITORY

SCHEMA_PATH = REPOSITORY / "schema" / "profile.schema.json"

Row = Dict[str, Any]


@lru_cache(maxsize=1)
def _validator() -> "jsonschema.Draft202012Validator":
    return jsonschema.Draft202012Validator(json.loads(SCHEMA_PATH.read_text()))


def row_percent(row: Row) -> float:
    """All of a row's time, in percent of the run's."""
    return float(
        row["n_cpu_percent_python"] + row["n_cpu_percent_c"] + row["n_sys_percent"]
    )


class Profile:
    """One profile file, checked against the schema and its own invariants."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.json: Dict[str, Any] = json.loads(path.read_text())
        errors = sorted(_validator().iter_errors(self.json), key=lambda e: str(e.path))
        if errors:
            shown = [f"{list(e.path)}: {e.message[:300]}" for e in errors[:5]]
            raise AssertionError(f"{path} is not valid: " + "; ".join(shown))
        for row in self._rows():
            assert row_percent(row) <= 100.01, row

    def _rows(self) -> Iterable[Row]:
        for file in self.json["files"].values():
            yield from file["lines"]
            yield from file["functions"]

    @property
    def profiler(self) -> Dict[str, Any]:
        value: Dict[str, Any] = self.json["profiler"]
        return value

    @property
    def uses_perf(self) -> bool:
        return "perf" in self.profiler["clock"]

    def file(self, path: Path) -> Dict[str, Any]:
        """The entry of a file; fails with the names that are there."""
        files: Dict[str, Dict[str, Any]] = self.json["files"]
        for name in (str(path), str(path.resolve())):
            if name in files:
                return files[name]
        raise AssertionError(f"{path} is not in the profile: {sorted(files)}")

    def line(self, path: Path, lineno: int) -> Optional[Row]:
        """The row of a line; None where the profile has none."""
        for row in self.file(path)["lines"]:
            if row["lineno"] == lineno:
                return dict(row)
        return None

    def function(self, path: Path, name: str) -> Row:
        """The row of a function, by its qualified name."""
        rows: List[Row] = self.file(path)["functions"]
        for row in rows:
            if row["line"] == name:
                return row
        raise AssertionError(f"no function {name}: {[row['line'] for row in rows]}")

    def marked(self, path: Path) -> Dict[str, Row]:
        """Sums of the lines that carry a comment `# truth: NAME`, by that name."""
        sums: Dict[str, Row] = {}
        keys = ("n_cpu_percent_python", "n_cpu_percent_c", "n_sys_percent")
        for lineno, name in marked_lines(path):
            total = sums.setdefault(
                name, dict.fromkeys((*keys, "n_cpu_samples", "percent"), 0)
            )
            row = self.line(path, lineno)
            if row is not None:
                for key in (*keys, "n_cpu_samples"):
                    total[key] += row.get(key, 0)
                total["percent"] += row_percent(row)
        return sums

    def percent_of_lines(self) -> float:
        """The time of all lines of all files, in percent of the run's."""
        return sum(
            row_percent(row)
            for file in self.json["files"].values()
            for row in file["lines"]
        )


def marked_lines(path: Path) -> "list[tuple[int, str]]":
    """The (line number, name) of each `# truth: NAME` comment of a program."""
    found = []
    for number, text in enumerate(path.read_text().splitlines(), 1):
        _, mark, name = text.partition("# truth: ")
        if mark:
            found.append((number, name.strip()))
    return found
