#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# fuzz.sh SECONDS: each fuzzer of the fuzz build for so long, from its corpus.
set -eu
cd "$(dirname "$0")/.."

for name in $(find build/fuzz -type f -name 'fuzz_*' -perm -u+x -printf '%f\n' | sort); do
    echo "== ${name#fuzz_} for $1 s"
    tests/fuzz/run.sh "${name#fuzz_}" "$1"
done
