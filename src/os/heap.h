/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Growing arrays on the C heap, for the front only (the agent never calls malloc).
 * Cold contexts; not signal-safe. */
#ifndef SC_OS_HEAP_H
#define SC_OS_HEAP_H

#include "base/arena.h"
#include "base/err.h"

#include <stddef.h>

/* Makes room for need items of item_bytes in *items, which holds *capacity of them
 * (NULL and 0 at first); grows by doubling, new room is zeroed. The array stays the
 * caller's, to free() in the end. On SC_ERR_NO_MEMORY nothing has changed. */
SC_MUST_USE enum sc_err sc_os_grow(void **items, size_t *capacity, size_t need,
                                   size_t item_bytes);

/* Pages from the operating system, for arenas. */
extern const struct sc_page_source sc_os_pages;

#endif
