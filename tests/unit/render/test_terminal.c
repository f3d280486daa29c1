/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The terminal view: golden texts, and what must hold of every line at every width.
 * With SC_UPDATE_GOLDEN set in the environment the golden files are written anew: look
 * at their difference before keeping it. */
#include "harness.h"
#include "render/terminal.h"
#include "samples.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

/* The view of a sample, to free(). */
static char *render(const struct sc_profile *profile,
                    const struct sc_terminal_style *style)
{
    char *text = NULL;
    size_t n_bytes = 0;
    FILE *out = open_memstream(&text, &n_bytes);
    if (out == NULL)
        abort();
    CHECK_INT(sc_render_terminal(profile, style, out), SC_OK);
    fclose(out);
    return text;
}

static char *render_sample(struct sc_profile *(*make)(void),
                           struct sc_terminal_style style)
{
    struct sc_profile *profile = make();
    style.profile_name = "scalene-profile.json";
    char *text = render(profile, &style);
    sc_profile_destroy(profile);
    return text;
}

static char *read_file(const char *path)
{
    char *text = NULL;
    size_t n_bytes = 0;
    FILE *file = fopen(path, "rb");
    FILE *copy = file != NULL ? open_memstream(&text, &n_bytes) : NULL;
    for (int c; copy != NULL && (c = getc(file)) != EOF;)
        putc(c, copy);
    if (copy != NULL)
        fclose(copy);
    if (file != NULL)
        fclose(file);
    return text;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    if (file != NULL) {
        CHECK(fputs(text, file) >= 0);
        CHECK_INT(fclose(file), 0);
    }
}

static void check_golden(const char *name, struct sc_profile *(*make)(void),
                         struct sc_terminal_style style)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tests/unit/render/golden/%s.txt", SC_SOURCE_DIR,
             name);
    char *actual = render_sample(make, style);
    if (getenv("SC_UPDATE_GOLDEN") != NULL)
        write_file(path, actual);
    char *expected = read_file(path);
    if (expected == NULL || strcmp(actual, expected) != 0) {
        fprintf(stderr, "%s differs from what is shown now:\n%s", path, actual);
        check_failures++;
    }
    free(expected);
    free(actual);
}

static void test_golden(void)
{
    check_golden("mixed-80-dark", sample_mixed,
                 (struct sc_terminal_style){80, true, false, true, false, NULL});
    check_golden("mixed-120-light", sample_mixed,
                 (struct sc_terminal_style){120, true, true, true, false, NULL});
    check_golden("mixed-120", sample_mixed,
                 (struct sc_terminal_style){120, false, false, true, false, NULL});
    check_golden("mixed-200-reduced", sample_mixed,
                 (struct sc_terminal_style){200, false, false, true, true, NULL});
    check_golden("mixed-80-ascii", sample_mixed,
                 (struct sc_terminal_style){80, false, false, false, false, NULL});
    check_golden("mixed-40-ascii-reduced", sample_mixed,
                 (struct sc_terminal_style){40, false, false, false, true, NULL});
    check_golden("plain-80", sample_plain,
                 (struct sc_terminal_style){80, false, false, true, false, NULL});
    check_golden("empty-80", sample_empty,
                 (struct sc_terminal_style){80, false, false, true, false, NULL});
    check_golden("nothing-80", sample_nothing,
                 (struct sc_terminal_style){80, false, false, true, false, NULL});
    check_golden("foreign-80", sample_foreign,
                 (struct sc_terminal_style){80, false, false, true, false, NULL});
    check_golden("hostile-80", sample_hostile,
                 (struct sc_terminal_style){80, true, false, true, false, NULL});
    check_golden("hostile-120-ascii", sample_hostile,
                 (struct sc_terminal_style){120, false, false, false, false, NULL});
}

/* Steps over "ESC [ digits and semicolons m"; NULL when it is any other sequence. */
static const char *after_sgr(const char *escape, bool *plain)
{
    const char *p = escape + 1;
    if (*p++ != '[')
        return NULL;
    size_t n = strspn(p, "0123456789;");
    *plain = n == 1 && *p == '0';
    return p[n] == 'm' ? p + n + 1 : NULL;
}

