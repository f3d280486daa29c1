/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The front's growing arrays and arena pages. */
#include "os/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum sc_err sc_os_grow(void **items, size_t *capacity, size_t need, size_t item_bytes)
{
    if (need <= *capacity) {
        return SC_OK;
    }
    size_t new_capacity = *capacity ? *capacity : 16;
    while (new_capacity < need) {
        if (new_capacity > SIZE_MAX / 2 / item_bytes) {
            return SC_ERR_NO_MEMORY;
        }
        new_capacity *= 2;
    }
    char *grown = realloc(*items, new_capacity * item_bytes);
    if (grown == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    memset(grown + *capacity * item_bytes, 0, (new_capacity - *capacity) * item_bytes);
    *items = grown;
    *capacity = new_capacity;
    return SC_OK;
}

static void *take_pages(size_t size_bytes)
{
    return calloc(1, size_bytes);
}

static void give_pages_back(void *pages, size_t size_bytes)
{
    (void)size_bytes;
    free(pages);
}

const struct sc_page_source sc_os_pages = {take_pages, give_pages_back};
