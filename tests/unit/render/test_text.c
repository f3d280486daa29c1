/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Safe text, numbers and names, and the contrast of the palettes. */
#include "harness.h"
#include "render/format.h"
#include "render/palette.h"
#include "render/text.h"

#include <stdlib.h>

/* The whole of a text as it is shown, in a buffer used again by the next call. */
static const char *shown(const char *bytes, bool unicode)
{
    static char result[512];
    struct sc_text text;
    struct sc_glyph glyph;
    size_t n = 0;
    int width = 0;
    sc_text_init(&text, bytes, strlen(bytes), unicode);
    while (sc_text_next(&text, &glyph)) {
        memcpy(result + n, glyph.bytes, glyph.n_bytes);
        n += glyph.n_bytes;
        width += glyph.width_columns;
    }
    result[n] = '\0';
    CHECK_INT(sc_text_width(bytes, strlen(bytes), unicode, 1000), width);
    return result;
}

static int width_of(const char *text)
{
    return sc_text_width(text, strlen(text), true, 1000);
}

static void test_controls_become_pictures(void)
{
    CHECK_STR(shown("a\033[1mb\r\x7f", true), "a␛[1mb␍␡");
    CHECK_STR(shown("a\033[1mb\r\x7f", false), "a?[1mb??");
    CHECK_STR(shown("\302\233x", true), "\357\277\275x");
}

static void test_bad_utf8_is_replaced_byte_by_byte(void)
{
    CHECK_STR(shown("a\377b\300\200", true), "a�b��");
    CHECK_STR(shown("\355\240\200", true), "���");
    CHECK_STR(shown("x\342\202", true), "x��");
    CHECK_STR(shown("x\342\202", false), "x??");
}

static void test_direction_is_not_changed(void)
{
    CHECK_STR(shown("a\342\200\256b\342\201\251", true), "a�b�");
    CHECK_STR(shown("a\342\200\217b\330\234c", true), "abc");
    CHECK_STR(shown("שלום", true), "שלום");
}

static void test_marks_are_few(void)
{
    CHECK_STR(shown("\314\201e\314\201\314\201\314\201\314\201\314\201f\314\201", true),
              "e\314\201\314\201\314\201f\314\201");
    CHECK_STR(shown("e\314\201", false), "e");
}

static void test_widths(void)
{
    CHECK_INT(width_of("abc"), 3);
    CHECK_INT(width_of("日本語"), 6);
    CHECK_INT(width_of("é"), 1);
    CHECK_INT(width_of("e\314\201"), 1);
    CHECK_INT(width_of("😀"), 2);
    CHECK_INT(width_of("❤\357\270\217"), 1);
    CHECK_INT(width_of("\tx"), SC_TAB_COLUMNS + 1);
    CHECK_INT(width_of("ab\tx"), SC_TAB_COLUMNS + 1);
    CHECK_INT(sc_text_width("aaaaaaaa", 8, true, 3), 4);
    CHECK_STR(shown("日本", false), "??");
    CHECK_STR(shown("a\tb", true), "a   b");
}

static void test_trimmed(void)
{
    CHECK_INT(sc_text_trimmed("a b \t\r\n", 7), 3);
    CHECK_INT(sc_text_trimmed("  ", 2), 0);
}

static void test_percent(void)
{
    CHECK_STR(sc_format_percent(0).text, "");
    CHECK_STR(sc_format_percent(-3).text, "");
    CHECK_STR(sc_format_percent(NAN).text, "");
    CHECK_STR(sc_format_percent(INFINITY).text, "");
    CHECK_STR(sc_format_percent(0.0499).text, "<0.1%");
    CHECK_STR(sc_format_percent(0.05).text, "0.1%");
    CHECK_STR(sc_format_percent(9.96).text, "10.0%");
    CHECK_STR(sc_format_percent(99.949).text, "99.9%");
    CHECK_STR(sc_format_percent(99.96).text, "100%");
    CHECK_STR(sc_format_percent(1e300).text, "9999%");
}

static void test_seconds(void)
{
    CHECK_STR(sc_format_seconds(0).text, "");
    CHECK_STR(sc_format_seconds(NAN).text, "");
    CHECK_STR(sc_format_seconds(0.0042).text, "4.2 ms");
    CHECK_STR(sc_format_seconds(0.532).text, "532 ms");
    CHECK_STR(sc_format_seconds(0.9996).text, "1.00 s");
    CHECK_STR(sc_format_seconds(3.14159).text, "3.14 s");
    CHECK_STR(sc_format_seconds(12.34).text, "12.3 s");
    CHECK_STR(sc_format_seconds(59.96).text, "1:00");
    CHECK_STR(sc_format_seconds(125).text, "2:05");
    CHECK_STR(sc_format_seconds(3599.6).text, "1:00:00");
    CHECK_STR(sc_format_seconds(3725).text, "1:02:05");
}

