# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""Two lines that take turns at a fixed period: `periods.py RESULT CPU_SEC PERIOD_MS`.

The halves change at fixed moments of the monotonic clock, so a sampler whose clock
keeps step with the period sees one line only.
"""

import sys
import time

from truth import Truth, clock

truth = Truth()
now = time.perf_counter_ns
half_ns = int(float(sys.argv[3]) * 1e6) // 2
period_ns = 2 * half_ns
edge = now()
for _ in truth.rounds(1):
    for _turn in range(20):
        # Periods that went by while another process had the CPU are left out.
        edge += half_ns + max(0, now() - edge) // period_ns * period_ns
        t0 = clock()
        while now() < edge:  # truth: even
            chunk = [i for i in range(100)]  # truth: even
        t1 = clock()
        edge += half_ns
        while now() < edge:  # truth: odd
            chunk = [i for i in range(100)]  # truth: odd
        truth.laps(start=t0, even=t1, odd=clock())
truth.write()
