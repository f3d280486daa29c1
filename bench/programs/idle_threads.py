# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""One busy thread and a hundred that wait."""

import threading

done = threading.Event()
idle = [threading.Thread(target=done.wait) for _ in range(100)]
for thread in idle:
    thread.start()
total = 0
for i in range(6_000_000):
    total = (total + i) & 0xFFFF
done.set()
for thread in idle:
    thread.join()
