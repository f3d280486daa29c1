# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""The command line: help, version, configuration, and what is said after a run."""

import re

import pytest
from harness.pythons import REPOSITORY
from harness.runner import SCALENE, Workplace, completion_message
from harness.terminal import Terminal

ACTING = (
    "--outfile", "--config", "--cpu-only", "--profile-all", "--profile-only",
    "--profile-exclude", "--profile-system-libraries", "--program-path", "--stacks",
    "--cpu-percent-threshold", "--cpu-sampling-rate", "--reduced-profile",
    "--disable-jit", "--column-width", "--python",
)  # fmt: skip
NOT_YET = (
    "--gpu", "--memory", "--async", "--profile-interval", "--use-virtual-time",
    "--malloc-threshold", "--allocation-sampling-window", "--memory-leak-detector",
    "--on", "--off", "--pid",
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [["--help"], ["-h"], ["run", "--help"], ["run", "--help-advanced"],
     ["view", "--help"], ["--version"]],
)  # fmt: skip
def test_given_help_when_asked_then_it_is_on_stdout_within_80_columns(
    work_once: Workplace, words: "list[str]"
) -> None:
    result = work_once.verb(*words)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert "\x1b" not in result.stdout


def test_given_no_verb_when_called_then_help_with_status_2(
    work_once: Workplace,
) -> None:
    result = work_once.verb()
    assert result.returncode == 2
    assert "run" in result.stderr and "view" in result.stderr
    assert result.stdout == ""


def test_given_advanced_help_when_asked_then_just_what_acts_is_listed(
    work_once: Workplace,
) -> None:
    text = work_once.verb("run", "--help-advanced").stdout
    listed = set(re.findall(r"--[a-z][a-z-]+", text))
    assert set(ACTING) <= listed
    assert not set(NOT_YET) & listed
    page = (REPOSITORY / "docs" / "options.md").read_text()
    for option in ACTING:
        assert option in page


@pytest.mark.parametrize("option", NOT_YET)
def test_given_an_option_of_later_when_used_then_it_says_not_yet(
    work_once: Workplace, option: str
) -> None:
    result = work_once.verb("run", option, "prog.py")
    assert result.returncode == 2
    assert "not yet in this version" in result.stderr
    assert option in result.stderr


@pytest.mark.parametrize("option", ["--use-legacy-tracer", "--use-python-callback"])
def test_given_an_option_of_the_past_when_used_then_it_is_noted(
    work_once: Workplace, option: str
) -> None:
    program = work_once.write("prog.py", "print('ran')\n")
    result = work_once.scalene(program, options=[option])
    assert (result.returncode, result.stdout) == (0, "ran\n")
    notes = result.program_stderr.splitlines()
    assert len(notes) == 1 and option in notes[0]


def test_given_help_on_a_terminal_when_asked_then_it_has_the_colours(
    work_once: Workplace,
) -> None:
    def shown(**env: str) -> bytes:
        with Terminal(
            [SCALENE, "run", "--help"], cwd=work_once.folder, env=work_once.environ(env)
        ) as terminal:
            assert terminal.finish() == 0
            return terminal.output

    text = shown().decode()
    # Bold with blue titles, a magenta name, cyan long, green short options, yellow.
    for word, colour in (
        ("usage:", 34),
        ("scalene", 35),
        ("--outfile", 36),
        ("-o", 32),
        ("FILE|F|N|S,S", 33),
    ):
        pattern = rf"\x1b\[(?:1;{colour}|{colour};1)m(?:{word})"
        assert re.search(pattern, text), (word, text[:600])
    assert b"\x1b" not in shown(NO_COLOR="1")
    plain = work_once.verb("run", "--help", env={"FORCE_COLOR": "1"})
    assert "\x1b[" in plain.stdout


@pytest.mark.parametrize("name", ["scalene-profile.json", "other.json"])
def test_given_a_run_when_it_has_ended_then_the_message_is_as_promised(
    work: Workplace, name: str
) -> None:
    program = work.write(
        "prog.py",
        "import sys\nprint('to stderr', file=sys.stderr)\n"
        "for _ in range(20): sum([i * i for i in range(100_000)])\n",
    )
    options = [] if name == "scalene-profile.json" else ["-o", name]
    result = work.scalene(program, options=options, profile=work.folder / name)
    assert result.stderr == "to stderr\n" + completion_message(name)
    assert result.stdout == ""


def test_given_a_config_file_when_named_then_its_options_act(
    work_once: Workplace,
) -> None:
    program = work_once.write(
        "prog.py", "for _ in range(20): sum([i * i for i in range(100_000)])\n"
    )
    target = work_once.folder / "from-config.json"
    for text in (
        "outfile: from-config.json\nstacks: off\ncpu_percent_threshold: 0\n",
        "output: from-config.json\nstacks: false\ncpu-only: on\n",
        "outfile: from-config.json\nstacks: no\nprofile-exclude: zzz,yyy\n",
    ):
        work_once.write("c.yaml", text)
        result = work_once.scalene(program, options=["-c", "c.yaml"], profile=target)
        assert result.expect_profile().json["stacks"] == []
    winner = work_once.folder / "winner.json"
    result = work_once.scalene(
        program, options=["-c", "c.yaml", "-o", "winner.json"], profile=winner
    )
    result.expect_profile()
    assert not work_once.folder.joinpath("scalene-profile.json").exists()


def test_given_a_config_in_the_folder_when_not_named_then_it_is_not_read(
    work_once: Workplace,
) -> None:
    work_once.write("scalene.yaml", "nonsense: [\n")
    program = work_once.write("prog.py", "print('ran')\n")
    assert work_once.scalene(program).stdout == "ran\n"


def test_given_the_version_when_asked_then_it_is_the_profiles(
    work_once: Workplace,
) -> None:
    version = work_once.verb("--version").stdout.split()[-1]
    program = work_once.write("prog.py", "")
    profile = work_once.scalene(program).expect_profile()
    assert profile.profiler["version"] == version
