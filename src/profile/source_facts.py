# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Say what the grammar finds in sources: functions, classes, loops, imports.

Run by the front in the profiled program's own interpreter (source_facts.c), because
only that interpreter knows its grammar. Nothing of the program is imported or run.

Standard input: fields ended by a zero byte, two to a source: "F" and a path, or "T"
and source text. Standard output: a JSON list with one item to a source: null where
this Python rejects it, else {"functions": [[qualified name, first line, last line,
is async]...], "classes": [[first, last]...], "loops": [[first, last]...],
"imports": [statement...], "text": the source where it is not UTF-8 in a file}.
First lines include decorators, as co_firstlineno does. Start-up time matters: `ast`,
`json`, `tokenize` and `typing` cost more to import than all the work here.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST


def read_bytes(path: bytes) -> "Tuple[bytes, bool]":
    """The bytes of a file, or of a member of a zip file; and whether it was a file."""
    try:
        with open(path, "rb") as file:
            return file.read(), True
    except NotADirectoryError:
        import zipfile

        head, slash, _ = path.rpartition(b"/")
        while slash:
            if zipfile.is_zipfile(head.decode(errors="surrogateescape")):
                with zipfile.ZipFile(head.decode(errors="surrogateescape")) as archive:
                    member = path[len(head) + 1 :]
                    return archive.read(member.decode()), False
            head, slash, _ = head.rpartition(b"/")
        raise


def decoded(source: bytes) -> "Optional[str]":
    """The text of source where it is not plain UTF-8, by its coding cookie."""
    try:
        source.decode()
        if b"coding" not in b"".join(source.split(b"\n", 2)[:2]):
            return None
    except UnicodeDecodeError:
        pass
    import io
    import tokenize

    coding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    if coding in ("utf-8", "utf-8-sig"):
        return None
    return source.decode(coding, errors="replace")


def children(node: "Any") -> "Iterator[Any]":
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for item in value:
                if hasattr(item, "_fields"):
                    yield item
        elif hasattr(value, "_fields"):
            yield value


def first_line(node: "Any") -> int:
    lines: List[int] = [item.lineno for item in node.decorator_list]
    first: int = node.lineno
    return min([first, *lines])


def declared_global(function: "Any") -> "FrozenSet[str]":
    """Names that a function's own body declares global."""
    names: Set[str] = set()
    todo = list(function.body)
    while todo:
        node = todo.pop()
        kind = type(node).__name__
        if kind == "Global":
            names.update(node.names)
        elif kind not in ("FunctionDef", "AsyncFunctionDef", "ClassDef", "Lambda"):
            todo.extend(children(node))
    return frozenset(names)


def statement_text(lines: "List[bytes]", node: "Any") -> str:
    """A statement as written; positions count UTF-8 bytes."""
    part = lines[node.lineno - 1 : node.end_lineno]
    part[-1] = part[-1][: node.end_col_offset]
    part[0] = part[0][node.col_offset :]
    return " ".join(b"\n".join(part).decode(errors="replace").split())


def facts_of(source: bytes) -> "Dict[str, Any]":
    tree: Any = compile(source, "<source>", "exec", ONLY_AST)
    text = decoded(source)
    lines = source if text is None else text.encode(errors="replace")
    if lines.startswith(b"\xef\xbb\xbf"):
        lines = lines[3:]
    lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    rows = lines.split(b"\n")
    functions: List[List[object]] = []
    classes: List[List[int]] = []
    loops: List[List[int]] = []
    imports: List[Tuple[int, str]] = []
    todo: List[Tuple[Any, str, FrozenSet[str]]] = [(tree, "", frozenset())]
    while todo:
        node, prefix, global_names = todo.pop()
        kind = type(node).__name__
        if kind in ("FunctionDef", "AsyncFunctionDef"):
            name = node.name if node.name in global_names else prefix + node.name
            is_async = kind == "AsyncFunctionDef"
            functions.append([name, first_line(node), node.end_lineno, is_async])
            prefix, global_names = name + ".<locals>.", declared_global(node)
        elif kind == "ClassDef":
            name = node.name if node.name in global_names else prefix + node.name
            classes.append([first_line(node), node.end_lineno])
            prefix, global_names = name + ".", frozenset()
        elif kind == "Lambda":
            prefix += "<lambda>.<locals>."
        elif kind in ("For", "AsyncFor", "While"):
            loops.append([node.lineno, node.end_lineno])
        elif kind in ("Import", "ImportFrom"):
            imports.append((node.lineno, statement_text(rows, node)))
        todo.extend((child, prefix, global_names) for child in children(node))
    imports.sort(key=lambda item: item[0])
    unique = dict.fromkeys(text for _, text in imports)
    return {
        "functions": functions,
        "classes": classes,
        "loops": loops,
        "imports": list(unique),
    }


def facts_or_none(source: bytes) -> "Optional[Dict[str, Any]]":
    try:
        return facts_of(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None


def answer(kind: bytes, field: bytes) -> "Optional[Dict[str, Any]]":
    try:
        if kind == b"T":
            return facts_or_none(field)
        source, is_file = read_bytes(field)
        facts = facts_or_none(source)
        text = decoded(source)
        if text is None and not is_file:
            text = source.decode()
        if text is not None:
            facts = facts or {}
            facts["text"] = text.encode(errors="replace").decode()
        return facts
    except Exception:  # whatever a source does, the others still count
        return None


def dump(value: "Any") -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, dict):
        return "{" + ",".join(quote(k) + ":" + dump(v) for k, v in value.items()) + "}"
    return "[" + ",".join(map(dump, value)) + "]"


try:
    from _json import encode_basestring_ascii as quote
except ImportError:
    from json import dumps as quote

fields = sys.stdin.buffer.read().split(b"\0")
answers = [answer(fields[i], fields[i + 1]) for i in range(0, len(fields) - 1, 2)]
sys.stdout.write(dump(answers))
