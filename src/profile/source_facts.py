# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# Run by the front in the profiled program's own interpreter (source_facts.c), because
# only that interpreter knows its grammar. Nothing of the program is imported or run.
#
# Standard input: fields ended by a zero byte, two to a source: "F" and a path, or "T"
# and source text. Standard output: a JSON list with one item to a source: null where
# this Python rejects it, else {"functions": [[qualified name, first line, last line,
# is async]...], "classes": [[first, last]...], "loops": [[first, last]...],
# "imports": [statement...], "text": the source where it is not UTF-8 in a file}.
# First lines include decorators, as co_firstlineno does. Start-up time matters: `ast`,
# `json` and `tokenize` cost more to import than all the work here.
import sys

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST


def read_bytes(path):
    """The bytes of a file, or of a member of a zip file; and whether it was a file."""
    try:
        with open(path, "rb") as file:
            return file.read(), True
    except NotADirectoryError:
        import zipfile

        head, slash, tail = path.rpartition(b"/")
        while slash:
            if zipfile.is_zipfile(head.decode(errors="surrogateescape")):
                with zipfile.ZipFile(head.decode(errors="surrogateescape")) as archive:
                    member = path[len(head) + 1 :]
                    return archive.read(member.decode()), False
            head, slash, tail = head.rpartition(b"/")
        raise


def decoded(source):
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


def children(node):
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for item in value:
                if hasattr(item, "_fields"):
                    yield item
        elif hasattr(value, "_fields"):
            yield value


def first_line(node):
    return min([node.lineno] + [item.lineno for item in node.decorator_list])


def declared_global(function):
    """Names that a function's own body declares global."""
    names = set()
    todo = list(function.body)
    while todo:
        node = todo.pop()
        kind = type(node).__name__
        if kind == "Global":
            names.update(node.names)
        elif kind not in ("FunctionDef", "AsyncFunctionDef", "ClassDef", "Lambda"):
            todo.extend(children(node))
    return names


def statement_text(lines, node):
    """A statement as written; positions count UTF-8 bytes."""
    part = lines[node.lineno - 1 : node.end_lineno]
    part[-1] = part[-1][: node.end_col_offset]
    part[0] = part[0][node.col_offset :]
    return " ".join(b"\n".join(part).decode(errors="replace").split())


def facts_of(source):
    tree = compile(source, "<source>", "exec", ONLY_AST)
    lines = source
    if isinstance(source, bytes):
        lines = decoded(source) or source
    if isinstance(lines, str):
        lines = lines.encode(errors="replace")
    if lines.startswith(b"\xef\xbb\xbf"):
        lines = lines[3:]
    lines = lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    functions, classes, loops, imports = [], [], [], []
    todo = [(tree, "", frozenset())]
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
            imports.append((node.lineno, statement_text(lines, node)))
        todo.extend((child, prefix, global_names) for child in children(node))
    imports.sort(key=lambda item: item[0])
    unique = dict.fromkeys(text for _, text in imports)
    return {
        "functions": functions,
        "classes": classes,
        "loops": loops,
        "imports": list(unique),
    }


def answer(kind, field):
    try:
        if kind == b"T":
            return facts_of(field)
        source, is_file = read_bytes(field)
        facts = None
        try:
            facts = facts_of(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            pass
        text = decoded(source) if is_file else decoded(source) or source.decode()
        if text is not None:
            facts = facts or {}
            facts["text"] = text.encode(errors="replace").decode()
        return facts
    except Exception:  # whatever a source does, the others still count
        return None


def dump(value):
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
