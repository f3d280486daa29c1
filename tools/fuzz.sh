#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# fuzz.sh SECONDS: builds each fuzzer and runs it for so long, from its corpus.
set -eu
cd "$(dirname "$0")/.."

cmake --preset fuzz >/dev/null
names=$(ninja -C build/fuzz -t targets all | sed -n 's/^fuzz_\([a-z_]*\): phony$/\1/p')
[ -n "$names" ] || {
    echo "fuzz.sh: there is no fuzzer" >&2
    exit 1
}
for name in $names; do
    echo "== fuzzing $name for $1 s"
    tests/fuzz/run.sh "$name" "$1"
done
