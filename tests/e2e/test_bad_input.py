# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Bad input: one clear line, the right status, and nothing left behind."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import List, Union

import pytest
from harness.runner import SCALENE, Result, Workplace

Words = List[Union[str, Path]]


@pytest.fixture(autouse=True)
def nothing_new(work_once: Workplace) -> "object":
    """After each test the folder holds no profile and no core unless it says so."""
    yield
    assert not list(work_once.folder.glob("core*"))


def one_line(result: Result, *words: str) -> None:
    """The run failed with one line on stderr that has these words."""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("scalene: "), lines[0]
    for word in words:
        assert word in lines[0], (word, lines[0])
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def run_ours(work: Workplace, *words: Union[str, Path]) -> Result:
    return work.execute([SCALENE, "run", *words])


def with_python(work: Workplace, *words: Union[str, Path]) -> Result:
    result = run_ours(work, "--python", work.python.path, *words)
    return work.read_profile(result)


def compile_c(work: Workplace, name: str, text: str, *flags: str) -> Path:
    source = work.write(f"{name}.c", text)
    target = work.folder / name
    subprocess.run(["cc", str(source), "-o", str(target), *flags], check=True)
    return target


# The program


def test_given_no_such_program_when_run_then_127(work_once: Workplace) -> None:
    result = with_python(work_once, "nothere.py")
    one_line(result, "nothere.py")
    assert result.returncode == 127
    assert result.profile is None


def test_given_a_directory_without_main_when_run_then_refused(
    work_once: Workplace,
) -> None:
    (work_once.folder / "empty").mkdir()
    result = with_python(work_once, "empty")
    one_line(result, "empty", "__main__")
    assert result.returncode in (126, 127)
    assert result.profile is None


def test_given_an_unreadable_program_when_run_then_126(work_once: Workplace) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    program = work_once.write("secret.py", "print(1)\n")
    program.chmod(0)
    result = with_python(work_once, program)
    one_line(result, "secret.py")
    assert result.returncode == 126
    assert result.profile is None


@pytest.mark.parametrize("kind", ["elf", "png", "nul"])
def test_given_a_binary_as_program_when_run_then_refused(
    work_once: Workplace, kind: str
) -> None:
    program = work_once.folder / "binary"
    if kind == "elf":
        shutil.copy("/bin/true", program)
    elif kind == "png":
        program.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    else:
        program.write_bytes(b"print(1)\x00\x00\n" * 40)
    result = with_python(work_once, program)
    one_line(result, "binary")
    assert result.returncode == 126
    assert result.profile is None


def test_given_a_syntax_error_when_run_then_it_is_pythons_own(
    work_once: Workplace,
) -> None:
    program = work_once.write("broken.py", "x = (1,\n")
    bare = work_once.bare(program)
    result = work_once.scalene(program)
    assert result.returncode == bare.returncode == 1
    assert result.program_stderr == bare.stderr
    result.expect_profile()


def test_given_an_unknown_module_when_run_then_it_is_pythons_own(
    work_once: Workplace,
) -> None:
    bare = work_once.bare("-m", "no_such_module")
    result = work_once.scalene("-m", "no_such_module")
    assert result.returncode == bare.returncode == 1
    assert result.program_stderr == bare.stderr


def test_given_an_empty_program_when_run_then_the_profile_says_why_it_is_empty(
    work_once: Workplace,
) -> None:
    program = work_once.write("empty.py", "")
    result = work_once.scalene(program)
    assert result.returncode == 0
    profile = result.expect_profile()
    assert profile.json["hints"], "no hint in an empty profile"
    assert profile.json["hints"][0] in result.stderr.replace("\n", " ")


def test_given_no_program_when_run_then_usage(work_once: Workplace) -> None:
    result = run_ours(work_once)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "program" in result.stderr


