# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""The profile file: its fields, its filters, its thresholds, its regions."""

import json
import os
import time
from pathlib import Path
from typing import Dict, List

import pytest
from harness.profile import Profile, row_percent
from harness.runner import SCALENE, Word, Workplace

PROGRAM = """\
import helper
import json


class Shape:
    def area(self):
        total = 0
        for i in range(40):
            for j in range(60_000):
                total += i * j
        return total


def outer():
    def inner():
        return sum([i * i for i in range(2_000_000)])
    return inner()


Shape().area()
outer()
helper.work()
json.loads(json.dumps(list(range(1_500_000)), indent=1))
"""
HELPER = """\
def work():
    return sum([i * 3 for i in range(5_000_000)])
"""
FIELDS_OF_24 = {
    "program", "args", "filename", "entrypoint_dir", "elapsed_time_sec",
    "start_time_absolute", "start_time_perf", "memory", "gpu", "async_profile",
    "gpu_device", "alloc_samples", "growth_rate", "max_footprint_mb",
    "max_footprint_python_fraction", "max_footprint_fname", "max_footprint_lineno",
    "native_allocations_mb", "samples", "stacks", "combined_stacks",
    "combined_stacks_timeline", "memory_stacks", "main_thread_id", "files",
}  # fmt: skip
LINE_FIELDS_OF_24 = {
    "lineno", "line", "n_cpu_percent_python", "n_cpu_percent_c", "n_sys_percent",
    "n_core_utilization", "cpu_samples_list", "n_malloc_mb", "n_peak_mb",
    "n_growth_mb", "n_avg_mb", "n_mallocs", "n_usage_fraction", "n_python_fraction",
    "n_copy_mb_s", "memory_samples", "n_gpu_percent", "n_gpu_avg_memory_mb",
    "n_gpu_peak_memory_mb", "n_async_await_percent", "n_async_concurrency_mean",
    "n_async_concurrency_peak", "async_task_names", "is_coroutine",
    "start_region_line", "end_region_line", "start_outermost_loop",
    "end_outermost_loop", "start_function_line", "end_function_line",
}  # fmt: skip


def lay_out(work: Workplace) -> Path:
    """The program, a helper beside it, and one in a virtual environment below it."""
    work.write("helper.py", HELPER)
    return work.write("prog.py", PROGRAM)


def names(profile: Profile) -> "set[str]":
    return {Path(name).name for name in profile.json["files"]}


def test_given_a_profile_when_read_then_each_field_is_there_and_true(
    work: Workplace,
) -> None:
    program = lay_out(work)
    before = time.time()
    profile = work.scalene(program, "one", "--two").expect_profile()
    after = time.time()
    data = profile.json
    assert not FIELDS_OF_24 - set(data)
    assert data["program"] == str(program)
    assert data["args"] == ["one", "--two"]
    assert data["format_version"] >= 1
    assert before <= data["start_time_absolute"] <= after
    assert 0 < data["elapsed_time_sec"] <= after - before
    assert (data["memory"], data["gpu"], data["gpu_device"]) == (False, False, "")
    assert (data["samples"], data["memory_stacks"]) == ([], [])
    assert data["profiler"]["not_measured"]
    version = data["profiler"]["python_version"]
    assert version.startswith(work.python.version)
    file = profile.file(program)
    assert file["leaks"] == {}
    assert sorted(file["imports"]) == ["import helper", "import json"]
    for line in file["lines"]:
        assert not LINE_FIELDS_OF_24 - set(line), line["lineno"]
        assert line["n_malloc_mb"] == 0 and line["memory_samples"] == []
        low, high = line.get("interval_95", [0, 100])
        assert low <= row_percent(line) + 0.01 <= high + 0.02
        assert line["cpu_samples_list"] == sorted(line["cpu_samples_list"])
        assert len(line["cpu_samples_list"]) <= 500
    text = program.read_text().splitlines()
    for line in file["lines"]:
        source = line["line"].rstrip("\n")
        assert source == text[line["lineno"] - 1], line["lineno"]