static void test_count(void)
{
    CHECK_STR(sc_format_count(0).text, "0");
    CHECK_STR(sc_format_count(999).text, "999");
    CHECK_STR(sc_format_count(12034).text, "12,034");
    CHECK_STR(sc_format_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

static void test_paths(void)
{
    struct sc_profile profile = {.entrypoint_dir = "/home/ada/"};
    CHECK_STR(sc_format_path(&profile, "/home/ada/a/b.py"), "a/b.py");
    CHECK_STR(sc_format_path(&profile, "/home/adam/b.py"), "/home/adam/b.py");
    CHECK_STR(sc_format_path(&profile, "/home/ada/"), "/home/ada/");
    profile.entrypoint_dir = "/";
    CHECK_STR(sc_format_path(&profile, "/b.py"), "/b.py");
    profile.entrypoint_dir = NULL;
    CHECK_STR(sc_format_path(&profile, "<string>"), "<string>");
}

static const char *callee(const char *name, const char *file)
{
    static struct sc_name_text text;
    text = sc_format_callee(&(struct sc_callee){name, file, 1});
    return text.text;
}

static void test_callees(void)
{
    CHECK_STR(callee("raw_decode", "/usr/lib/python3.11/json/decoder.py"),
              "json.decoder.raw_decode");
    CHECK_STR(callee("load", "/usr/lib/python3.11/json/__init__.py"), "json.load");
    CHECK_STR(
        callee("solve", "/v/lib/python3.12/site-packages/numpy/linalg/_linalg.py"),
        "numpy.linalg._linalg.solve");
    CHECK_STR(callee("<module>", "/usr/lib/python3.11/json/__init__.py"), "json");
    CHECK_STR(callee("<module>", "/home/ada/mod.py"), "<module> (mod.py)");
    CHECK_STR(callee("dgemm", "/usr/lib/libblas.so.3"), "dgemm (libblas.so.3)");
    CHECK_STR(callee("scan", "/usr/lib/python3.11/lib-dynload/_json.so"),
              "scan (_json.so)");
    CHECK_STR(callee("libblas.so.3", "/usr/lib/libblas.so.3"), "libblas.so.3");
    CHECK_STR(callee("helper", "/home/ada/mod.py"), "helper (mod.py)");
    CHECK_STR(callee("sorted", ""), "sorted");
    CHECK_STR(callee("f", "/lib/python3."), "f (python3.)");
    CHECK_STR(callee("f", "/x/site-packages/.py"), "f (.py)");
}

static void test_command(void)
{
    static const char *const args[] = {"-n", "10", "a b", ""};
    struct sc_profile profile = {
        .program = "/home/ada/prog.py", .args = args, .n_args = 4};
    CHECK_STR(sc_format_command(&profile).text, "prog.py -n 10 'a b' ''");
    char *many = malloc(2000);
    memset(many, 'x', 1999);
    many[1999] = '\0';
    const char *long_args[] = {many, many};
    profile.args = long_args;
    profile.n_args = 2;
    CHECK_INT(strlen(sc_format_command(&profile).text), 511);
    free(many);
}

/* Relative luminance and contrast: WCAG 2.2. Colours 16 to 255 of 256: a cube of six
 * steps per channel, then 24 greys, as in xterm. */
static double channel_luminance(int value)
{
    double c = value / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(int colour)
{
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    int red, green, blue;
    if (colour >= 232) {
        red = green = blue = 8 + 10 * (colour - 232);
    } else {
        red = steps[(colour - 16) / 36];
        green = steps[(colour - 16) / 6 % 6];
        blue = steps[(colour - 16) % 6];
    }
    return 0.2126 * channel_luminance(red) + 0.7152 * channel_luminance(green) +
           0.0722 * channel_luminance(blue);
}

static double contrast(double a, double b)
{
    return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

/* The number behind "38;5;", or -1 when the role leaves the colour alone. */
static int colour_of(enum sc_role role, bool light)
{
    const char *sgr = sc_palette_sgr(role, light);
    const char *colour = strstr(sgr, "38;5;");
    return colour != NULL ? atoi(colour + 5) : -1;
}

static void test_contrast(void)
{
    const double white = 1.0, near_black = luminance(234);
    for (int role = 0; role < SC_ROLE_COUNT; role++) {
        int dark = colour_of((enum sc_role)role, false);
        int light = colour_of((enum sc_role)role, true);
        CHECK_INT(dark < 0, light < 0);
        if (dark < 0)
            continue;
        CHECK(dark >= 16 && light >= 16);
        CHECK(contrast(luminance(dark), near_black) >= 3.9);
        CHECK(contrast(luminance(dark), white) >= 3.0);
        CHECK(contrast(luminance(light), white) >= 4.5);
    }
}

static void test_locale_is_put_back(void)
{
    struct sc_text_locale locale;
    locale_t before = uselocale((locale_t)0);
    CHECK(sc_text_open(&locale));
    CHECK(uselocale((locale_t)0) != before);
    sc_text_close(&locale);
    CHECK(uselocale((locale_t)0) == before);
}

int main(void)
{
    struct sc_text_locale locale;
    RUN(test_locale_is_put_back);
    if (!sc_text_open(&locale)) {
        printf("skipped: no UTF-8 locale on this system\n");
        return 1;
    }
    RUN(test_controls_become_pictures);
    RUN(test_bad_utf8_is_replaced_byte_by_byte);
    RUN(test_direction_is_not_changed);
    RUN(test_marks_are_few);
    RUN(test_widths);
    RUN(test_trimmed);
    RUN(test_percent);
    RUN(test_seconds);
    RUN(test_count);
    RUN(test_paths);
    RUN(test_callees);
    RUN(test_command);
    RUN(test_contrast);
    sc_text_close(&locale);
    return check_failures != 0;
}
