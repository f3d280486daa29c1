/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Which file is mapped where in one process, from the text of /proc/PID/maps. Only
 * executable mappings matter here. Owned by a sc_collect_process. */
#ifndef SC_COLLECT_MODULES_H
#define SC_COLLECT_MODULES_H

#include "collect/intern.h"

struct sc_mapping {
    uint64_t start;
    uint64_t end;    /* exclusive */
    uint64_t offset; /* of start in the file */
    uint32_t module;
};

struct sc_maps {
    struct sc_mapping *mappings; /* by start; no two overlap */
    size_t n_mappings, mappings_capacity;
};

/* A zeroed struct is an empty map. */
void sc_maps_fini(struct sc_maps *maps);

/* Lays the mappings of the text over those known before. Lines that are no mapping
 * are passed over. */
SC_MUST_USE enum sc_err sc_maps_read(struct sc_maps *maps, struct sc_intern *intern,
                                     const char *text, size_t n_bytes);

/* The mapping that holds an address; NULL: none. */
const struct sc_mapping *sc_maps_find(const struct sc_maps *maps, uint64_t address);

#endif
