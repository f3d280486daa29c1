# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
"""What the end-to-end tests share: the Pythons found, the runner, the terminal."""
