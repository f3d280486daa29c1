# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Every way to name a program: it runs as with Python alone, and is profiled."""

import shutil
import stat
import subprocess
import zipapp
from pathlib import Path
from typing import Callable, Dict, List, Tuple, Union

import pytest
from harness.profile import row_percent
from harness.runner import SCALENE, Workplace

# Tells everything by which a program could notice how it was started.
TELL = """\
import os, sys
def busy():
    total = 0
    for i in range(2_500_000):
        total += i * i
busy()
main = sys.modules['__main__']
print(sys.argv, sys.path, sys.flags, sys.orig_argv[1:], sep='\\n')
print(__name__, main.__dict__.get('__file__'), main.__spec__, main.__package__)
print(type(main.__loader__), os.getcwd(), sys.executable, sys.prefix)
print(sorted(os.environ.items()), sys.stdin.encoding, sys.warnoptions)
print('words on stderr', file=sys.stderr)
"""

Words = List[Union[str, Path]]


def _script(work: Workplace) -> Tuple[Words, str]:
    return [work.write("prog.py", TELL), "one", "--two", "-o", "three"], ""


def _relative_script(work: Workplace) -> Tuple[Words, str]:
    work.write("sub/prog.py", TELL)
    return ["sub/prog.py", "x"], ""


def _no_suffix(work: Workplace) -> Tuple[Words, str]:
    return [work.write("prog", TELL), "x"], ""


def _module(work: Workplace) -> Tuple[Words, str]:
    work.write("mod.py", TELL)
    return ["-m", "mod", "one", "-c"], ""


def _package(work: Workplace) -> Tuple[Words, str]:
    work.write("pack/__init__.py", "")
    work.write("pack/__main__.py", TELL)
    return ["-m", "pack", "one"], ""


def _submodule(work: Workplace) -> Tuple[Words, str]:
    work.write("pack/__init__.py", "")
    work.write("pack/inner.py", TELL)
    return ["-m", "pack.inner"], ""


def _code(work: Workplace) -> Tuple[Words, str]:
    return ["-c", TELL, "one", "-m", "two"], ""


def _stdin(work: Workplace) -> Tuple[Words, str]:
    return ["-", "one", "two"], TELL


def _zipapp(work: Workplace) -> Tuple[Words, str]:
    work.write("app/__main__.py", TELL)
    target = work.folder / "app.pyz"
    zipapp.create_archive(work.folder / "app", target)
    return [target, "one"], ""


def _directory(work: Workplace) -> Tuple[Words, str]:
    work.write("app/__main__.py", TELL)
    return ["app", "one"], ""


FORMS: Dict[str, Tuple[Callable[[Workplace], Tuple[Words, str]], Words, str]] = {
    # name: (maker, words of ours before the program, file that has the function)
    "script": (_script, [], "prog.py"),
    "relative": (_relative_script, [], "sub/prog.py"),
    "no-suffix": (_no_suffix, [], "prog"),
    "after-dashes": (_script, ["---"], "prog.py"),
    "module": (_module, [], "mod.py"),
    "module-after-dashes": (_module, ["---"], "mod.py"),
    "package": (_package, [], "pack/__main__.py"),
    "submodule": (_submodule, [], "pack/inner.py"),
    "code": (_code, ["---"], "<string>"),
    "stdin": (_stdin, [], "<stdin>"),
    "zipapp": (_zipapp, [], "app.pyz/__main__.py"),
    "directory": (_directory, [], "app/__main__.py"),
}


@pytest.mark.parametrize("form", FORMS)
def test_given_a_form_of_program_when_run_then_it_cannot_tell_and_is_profiled(
    work: Workplace, form: str
) -> None:
    make, ours, file_name = FORMS[form]
    words, stdin = make(work)
    bare = work.bare(*words, stdin=stdin)
    assert bare.returncode == 0, bare.stderr
    result = work.scalene(*ours, *words, stdin=stdin)
    assert result.outcome == bare.outcome
    profile = result.expect_profile()
    generated = file_name.startswith("<")
    path = Path(file_name) if generated else work.folder / file_name
    busy = profile.function(path, "busy")
    assert row_percent(busy) > 50


def test_given_stdin_code_that_reads_stdin_then_it_gets_the_rest(
    work: Workplace,
) -> None:
    program = work.write(
        "read.py", "import sys\nprint(repr(sys.stdin.read()), input.__name__)\n"
    )
    data = "line one\nline two \u00e9\u4e2d\n\x00end"
    bare = work.bare(program, stdin=data)
    result = work.scalene(program, stdin=data)
    assert result.stdout == bare.stdout


def test_given_a_command_after_two_dashes_when_it_is_python_then_it_is_profiled(
    work: Workplace,
) -> None:
    work.write("prog.py", TELL)
    command: Words = [work.python.path, "-X", "dev", "-W", "ignore", "prog.py", "x"]
    bare = work.execute(command)
    result = work.read_profile(work.execute([SCALENE, "run", "--", *command]))
    assert (result.returncode, result.stdout) == (bare.returncode, bare.stdout)
    busy = result.expect_profile().function(work.folder / "prog.py", "busy")
    assert row_percent(busy) > 50


