# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Calls of small Python functions."""


def add(a: int, b: int) -> int:
    return a + b


total = 0
for i in range(6_000_000):
    total = add(total, i) & 0xFFFF