def test_given_a_program_where_a_verb_should_be_then_the_right_words_are_named(
    work_once: Workplace,
) -> None:
    work_once.write("prog.py", "")
    result = work_once.verb("prog.py")
    assert result.returncode == 2
    assert "did you mean `scalene run prog.py`?" in result.stderr


# The interpreter


def test_given_no_such_interpreter_when_run_then_127(work_once: Workplace) -> None:
    work_once.write("prog.py", "")
    result = run_ours(work_once, "--python", "no-such-python", "prog.py")
    one_line(result, "no-such-python")
    assert result.returncode == 127


@pytest.mark.parametrize("kind", ["directory", "not-executable", "empty-file"])
def test_given_an_interpreter_that_cannot_be_executed_when_run_then_126(
    work_once: Workplace, kind: str
) -> None:
    work_once.write("prog.py", "")
    target = work_once.folder / "python"
    if kind == "directory":
        target.mkdir()
    else:
        target.write_text("" if kind == "empty-file" else "#!/bin/sh\n")
        target.chmod(0o755 if kind == "empty-file" else 0o644)
    result = run_ours(work_once, "--python", target, "prog.py")
    one_line(result, str(target))
    assert result.returncode == 126


def test_given_an_interpreter_that_is_no_cpython_when_run_then_refused(
    work_once: Workplace,
) -> None:
    work_once.write("prog.py", "")
    result = run_ours(work_once, "--python", "/bin/cat", "prog.py")
    one_line(result, "/bin/cat", "CPython")
    assert result.returncode in (125, 126)


def test_given_a_static_interpreter_when_run_then_refused(
    work_once: Workplace,
) -> None:
    work_once.write("prog.py", "")
    main = "int main(void) { return 0; }\n"
    target = compile_c(work_once, "static-python", main, "-static")
    result = run_ours(work_once, "--python", target, "prog.py")
    one_line(result, "static-python")
    assert result.returncode in (125, 126)


def test_given_a_musl_interpreter_when_run_then_refused(work_once: Workplace) -> None:
    work_once.write("prog.py", "")
    target = compile_c(
        work_once,
        "musl-python",
        "int main(void) { return 0; }\n",
        "-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1",
    )
    result = run_ours(work_once, "--python", target, "prog.py")
    one_line(result, "musl")
    assert result.returncode in (125, 126)


def test_given_a_setuid_interpreter_when_run_then_refused(
    work_once: Workplace,
) -> None:
    work_once.write("prog.py", "")
    target = work_once.folder / "suid-python"
    shutil.copy(work_once.python.path.resolve(), target)
    target.chmod(0o755 | stat.S_ISUID)
    if not target.stat().st_mode & stat.S_ISUID:
        pytest.skip("this file system keeps no setuid bit")
    result = run_ours(work_once, "--python", target, "prog.py")
    one_line(result, "suid-python", "setuid")
    assert result.returncode in (125, 126)


def test_given_an_old_python_when_run_then_refused_with_its_version(
    work_once: Workplace,
) -> None:
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    old = sorted((root / "versions").glob("3.[67].*/bin/python3.[67]"))
    try:
        usable = bool(old) and old[0].is_file()
    except OSError:
        usable = False
    if not usable:
        pytest.skip("no Python older than 3.8 is on this machine")
    work_once.write("prog.py", "")
    result = run_ours(work_once, "--python", old[0], "prog.py")
    one_line(result, old[0].name.replace("python", ""), "3.8")
    assert result.returncode in (125, 126)


