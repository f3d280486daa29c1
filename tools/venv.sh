#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# Makes build/venv with the tools of tests/e2e/requirements.txt, once per list. It
# takes Debian's Python, which is there wherever this builds.
set -eu
cd "$(dirname "$0")/.."

list=tests/e2e/requirements.txt
stamp=build/venv/requirements.stamp
if ! cmp -s "$list" "$stamp"; then
    echo "installing the test tools in build/venv"
    rm -rf build/venv
    mkdir -p build
    python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    "$python" -m venv build/venv
    build/venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$list"
    cp "$list" "$stamp"
fi
