#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# Every test: the unit tests as built, under ASan with UBSan and under TSan, then the
# programs end to end as root, as a plain user, and with the perf clock denied. Goes
# on after a failure, so that one run tells all; fails if anything did.
set -u
cd "$(dirname "$0")/.."

failed=
step() {
    title=$1
    shift
    echo "== $title"
    "$@" || failed="$failed
  $title"
}

# build_and_ctest PRESET [CTEST OPTION...]
build_and_ctest() {
    preset=$1
    shift
    cmake --preset "$preset" >/dev/null && cmake --build --preset "$preset" &&
        ctest --preset "$preset" -j 2 --repeat until-pass:2 "$@"
}

# Root's turn takes every Python found; the others one static and one shared build.
some=py3.11-debian,py3.13-pyenv

# Shares of samples and moments of time differ by chance, so what fails is run once
# more, alone on the machine, and said aloud: what is wrong fails again.
end_to_end() {
    cache=$(mktemp -d)
    chmod 777 "$cache"
    "$@" build/venv/bin/python -m pytest -n 2 --dist worksteal -q \
        -o cache_dir="$cache" ${SCALENE_PYTEST:-} && return
    echo "== once more, one by one, what failed"
    "$@" build/venv/bin/python -m pytest -q -o cache_dir="$cache" \
        --last-failed --last-failed-no-failures none
}

step "unit tests" ctest --preset dev -j 2 --repeat until-pass:2
step "unit tests under ASan and UBSan" build_and_ctest asan
# Threads meet in the ring, in the agent and in the session around it.
step "unit tests under TSan" build_and_ctest tsan -R '^(base_ring|trace|agent|run)'
if [ "$(id -u)" = 0 ]; then
    step "end to end as root" end_to_end env
    if tools/as_plain_user.sh test -x build/scalene; then
        step "end to end as a plain user" \
            end_to_end env SCALENE_TEST_PYTHONS=$some tools/as_plain_user.sh
    else
        echo "== end to end as a plain user: skipped, nobody may not come here"
    fi
else
    echo "== end to end as root: skipped, this is a plain user"
    step "end to end as a plain user" end_to_end env
fi
step "end to end without the perf clock" \
    end_to_end env SCALENE_TEST_PYTHONS=$some \
    build/venv/bin/python tests/e2e/deny_perf.py

if [ -n "$failed" ]; then
    echo "== failed:$failed"
    exit 1
fi
echo "== all passed"