# Options


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--cpu-onyl"], ["--cpu-onyl", "--cpu-only"]),
        (["--outfiel", "x"], ["--outfiel", "--outfile"]),
        (["--cpu-percent-threshold", "many"], ["--cpu-percent-threshold", "many"]),
        (["--cpu-percent-threshold", "101"], ["--cpu-percent-threshold", "100"]),
        (["--cpu-percent-threshold=-1"], ["--cpu-percent-threshold", "0"]),
        (["--cpu-sampling-rate", "0"], ["--cpu-sampling-rate"]),
        (["--cpu-sampling-rate", "nan"], ["--cpu-sampling-rate"]),
        (["--column-width", "3"], ["--column-width"]),
        (["--column-width", "99999999999999999999"], ["--column-width"]),
        (["-o"], ["-o"]),
        (["--cpu-only=yes"], ["--cpu-only"]),
        (["-Z"], ["-Z"]),
        (["--gpu"], ["--gpu", "not yet in this version"]),
        (["--memory"], ["--memory", "not yet in this version"]),
        (["--off"], ["--off", "not yet in this version"]),
        (["--pid", "1"], ["--pid", "not yet in this version"]),
        (["--profile-interval", "5"], ["--profile-interval", "not yet in this"]),
        (["--use-virtual-time"], ["--use-virtual-time", "not yet in this version"]),
        (["--program-path", "/no/such/dir"], ["/no/such/dir"]),
    ],
)
def test_given_a_bad_option_when_run_then_2_and_one_line(
    work_once: Workplace, words: List[str], expected: List[str]
) -> None:
    work_once.write("prog.py", "open('ran', 'w')\n")
    tail = ["prog.py"] if words != ["-o"] else []
    result = run_ours(work_once, *words, *tail)
    one_line(result, *expected)
    assert result.returncode == 2
    assert not (work_once.folder / "ran").exists()


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("cpu-onyl: true\n", 1, "cpu-onyl"),
        ("outfile: x.json\ncpu-only: 7\n", 2, "cpu-only"),
        ("\n\ncpu-percent-threshold: many\n", 3, "cpu-percent-threshold"),
        ("cpu_percent_threshold: [1, 2]\n", 1, "cpu_percent_threshold"),
        ("gpu: true\n", 1, "not yet in this version"),
        ("- a\n- b\n", 1, ""),
        ("outfile: 'x\n", 1, ""),
        ("outfile: a\noutfile: b\n", 2, "outfile"),
        ("a: &x [*x]\n", 1, ""),
    ],
)
def test_given_a_bad_config_when_run_then_file_and_line_are_named(
    work_once: Workplace, text: str, line: int, expected: str
) -> None:
    work_once.write("prog.py", "open('ran', 'w')\n")
    work_once.write("scalene.yaml", text)
    result = run_ours(work_once, "-c", "scalene.yaml", "prog.py")
    named = f"scalene.yaml:{line}" if expected else "scalene.yaml:"
    one_line(result, named, expected)
    assert result.returncode == 2
    assert not (work_once.folder / "ran").exists()


def test_given_no_such_config_when_run_then_2(work_once: Workplace) -> None:
    work_once.write("prog.py", "")
    result = run_ours(work_once, "-c", "nothere.yaml", "prog.py")
    one_line(result, "nothere.yaml")
    assert result.returncode == 2


# The output


@pytest.mark.parametrize("kind", ["no-folder", "is-folder", "read-only", "under-file"])
def test_given_an_output_that_cannot_be_written_when_run_then_nothing_runs(
    work_once: Workplace, kind: str
) -> None:
    work_once.write("prog.py", "open('ran', 'w')\n")
    work_once.write("file", "")
    if kind == "read-only":
        # Root may write anywhere but to a file system of the kernel's.
        target = "/proc/profile.json"
    else:
        names = {
            "no-folder": "no/such/x.json",
            "is-folder": ".",
            "under-file": "file/x",
        }
        target = names[kind]
    result = with_python(work_once, "-o", target, "prog.py")
    one_line(result, target)
    assert result.returncode == 2
    assert not (work_once.folder / "ran").exists()


