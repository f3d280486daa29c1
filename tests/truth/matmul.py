# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""A matrix product by an operator: native time on a line without a call."""

import numpy as np
from truth import Truth, clock

truth = Truth()
a = np.ones((256, 256))
b = np.ones((256, 256))
for size in truth.rounds(16000):
    t0 = clock()
    for _ in range(1 + size // 8000):  # truth: matmul
        c = a @ b  # truth: matmul
    t1 = clock()
    for i in range(size):  # truth: python
        _ = i * i  # truth: python
    t2 = clock()
    truth.laps(start=t0, matmul=t1, python=t2)
truth.split("matmul", native=1.0)
truth.split("python", python=1.0)
truth.write()