def test_given_loops_and_functions_when_profiled_then_regions_are_right(
    work: Workplace,
) -> None:
    program = lay_out(work)
    profile = work.scalene(program).expect_profile()
    line = profile.line(program, 10)  # total += i * j
    assert line is not None and row_percent(line) > 2
    assert (line["start_region_line"], line["end_region_line"]) == (9, 10)
    assert (line["start_outermost_loop"], line["end_outermost_loop"]) == (8, 10)
    assert (line["start_function_line"], line["end_function_line"]) == (6, 11)
    inner = profile.line(program, 16)
    assert inner is not None
    assert (inner["start_function_line"], inner["end_function_line"]) == (15, 16)
    functions = {row["line"] for row in profile.file(program)["functions"]}
    assert {"Shape.area", "outer.<locals>.inner"} <= functions
    area = profile.function(program, "Shape.area")
    of_lines = sum(
        row_percent(row)
        for row in profile.file(program)["lines"]
        if 6 <= row["lineno"] <= 11
    )
    assert row_percent(area) == pytest.approx(of_lines, abs=0.1)


def test_given_library_time_when_profiled_then_it_is_native_on_the_calling_line(
    work: Workplace,
) -> None:
    program = lay_out(work)
    profile = work.scalene(program).expect_profile()
    assert names(profile) == {"prog.py", "helper.py"}
    line = profile.line(program, 23)
    assert line is not None and row_percent(line) > 5
    assert line["callees"]


FILTERS: Dict[str, "tuple[List[str], set[str], set[str]]"] = {
    # name: (options, files that must be there, files that must not)
    "none": ([], {"prog.py", "helper.py"}, {"inside.py", "encoder.py"}),
    "exclude": (["--profile-exclude", "help"], {"prog.py"}, {"helper.py"}),
    "only": (["--profile-only", "help,zzz"], {"helper.py"}, {"prog.py"}),
    "only-exclude": (
        ["--profile-only", "prog,help", "--profile-exclude", "help"],
        {"prog.py"},
        {"helper.py"},
    ),
    "libraries": (
        ["--profile-system-libraries"],
        {"prog.py", "encoder.py", "inside.py"},
        set(),
    ),
    "all": (["--profile-all"], {"prog.py", "helper.py", "inside.py"}, set()),
    "all-exclude": (
        ["--profile-all", "--profile-exclude", "inside"],
        {"prog.py", "helper.py"},
        {"inside.py"},
    ),
    "elsewhere": (["--program-path", "/usr/share"], set(), {"prog.py", "helper.py"}),
}


@pytest.mark.parametrize("name", FILTERS)
def test_given_filters_when_profiled_then_just_those_files_are_reported(
    work: Workplace, name: str
) -> None:
    options, there, not_there = FILTERS[name]
    work.write("env/pyvenv.cfg", "home = /usr/bin\n")
    work.write("env/mine/inside.py", HELPER)
    program = lay_out(work)
    program.write_text(
        f"import sys\nsys.path.append({str(work.folder / 'env/mine')!r})\n"
        f"import inside\ninside.work()\n{PROGRAM}"
    )
    result = work.scalene(program, options=["--cpu-percent-threshold", "0", *options])
    seen = names(result.expect_profile())
    assert there <= seen
    assert not not_there & seen
    if not there:
        assert result.expect_profile().json["hints"]


def test_given_a_threshold_when_profiled_then_lesser_files_are_left_out(
    work: Workplace,
) -> None:
    program = lay_out(work)
    all_of_it = work.scalene(program).expect_profile()
    helper = all_of_it.file(work.folder / "helper.py")["percent_cpu_time"]
    main = all_of_it.file(program)["percent_cpu_time"]
    assert main > helper + 20
    limit = str((main + helper) / 2)
    profile = work.scalene(
        program, options=["--cpu-percent-threshold", limit]
    ).expect_profile()
    assert names(profile) == {"prog.py"}