def test_given_a_folder_that_goes_away_when_run_then_the_profile_is_saved_elsewhere(
    work_once: Workplace,
) -> None:
    spare = work_once.folder / "spare"
    spare.mkdir()
    (work_once.folder / "out").mkdir()
    program = work_once.write(
        "prog.py",
        "import shutil\n"
        "for _ in range(20): sum([i * i for i in range(100_000)])\n"
        "shutil.rmtree('out')\n",
    )
    result = work_once.scalene(
        program,
        options=["-o", "out/p.json"],
        env={"TMPDIR": str(spare)},
    )
    assert result.returncode == 0
    saved = list(spare.iterdir())
    assert len(saved) == 1, result.stderr
    assert str(saved[0]) in result.stderr
    work_once.read_profile(result, saved[0]).expect_profile()


def test_given_a_full_disk_when_it_ends_then_the_profile_is_saved_elsewhere(
    work_once: Workplace,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    program = work_once.write(
        "prog.py",
        "for _ in range(20): sum([i * i for i in range(100_000)])\n"
        "import os\n"
        "fd = os.open('small/fill', os.O_WRONLY | os.O_CREAT)\n"
        "try:\n"
        "    while True: os.write(fd, bytes(4096))\n"
        "except OSError: pass\n",
    )
    spare = work_once.folder / "spare"
    spare.mkdir()
    (work_once.folder / "small").mkdir()
    ours = " ".join(
        f"'{word}'" for word in work_once.command(program, options=["-o", "small/p"])
    )
    result = work_once.execute(
        [
            "unshare",
            "-m",
            "sh",
            "-c",
            f"mount -t tmpfs -o size=64k none small && TMPDIR='{spare}' {ours}",
        ]
    )
    if "mount" in result.stderr and "denied" in result.stderr:
        pytest.skip("mounting is not allowed here")
    assert result.returncode == 0, result.stderr
    saved = list(spare.iterdir())
    assert len(saved) == 1, result.stderr
    assert str(saved[0]) in result.stderr
    work_once.read_profile(result, saved[0]).expect_profile()


# The viewer


def make_profile(work: Workplace) -> Path:
    program = work.write(
        "prog.py", "for _ in range(20): sum([i * i for i in range(100_000)])\n"
    )
    work.scalene(program).expect_profile()
    return work.profile_path


def test_given_no_profile_when_viewed_then_one_line(work_once: Workplace) -> None:
    result = work_once.verb("view", "--cli")
    one_line(result, "scalene-profile.json")
    assert result.returncode != 0


@pytest.mark.parametrize(
    "damage",
    [
        "empty", "cut", "cut-early", "not-json", "other-json", "array", "wrong-types",
        "future", "directory", "binary", "deep", "number",
    ],
)  # fmt: skip
def test_given_a_broken_profile_when_viewed_then_one_line_says_what_is_wrong(
    work_once: Workplace, damage: str
) -> None:
    good = make_profile(work_once).read_text()
    path = work_once.folder / "bad.json"
    if damage == "directory":
        path.mkdir()
    elif damage == "binary":
        path.write_bytes(bytes(range(256)) * 50)
    else:
        data = json.loads(good)
        texts = {
            "empty": "",
            "cut": good[: len(good) // 2],
            "cut-early": good[:1],
            "not-json": "hello\n",
            "other-json": '{"name": "something", "version": 3}',
            "array": "[1, 2, 3]",
            "wrong-types": json.dumps({**data, "files": 7, "program": []}),
            "future": json.dumps({**data, "format_version": 99}),
            "deep": "[" * 100_000,
            "number": "1e999",
        }
        path.write_text(texts[damage])
    result = work_once.verb("view", "--cli", path)
    one_line(result, "bad.json")
    assert result.returncode in (1, 2)
    if damage == "future":
        assert "newer" in result.stderr


def test_given_control_characters_in_a_profile_when_viewed_then_none_get_through(
    work_once: Workplace,
) -> None:
    path = make_profile(work_once)
    text = path.read_text().replace("prog.py", "pr\\u001b]0;x\\u0007\\u009b31mog.py")
    path.write_text(text)
    result = work_once.verb("view", "--cli")
    assert result.returncode == 0
    assert not set(result.stdout) & {"\x1b", "\x07", "\x9b"}
