/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Code descriptions: texts of every kind, pieces in and out of order, ids used anew,
 * damage. */
#include "collect/codes.h"

#include "harness.h"
#include "synthetic.h"

#include <stdlib.h>

enum {
    PYTHON_3_12 = 0x030c01f0
};

static void check_text(const void *text, size_t n, unsigned kind, bool for_file,
                       const char *expected)
{
    char *utf8 = NULL;
    CHECK_INT(sc_codes_text(text, n, kind, for_file, &utf8), SC_OK);
    CHECK_STR(utf8, expected);
    free(utf8);
}

static void test_texts(void)
{
    const uint16_t two[] = {'a', 0x20AC, 0xDC80, 0xDCFF, 0xD800, 'z'};
    const uint32_t four[] = {0x1F600, 0xDC81, 0x110000, 0};
    check_text("caf\xe9", 4, SC_TEXT_UCS1, true, "caf\xc3\xa9");
    check_text("a\0b", 3, SC_TEXT_UCS1, false,
               "a\xef\xbf\xbd"
               "b");
    check_text("", 0, SC_TEXT_UCS1, true, "");
    check_text(two, sizeof(two), SC_TEXT_UCS2, true,
               "a\xe2\x82\xac\x80\xff\xef\xbf\xbdz");
    check_text(two, sizeof(two), SC_TEXT_UCS2, false,
               "a\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
    check_text(four, sizeof(four), SC_TEXT_UCS4, true,
               "\xf0\x9f\x98\x80\x81\xef\xbf\xbd\xef\xbf\xbd");
    char *utf8 = NULL;
    CHECK_INT(sc_codes_text((const unsigned char *)"abc", 3, SC_TEXT_UCS2, true, &utf8),
              SC_ERR_FORMAT);
    CHECK_INT(sc_codes_text((const unsigned char *)"abc", 3, 3, true, &utf8),
              SC_ERR_FORMAT);
    CHECK(utf8 == NULL);
}

/* A collection whose one thread shows each id in a sample of its own. */
struct run {
    struct sc_collect *collect;
    struct synthetic out;
    const struct sc_collected *collected;
    uint64_t cpu_ns;
};

static struct run begin(void)
{
    struct run run = {0};
    CHECK_INT(sc_collect_create(&run.collect), SC_OK);
    synthetic_begin(&run.out, run.collect, 7, PYTHON_3_12, NULL);
    synthetic_thread_start(&run.out, 0, 1, 0);
    return run;
}

static void show_id(struct run *run, uint32_t id)
{
    run->cpu_ns += 1000000;
    struct synthetic_sample sample = {.mono_ns = run->cpu_ns,
                                      .cpu_ns = run->cpu_ns,
                                      .source = SC_SOURCE_PERF,
                                      .period_ns = 1000000,
                                      .n_frames = 1,
                                      .frames = {{id, 0}}};
    synthetic_sample(&run->out, &sample);
}

static void finish(struct run *run)
{
    synthetic_end(&run->out);
    CHECK_INT(run->out.err, SC_OK);
    CHECK_INT(sc_collect_finish(run->collect, &run->collected), SC_OK);
}

/* The function of the n-th distinct stack seen. */
static const struct sc_function *function_of(const struct run *run, size_t node)
{
    uint32_t function = run->collected->nodes[node].function;
    return function == SC_NONE ? NULL : &run->collected->functions[function];
}

static struct synthetic_text latin1(const char *text)
{
    return (struct synthetic_text){text, (uint32_t)strlen(text), SC_TEXT_UCS1};
}

static void test_interleaved_pieces(void)
{
    static unsigned char linetable[20000];
    static unsigned char one[24000];
    static unsigned char two[24000];
    for (size_t i = 0; i < sizeof(linetable); i++) {
        linetable[i] = (unsigned char)(i * 7);
    }
    uint32_t n_one = synthetic_blob(one, sizeof(one), 10, 99, latin1("/a.py"),
                                    latin1("one"), linetable, sizeof(linetable));
    uint32_t n_two = synthetic_blob(two, sizeof(two), 20, 98, latin1("/b.py"),
                                    latin1("two"), linetable, 15000);
    struct run run = begin();
    for (uint32_t at = 0; at < n_one; at += 4000) {
        uint32_t rest = n_one - at;
        synthetic_code_piece(&run.out, 1, one, n_one, at, rest < 4000 ? rest : 4000);
        if (at < n_two) {
            rest = n_two - at;
            synthetic_code_piece(&run.out, 2, two, n_two, at,
                                 rest < 4000 ? rest : 4000);
        }
        if (at == 8000) {
            show_id(&run, 1); /* not whole yet: an unknown frame */
        }
    }
    show_id(&run, 1);
    show_id(&run, 2);
    finish(&run);
    CHECK_INT(run.out.n_invalid, 0);
    CHECK_INT(run.collected->lost_records, 0);
    CHECK_INT(run.collected->n_nodes, 3);
    CHECK(function_of(&run, 0) == NULL);
    const struct sc_function *function = function_of(&run, 1);
    CHECK_STR(function->filename, "/a.py");
    CHECK_STR(function->qualname, "one");
    CHECK_INT(function->first_line, 10);
    CHECK_INT(function->n_instr, 99);
    CHECK_INT(function->python_hexversion, PYTHON_3_12);
    CHECK_INT(function->linetable_bytes, sizeof(linetable));
    CHECK(memcmp(function->linetable, linetable, sizeof(linetable)) == 0);
    CHECK_STR(function_of(&run, 2)->qualname, "two");
    CHECK_INT(function_of(&run, 2)->linetable_bytes, 15000);
    sc_collect_destroy(run.collect);
}

/* An address that gets another code object comes as the same id or as a new one; what
 * was seen under the old meaning stays. Equal functions are one. */
static void test_id_used_anew(void)
{
    struct run run = begin();
    synthetic_function(&run.out, 5, "<string>", "first", 1, 3);
    show_id(&run, 5);
    synthetic_function(&run.out, 5, "<string>", "second", 1, 3);
    show_id(&run, 5);
    synthetic_function(&run.out, 6, "<string>", "first", 1, 3);
    show_id(&run, 6);
    finish(&run);
    CHECK_INT(run.collected->n_functions, 2);
    CHECK_INT(run.collected->n_nodes, 2);
    CHECK_STR(function_of(&run, 0)->qualname, "first");
    CHECK_STR(function_of(&run, 1)->qualname, "second");
    CHECK_NEAR(sums_of_line(run.collected, 0, 1).python_ns, 3e6, 1);
    CHECK_INT(run.collected->n_cells, 2);
    sc_collect_destroy(run.collect);
}

static void test_damage(void)
{
    unsigned char linetable[6000] = {0};
    unsigned char blob[8000];
    uint32_t n = synthetic_blob(blob, sizeof(blob), 1, 1, latin1("/a.py"), latin1("f"),
                                linetable, sizeof(linetable));
    struct run run = begin();
    /* A lost middle piece: one description lost, though two pieces are of no use. */
    synthetic_code_piece(&run.out, 1, blob, n, 0, 1000);
    synthetic_code_piece(&run.out, 1, blob, n, 2000, 1000);
    synthetic_code_piece(&run.out, 1, blob, n, 3000, 1000);
    show_id(&run, 1);
    /* A lost first piece. */
    synthetic_code_piece(&run.out, 2, blob, n, 1000, 4000);
    synthetic_code_piece(&run.out, 2, blob, n, 5000, n - 5000);
    show_id(&run, 2);
    /* The length of the whole changes on the way. */
    synthetic_code_piece(&run.out, 3, blob, n, 0, 4000);
    synthetic_code_piece(&run.out, 3, blob, n + 8, 4000, 100);
    show_id(&run, 3);
    finish(&run);
    CHECK_INT(run.out.n_invalid, 0);
    CHECK_INT(run.collected->lost_records, 3);
    CHECK_INT(run.collected->n_functions, 0);
    CHECK_INT(run.collected->n_nodes, 1);
    sc_collect_destroy(run.collect);
}

/* Blobs that the reader refuses and that must do no harm all the same. */
static void test_hostile_blobs(void)
{
    struct sc_code_blob head = {.filename_kind = 1, .qualname_kind = 1};
    unsigned char bytes[64] = {0};
    struct run run = begin();
    head.filename_bytes = UINT32_MAX;
    memcpy(bytes, &head, sizeof(head));
    synthetic_code_piece(&run.out, 1, bytes, 64, 0, 64);
    head = (struct sc_code_blob){.filename_bytes = 20,
                                 .qualname_bytes = 20,
                                 .filename_kind = 3,
                                 .qualname_kind = 1};
    memcpy(bytes, &head, sizeof(head));
    synthetic_code_piece(&run.out, 2, bytes, 64, 0, 64);
    synthetic_code_piece(&run.out, 3, bytes, 8, 0, 8);
    show_id(&run, 1);
    show_id(&run, 2);
    show_id(&run, 3);
    show_id(&run, 0);
    finish(&run);
    CHECK_INT(run.out.n_invalid, 3);
    CHECK_INT(run.collected->lost_records, 3);
    CHECK_INT(run.collected->n_functions, 0);
    sc_collect_destroy(run.collect);
}

int main(void)
{
    RUN(test_texts);
    RUN(test_interleaved_pieces);
    RUN(test_id_used_anew);
    RUN(test_damage);
    RUN(test_hostile_blobs);
    return check_failures != 0;
}
