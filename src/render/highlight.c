/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Python's tokens as far as colours need them (reference: The Python Language
 * Reference, 2. Lexical analysis; PEP 701 for f-strings, whose rules also read the
 * older ones). */
#include "render/highlight.h"

#include "render/text.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c);
}

static char at(const struct sc_highlight_line *line, size_t position)
{
    return position < line->n_bytes ? line->text[position] : '\0';
}

static struct sc_highlight_scope *innermost(const struct sc_highlight_line *line)
{
    struct sc_highlight *state = line->state;
    return state->n_scopes > 0 ? &state->scopes[state->n_scopes - 1] : NULL;
}

/* False when nested too deeply: the opening is then an ordinary character. */
static bool push(struct sc_highlight_line *line, struct sc_highlight_scope scope)
{
    if (line->state->n_scopes == SC_HIGHLIGHT_DEPTH)
        return false;
    line->state->scopes[line->state->n_scopes++] = scope;
    return true;
}

void sc_highlight_begin(struct sc_highlight_line *line, struct sc_highlight *state,
                        const char *text, size_t n_bytes)
{
    *line =
        (struct sc_highlight_line){.state = state, .text = text, .n_bytes = n_bytes};
    while (line->start < n_bytes && strchr(" \t\f", text[line->start]) != NULL)
        line->start++;
}

/* A string in single quotes ends with its line unless a backslash goes before; if it
 * did not, the source was not what it seemed, and so is all that it holds. */
static void end_line(struct sc_highlight_line *line)
{
    struct sc_highlight *state = line->state;
    if (line->n_bytes > 0 && line->text[line->n_bytes - 1] == '\\')
        return;
    for (int i = 0; i < state->n_scopes; i++) {
        if (state->scopes[i].quote != '\0' && !state->scopes[i].triple)
            state->n_scopes = i;
    }
}

static bool closes(const struct sc_highlight_line *line,
                   const struct sc_highlight_scope *scope, size_t position)
{
    if (at(line, position) != scope->quote)
        return false;
    return !scope->triple || (at(line, position + 1) == scope->quote &&
                              at(line, position + 2) == scope->quote);
}

/* The text of a string up to its end or to a replacement field. */
static enum sc_role string_token(struct sc_highlight_line *line,
                                 struct sc_highlight_scope *scope)
{
    size_t p = line->position;
    while (p < line->n_bytes) {
        char c = line->text[p];
        if (c == '\\') {
            p += 2;
        } else if (closes(line, scope, p)) {
            p += scope->triple ? 3 : 1;
            line->state->n_scopes--;
            break;
        } else if (scope->formatted && c == '{') {
            if (at(line, p + 1) == '{') {
                p += 2;
                continue;
            }
            p++;
            if (push(line, (struct sc_highlight_scope){0}))
                break;
        } else {
            p++;
        }
    }
    line->position = p < line->n_bytes ? p : line->n_bytes;
    return SC_ROLE_STRING;
}

/* The format of a field, behind its colon: text up to the end or a field inside. */
static enum sc_role format_token(struct sc_highlight_line *line,
                                 struct sc_highlight_scope *scope)
{
    bool is_in_string = scope > line->state->scopes && scope[-1].quote != '\0';
    size_t p = line->position;
    while (p < line->n_bytes) {
        char c = line->text[p++];
        if (c == '}') {
            line->state->n_scopes--;
            break;
        }
        if (c == '{' && push(line, (struct sc_highlight_scope){0}))
            break;
        /* No format holds its string's own quote: the field was never closed. */
        if (is_in_string && closes(line, scope - 1, p - 1)) {
            line->position = p - 1;
            line->state->n_scopes--;
            return string_token(line, scope - 1);
        }
    }
    line->position = p;
    return SC_ROLE_STRING;
}

/* The length of a string's prefix and opening quotes at the position; 0: no string. */
static size_t string_opening(const struct sc_highlight_line *line,
                             struct sc_highlight_scope *scope)
{
    size_t p = line->position, n_prefix = 0;
    *scope = (struct sc_highlight_scope){0};
    while (n_prefix < 3 && at(line, p) != '\0' &&
           strchr("rRbBuUfFtT", at(line, p)) != NULL) {
        scope->formatted |= strchr("fFtT", at(line, p)) != NULL;
        p++;
        n_prefix++;
    }
    char quote = at(line, p);
    if (n_prefix > 2 || (quote != '"' && quote != '\''))
        return 0;
    scope->quote = quote;
    scope->triple = at(line, p + 1) == quote && at(line, p + 2) == quote;
    return p + (scope->triple ? 3 : 1) - line->position;
}

static bool is_word(const char *text, size_t n, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == n && memcmp(*words, text, n) == 0)
            return true;
    }
    return false;
}