def test_given_reduced_when_profiled_then_only_lines_with_data_and_regions_stay(
    work: Workplace,
) -> None:
    program = lay_out(work)
    program.write_text(PROGRAM + "\n" * 500 + "# the end\n")
    full = work.scalene(program).expect_profile()
    reduced = work.scalene(program, options=["--reduced-profile"]).expect_profile()
    full_lines = {row["lineno"] for row in full.file(program)["lines"]}
    lines = {row["lineno"] for row in reduced.file(program)["lines"]}
    assert {8, 9, 10} <= lines
    assert max(lines) < 30
    assert lines <= full_lines | lines


@pytest.mark.parametrize("keep", [True, False])
def test_given_the_stacks_option_when_profiled_then_stacks_are_kept_or_not(
    work: Workplace, keep: bool
) -> None:
    program = lay_out(work)
    option = "--stacks" if keep else "--no-stacks"
    data = work.scalene(program, options=[option]).expect_profile().json
    assert bool(data["stacks"]) == keep
    assert bool(data["combined_stacks"]) == keep
    if keep:
        count = sum(fact["count"] for _, fact in data["stacks"])
        assert count == pytest.approx(data["profiler"]["samples"], rel=0.4)
        texts = [";".join(frames) for frames, _ in data["stacks"]]
        assert any("outer" in text and "inner" in text for text in texts)
        entries = data["combined_stacks_timeline"]
        assert all(
            0 <= entry["stack_index"] < len(data["combined_stacks"])
            for entry in entries
        )


def test_given_a_sampling_rate_when_profiled_then_samples_come_at_that_rate(
    work: Workplace, perf_is_here: bool
) -> None:
    program = lay_out(work)
    result = work.scalene(program, options=["--cpu-sampling-rate", "0.02"])
    rate = result.expect_profile().profiler["effective_rate_hz"]
    assert rate == pytest.approx(50, rel=0.35)
    eager = work.scalene(program, options=["--cpu-sampling-rate", "0.00001"])
    notes = eager.program_stderr.splitlines()
    assert len(notes) == 1 and "sampl" in notes[0]
    asked = work.scalene(program).expect_profile().profiler["effective_rate_hz"]
    assert asked == pytest.approx(1000 if perf_is_here else 250, rel=0.35)


def test_given_no_sampling_rate_when_profiled_then_the_best_affordable_is_taken(
    work: Workplace, perf_is_here: bool
) -> None:
    if not perf_is_here:
        pytest.skip("the perf clock is not here")
    program = lay_out(work)
    path = work.profile_path
    words: List[Word] = [SCALENE, "run", "--python", work.python.path, program]
    profile = work.read_profile(work.execute(words), path).expect_profile()
    interval_sec = profile.profiler["requested_interval_sec"]
    assert 0.001 <= interval_sec <= 0.01
    # The tick's samples come on top, and only of kernel time.
    rate = profile.profiler["effective_rate_hz"]
    assert 0.5 / interval_sec < rate < 1.2 / interval_sec + 60


def test_given_the_disable_jit_option_when_run_then_the_program_sees_it(
    work_once: Workplace,
) -> None:
    program = work_once.write(
        "jit.py",
        "import os\n"
        "print(os.environ.get('JAX_DISABLE_JIT'), os.environ.get('PYTORCH_JIT'))\n",
    )
    assert work_once.scalene(program).stdout == "None None\n"
    assert work_once.scalene(program, options=["--disable-jit"]).stdout == "1 0\n"
    env = {"PYTORCH_JIT": "7"}
    result = work_once.scalene(program, options=["--disable-jit"], env=env)
    assert result.stdout == "1 7\n"


