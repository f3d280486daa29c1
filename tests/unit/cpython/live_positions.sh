#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# live_positions.sh TEST_PROGRAM: the line table test on the standard library of every
# CPython 3.11 to 3.13 found. Exits 77 (skipped) where there is none.
set -eu
program=$1
here=$(dirname "$0")
dump=$(mktemp)
trap 'rm -f "$dump"' EXIT

found=0
for minor in 11 12 13; do
    found_minor=0
    for python in "$HOME"/.pyenv/versions/3.$minor.*/bin/python3.$minor \
        /usr/bin/python3.$minor "$(command -v python3.$minor || true)"; do
        [ -x "$python" ] && "$python" -c '' 2>/dev/null || continue
        "$python" "$here/dump_positions.py" >"$dump"
        echo "# $python"
        "$program" "$dump"
        found_minor=1
        break
    done
    [ $found_minor = 1 ] || echo "# no Python 3.$minor found: skipped"
    found=$((found + found_minor))
done
[ $found != 0 ] || exit 77
