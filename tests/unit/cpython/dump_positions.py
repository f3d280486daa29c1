# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Writes line tables and the positions that this interpreter reads from them.

    python3.X dump_positions.py FILE...

Without a file: modules of the standard library. Per code object, to stdout:

    code HEXVERSION FIRST_LINE LINETABLE_IN_HEX
    UNITS LINE END_LINE START_COLUMN END_COLUMN      (one per run of equal positions)
    end

Positions are as in struct sc_position: line 0 and column -1 where there is none.
"""

import sys
from itertools import groupby
from pathlib import Path
from types import CodeType
from typing import Iterator, Optional, Tuple

Position = Tuple[Optional[int], Optional[int], Optional[int], Optional[int]]


def code_objects(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


def in_numbers(position: Position) -> Tuple[int, int, int, int]:
    line, end_line, start, end = position
    return (
        0 if line is None else line,
        0 if end_line is None else end_line,
        -1 if start is None else start,
        -1 if end is None else end,
    )


def dump(code: CodeType) -> None:
    table = code.co_linetable.hex()
    print(f"code {sys.hexversion:x} {code.co_firstlineno} {table or '-'}")
    for position, run in groupby(code.co_positions(), key=in_numbers):
        print(len(list(run)), *position)
    print("end")


def library_files() -> Iterator[Path]:
    """Half of the top-level modules: some 100 files of all kinds of code."""
    library = Path(sys.modules["os"].__file__ or "").parent
    yield from sorted(library.glob("*.py"))[::2]


def main() -> None:
    for path in [Path(name) for name in sys.argv[1:]] or library_files():
        source = path.read_bytes()
        for code in code_objects(compile(source, path.name, "exec")):
            dump(code)


main()
