/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The line table decoder against what CPython itself says (files of the format of
 * dump_positions.py: the one given, else positions.golden), and on damaged tables. */
#include "cpython/linetable.h"

#include "harness.h"

#include <stdbool.h>
#include <stdlib.h>

#define PYTHON_3_11 UINT32_C(0x030b07f0)

static const char *positions_path =
    SC_SOURCE_DIR "/tests/unit/cpython/positions.golden";

struct code {
    unsigned hexversion;
    int first_line;
    unsigned char *table;
    size_t table_bytes;
};

static unsigned char *from_hex(const char *text, size_t *n_bytes)
{
    *n_bytes = strcmp(text, "-") == 0 ? 0 : strlen(text) / 2;
    /* A block of the exact size, so that AddressSanitizer sees any read behind it. */
    unsigned char *bytes = malloc(*n_bytes + (*n_bytes == 0));
    if (bytes == NULL) {
        abort();
    }
    for (size_t i = 0; i < *n_bytes; i++) {
        char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};
        bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    return bytes;
}

static void check_unit(const struct code *code, uint32_t unit,
                       const struct sc_position *expected)
{
    struct sc_position p = {-9, -9, -9, -9};
    enum sc_err err = sc_linetable_find(code->table, code->table_bytes,
                                        code->hexversion, code->first_line, unit, &p);
    CHECK_INT(err, SC_OK);
    if (p.line == expected->line && p.end_line == expected->end_line &&
        p.start_column == expected->start_column &&
        p.end_column == expected->end_column) {
        return;
    }
    fprintf(stderr, "version %x, first line %d, unit %u: got %d-%d, %d-%d\n",
            code->hexversion, code->first_line, unit, p.line, p.end_line,
            p.start_column, p.end_column);
    CHECK_INT(p.line, expected->line);
    CHECK_INT(p.end_line, expected->end_line);
    CHECK_INT(p.start_column, expected->start_column);
    CHECK_INT(p.end_column, expected->end_column);
}

/* Reads the runs of one code object and checks the first and the last unit of each. */
static bool check_code(FILE *file, const struct code *code)
{
    uint32_t unit = 0;
    unsigned run;
    struct sc_position expected;
    while (fscanf(file, "%u %d %d %d %d", &run, &expected.line, &expected.end_line,
                  &expected.start_column, &expected.end_column) == 5) {
        check_unit(code, unit, &expected);
        unit += run;
        check_unit(code, unit - 1, &expected);
    }
    struct sc_position none;
    CHECK_INT(sc_linetable_find(code->table, code->table_bytes, code->hexversion,
                                code->first_line, unit, &none),
              SC_ERR_RANGE);
    char end[4] = "";
    return fscanf(file, "%3s", end) == 1 && strcmp(end, "end") == 0;
}

static void positions_are_what_cpython_says(void)
{
    FILE *file = fopen(positions_path, "r");
    CHECK(file != NULL);
    if (file == NULL) {
        return;
    }
    size_t n_codes = 0;
    char *line = NULL;
    size_t line_size = 0;
    bool good = true;
    while (good && check_failures < 20 && getline(&line, &line_size, file) > 0) {
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        struct code code;
        int hex_at = 0;
        line[strcspn(line, "\n")] = '\0';
        good = sscanf(line, "code %x %d %n", &code.hexversion, &code.first_line,
                      &hex_at) == 2 &&
               hex_at > 0;
        if (!good) {
            break;
        }
        code.table = from_hex(line + hex_at, &code.table_bytes);
        good = check_code(file, &code);
        free(code.table);
        n_codes++;
    }
    CHECK(good);
    CHECK(n_codes >= 10);
    printf("# %zu code objects of %s\n", n_codes, positions_path);
    free(line);
    fclose(file);
}

static enum sc_err find(const char *hex, int32_t first_line, uint32_t unit,
                        struct sc_position *position)
{
    size_t n_bytes;
    unsigned char *table = from_hex(hex, &n_bytes);
    enum sc_err err =
        sc_linetable_find(table, n_bytes, PYTHON_3_11, first_line, unit, position);
    free(table);
    return err;
}

