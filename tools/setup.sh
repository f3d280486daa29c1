#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# Installs the Debian packages that the named tasks need (build, test, lint, fuzz),
# only those that are missing, through sudo where that is needed.
set -eu

packages_of() {
    case $1 in
    build)
        echo gcc libc6-dev make cmake ninja-build pkg-config python3 \
            libjansson-dev libyaml-dev libelf-dev libdw-dev
        ;;
    test) echo python3-venv python3-dev util-linux procps ;;
    lint) echo clang-format clang-tidy git ;;
    fuzz) echo clang libclang-rt-14-dev ;;
    *)
        echo "setup.sh: no such task: $1 (build, test, lint, fuzz)" >&2
        exit 2
        ;;
    esac
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

wanted=
for task in "$@"; do
    wanted="$wanted $(packages_of "$task")"
done

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "setup.sh: this is no Debian; make sure that these, or what they are" \
        "called here, are installed:$wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "setup.sh: please install as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "installing:$missing"
$as_root apt-get update -q
# The list is words on purpose.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing
