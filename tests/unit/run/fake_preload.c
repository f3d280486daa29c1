/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A library to preload in place of the agent. It does nothing, so that what the tests
 * see is the front's doing; fake_program.c plays the agent. */

extern const int sc_fake_preload;
const int sc_fake_preload = 1;