/* What must hold of any line of the view, whatever the profile holds. */
static const char *line_fault(const char *line, const char *end,
                              const struct sc_terminal_style *style)
{
    int width = 0;
    bool plain = true;
    if (line < end && end[-1] == ' ')
        return "ends in a space";
    while (line < end) {
        wchar_t c;
        mbstate_t state = {0};
        if (*line == '\033') {
            line = style->colour ? after_sgr(line, &plain) : NULL;
            if (line == NULL)
                return "holds an escape sequence that is none of ours";
            continue;
        }
        size_t n = mbrtowc(&c, line, (size_t)(end - line), &state);
        if (n == 0 || n > 4)
            return "is not valid UTF-8";
        if (!style->unicode && c >= 0x80)
            return "is not ASCII";
        if (wcwidth(c) < 0)
            return "holds a control character";
        width += wcwidth(c);
        line += n;
    }
    if (!plain)
        return "ends in a colour";
    return width > style->width_columns ? "is too wide" : NULL;
}

static void check_lines(const char *name, const char *text,
                        const struct sc_terminal_style *style)
{
    int n_faults = 0;
    while (*text != '\0' && n_faults < 3) {
        const char *end = strchr(text, '\n');
        if (end == NULL) {
            fprintf(stderr, "%s: no newline at the end\n", name);
            check_failures++;
            return;
        }
        const char *fault = line_fault(text, end, style);
        if (fault != NULL) {
            fprintf(stderr, "%s at %d columns: a line %s: %.*s\n", name,
                    style->width_columns, fault, (int)(end - text), text);
            check_failures++;
            n_faults++;
        }
        text = end + 1;
    }
}

/* Two of the eight styles, one the opposite of the other; eight widths see them all
 * twice. */
static void check_sample_at(const struct sample *sample,
                            const struct sc_profile *profile, int width)
{
    const unsigned chosen[] = {(unsigned)width % 8, 7 - (unsigned)width % 8};
    for (size_t i = 0; i < 2; i++) {
        unsigned options = chosen[i];
        struct sc_terminal_style style = {.width_columns = width,
                                          .colour = options & 1,
                                          .unicode = options & 2,
                                          .reduced = options & 4,
                                          .profile_name = "a\033b.json"};
        char *text = render(profile, &style);
        check_lines(sample->name, text, &style);
        free(text);
    }
}

static void test_every_line_at_every_width(void)
{
    for (size_t i = 0; i < n_samples; i++) {
        struct sc_profile *profile = samples[i].make();
        int step = profile->n_files > 0 && profile->files[0].n_lines > 1000 ? 60 : 1;
        for (int width = 40; width <= 220; width += step)
            check_sample_at(&samples[i], profile, width);
        sc_profile_destroy(profile);
    }
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    while ((text = strstr(text, part)) != NULL) {
        text += strlen(part);
        n++;
    }
    return n;
}

static void test_hot_lines_are_marked(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    char *text = render_sample(sample_mixed, style);
    /* The hot line and function, each in its ranking and in its table. */
    CHECK_INT(count(text, "▶"), 4);
    CHECK_INT(count(text, "\033"), 0);
    free(text);
    style.colour = true;
    text = render_sample(sample_mixed, style);
    CHECK_INT(count(text, "\n\033[1;31m▶"), 4);
    free(text);
}

static void test_columns_without_data_are_left_out(void)
{
    struct sc_terminal_style style = {.width_columns = 200, .unicode = true};
    char *text = render_sample(sample_plain, style);
    CHECK_INT(count(text, "native"), 0);
    CHECK_INT(count(text, "system"), 0);
    CHECK_INT(count(text, "Total"), 0);
    CHECK_INT(count(text, "±"), 0);
    CHECK_INT(count(text, "Function"), 0);
    free(text);
    text = render_sample(sample_mixed, style);
    CHECK_INT(count(text, "  Total     ± Python native system"), 4);
    free(text);
}

static void test_split_unknown(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    struct sc_profile *profile = sample_plain();
    profile->profiler.split_known = false;
    char *text = render(profile, &style);
    CHECK_INT(count(text, "could not be told apart"), 1);
    CHECK_INT(count(text, "█ user 100%"), 1);
    CHECK_INT(count(text, " Line   user │"), 1);
    free(text);
    sc_profile_destroy(profile);
}

static void test_native_code_is_ranked_without_a_line_number(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    struct sc_profile *profile = sample_mixed();
    profile->files[0].path = "<native>";
    char *text = render(profile, &style);
    const char *functions = strstr(text, "Hottest functions");
    const char *native = strstr(text, "%  <native>");
    CHECK(functions != NULL && native != NULL);
    CHECK(native < functions); /* among the lines */
    CHECK_INT(count(text, "<native>:"), 0);
    CHECK_INT(count(functions, "%  <native>"), 0);
    free(text);
    sc_profile_destroy(profile);
}

