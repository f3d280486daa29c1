# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Finds words that are anagrams of each other, and shows where the time goes.

Profile it with `scalene run examples/word_games.py`. There is one hot line for each
kind of time: `signature` is Python, `fingerprint` is native code, `read_noise` is the
operating system's, and `most_common` hides the same work in two lines, of which one
is far slower than the other.
"""

import hashlib
import json
import os
import random
from collections import defaultdict
from collections.abc import Iterator

LETTERS = "aaabcdeeeefghiiijklmnnoooprrssttuuvy"
WORDS = 40_000
ROUNDS = 6


def make_words(count: int) -> list[str]:
    """The same made-up words each time."""
    chance = random.Random(7)
    return ["".join(chance.sample(LETTERS, 7)) for _ in range(count)]


def signature(word: str) -> int:
    """A number that a word shares with its anagrams: Python, letter by letter."""
    product = 1
    for letter in word:
        product = product * (2 * ord(letter) + 1) % 1_000_000_007
    return product


def anagrams(words: list[str]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for word in words:
        groups[signature(word)].append(word)
    return groups


def fingerprint(groups: dict[int, list[str]]) -> str:
    """All groups in one number: native code, called from two lines."""
    text = json.dumps(sorted(groups.items()))
    return hashlib.pbkdf2_hmac("sha256", text.encode(), b"salt", 80_000).hex()


def read_noise(size: int) -> Iterator[int]:
    """Random bytes from the kernel: system time."""
    with open("/dev/urandom", "rb", buffering=0) as noise:
        for _ in range(size):
            yield sum(os.pread(noise.fileno(), 1 << 16, 0)[:4])


def most_common(groups: dict[int, list[str]]) -> list[str]:
    """Two ways to the largest group: one looks once, one sorts everything first."""
    largest = max(groups.values(), key=len)
    by_sorting = sorted(groups.values(), key=lambda g: (len(g), max(g)))[-1]
    return largest if len(largest) >= len(by_sorting) else by_sorting


def main() -> None:
    words = make_words(WORDS)
    for _ in range(ROUNDS):
        groups = anagrams(words)
        best = most_common(groups)
        print(len(groups), "groups,", " ".join(sorted(best)), fingerprint(groups)[:8])
        print("noise:", sum(read_noise(200)) % 10)


if __name__ == "__main__":
    main()
