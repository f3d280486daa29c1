# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""`scalene view --cli`: readable at any width, with and without colour."""

import re
import unicodedata
from pathlib import Path
from typing import Dict

import pytest
from harness.runner import SCALENE, Workplace
from harness.terminal import Terminal

PROGRAM = """\
import zlib


def heavy(n):
    # A long comment that goes on and on so that no narrow terminal can hold it: {long}
    return [i * i + i for i in range(3 * n)]


def light(n):
    return [i * i + i for i in range(n)]  # \u4e2d\u6587 \U0001f600 caf\u00e9


data = bytes(2_000_000)
for step in range(40):
    heavy(60_000)
    light(60_000)
    zlib.crc32(data)
"""
SGR = re.compile("\x1b\\[[0-9;]*m")


def columns_of(text: str) -> int:
    """How many terminal columns a line takes."""
    total = 0
    for char in text:
        if unicodedata.combining(char):
            continue
        total += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return total


@pytest.fixture
def profiled(work_once: Workplace) -> Workplace:
    program = work_once.write("prog.py", PROGRAM.replace("{long}", "word " * 60))
    work_once.scalene(program, "an-argument").expect_profile()
    return work_once


def on_terminal(
    work: Workplace, columns: int, env: Dict[str, str], *words: "str | Path"
) -> str:
    command = [SCALENE, "view", "--cli", *words]
    with Terminal(
        command, cwd=work.folder, env=work.environ(env), columns=columns
    ) as terminal:
        assert terminal.finish() == 0
        return terminal.text


@pytest.mark.parametrize("columns", [80, 120, 200])
@pytest.mark.parametrize("option", ["terminal", "column-width"])
def test_given_a_width_when_viewed_then_no_line_is_wider(
    profiled: Workplace, columns: int, option: str
) -> None:
    if option == "terminal":
        text = on_terminal(profiled, columns, {})
    else:
        result = profiled.verb("view", "--cli", "--column-width", str(columns))
        assert result.returncode == 0, result.stderr
        text = result.stdout
    lines = SGR.sub("", text).splitlines()
    assert len(lines) > 10
    assert max(map(columns_of, lines)) <= columns
    assert "prog.py" in text and "heavy" in text


def test_given_a_pipe_when_viewed_then_there_are_no_escape_sequences(
    profiled: Workplace,
) -> None:
    result = profiled.verb("view", "--cli")
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_given_no_color_when_viewed_on_a_terminal_then_there_is_none(
    profiled: Workplace,
) -> None:
    assert SGR.search(on_terminal(profiled, 80, {}))
    assert "\x1b" not in on_terminal(profiled, 80, {"NO_COLOR": "1"})
    assert "\x1b" not in on_terminal(profiled, 80, {"TERM": "dumb"})
    forced = profiled.verb("view", "--cli", env={"FORCE_COLOR": "1"})
    assert SGR.search(forced.stdout)


def test_given_a_light_terminal_when_viewed_then_the_colours_differ(
    profiled: Workplace,
) -> None:
    dark = on_terminal(profiled, 120, {"COLORFGBG": "15;0"})
    light = on_terminal(profiled, 120, {"COLORFGBG": "0;15"})
    assert SGR.sub("", dark) == SGR.sub("", light)
    assert dark != light


def test_given_no_utf8_when_viewed_then_the_output_is_ascii(
    profiled: Workplace,
) -> None:
    env = {"LANG": "C", "LC_ALL": "C"}
    result = profiled.verb("view", "--cli", env=env)
    assert result.returncode == 0
    assert result.stdout.isascii()


def test_given_a_profile_when_viewed_then_the_summary_and_hot_line_come_first(
    profiled: Workplace,
) -> None:
    text = profiled.verb("view", "--cli").stdout
    head = "\n".join(text.splitlines()[:24])
    assert "prog.py" in head
    assert "3 * n" in head, "the hottest line is not on the first screen"
    assert "heavy" in head, "the hottest function is not on the first screen"
    assert "GPU" not in text and "MB" not in text, "an empty column is shown"
    assert "wait" in text.lower(), "it does not say that waiting is not measured"


def test_given_reduced_when_viewed_then_lines_without_figures_are_folded(
    profiled: Workplace,
) -> None:
    full = profiled.verb("view", "--cli").stdout.splitlines()
    short = profiled.verb("view", "--cli", "-r").stdout.splitlines()
    long_form = profiled.verb("view", "--cli", "--reduced").stdout.splitlines()
    assert short == long_form
    assert len(short) < len(full)
    assert any("..." in line or "\u2026" in line for line in short)


def test_given_a_file_name_when_viewed_then_that_one_is_shown(
    profiled: Workplace,
) -> None:
    moved = profiled.folder / "other name.json"
    profiled.profile_path.rename(moved)
    assert "prog.py" in profiled.verb("view", "--cli", moved).stdout
    assert "prog.py" in profiled.verb("view", "--cli", "other name.json").stdout


def test_given_an_empty_profile_when_viewed_then_the_hint_is_shown(
    work_once: Workplace,
) -> None:
    program = work_once.write("empty.py", "")
    profile = work_once.scalene(program).expect_profile()
    text = " ".join(work_once.verb("view", "--cli").stdout.split())
    first_words = " ".join(profile.json["hints"][0].split()[:4])
    assert first_words in text


def test_given_a_reader_that_stops_when_viewed_then_no_word_is_said(
    profiled: Workplace,
) -> None:
    result = profiled.execute(
        ["bash", "-c", f"'{SCALENE}' view --cli | head -1; echo $PIPESTATUS"]
    )
    assert result.stderr == ""


def test_given_a_full_device_when_viewed_then_it_fails_with_one_line(
    profiled: Workplace,
) -> None:
    result = profiled.execute(["sh", "-c", f"exec '{SCALENE}' view --cli > /dev/full"])
    assert result.returncode != 0
    assert len(result.stderr.splitlines()) == 1


def test_given_the_browser_view_when_asked_then_it_says_not_yet(
    profiled: Workplace,
) -> None:
    result = profiled.verb("view")
    assert result.returncode == 2
    assert "--cli" in result.stderr
    assert len(result.stderr.splitlines()) == 1
