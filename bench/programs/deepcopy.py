# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""copy.deepcopy and id(): many short calls into the interpreter."""

import copy

table = [{"key": i, "values": [i, str(i), (i, i + 1)]} for i in range(200)]
for _ in range(900):
    copy.deepcopy(table)
    for row in table:
        id(row)
