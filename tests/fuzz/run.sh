#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# tests/fuzz/run.sh NAME [SECONDS]: builds the fuzzer NAME (linetable, trace, collect,
# json; needs clang) and runs it for that long (60). What it learns is kept in
# build/fuzz/corpus/NAME; an input that fails is written to build/fuzz.
set -eu
name=${1:?"usage: tests/fuzz/run.sh NAME [SECONDS]"}
seconds=${2:-60}
cd "$(dirname "$0")/../.."
build=build/fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target make_seeds "fuzz_$name"
mkdir -p "$build/corpus/$name"
"$build/tests/fuzz/make_seeds" "$name" "$build/corpus/$name"
exec "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -max_len=8192 \
    -timeout=10 -use_value_profile=1 -print_final_stats=1 \
    -artifact_prefix="$build/$name-" "$build/corpus/$name"
