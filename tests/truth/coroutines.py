# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Lines of coroutines that take turns."""

import asyncio

from truth import Truth, clock

truth = Truth()


async def long_steps(n: int) -> None:
    for _ in range(4):
        t0 = clock()
        _ = [i * i for i in range(2 * n)]  # truth: long
        truth.laps(start=t0, long=clock())
        await asyncio.sleep(0)


async def short_steps(n: int) -> None:
    for _ in range(4):
        t0 = clock()
        _ = [i * i for i in range(n)]  # truth: short
        truth.laps(start=t0, short=clock())
        await asyncio.sleep(0)


async def main() -> None:
    for size in truth.rounds(6000):
        await asyncio.gather(long_steps(size), short_steps(size))


asyncio.run(main())
truth.write()
