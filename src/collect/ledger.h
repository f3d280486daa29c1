/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Where one thread's weights go. A thread that is still short keeps its entries here,
 * because threads that end short are reckoned with their like
 * (docs/dev/sampling-math.md, 4.7); a long one adds to the cells at once. Weights whose
 * place is not known wait here as well. Part of a thread's clock (weights.h). */
#ifndef SC_COLLECT_LEDGER_H
#define SC_COLLECT_LEDGER_H

#include "collect/collect.h"

/* Where a weight goes. cell SC_NONE: not known; the weight waits for the next sample
 * of the thread whose place is known. */
struct sc_place {
    uint32_t cell;
    bool is_python; /* user time is Python's, else native */
};

struct sc_entry {
    struct sc_place place;
    double user_ns;
    double kernel_ns;
    double weight_sq_ns2;
    uint64_t n_samples;
};

enum {
    SC_EARLY_ENTRIES = 40
};

/* What a short thread has so far. Only one of the two lists will count. */
struct sc_early {
    unsigned n_bookings;
    unsigned n_looks;
    struct sc_entry bookings[SC_EARLY_ENTRIES]; /* by the thread's own clock */
    struct sc_entry looks[SC_EARLY_ENTRIES];    /* ticks, each worth one tick */
};

struct sc_ledger {
    bool is_long;
    struct sc_early *early; /* NULL: nothing yet, or long */
    struct sc_place last;   /* the last one known */
    struct sc_entry held;   /* waits for a place */
};

void sc_ledger_init(struct sc_ledger *ledger, bool is_long);
void sc_ledger_fini(struct sc_ledger *ledger);

/* Makes room for entries. Call before a sample is booked. */
SC_MUST_USE enum sc_err sc_ledger_prepare(struct sc_ledger *ledger);

/* The place of a sample: given, or, where that is not known, the thread's last. What
 * waited for a place goes to one that is given. */
struct sc_place sc_ledger_settle(struct sc_ledger *ledger, struct sc_cell *cells,
                                 struct sc_place place);

/* Books time at a place. n_samples 0: time without a sample of its own. */
void sc_ledger_book(struct sc_ledger *ledger, struct sc_cell *cells,
                    struct sc_place place, double user_ns, double kernel_ns,
                    unsigned n_samples);

/* Notes a tick of a thread that is still short, and the time a tick stands for. */
void sc_ledger_look(struct sc_ledger *ledger, struct sc_cell *cells,
                    struct sc_place place, double user_ns, double kernel_ns);

/* From here on the thread's bookings count. */
void sc_ledger_become_long(struct sc_ledger *ledger, struct sc_cell *cells);

/* Adds an entry to a cell, whatever place the entry names. */
void sc_entry_add(const struct sc_entry *entry, struct sc_cell *cell);

#endif
