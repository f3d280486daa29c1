# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""First touches of huge pages: kernel time on a line with nothing else to show.

One touch has the kernel clear 2 MiB. Ends with status 77 where it has no such pages.
"""

import mmap
import resource
import sys

from truth import Truth, clock

HUGE = 2 << 20
truth = Truth()
touches = 0
start = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for size in truth.rounds(12):
    length = size * HUGE
    memory = mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_HUGEPAGE)
    view = memoryview(memory)
    t0 = clock()
    for at in range(0, length, HUGE):  # truth: fault
        view[at] = 1  # truth: fault
    t1 = clock()
    for i in range(20_000):  # truth: python
        _ = i * i  # truth: python
    t2 = clock()
    view.release()
    memory.close()
    truth.laps(start=t0, fault=t1, python=t2)
    touches += size
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - start
if faults > 20 * touches + 5000:
    sys.exit(77)
truth.split("fault", kernel=1.0)
# A tick in the kernel is booked as such with the next one: a few fall too late.
truth.blur("fault", 0.05)
truth.split("python", python=1.0)
truth.write()