/* Columns before the first bar of a line; -1 where it has none. */
static int bar_column(const char *line)
{
    const char *end = strchr(line, '\n'), *bar = strstr(line, "│");
    int column = 0;
    if (end == NULL || bar == NULL || bar > end)
        return -1;
    while (line < bar) {
        wchar_t c;
        mbstate_t state = {0};
        line += mbrtowc(&c, line, 8, &state);
        column += wcwidth(c);
    }
    return column;
}

static void test_rows_are_aligned(void)
{
    static const int widths[] = {40, 69, 70, 80, 119, 120, 140, 200};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct sc_terminal_style style = {.width_columns = widths[i], .unicode = true};
        char *text = render_sample(sample_hostile, style);
        int expected = -1, n_rows = 0;
        for (char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
            int column = bar_column(line);
            if (column < 0)
                continue;
            if (expected < 0)
                expected = column;
            CHECK_INT(column, expected);
            n_rows++;
        }
        /* 14 lines, one row of callees, one gap, two rows of titles, one function. */
        CHECK_INT(n_rows, 19);
        free(text);
    }
}

static void test_waiting_is_mentioned_while_not_measured(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    struct sc_profile *profile = sample_plain();
    char *text = render(profile, &style);
    CHECK_INT(count(text, "Waiting is not measured"), 1);
    CHECK_INT(count(text, "100% of CPU time"), 1);
    free(text);
    profile->profiler.n_not_measured = 0;
    text = render(profile, &style);
    CHECK_INT(count(text, "Waiting is not measured"), 0);
    CHECK_INT(count(text, "100% of time"), 1);
    free(text);
    sc_profile_destroy(profile);
}

static void test_reduced_folds_each_gap_once(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    char *all = render_sample(sample_large, style);
    style.reduced = true;
    char *reduced = render_sample(sample_large, style);
    /* Every hundredth line has time; a gap of 99 follows each. */
    CHECK_INT(count(all, "│     table["), 10000);
    CHECK_INT(count(all, "  ... "), 0);
    CHECK_INT(count(reduced, "│     table["), 100);
    CHECK_INT(count(reduced, "  ... "), 100);
    free(all);
    free(reduced);
}

static void test_missing_lines_show_as_a_gap(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    struct sc_profile *profile = sample_plain();
    profile->files[0].lines[3].lineno = 40;
    profile->files[0].lines[0].lineno = 2;
    profile->files[0].lines[1].lineno = 3;
    profile->files[0].lines[2].lineno = 4;
    char *text = render(profile, &style);
    CHECK_INT(count(text, "\n  ... "), 2);
    free(text);
    sc_profile_destroy(profile);
}

static void test_equal_shares_keep_their_order(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    char *text = render_sample(sample_large, style);
    CHECK_INT(count(text, "\n   1.0%  generated.py:1    "), 1);
    CHECK_INT(count(text, "\n   1.0%  generated.py:401  "), 1);
    CHECK_INT(count(text, "generated.py:501"), 0);
    free(text);
}

static void test_the_locale_does_not_matter(void)
{
    struct sc_terminal_style style = {.width_columns = 100, .unicode = true};
    char *utf8 = render_sample(sample_hostile, style);
    setlocale(LC_ALL, "C");
    char *c = render_sample(sample_hostile, style);
    CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
    CHECK_STR(c, utf8);
    free(utf8);
    free(c);
}

static void test_a_full_disk_is_an_error(void)
{
    struct sc_terminal_style style = {.width_columns = 80, .unicode = true};
    FILE *full = fopen("/dev/full", "w");
    CHECK(full != NULL);
    if (full == NULL)
        return;
    struct sc_profile *profile = sample_large();
    CHECK_INT(sc_render_terminal(profile, &style, full), SC_ERR_IO);
    sc_profile_destroy(profile);
    fclose(full);
}

int main(void)
{
    if (setlocale(LC_ALL, "C.UTF-8") == NULL) {
        fprintf(stderr, "no UTF-8 locale on this system\n");
        return 1;
    }
    RUN(test_golden);
    RUN(test_every_line_at_every_width);
    RUN(test_hot_lines_are_marked);
    RUN(test_columns_without_data_are_left_out);
    RUN(test_split_unknown);
    RUN(test_native_code_is_ranked_without_a_line_number);
    RUN(test_rows_are_aligned);
    RUN(test_waiting_is_mentioned_while_not_measured);
    RUN(test_reduced_folds_each_gap_once);
    RUN(test_missing_lines_show_as_a_gap);
    RUN(test_equal_shares_keep_their_order);
    RUN(test_the_locale_does_not_matter);
    RUN(test_a_full_disk_is_an_error);
    return check_failures != 0;
}