/* match and case are keywords only where they begin a line that ends in a colon. */
static bool is_soft_keyword(const struct sc_highlight_line *line, size_t n)
{
    static const char *const soft[] = {"match", "case", NULL};
    size_t start = line->position, last = line->n_bytes;
    if (start != line->start || !is_word(line->text + start, n, soft))
        return false;
    if (at(line, start + n) != ' ' && at(line, start + n) != '(')
        return false;
    while (last > 0 && (line->text[last - 1] == ' ' || line->text[last - 1] == '\t'))
        last--;
    return last > 0 && line->text[last - 1] == ':';
}

static enum sc_role name_token(struct sc_highlight_line *line)
{
    static const char *const keywords[] = {
        "False",  "None",     "True",  "and",    "as",       "assert",
        "async",  "await",    "break", "class",  "continue", "def",
        "del",    "elif",     "else",  "except", "finally",  "for",
        "from",   "global",   "if",    "import", "in",       "is",
        "lambda", "nonlocal", "not",   "or",     "pass",     "raise",
        "return", "try",      "while", "with",   "yield",    NULL};
    static const char *const definers[] = {"def", "class", NULL};
    const char *name = line->text + line->position;
    size_t n = 0;
    while (is_name(at(line, line->position + n)))
        n++;
    enum sc_role role = SC_ROLE_PLAIN;
    bool is_attribute = line->position > 0 && name[-1] == '.';
    if (line->in_decorator)
        role = SC_ROLE_DECORATOR;
    else if (line->names_next)
        role = SC_ROLE_DEFINITION;
    else if (!is_attribute && (is_word(name, n, keywords) || is_soft_keyword(line, n)))
        role = SC_ROLE_KEYWORD;
    line->names_next = role == SC_ROLE_KEYWORD && is_word(name, n, definers);
    line->position += n;
    return role;
}

static enum sc_role number_token(struct sc_highlight_line *line)
{
    size_t p = line->position;
    bool is_hex = at(line, p) == '0' && (at(line, p + 1) | 0x20) == 'x';
    for (; is_name(at(line, p)) || at(line, p) == '.'; p++) {
        char sign = at(line, p + 1);
        if (!is_hex && (at(line, p) | 0x20) == 'e' && (sign == '+' || sign == '-'))
            p++;
    }
    line->position = p;
    return SC_ROLE_NUMBER;
}

/* One character that is no part of a name, number, string or comment. */
static enum sc_role punctuation_token(struct sc_highlight_line *line)
{
    char c = line->text[line->position];
    struct sc_highlight_scope *scope = innermost(line);

    if (c == '@' && line->position == line->start)
        line->in_decorator = true;
    else if (c != '.' && c != ' ')
        line->in_decorator = false;
    if (c != ' ' && c != '\t')
        line->names_next = false;
    line->position++;
    if (scope == NULL)
        return line->in_decorator && c != ' ' ? SC_ROLE_DECORATOR : SC_ROLE_PLAIN;
    if (c == '(' || c == '[' || c == '{') {
        scope->n_brackets++;
    } else if (c == '}' && scope->n_brackets == 0) {
        line->state->n_scopes--;
        return SC_ROLE_STRING;
    } else if ((c == ')' || c == ']' || c == '}') && scope->n_brackets > 0) {
        scope->n_brackets--;
    } else if (c == ':' && scope->n_brackets == 0) {
        scope->in_format = true;
        return SC_ROLE_STRING;
    }
    return SC_ROLE_PLAIN;
}

bool sc_highlight_next(struct sc_highlight_line *line, enum sc_role *role)
{
    if (line->position >= line->n_bytes) {
        end_line(line);
        return false;
    }
    struct sc_highlight_scope *scope = innermost(line);
    struct sc_highlight_scope opened;
    char c = line->text[line->position];
    size_t n_opening;

    if (scope != NULL && scope->quote != '\0') {
        *role = string_token(line, scope);
    } else if (scope != NULL && scope->in_format) {
        *role = format_token(line, scope);
    } else if (c == '#') {
        line->position = line->n_bytes;
        *role = SC_ROLE_COMMENT;
    } else if ((n_opening = string_opening(line, &opened)) > 0 && push(line, opened)) {
        line->position += n_opening;
        *role = SC_ROLE_STRING;
    } else if (is_name_start(c)) {
        *role = name_token(line);
    } else if (is_digit(c) || (c == '.' && is_digit(at(line, line->position + 1)))) {
        *role = number_token(line);
    } else {
        *role = punctuation_token(line);
    }
    return true;
}

void sc_highlight_skip(struct sc_highlight *state, const char *text)
{
    struct sc_highlight_line line;
    enum sc_role role;
    sc_highlight_begin(&line, state, text, sc_text_trimmed(text, strlen(text)));
    while (sc_highlight_next(&line, &role)) {
    }
}
