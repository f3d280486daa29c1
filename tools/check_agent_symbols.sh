#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# Usage: check_agent_symbols.sh AGENT_SOURCE_DIR LIBRARY SIG_OBJECT...
# Fails when an object that a signal handler can reach imports a symbol that is not
# in sig/allowed_symbols.txt, or when the library's exported names are not exactly
# those of exported_symbols.txt, or when its thread-local storage is over 64 bytes.
set -eu
sources=$1 library=$2
shift 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

names() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1" | awk '{print $1}' | sort -u; }

nm --defined-only -g "$@" | awk 'NF == 3 {print $3}' | sort -u >"$tmp/defined"
nm --undefined-only "$@" | awk 'NF == 2 && $1 == "U" {print $2}' | sort -u >"$tmp/wanted"
names "$sources/sig/allowed_symbols.txt" >"$tmp/allowed"
sort -u "$tmp/defined" "$tmp/allowed" >"$tmp/known"
if ! comm -23 "$tmp/wanted" "$tmp/known" >"$tmp/bad" || [ -s "$tmp/bad" ]; then
    echo "signal handler code imports symbols that are not allowed:" >&2
    cat "$tmp/bad" >&2
    exit 1
fi

nm -D --defined-only "$library" | awk '{print $NF}' | sort -u >"$tmp/exported"
names "$sources/exported_symbols.txt" >"$tmp/listed"
if ! diff "$tmp/listed" "$tmp/exported" >&2; then
    echo "the agent's exported names differ from exported_symbols.txt" >&2
    exit 1
fi

tls=$(readelf -lW "$library" | awk '$1 == "TLS" {print $6}')
if [ -n "$tls" ] && [ $((tls)) -gt 64 ]; then
    echo "the agent's thread-local storage is $((tls)) bytes, over 64" >&2
    exit 1
fi
