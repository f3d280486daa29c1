# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Loops of float arithmetic."""

for _ in range(40):
    x = 0.5
    for i in range(200_000):
        x = x * 3.7 * (1.0 - x)
