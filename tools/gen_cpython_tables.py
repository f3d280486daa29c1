#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Derives what the agent knows of CPython from CPython itself.

Writes src/cpython/layout_gen.h (byte offsets, by compiling a probe against each
version's internal headers) and src/cpython/opcodes_gen.h (what each opcode means for
the Python / native split, from each interpreter's own opcode tables).

    tools/gen_cpython_tables.py [--check] [INTERPRETER...]

Without interpreters it takes those it finds on PATH, in /usr/bin and in ~/.pyenv. A
version that is not found keeps the rows it has, and that is said. --check writes
nothing and exits 1 where a file and an interpreter disagree, 77 where no interpreter
was found. Needs a C compiler (CC, else cc).
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
LAYOUT_FILE = ROOT / "src" / "cpython" / "layout_gen.h"
OPCODES_FILE = ROOT / "src" / "cpython" / "opcodes_gen.h"
MINORS = (11, 12, 13)
EXIT_DIFFERENT = 1
EXIT_NOTHING_FOUND = 77


# Fields of struct sc_layout in its order, each with the C expression that gives it.
# ABSENT stands for a field that a version does not have.
ABSENT = "SC_LAYOUT_NO_FIELD"
FIELDS: Dict[str, str] = {
    "owner_shim": "FRAME_OWNED_BY_CSTACK",
    "owner_last": "FRAME_OWNED_BY_CSTACK",
    "runtime_audit_hook_head": "offsetof(_PyRuntimeState, audit_hooks.head)",
    "runtime_auto_tss_key": "offsetof(_PyRuntimeState, autoTSSkey)",
    "tstate_frame": ABSENT,
    "tstate_cframe": "offsetof(PyThreadState, cframe)",
    "cframe_frame": "offsetof(_PyCFrame, current_frame)",
    "frame_bytes": "offsetof(_PyInterpreterFrame, localsplus)",
    "frame_code": "offsetof(_PyInterpreterFrame, f_code)",
    "frame_previous": "offsetof(_PyInterpreterFrame, previous)",
    "frame_instr": "offsetof(_PyInterpreterFrame, prev_instr)",
    "frame_owner": "offsetof(_PyInterpreterFrame, owner)",
    "code_first_line": "offsetof(PyCodeObject, co_firstlineno)",
    "code_filename": "offsetof(PyCodeObject, co_filename)",
    "code_qualname": "offsetof(PyCodeObject, co_qualname)",
    "code_linetable": "offsetof(PyCodeObject, co_linetable)",
    "code_version": "offsetof(PyCodeObject, co_version)",
    "code_units": "offsetof(PyCodeObject, co_code_adaptive)",
    "object_type": "offsetof(PyObject, ob_type)",
    "var_size": "offsetof(PyVarObject, ob_size)",
    "bytes_data": "offsetof(PyBytesObject, ob_sval)",
    "unicode_length": "offsetof(PyASCIIObject, length)",
    "unicode_hash": "offsetof(PyASCIIObject, hash)",
    "unicode_state": "offsetof(PyASCIIObject, state)",
    # The characters of a compact string follow its header.
    "unicode_ascii_data": "sizeof(PyASCIIObject)",
    "unicode_compact_data": "sizeof(PyCompactUnicodeObject)",
    "unicode_kind_shift": "STATE_SHIFT(kind)",
    "unicode_compact_shift": "STATE_SHIFT(compact)",
    "unicode_ascii_shift": "STATE_SHIFT(ascii)",
}

# Where a version differs from the expressions above.
FIELDS_OF_MINOR: Dict[int, Dict[str, str]] = {
    11: {
        "owner_shim": "0xff",  # no such frames yet
        "owner_last": "FRAME_OWNED_BY_FRAME_OBJECT",
        "runtime_audit_hook_head": "offsetof(_PyRuntimeState, audit_hook_head)",
        "runtime_auto_tss_key": "offsetof(_PyRuntimeState, gilstate.autoTSSkey)",
        "code_version": ABSENT,
    },
    12: {},
    13: {
        "tstate_frame": "offsetof(PyThreadState, current_frame)",
        "tstate_cframe": ABSENT,
        "cframe_frame": ABSENT,
        "frame_code": "offsetof(_PyInterpreterFrame, f_executable)",
        "frame_instr": "offsetof(_PyInterpreterFrame, instr_ptr)",
    },
}

# Patch releases move these, and the agent looks around them (see layout.h), so another
# patch release than the one the row is from may differ here.
MOVES_IN_PATCH_RELEASES = ("runtime_audit_hook_head", "runtime_auto_tss_key")

PROBE_HEAD = """
#define Py_BUILD_CORE 1
#include <Python.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include "internal/pycore_frame.h"
#include "internal/pycore_runtime.h"

#define SC_LAYOUT_NO_FIELD 0xffff

static unsigned lowest_bit(PyASCIIObject *object)
{
    unsigned word;
    memcpy(&word, &object->state, sizeof(word));
    return (unsigned)__builtin_ctz(word);
}
#define STATE_SHIFT(field) \\
    lowest_bit(&(PyASCIIObject){.state = {.field = 1}})

int main(void)
{
    printf("version %d.%d.%d\\n", PY_MAJOR_VERSION, PY_MINOR_VERSION,
           PY_MICRO_VERSION);
"""


def words(text: str) -> FrozenSet[str]:
    return frozenset(text.split())


# CALL: the instruction calls whatever object it is given, or is a form of that one
# specialised to something written in C. A program counter outside the interpreter's
# loop is then in a builtin.
CALL = words(
    """
    CALL CALL_KW CALL_FUNCTION_EX CALL_ADAPTIVE CALL_NON_PY_GENERAL
    CALL_BUILTIN_CLASS CALL_BUILTIN_FAST CALL_BUILTIN_FAST_WITH_KEYWORDS
    CALL_BUILTIN_O CALL_ISINSTANCE CALL_LEN CALL_LIST_APPEND
    CALL_METHOD_DESCRIPTOR_FAST CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS
    CALL_METHOD_DESCRIPTOR_NOARGS CALL_METHOD_DESCRIPTOR_O CALL_STR_1 CALL_TUPLE_1
    CALL_TYPE_1
    CALL_NO_KW_BUILTIN_FAST CALL_NO_KW_BUILTIN_O CALL_NO_KW_ISINSTANCE
    CALL_NO_KW_LEN CALL_NO_KW_LIST_APPEND CALL_NO_KW_METHOD_DESCRIPTOR_FAST
    CALL_NO_KW_METHOD_DESCRIPTOR_NOARGS CALL_NO_KW_METHOD_DESCRIPTOR_O
    CALL_NO_KW_STR_1 CALL_NO_KW_TUPLE_1 CALL_NO_KW_TYPE_1
    """
)
# 3.11 splits a call in two; the specialised first halves make the C call.
CALL |= words(
    """
    PRECALL PRECALL_ADAPTIVE PRECALL_BUILTIN_CLASS
    PRECALL_BUILTIN_FAST_WITH_KEYWORDS
    PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS PRECALL_NO_KW_BUILTIN_FAST
    PRECALL_NO_KW_BUILTIN_O PRECALL_NO_KW_ISINSTANCE PRECALL_NO_KW_LEN
    PRECALL_NO_KW_LIST_APPEND PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST
    PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS PRECALL_NO_KW_METHOD_DESCRIPTOR_O
    PRECALL_NO_KW_STR_1 PRECALL_NO_KW_TUPLE_1 PRECALL_NO_KW_TYPE_1
    """
)
# A with statement calls __enter__ and __exit__ without a call instruction. (Its normal
# way out is a plain CALL.)
CALL |= words("BEFORE_WITH BEFORE_ASYNC_WITH WITH_EXCEPT_START")

# CALL_PYTHON: specialised to code in Python. The interpreter pushes that code's frame
# itself, so what runs outside its loop is the making of frames, not a builtin.
CALL_PYTHON = words(
    """
    CALL_PY_EXACT_ARGS CALL_PY_WITH_DEFAULTS CALL_PY_GENERAL
    CALL_BOUND_METHOD_EXACT_ARGS CALL_BOUND_METHOD_GENERAL
    CALL_ALLOC_AND_ENTER_INIT PRECALL_PYFUNC PRECALL_BOUND_METHOD
    """
)
# __getitem__, a property's getter and __getattribute__ written in Python.
CALL_PYTHON |= words(
    "BINARY_SUBSCR_GETITEM LOAD_ATTR_PROPERTY LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN"
)
# These resume the frame of a generator or a coroutine.
CALL_PYTHON |= words("FOR_ITER_GEN SEND_GEN")

# UNKNOWN: these stand in place of an instruction that is kept elsewhere while
# sys.monitoring or a trace function is active, and it may have been a call.
UNKNOWN = words("INSTRUMENTED_LINE INSTRUMENTED_INSTRUCTION")

# OTHER is all the rest: the interpreter's own work. Attribute and item access,
# operators, iteration (GET_ITER, FOR_ITER, SEND), building of containers and strings
# (LIST_EXTEND, FORMAT_*), IMPORT_NAME and LOAD_BUILD_CLASS are there too, though they
# can reach C code: how much of it is heavy the opcode does not tell.
# The names here hold "CALL" and were looked at: helpers inside the interpreter.
CALL_IN_NAME_ONLY = words("CALL_INTRINSIC_1 CALL_INTRINSIC_2")

OPCODE_PROBE = """
import dis, json, opcode, sys, sysconfig
names = dict(opcode.opmap)
names.update(getattr(dis, "_all_opmap", {}))
names.update(getattr(opcode, "_specialized_opmap", {}))
version = sys.version_info
print(json.dumps({
    "implementation": sys.implementation.name,
    "version": [version.major, version.minor, version.micro],
    "include": sysconfig.get_path("include"),
    "opcodes": {name: n for name, n in names.items() if n < 256},
}))
"""


class Interpreter(NamedTuple):
    """What an interpreter says of itself."""

    path: str
    version: Tuple[int, int, int]
    include: Path
    opcodes: Dict[str, int]

    @property
    def minor(self) -> int:
        return self.version[1]

    @property
    def version_text(self) -> str:
        return ".".join(str(part) for part in self.version)

    @property
    def has_headers(self) -> bool:
        return (self.include / "internal" / "pycore_frame.h").exists()


def say(text: str) -> None:
    print(f"gen_cpython_tables: {text}", file=sys.stderr)


def fail(text: str) -> "SystemExit":
    return SystemExit(f"gen_cpython_tables: {text}")


def candidates() -> List[str]:
    found: List[str] = []
    for minor in MINORS:
        name = f"python3.{minor}"
        pyenv = Path.home() / ".pyenv" / "versions"
        found += sorted(str(path) for path in pyenv.glob(f"3.{minor}.*/bin/{name}"))
        found.append(f"/usr/bin/{name}")
        found.append(shutil.which(name) or "")
    return [path for path in found if path and Path(path).exists()]


def ask(path: str) -> Optional[Interpreter]:
    """Asks an interpreter about itself; None where it does not run or is too new."""
    answer = subprocess.run(
        [path, "-I", "-S", "-c", OPCODE_PROBE], capture_output=True, text=True
    )
    if answer.returncode != 0:
        return None
    said = json.loads(answer.stdout)
    if said["implementation"] != "cpython" or said["version"][0] != 3:
        return None
    if said["version"][1] not in MINORS:
        return None
    major, minor, micro = said["version"]
    return Interpreter(
        path, (major, minor, micro), Path(said["include"]), said["opcodes"]
    )


def find_interpreters(given: List[str]) -> List[Interpreter]:
    """One of each exact version, those with headers first."""
    found: Dict[Tuple[int, int, int], Interpreter] = {}
    for path in given or candidates():
        interpreter = ask(path)
        if interpreter is None:
            if given:
                raise fail(f"{path} is no CPython 3.{MINORS[0]} to 3.{MINORS[-1]}")
            continue
        known = found.get(interpreter.version)
        if known is None or (interpreter.has_headers and not known.has_headers):
            found[interpreter.version] = interpreter
    return [found[version] for version in sorted(found, reverse=True)]


def probe_source(minor: int) -> str:
    expressions = {**FIELDS, **FIELDS_OF_MINOR[minor]}
    lines = [PROBE_HEAD]
    for field in FIELDS:
        lines.append(f'    printf("{field} %u\\n", (unsigned){expressions[field]});')
    lines.append("    return 0;\n}")
    return "\n".join(lines)


def probe_layout(interpreter: Interpreter) -> Dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        program = Path(folder) / "probe"
        source.write_text(probe_source(interpreter.minor), encoding="utf-8")
        include = str(interpreter.include)
        compiler = os.environ.get("CC", "cc").split()
        flags = ["-w", f"-I{include}", f"-I{include}/internal"]
        subprocess.run([*compiler, *flags, "-o", str(program), str(source)], check=True)
        output = subprocess.run(
            [str(program)], check=True, capture_output=True, text=True
        ).stdout
    said = dict(line.split(" ", 1) for line in output.splitlines())
    version = said.pop("version")
    if version != interpreter.version_text:
        raise fail(
            f"{interpreter.path} is {interpreter.version_text}, its headers in "
            f"{interpreter.include} are {version}"
        )
    return {field: int(value) for field, value in said.items()}


def layout_row(interpreter: Interpreter, layout: Dict[str, int]) -> str:
    lines = [f"    {{ /* CPython {interpreter.version_text} */"]
    lines.append("        .major = 3,")
    lines.append(f"        .minor = {interpreter.minor},")
    for field, value in layout.items():
        text = "SC_LAYOUT_NO_FIELD" if value == 0xFFFF else str(value)
        lines.append(f"        .{field} = {text},")
    lines.append("    },")
    return "\n".join(lines)


LAYOUT_HEAD = """\
/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Generated by tools/gen_cpython_tables.py from CPython's internal headers: one row
 * per minor version, for 64-bit Linux. Do not edit. */
/* clang-format off */
#ifndef SC_CPYTHON_LAYOUT_GEN_H
#define SC_CPYTHON_LAYOUT_GEN_H

#include "cpython/layout.h"

static const struct sc_layout sc_layouts_generated[] = {
"""
TABLE_TAIL = "};\n\n#endif\n"


def classify(name: str) -> str:
    if name in UNKNOWN:
        return "UNKNOWN"
    prefix = "INSTRUMENTED_"
    base = name[len(prefix) :] if name.startswith(prefix) else name
    if base in CALL:
        return "CALL"
    if base in CALL_PYTHON:
        return "CALL_PYTHON"
    if "CALL" in base and base not in CALL_IN_NAME_ONLY:
        raise fail(f"opcode {name} is new here: decide its class in {__file__}")
    return "OTHER"


def check_against_header(interpreter: Interpreter) -> None:
    """The header's numbers are what the C code was built with: they must agree."""
    for header in ("opcode_ids.h", "opcode.h"):
        path = interpreter.include / header
        if not path.exists():
            continue
        for name, number in re.findall(
            r"^#define\s+([A-Z]\w+)\s+(\d+)\s*$", path.read_text("utf-8"), re.M
        ):
            if interpreter.opcodes.get(name, int(number)) != int(number):
                raise fail(f"{path}: {name} is {number}, {interpreter.path} disagrees")


def opcode_row(interpreter: Interpreter) -> str:
    check_against_header(interpreter)
    lines = [f"    {{ /* CPython {interpreter.version_text} */"]
    lines.append(f"        .major = 3, .minor = {interpreter.minor},")
    lines.append("        .classes = {")
    by_number = sorted((n, name) for name, n in interpreter.opcodes.items())
    for number, name in by_number:
        lines.append(
            f"            [{number}] = SC_OPCODE_{classify(name)}, /* {name} */"
        )
    lines.append("        },")
    lines.append("    },")
    return "\n".join(lines)


OPCODES_HEAD = """\
/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Generated by tools/gen_cpython_tables.py from each interpreter's own opcode tables,
 * specialised and instrumented forms included. Do not edit. Numbers that are not
 * listed are in no bytecode: 0, SC_OPCODE_UNKNOWN. */
/* clang-format off */
#ifndef SC_CPYTHON_OPCODES_GEN_H
#define SC_CPYTHON_OPCODES_GEN_H

#include "cpython/opcodes.h"

struct sc_opcode_table {
    uint8_t major;
    uint8_t minor;
    uint8_t classes[256]; /* enum sc_opcode_class */
};

static const struct sc_opcode_table sc_opcode_tables_generated[] = {
"""

ROW = re.compile(
    r"^    \{ /\* CPython (\d+)\.(\d+)\.(\d+) \*/\n.*?^    \},$", re.M | re.S
)


def read_rows(path: Path) -> Dict[int, str]:
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    return {int(row.group(2)): row.group(0) for row in ROW.finditer(text)}


def without_movable(row: str) -> List[str]:
    """A row's lines less those in which patch releases differ."""
    return [
        line
        for line in row.splitlines()
        if not line.startswith("    {")
        and not any(f".{field} =" in line for field in MOVES_IN_PATCH_RELEASES)
    ]


def same_version(row: str, other: str) -> bool:
    return row.splitlines()[0] == other.splitlines()[0]


class Table:
    """One generated file: its rows as they are and as they should be."""

    def __init__(self, path: Path, head: str) -> None:
        self.path = path
        self.head = head
        self.old = read_rows(path)
        self.new: Dict[int, str] = {}
        self.different = False

    def offer(self, interpreter: Interpreter, row: str) -> None:
        """Takes the first row of a minor version; compares all with the file's."""
        kept = self.old.get(interpreter.minor)
        agrees = kept is not None and (
            row == kept
            if same_version(row, kept)
            else without_movable(row) == without_movable(kept)
        )
        if not agrees:
            self.different = True
            row_name = f"{self.path.name}: row 3.{interpreter.minor}"
            say(f"{row_name} differs from {interpreter.path}")
        if interpreter.minor not in self.new:
            self.new[interpreter.minor] = row

    def text(self) -> str:
        rows = {**self.old, **self.new}
        body = "\n".join(rows[minor] for minor in sorted(rows))
        return f"{self.head}{body}\n{TABLE_TAIL}"

    def frame_intact(self) -> bool:
        """True when the file is what its own rows give: no edits beside them."""
        body = "\n".join(self.old[minor] for minor in sorted(self.old))
        return self.path.exists() and (
            self.path.read_text(encoding="utf-8") == f"{self.head}{body}\n{TABLE_TAIL}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("interpreters", nargs="*", metavar="INTERPRETER")
    arguments = parser.parse_args()

    interpreters = find_interpreters(arguments.interpreters)
    layouts = Table(LAYOUT_FILE, LAYOUT_HEAD)
    opcodes = Table(OPCODES_FILE, OPCODES_HEAD)
    for interpreter in interpreters:
        if interpreter.has_headers:
            layouts.offer(
                interpreter, layout_row(interpreter, probe_layout(interpreter))
            )
        else:
            say(f"{interpreter.path}: no internal headers, its layout is skipped")
        opcodes.offer(interpreter, opcode_row(interpreter))
    for minor in MINORS:
        for table in (layouts, opcodes):
            if minor not in table.new:
                say(f"{table.path.name}: no Python 3.{minor} to ask: row skipped")

    if arguments.check:
        intact = layouts.frame_intact() and opcodes.frame_intact()
        if layouts.different or opcodes.different or not intact:
            say("the files are out of date: run tools/gen_cpython_tables.py")
            return EXIT_DIFFERENT
        return EXIT_NOTHING_FOUND if not interpreters else 0
    for table in (layouts, opcodes):
        table.path.write_text(table.text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