static void unknown_formats_are_unsupported(void)
{
    static const uint32_t versions[] = {0,          0x020712f0, 0x03080df0,
                                        0x030a0df0, 0x03630000, 0x040000f0};
    static const unsigned char table[] = {0xf8};
    struct sc_position position;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        CHECK_INT(sc_linetable_find(table, 1, versions[i], 1, 0, &position),
                  SC_ERR_UNSUPPORTED);
    }
    CHECK_INT(sc_linetable_find(table, 1, 0x030e00f0, 1, 0, &position), SC_OK);
}

static void units_past_the_end_are_out_of_range(void)
{
    struct sc_position position;
    CHECK_INT(find("-", 1, 0, &position), SC_ERR_RANGE);
    CHECK_INT(find("f8", 1, 0, &position), SC_OK);
    CHECK_INT(find("f8", 1, 1, &position), SC_ERR_RANGE);
    CHECK_INT(find("ff", 1, 7, &position), SC_OK);
    CHECK_INT(find("ff", 1, UINT32_MAX, &position), SC_ERR_RANGE);
}

static void damaged_tables_are_errors(void)
{
    static const char *const tables[] = {
        "00",                 /* begins in the middle of an entry */
        "80",                 /* short form without its column */
        "8080",               /* ... an entry begins where it should be */
        "d00c",               /* one-line form without its end column */
        "e8",                 /* no line change */
        "e840",               /* number that does not end */
        "e84040404040404000", /* number of too many groups */
        "e87f7f7f7f7f7f",     /* number over 32 bits */
        "e803",               /* line -1 */
        "f000",               /* long form cut */
        "f0000000",           /* ... before its last number */
    };
    struct sc_position position;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (find(tables[i], 0, 0, &position) != SC_ERR_TRUNCATED) {
            fprintf(stderr, "table %s\n", tables[i]);
        }
        CHECK_INT(find(tables[i], 0, 0, &position), SC_ERR_TRUNCATED);
    }
}

static void lines_do_not_overflow(void)
{
    struct sc_position position;
    /* +2^31-1 twice: the second is over what a line can be. */
    CHECK_INT(find("e87e7f7f7f7f03", 0, 0, &position), SC_OK);
    CHECK_INT(position.line, INT32_MAX);
    CHECK_INT(find("e87e7f7f7f7f03e802", 0, 1, &position), SC_ERR_TRUNCATED);
    CHECK_INT(find("e802", INT32_MAX, 0, &position), SC_ERR_TRUNCATED);
    CHECK_INT(find("e800", INT32_MIN, 0, &position), SC_ERR_TRUNCATED);
    /* Columns of 2^32-1. */
    CHECK_INT(find("f000007f7f7f7f7f0300", 1, 0, &position), SC_ERR_TRUNCATED);
}

/* A table cut at every byte, with the last one replaced by every other, must
 * give some answer and read nothing outside (AddressSanitizer sees to that). */
static void any_bytes_are_survived(void)
{
    static const char hex[] = "e00cf00001010280ffd11428e902e0070bf0070001";
    size_t n_bytes;
    unsigned char *whole = from_hex(hex, &n_bytes);
    struct sc_position position;
    for (size_t cut = 0; cut <= n_bytes; cut++) {
        for (unsigned flip = 0; flip < 256; flip++) {
            unsigned char *table = malloc(cut + 1);
            if (table == NULL) {
                abort();
            }
            unsigned char *at_end = table + 1; /* ends where the block ends */
            memcpy(at_end, whole, cut);
            if (cut > 0) {
                at_end[cut - 1] ^= (unsigned char)flip;
            }
            for (uint32_t unit = 0; unit < 24; unit++) {
                enum sc_err err =
                    sc_linetable_find(at_end, cut, PYTHON_3_11, 1, unit, &position);
                CHECK(err == SC_OK || err == SC_ERR_RANGE || err == SC_ERR_TRUNCATED);
            }
            free(table);
        }
    }
    free(whole);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        positions_path = argv[1];
    }
    RUN(positions_are_what_cpython_says);
    RUN(unknown_formats_are_unsupported);
    RUN(units_past_the_end_are_out_of_range);
    RUN(damaged_tables_are_errors);
    RUN(lines_do_not_overflow);
    RUN(any_bytes_are_survived);
    return check_failures != 0;
}
