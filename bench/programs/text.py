# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Text: splitting, joining, matching, formatting."""

import re

words = ("the quick brown fox jumps over the lazy dog " * 200).split()
pattern = re.compile(r"(\w)o(\w)")
for _ in range(1000):
    line = " ".join(words)
    pattern.sub(r"\2o\1", line)
    counts: dict[str, int] = {}
    for word in line.split(" "):
        counts[word] = counts.get(word, 0) + 1
    ",".join(f"{word}={count:>5}" for word, count in sorted(counts.items()))
