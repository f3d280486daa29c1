# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""asyncio: tasks that take turns, queues, and timers."""

import asyncio


async def producer(queue: "asyncio.Queue[int]", count: int) -> None:
    for i in range(count):
        await queue.put(i)
        if i % 50 == 0:
            await asyncio.sleep(0)


async def consumer(queue: "asyncio.Queue[int]", count: int) -> int:
    total = 0
    for _ in range(count):
        total += await queue.get()
    return total


async def main() -> None:
    for _ in range(70):
        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=20)
        pairs = [producer(queue, 1000) for _ in range(5)]
        await asyncio.gather(*pairs, *(consumer(queue, 1000) for _ in range(5)))


asyncio.run(main())
