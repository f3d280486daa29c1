/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The verbs: one function each, called by main with the words after the verb. */
#ifndef SC_CLI_VERBS_H
#define SC_CLI_VERBS_H

/* `scalene run`: returns an exit status when no program ran; else ends the process as
 * the program ended. */
int sc_verb_run(int argc, char *const *argv);

/* `scalene view`: 0; 1: the profile can't be shown; 2: usage. */
int sc_verb_view(int argc, char *const *argv);

#endif
