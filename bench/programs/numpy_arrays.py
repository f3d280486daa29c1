# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""numpy: vector arithmetic, sorting and small matrix products, on one thread."""

import numpy as np

chance = np.random.default_rng(1)
values = chance.random(200_000)
matrix = chance.random((96, 96))
for _ in range(130):
    np.sort(np.sin(values) * values + 1.0)
    for _ in range(20):
        matrix = matrix @ matrix.T
        matrix /= matrix.max()