def test_given_an_older_profile_when_run_again_then_it_is_replaced_at_once(
    work_once: Workplace,
) -> None:
    program = work_once.write("prog.py", "print(open('out.json').read())\n")
    target = work_once.folder / "real.json"
    target.write_text("the old one")
    target.chmod(0o640)
    link = work_once.folder / "out.json"
    link.symlink_to("real.json")
    result = work_once.scalene(
        "---",
        program,
        options=["-o", "out.json"],
        profile=work_once.folder / "none",
    )
    # It stood until the end, and the link and its mode stay.
    assert result.stdout == "the old one\n"
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert json.loads(target.read_text())["program"] == str(program)
    assert [n for n in os.listdir(work_once.folder) if "tmp" in n] == []


def test_given_an_output_of_the_users_when_run_then_it_is_there(
    work_once: Workplace,
) -> None:
    program = work_once.write("prog.py", "import os\nos.chdir('/')\n")
    home = {"HOME": str(work_once.folder)}
    for option, name in (
        (["-o", "a.json"], "a.json"),
        (["-ob.json"], "b.json"),
        (["--outfile=c.json"], "c.json"),
        (["-o", "~/d.json"], "d.json"),
        (["-o", "sub/../e.json"], "e.json"),
    ):
        (work_once.folder / "sub").mkdir(exist_ok=True)
        path = work_once.folder / name
        result = work_once.scalene(program, options=option, profile=path, env=home)
        result.expect_profile()
        assert not work_once.profile_path.exists()


def test_given_a_pipe_as_output_when_run_then_the_profile_is_written_to_it(
    work_once: Workplace,
) -> None:
    program = work_once.write("prog.py", "")
    result = work_once.scalene(program, options=["-o", "/dev/stdout"])
    assert json.loads(result.stdout)["program"] == str(program)


def test_given_unicode_and_control_characters_when_profiled_then_the_file_is_valid(
    work: Workplace,
) -> None:
    text = (
        "# \u00e9\u4e2d\U0001f600 <b>&amp;</b>\n"
        "def caf\u00e9():\n"
        "    s = '\u4e2d\\x00'; return sum([i * i for i in range(5_000_000)])\n"
        "caf\u00e9()\n"
    )
    program = work.write("sm\u00f6rg\u00e5s bord.py", text)
    profile = work.scalene(program).expect_profile()
    row = profile.function(program, "caf\u00e9")
    assert row_percent(row) > 60
    raw = profile.path.read_text()
    assert "<b>" not in raw and "\\u003cb\\u003e\\u0026amp;" in raw


def test_given_a_latin1_file_name_when_profiled_then_it_is_reported(
    work: Workplace,
) -> None:
    name = os.fsencode(str(work.folder)) + b"/odd\xff.py"
    with open(name, "w") as file:
        file.write(
            "def busy(): return sum([i * i for i in range(4_000_000)])\nbusy()\n"
        )
    result = work.execute(work.command(os.fsdecode(name)))
    assert result.returncode == 0, result.stderr
    data = work.read_profile(result).expect_profile().json
    assert any(path.endswith(".py") for path in data["files"])


def test_given_columns_when_two_calls_share_a_line_then_each_has_its_part(
    work: Workplace,
) -> None:
    program = work.write(
        "columns.py",
        "def first(): return sum([i * i for i in range(300_000)])\n"
        "def second(): return sum([i * i for i in range(100_000)])\n"
        "table = list(range(3_000_000))\n"
        "for _ in range(12):\n"
        "    pair = sorted(table, key=str), sorted(table)\n",
    )
    profile = work.scalene(program).expect_profile()
    row = profile.line(program, 5)
    assert row is not None
    text = program.read_text().splitlines()[4].encode()
    parts = {
        text[column["start"] : column["end"]].decode(): column["percent"]
        for column in row["columns"]
    }
    assert sum(parts.values()) <= row_percent(row) + 0.5
    heavy = sum(p for t, p in parts.items() if t.startswith("sorted(table, key"))
    assert heavy > 0.7 * row_percent(row)
