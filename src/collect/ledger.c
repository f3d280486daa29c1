/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * One thread's ledger. */
#include "collect/ledger.h"

#include <stdlib.h>

void sc_ledger_init(struct sc_ledger *ledger, bool is_long)
{
    *ledger = (struct sc_ledger){
        .is_long = is_long,
        .last = {.cell = SC_NONE},
    };
}

void sc_ledger_fini(struct sc_ledger *ledger)
{
    free(ledger->early);
    ledger->early = NULL;
}

enum sc_err sc_ledger_prepare(struct sc_ledger *ledger)
{
    if (!ledger->is_long && ledger->early == NULL) {
        ledger->early = calloc(1, sizeof(*ledger->early));
        if (ledger->early == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    return SC_OK;
}

void sc_entry_add(const struct sc_entry *entry, struct sc_cell *cell)
{
    if (entry->place.is_python) {
        cell->python_ns += entry->user_ns;
    } else {
        cell->native_ns += entry->user_ns;
    }
    cell->kernel_ns += entry->kernel_ns;
    cell->n_samples += entry->n_samples;
    cell->sum_weight_sq_ns2 += entry->weight_sq_ns2;
}

void sc_ledger_become_long(struct sc_ledger *ledger, struct sc_cell *cells)
{
    const struct sc_early *early = ledger->early;
    for (unsigned i = 0; early != NULL && i < early->n_bookings; i++) {
        sc_entry_add(&early->bookings[i], &cells[early->bookings[i].place.cell]);
    }
    ledger->is_long = true;
    sc_ledger_fini(ledger);
}

/* Puts an entry whose place is known where the thread's bookings go. */
static void put(struct sc_ledger *ledger, struct sc_cell *cells,
                const struct sc_entry *entry)
{
    struct sc_early *early = ledger->early;
    if (early != NULL && early->n_bookings == SC_EARLY_ENTRIES) {
        sc_ledger_become_long(ledger, cells); /* sampled so densely, it needs no help */
        early = NULL;
    }
    if (early != NULL) {
        early->bookings[early->n_bookings++] = *entry;
    } else {
        sc_entry_add(entry, &cells[entry->place.cell]);
    }
}

static struct sc_entry make_entry(struct sc_place place, double user_ns,
                                  double kernel_ns, unsigned n_samples)
{
    double weight_ns = user_ns + kernel_ns;
    return (struct sc_entry){
        .place = place,
        .user_ns = user_ns,
        .kernel_ns = kernel_ns,
        .weight_sq_ns2 = n_samples ? weight_ns * weight_ns : 0,
        .n_samples = n_samples,
    };
}

struct sc_place sc_ledger_settle(struct sc_ledger *ledger, struct sc_cell *cells,
                                 struct sc_place place)
{
    if (place.cell == SC_NONE) {
        return ledger->last;
    }
    ledger->last = place;
    if (ledger->held.n_samples > 0) {
        ledger->held.place = place;
        put(ledger, cells, &ledger->held);
        ledger->held = (struct sc_entry){0};
    }
    return place;
}

void sc_ledger_book(struct sc_ledger *ledger, struct sc_cell *cells,
                    struct sc_place place, double user_ns, double kernel_ns,
                    unsigned n_samples)
{
    struct sc_entry entry = make_entry(place, user_ns, kernel_ns, n_samples);
    if (place.cell == SC_NONE) {
        ledger->held.user_ns += entry.user_ns;
        ledger->held.kernel_ns += entry.kernel_ns;
        ledger->held.weight_sq_ns2 += entry.weight_sq_ns2;
        ledger->held.n_samples += entry.n_samples;
    } else {
        put(ledger, cells, &entry);
    }
}

void sc_ledger_look(struct sc_ledger *ledger, struct sc_cell *cells,
                    struct sc_place place, double user_ns, double kernel_ns)
{
    struct sc_early *early = ledger->early;
    if (early == NULL || place.cell == SC_NONE) {
        return;
    }
    if (early->n_looks == SC_EARLY_ENTRIES) {
        sc_ledger_become_long(ledger, cells);
    } else {
        early->looks[early->n_looks++] = make_entry(place, user_ns, kernel_ns, 1);
    }
}
