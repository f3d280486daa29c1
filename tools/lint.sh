#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# The gates of style: formats, clang-tidy over every C file of the build, ruff and
# mypy over every Python file, sizes of files, and generated files against their
# makers. Goes on after a failure; fails if anything did.
set -u
cd "$(dirname "$0")/.."

failed=
step() {
    title=$1
    shift
    echo "== $title"
    "$@" || failed="$failed $title;"
}

c_files() {
    git ls-files --cached --others --exclude-standard '*.c' '*.h'
}

python_files() {
    git ls-files --cached --others --exclude-standard '*.py'
}

check_format() {
    c_files | xargs clang-format --dry-run -Werror
}

# Only files that the build compiles have flags to be checked with.
check_tidy() {
    build/venv/bin/python tools/tidy.py build
}

check_mypy() {
    # The profiled programs are scripts with names of their own; the rest is one set.
    python_files | grep -v '^tools/' | xargs build/venv/bin/mypy --strict &&
        python_files | grep '^tools/' | xargs -r -n 1 build/venv/bin/mypy --strict
}

check_sizes() {
    long=$(c_files | grep -v '_gen\.' | xargs wc -l | awk '$2 != "total" && $1 >= 500')
    [ -z "$long" ] && return
    echo "files of 500 lines and more:"
    echo "$long"
    return 1
}

check_headers() {
    bad=$(c_files | xargs grep -L 'SPDX-License-Identifier: Apache-2.0')
    [ -z "$bad" ] && return
    echo "no SPDX lines in:" "$bad"
    return 1
}

step clang-format check_format
step clang-tidy check_tidy
step "ruff format" build/venv/bin/ruff format --check --quiet .
step ruff build/venv/bin/ruff check --quiet .
step mypy check_mypy
step sizes check_sizes
step headers check_headers

if [ -n "$failed" ]; then
    echo "== failed:$failed"
    exit 1
fi
echo "== lint passed"
