# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# The verbs of this repository, each a thin call of what does the work.
#
#   make run     install what the build needs, build, profile an example, show it
#   make test    install the test tools, run every test
#   make build   build/scalene and build/libscalene.so, which work where they are
#   make lint    formats and static checks; `make fmt` repairs formats
#   make bench   what profiling costs
#   make fuzz    each fuzzer for FUZZ_SEC seconds

PRESET ?= dev
FUZZ_SEC ?= 20
TOOLS = build/venv/bin
EXAMPLE = examples/word_games.py
EXAMPLE_PROFILE = build/example-profile.json

.PHONY: run setup build test test-tools lint fmt bench fuzz clean

run: setup build
	build/scalene run -o $(EXAMPLE_PROFILE) $(EXAMPLE)
	build/scalene view --cli -r $(EXAMPLE_PROFILE)

setup:
	tools/setup.sh build

build:
	cmake --preset $(PRESET) > /dev/null
	cmake --build --preset $(PRESET)

test: test-tools build
	tools/test.sh

test-tools:
	tools/setup.sh build test
	tools/venv.sh
	$(TOOLS)/python tests/e2e/make_venvs.py tests/e2e/requirements-programs.txt

lint: test-tools build
	tools/setup.sh lint
	tools/lint.sh

fmt:
	tools/setup.sh build test lint
	tools/venv.sh
	git ls-files '*.c' '*.h' | xargs clang-format -i
	$(TOOLS)/ruff check --fix --quiet .
	$(TOOLS)/ruff format --quiet .

bench: test-tools build
	$(TOOLS)/python tests/e2e/make_venvs.py tests/e2e/requirements-programs.txt \
	    bench/requirements.txt
	$(TOOLS)/python bench/overhead.py

fuzz:
	tools/setup.sh build fuzz
	tools/fuzz.sh $(FUZZ_SEC)

clean:
	rm -rf build
