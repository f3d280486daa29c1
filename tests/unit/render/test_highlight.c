/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The highlighter, shown as one letter per byte under the source: k keyword, s string,
 * c comment, n number, d decorator, f defined name, . anything else. */
#include "harness.h"
#include "render/highlight.h"

#include <stdlib.h>

static char letter(enum sc_role role)
{
    switch (role) {
    case SC_ROLE_KEYWORD:
        return 'k';
    case SC_ROLE_STRING:
        return 's';
    case SC_ROLE_COMMENT:
        return 'c';
    case SC_ROLE_NUMBER:
        return 'n';
    case SC_ROLE_DECORATOR:
        return 'd';
    case SC_ROLE_DEFINITION:
        return 'f';
    default:
        return '.';
    }
}

/* The roles of a line as letters, in a buffer that the next call uses again. Fails the
 * test when tokens do not cover the line exactly. */
static const char *roles(struct sc_highlight *state, const char *text)
{
    static char letters[256];
    struct sc_highlight_line line;
    enum sc_role role;
    size_t n = strlen(text), done = 0;
    sc_highlight_begin(&line, state, text, n);
    while (sc_highlight_next(&line, &role)) {
        CHECK(line.position > done && line.position <= n);
        while (done < line.position)
            letters[done++] = letter(role);
    }
    CHECK_INT(done, n);
    letters[done] = '\0';
    return letters;
}

static const char *roles_alone(const char *text)
{
    struct sc_highlight state = {.n_scopes = 0};
    const char *letters = roles(&state, text);
    CHECK_INT(state.n_scopes, 0);
    return letters;
}

static void test_words(void)
{
    CHECK_STR(roles_alone("async def go(x): return None"),
              "kkkkk.kkk.ff.....kkkkkk.kkkk");
    CHECK_STR(roles_alone("class A(B): pass"), "kkkkk.f.....kkkk");
    CHECK_STR(roles_alone("notes = x.is_ or defs"), "..............kk.....");
    CHECK_STR(roles_alone("a.import_ = a.for"), ".................");
    CHECK_STR(roles_alone("x = 1  # if 'a'"), "....n..cccccccc");
    CHECK_STR(roles_alone("\303\251t\303\251 = 2"), "........n");
}

static void test_soft_keywords(void)
{
    CHECK_STR(roles_alone("match x:"), "kkkkk...");
    CHECK_STR(roles_alone("    case (1, _):"), "....kkkk..n.....");
    CHECK_STR(roles_alone("match = case"), "............");
    CHECK_STR(roles_alone("match(x)"), "........");
}

static void test_numbers(void)
{
    CHECK_STR(roles_alone("1_000 + .5e-3j"), "nnnnn...nnnnnn");
    CHECK_STR(roles_alone("0xe+1"), "nnn.n");
    CHECK_STR(roles_alone("x1.y2 + a[2].b"), "..........n...");
}

static void test_decorators(void)
{
    CHECK_STR(roles_alone("@app.route('/')"), "dddddddddd.sss.");
    CHECK_STR(roles_alone("x = a @ b"), ".........");
}

static void test_strings(void)
{
    CHECK_STR(roles_alone("rb'\\'' + u\"a\""), "ssssss...ssss");
    CHECK_STR(roles_alone("'a\\\\' 'b"), "sssss.ss");
    CHECK_STR(roles_alone("barb'x'"), "....sss");
    CHECK_STR(roles_alone("'' \"\"\"'\"\"\" ''"), "ss.sssssss.ss");
    CHECK_STR(roles_alone("'#' # '"), "sss.ccc");
}

static void test_strings_over_lines(void)
{
    struct sc_highlight state = {.n_scopes = 0};
    CHECK_STR(roles(&state, "def f(): \"\"\"if"), "kkk.f....sssss");
    CHECK_STR(roles(&state, "for 'x' in"), "ssssssssss");
    CHECK_STR(roles(&state, "\"\"\"; return"), "sss..kkkkkk");
    CHECK_INT(state.n_scopes, 0);
    CHECK_STR(roles(&state, "'open \\"), "sssssss");
    CHECK_STR(roles(&state, "if' if"), "sss.kk");
    CHECK_STR(roles(&state, "'never closed"), "sssssssssssss");
    CHECK_STR(roles(&state, "if"), "kk");
    sc_highlight_skip(&state, "x = '''");
    CHECK_STR(roles(&state, "if'''"), "sssss");
}

static void test_fstrings(void)
{
    CHECK_STR(roles_alone("f'{{x}} {y!r:>{w}} z'"), "sssssssss...sss.sssss");
    CHECK_STR(roles_alone("f'{d[\"if\"]} if'"), "sss..ssss.sssss");
    CHECK_STR(roles_alone("f'{'if' if x else 1}'"), "sssssss.kk...kkkk.nss");
    CHECK_STR(roles_alone("f'{ {1: 2}[1] }' + x"), "sss..n..n..n..ss....");
    CHECK_STR(roles_alone("F\"{x:%H:%M}\""), "sss.ssssssss");
    CHECK_STR(roles_alone("f'{x"), "sss.");
    struct sc_highlight state = {.n_scopes = 0};
    CHECK_STR(roles(&state, "f'''{x +"), "sssss...");
    CHECK_STR(roles(&state, "if} if''' if"), "kksssssss.kk");
    CHECK_INT(state.n_scopes, 0);
}

static void test_depth_is_bounded(void)
{
    struct sc_highlight state = {.n_scopes = 0};
    char deep[240] = "";
    for (size_t i = 0; i < 180; i++)
        deep[i] = "f'{"[i % 3];
    roles(&state, deep);
    CHECK_INT(state.n_scopes, 0);
    for (int i = 0; i < 60; i++)
        memcpy(deep + i * 4, i % 2 ? "f'''" : "{f''", 4);
    deep[239] = '\0';
    roles(&state, deep);
    CHECK(state.n_scopes <= SC_HIGHLIGHT_DEPTH);
}

/* Any bytes give tokens that cover the line: roles() checks it. */
static void test_any_bytes(void)
{
    static const char alphabet[] = "fr'\"{}[]():\\#@. \tx19e+\303\251\n\001";
    struct sc_highlight state = {.n_scopes = 0};
    srand(1);
    for (int i = 0; i < 20000; i++) {
        char text[64];
        int n = rand() % (int)(sizeof text - 1);
        for (int k = 0; k < n; k++)
            text[k] = alphabet[rand() % (int)(sizeof alphabet - 1)];
        text[n] = '\0';
        roles(&state, text);
    }
}

int main(void)
{
    RUN(test_words);
    RUN(test_soft_keywords);
    RUN(test_numbers);
    RUN(test_decorators);
    RUN(test_strings);
    RUN(test_strings_over_lines);
    RUN(test_fstrings);
    RUN(test_depth_is_bounded);
    RUN(test_any_bytes);
    return check_failures != 0;
}
