/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Choosing a layout: the generated rows, and what a real 3.13 says of itself in its
 * debug offsets (saved in debug_offsets_3_13.golden), which must be the same facts. */
#include "cpython/layout.h"

#include "cpython/layout_gen.h"
#include "harness.h"

#include <stdlib.h>

#define PYTHON_3_11 UINT32_C(0x030b02f0)
#define PYTHON_3_12 UINT32_C(0x030c01f0)
#define PYTHON_3_13 UINT32_C(0x030d00f0)

enum {
    N_WORDS = 73,
    WORD_COOKIE = 0,
    WORD_VERSION = 1,
    WORD_FREE_THREADED = 2
};

static uint64_t words[N_WORDS];

static void read_words(void)
{
    static const char path[] =
        SC_SOURCE_DIR "/tests/unit/cpython/debug_offsets_3_13.golden";
    FILE *file = fopen(path, "r");
    char line[256];
    size_t n = 0;
    while (file != NULL && n < N_WORDS && fgets(line, sizeof(line), file) != NULL) {
        if (line[0] != '#') {
            words[n++] = strtoull(line, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    CHECK_INT(n, N_WORDS);
}

static const struct sc_layout *row_of(uint8_t minor)
{
    for (size_t i = 0;
         i < sizeof(sc_layouts_generated) / sizeof(sc_layouts_generated[0]); i++) {
        if (sc_layouts_generated[i].minor == minor) {
            return &sc_layouts_generated[i];
        }
    }
    return NULL;
}

static void every_row_is_plausible(void)
{
    for (uint8_t minor = 11; minor <= 13; minor++) {
        const struct sc_layout *row = row_of(minor);
        CHECK(row != NULL && row->major == 3 && sc_layout_plausible(row));
    }
}

static void rows_before_3_13_need_no_runtime(void)
{
    struct sc_layout layout;
    CHECK_INT(sc_layout_find(PYTHON_3_11, NULL, &layout), SC_OK);
    CHECK_INT(layout.minor, 11);
    CHECK_INT(layout.tstate_frame, SC_LAYOUT_NO_FIELD);
    CHECK_INT(layout.owner_shim, 0xff);
    CHECK_INT(sc_layout_find(PYTHON_3_12, NULL, &layout), SC_OK);
    CHECK_INT(layout.minor, 12);
    CHECK_INT(layout.owner_shim, 3);
}

static void debug_offsets_say_what_the_headers_say(void)
{
    struct sc_layout layout;
    read_words();
    CHECK_INT(sc_layout_find(PYTHON_3_13, words, &layout), SC_OK);
    struct sc_layout expected = *row_of(13);
    /* Theirs counts the first of the locals, ours none. */
    expected.frame_bytes = (uint16_t)(expected.frame_bytes + sizeof(void *));
    /* Both were copied whole, padding and all. */
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    CHECK(memcmp(&layout, &expected, sizeof(layout)) == 0);
}

static void damaged_debug_offsets_are_refused(void)
{
    struct sc_layout layout;
    CHECK_INT(sc_layout_find(PYTHON_3_13, NULL, &layout), SC_ERR_UNSUPPORTED);
    for (size_t i = 3; i < N_WORDS; i++) {
        read_words();
        words[i] = UINT64_MAX;
        /* A word that is not used may be anything; one that is used may not. */
        if (sc_layout_find(PYTHON_3_13, words, &layout) == SC_OK) {
            CHECK(sc_layout_plausible(&layout));
        }
    }
    read_words();
    words[WORD_COOKIE]++;
    CHECK_INT(sc_layout_find(PYTHON_3_13, words, &layout), SC_ERR_FORMAT);
    read_words();
    words[WORD_VERSION] += UINT64_C(1) << 16;
    CHECK_INT(sc_layout_find(PYTHON_3_13, words, &layout), SC_ERR_FORMAT);
    read_words();
    words[WORD_FREE_THREADED] = 1;
    CHECK_INT(sc_layout_find(PYTHON_3_13, words, &layout), SC_ERR_UNSUPPORTED);
}

static void versions_without_a_row_are_unsupported(void)
{
    static const uint32_t versions[] = {0,          0x020712f0, 0x030a0df0,
                                        0x030e00f0, 0x040b00f0, UINT32_MAX};
    struct sc_layout layout;
    read_words();
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        CHECK_INT(sc_layout_find(versions[i], words, &layout), SC_ERR_UNSUPPORTED);
    }
}

/* Each offset, moved out of its structure, must be noticed. */
static void offsets_outside_their_structure_are_not_plausible(void)
{
    static const size_t fields[] = {
        offsetof(struct sc_layout, frame_code),
        offsetof(struct sc_layout, frame_previous),
        offsetof(struct sc_layout, frame_instr),
        offsetof(struct sc_layout, frame_owner),
        offsetof(struct sc_layout, frame_bytes),
        offsetof(struct sc_layout, code_first_line),
        offsetof(struct sc_layout, code_filename),
        offsetof(struct sc_layout, code_qualname),
        offsetof(struct sc_layout, code_linetable),
        offsetof(struct sc_layout, code_version),
        offsetof(struct sc_layout, code_units),
        offsetof(struct sc_layout, var_size),
        offsetof(struct sc_layout, bytes_data),
        offsetof(struct sc_layout, object_type),
        offsetof(struct sc_layout, unicode_length),
        offsetof(struct sc_layout, unicode_hash),
        offsetof(struct sc_layout, unicode_state),
        offsetof(struct sc_layout, unicode_ascii_data),
        offsetof(struct sc_layout, unicode_compact_data),
    };
    static const uint16_t far = 4096;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct sc_layout layout = *row_of(12);
        memcpy((char *)&layout + fields[i], &far, sizeof(far));
        if (sc_layout_plausible(&layout)) {
            fprintf(stderr, "field at %zu\n", fields[i]);
        }
        CHECK(!sc_layout_plausible(&layout));
    }
    struct sc_layout both = *row_of(12);
    both.tstate_frame = 72;
    CHECK(!sc_layout_plausible(&both));
}

int main(void)
{
    RUN(every_row_is_plausible);
    RUN(rows_before_3_13_need_no_runtime);
    RUN(debug_offsets_say_what_the_headers_say);
    RUN(damaged_debug_offsets_are_refused);
    RUN(versions_without_a_row_are_unsupported);
    RUN(offsets_outside_their_structure_are_not_plausible);
    return check_failures != 0;
}