@pytest.mark.parametrize("dashes", [["--"], []])
def test_given_a_script_with_a_shebang_when_run_then_that_python_runs_it(
    work: Workplace, dashes: Words
) -> None:
    # A kernel runs only shebangs up to 127 bytes; the test folder's are short.
    script = work.write("tool", f"#!{work.python.path} -B\n{TELL}")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    bare = work.execute([script, "one"])
    assert bare.returncode == 0, bare.stderr
    result = work.read_profile(work.execute([SCALENE, "run", *dashes, script, "one"]))
    assert result.stdout.splitlines()[-3:] == bare.stdout.splitlines()[-3:]
    busy = result.expect_profile().function(script, "busy")
    assert row_percent(busy) > 50


def test_given_an_env_shebang_when_run_then_the_python_on_path_runs_it(
    work: Workplace,
) -> None:
    tools = work.folder / "bin"
    tools.mkdir()
    (tools / "mypython").symlink_to(work.python.path)
    script = work.write("tool", f"#!/usr/bin/env mypython\n{TELL}")
    script.chmod(0o755)
    env = {"PATH": f"{tools}:/usr/bin:/bin"}
    bare = work.execute([script, "one"], env=env)
    assert bare.returncode == 0, bare.stderr
    result = work.execute([SCALENE, "run", script, "one"], env=env)
    assert result.stdout == bare.stdout
    profile = work.read_profile(result).expect_profile()
    assert row_percent(profile.function(script, "busy")) > 50


def test_given_an_active_virtual_environment_when_run_then_its_python_is_used(
    work: Workplace,
) -> None:
    venv = work.folder / "env"
    subprocess.run(
        [work.python.path, "-m", "venv", "--without-pip", venv],
        check=True,
        env=work.environ(),
    )
    env = {"VIRTUAL_ENV": str(venv), "PATH": f"{venv}/bin:/usr/bin:/bin"}
    work.write("prog.py", TELL)
    bare = work.execute([venv / "bin" / "python", "prog.py"], env=env)
    result = work.execute([SCALENE, "run", "prog.py"], env=env)
    assert result.stdout == bare.stdout
    busy = work.read_profile(result).expect_profile()
    assert row_percent(busy.function(work.folder / "prog.py", "busy")) > 50


def test_given_an_option_for_the_interpreter_when_run_then_it_is_that_one(
    work: Workplace,
) -> None:
    program = work.write("prog.py", "import sys\nprint(sys.executable)\n")
    result = work.scalene(program)
    assert result.stdout == f"{work.python.path}\n"


def test_given_no_python_is_named_when_run_then_python3_of_path_is_used(
    work: Workplace,
) -> None:
    tools = work.folder / "bin"
    tools.mkdir()
    (tools / "python3").symlink_to(work.python.path)
    work.write("prog.py", "import sys\nprint(sys.executable)\n")
    result = work.execute(
        [SCALENE, "run", "prog.py"], env={"PATH": f"{tools}:/usr/bin:/bin"}
    )
    assert result.stdout == f"{tools}/python3\n"
    work.read_profile(result).expect_profile()


def test_given_words_that_look_like_ours_when_after_the_program_then_untouched(
    work: Workplace,
) -> None:
    program = work.write("prog.py", "import sys\nprint(sys.argv[1:])\n")
    words = ["--cpu-only", "---", "--outfile", "x", "--", "-h", "--version", ""]
    result = work.scalene("---", program, *words)
    # Only the first three dashes are ours.
    assert result.stdout == f"{words}\n"
    noted = work.scalene(program, "--cpu-only")
    assert noted.stdout == "['--cpu-only']\n"
    notes = noted.program_stderr.splitlines()
    assert len(notes) == 1
    assert "--cpu-only" in notes[0]


def test_given_the_built_program_when_moved_to_another_folder_then_it_works(
    work_once: Workplace,
) -> None:
    place = work_once.folder / "elsewhere"
    place.mkdir()
    for name in ("scalene", "libscalene.so"):
        shutil.copy2(SCALENE.parent / name, place / name)
    program = work_once.write("prog.py", TELL)
    result = work_once.execute(
        [place / "scalene", "run", "--python", work_once.python.path, program]
    )
    profile = work_once.read_profile(result).expect_profile()
    assert row_percent(profile.function(program, "busy")) > 50


def test_given_a_build_when_started_through_a_link_then_the_agent_is_found(
    work_once: Workplace,
) -> None:
    link = work_once.folder / "scalene"
    link.symlink_to(SCALENE)
    program = work_once.write("prog.py", TELL)
    result = work_once.execute(
        [link, "run", "--python", work_once.python.path, program]
    )
    profile = work_once.read_profile(result).expect_profile()
    assert row_percent(profile.function(program, "busy")) > 50
