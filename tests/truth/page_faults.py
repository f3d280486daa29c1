# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""First touches of fresh memory: kernel time without a system call.

The same pass over the same pages again is what the bytecode alone takes. About a
tenth of such a fault, the way back out of the kernel, runs with interrupts off: no
clock that is an interrupt can see it, and books it as the instruction's that waits.
"""

import mmap

from truth import Truth, clock

PAGE = mmap.PAGESIZE
truth = Truth()
for size in truth.rounds(1000):
    length = size * PAGE
    memory = mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    view = memoryview(memory)
    t0 = clock()
    for at in range(0, length, PAGE):  # truth: fault
        view[at] = 1  # truth: fault
    t1 = clock()
    for at in range(0, length, PAGE):  # truth: touched
        view[at] = 1  # truth: touched
    for at in range(0, length, PAGE):  # truth: touched
        view[at] = 1  # truth: touched
    t2 = clock()
    view.release()
    memory.close()
    truth.laps(start=t0, fault=t1, touched=t2)
python = truth.cpu_ns("touched") / 2 / truth.cpu_ns("fault")
truth.split("fault", python=python, kernel=1 - python)
truth.blur("fault", (1 - python) / 8)
truth.split("touched", python=1.0)
truth.write()
