# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""pandas: grouping, joining, rolling."""

import numpy as np
import pandas as pd

chance = np.random.default_rng(1)
frame = pd.DataFrame(
    {"key": chance.integers(0, 500, 60_000), "value": chance.random(60_000)}
)
for _ in range(25):
    sums = frame.groupby("key")["value"].agg(["mean", "max", "count"])
    frame.merge(sums, left_on="key", right_index=True)
    frame["value"].rolling(50).mean()
    frame.sort_values("value")
