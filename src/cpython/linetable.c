/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The location table of CPython 3.11 and later. It is a run of entries, one for 1 to 8
 * code units each. An entry's first byte has bit 7 set and holds the form in bits 3..6
 * and the number of units less one in bits 0..2; all bytes after it have bit 7 clear:
 *
 *   form 0-9    same line; one byte: the columns in short
 *   form 10-12  line + (form - 10); two bytes: start column, end column
 *   form 13     line + signed; no columns
 *   form 14     line + signed, end line + number, start column + 1, end column + 1
 *   form 15     no position at all; the running line stays
 *
 * Numbers are little-endian groups of 6 bits, bit 6 set where another follows; signed
 * ones have the sign in bit 0. Only line changes add up from entry to entry, so what
 * precedes the wanted entry is read for its line alone. */
#include "cpython/linetable.h"

#include <stdbool.h>

enum {
    ENTRY_BIT = 0x80,
    MORE_BIT = 0x40,
    NUMBER_BITS = 6,
    FORM_ONE_LINE = 10,
    FORM_NO_COLUMNS = 13,
    FORM_LONG = 14,
    FORM_NONE = 15,
    NO_COLUMN = -1,
};

#define FIRST_HEXVERSION UINT32_C(0x030b0000) /* 3.11: the format begins */
#define LAST_MINOR_VERSION 15                 /* the last one whose format we know */

struct cursor {
    const unsigned char *next;
    const unsigned char *end;
};

static bool read_byte(struct cursor *cursor, uint32_t *value)
{
    if (cursor->next == cursor->end || (*cursor->next & ENTRY_BIT) != 0) {
        return false;
    }
    *value = *cursor->next++;
    return true;
}

static bool read_number(struct cursor *cursor, uint32_t *value)
{
    uint64_t sum = 0;
    uint32_t byte;
    for (unsigned shift = 0; shift < 32; shift += NUMBER_BITS) {
        if (!read_byte(cursor, &byte)) {
            return false;
        }
        sum |= (uint64_t)(byte & (MORE_BIT - 1)) << shift;
        if ((byte & MORE_BIT) == 0) {
            *value = (uint32_t)sum;
            return sum <= UINT32_MAX;
        }
    }
    return false;
}

static bool read_signed(struct cursor *cursor, int64_t *value)
{
    uint32_t raw;
    if (!read_number(cursor, &raw)) {
        return false;
    }
    *value = (raw & 1) != 0 ? -(int64_t)(raw >> 1) : (int64_t)(raw >> 1);
    return true;
}

/* The line change of an entry of this form; the cursor is left behind it. */
static bool read_line_delta(struct cursor *cursor, unsigned form, int64_t *delta)
{
    if (form == FORM_NO_COLUMNS || form == FORM_LONG) {
        return read_signed(cursor, delta);
    }
    *delta = form >= FORM_ONE_LINE && form < FORM_NO_COLUMNS ? form - FORM_ONE_LINE : 0;
    return true;
}

/* What follows the line change: the end line (as given: how far it lies below the
 * first) and the columns, -1 where the entry has none. */
static bool read_extent(struct cursor *cursor, unsigned form, int64_t *end_line_delta,
                        int64_t *start_column, int64_t *end_column)
{
    uint32_t a = 0, b = 0, c = 0;
    *end_line_delta = 0;
    *start_column = *end_column = NO_COLUMN;
    if (form == FORM_NO_COLUMNS || form == FORM_NONE) {
        return true;
    }
    if (form == FORM_LONG) {
        if (!read_number(cursor, &a) || !read_number(cursor, &b) ||
            !read_number(cursor, &c)) {
            return false;
        }
        *end_line_delta = a;
        *start_column = (int64_t)b - 1;
        *end_column = (int64_t)c - 1;
        return true;
    }
    if (!read_byte(cursor, &a)) {
        return false;
    }
    if (form < FORM_ONE_LINE) {
        *start_column = form * 8 + (a >> 4);
        *end_column = *start_column + (a & 15);
        return true;
    }
    if (!read_byte(cursor, &b)) {
        return false;
    }
    *start_column = a;
    *end_column = b;
    return true;
}

/* Moves to the next entry: past all bytes that do not begin one. */
static void skip_rest(struct cursor *cursor)
{
    while (cursor->next != cursor->end && (*cursor->next & ENTRY_BIT) == 0) {
        cursor->next++;
    }
}

static bool fits(int64_t value, int64_t lowest)
{
    return value >= lowest && value <= INT32_MAX;
}

static enum sc_err position_of(struct cursor *cursor, unsigned form, int64_t line,
                               struct sc_position *position)
{
    int64_t end_line_delta, start_column, end_column;
    if (!read_extent(cursor, form, &end_line_delta, &start_column, &end_column)) {
        return SC_ERR_TRUNCATED;
    }
    if (form == FORM_NONE) {
        *position = (struct sc_position){0, 0, NO_COLUMN, NO_COLUMN};
        return SC_OK;
    }
    int64_t end_line = line + end_line_delta;
    if (!fits(line, 0) || !fits(end_line, 0) || !fits(start_column, NO_COLUMN) ||
        !fits(end_column, NO_COLUMN)) {
        return SC_ERR_TRUNCATED;
    }
    *position = (struct sc_position){(int32_t)line, (int32_t)end_line,
                                     (int32_t)start_column, (int32_t)end_column};
    return SC_OK;
}

static bool format_known(uint32_t python_hexversion)
{
    return python_hexversion >= FIRST_HEXVERSION && python_hexversion >> 24 == 3 &&
           (python_hexversion >> 16 & 0xff) <= LAST_MINOR_VERSION;
}

enum sc_err sc_linetable_find(const unsigned char *table, size_t n_bytes,
                              uint32_t python_hexversion, int32_t first_line,
                              uint32_t instr, struct sc_position *position)
{
    if (!format_known(python_hexversion)) {
        return SC_ERR_UNSUPPORTED;
    }
    struct cursor cursor = {table, table + n_bytes};
    int64_t line = first_line;
    uint64_t after = 0; /* first code unit behind the entry in hand */
    while (cursor.next != cursor.end) {
        unsigned first = *cursor.next++;
        if ((first & ENTRY_BIT) == 0) {
            return SC_ERR_TRUNCATED;
        }
        unsigned form = first >> 3 & 15;
        int64_t delta;
        if (!read_line_delta(&cursor, form, &delta)) {
            return SC_ERR_TRUNCATED;
        }
        line += delta;
        after += (first & 7) + 1;
        if (instr < after) {
            return position_of(&cursor, form, line, position);
        }
        skip_rest(&cursor);
    }
    return SC_ERR_RANGE;
}
