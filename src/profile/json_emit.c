/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Punctuation, escapes and numbers of RFC 8259. */
#include "profile/json_emit.h"

#include "profile/path.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void new_line(struct sc_json_emitter *emitter)
{
    putc('\n', emitter->out);
    for (unsigned i = 0; i < emitter->depth; i++) {
        putc(' ', emitter->out);
    }
}

/* What stands before a value or a key. */
static void separate(struct sc_json_emitter *emitter)
{
    if (emitter->after_key) {
        emitter->after_key = false;
        return;
    }
    if (emitter->needs_comma) {
        putc(',', emitter->out);
    }
    if (emitter->inline_depth == 0 && emitter->depth > 0) {
        new_line(emitter);
    } else if (emitter->needs_comma) {
        putc(' ', emitter->out);
    }
}

void sc_json_open(struct sc_json_emitter *emitter, char bracket, bool on_one_line)
{
    separate(emitter);
    putc(bracket, emitter->out);
    emitter->depth++;
    emitter->needs_comma = false;
    if (on_one_line && emitter->inline_depth == 0) {
        emitter->inline_depth = emitter->depth;
    }
}

void sc_json_close(struct sc_json_emitter *emitter, char bracket)
{
    bool on_one_line = emitter->inline_depth != 0;
    if (emitter->inline_depth == emitter->depth) {
        emitter->inline_depth = 0;
    }
    emitter->depth--;
    if (!on_one_line && emitter->needs_comma) {
        new_line(emitter);
    }
    putc(bracket, emitter->out);
    emitter->needs_comma = true;
}

static void write_character(FILE *out, const char *text, size_t size)
{
    unsigned char c = (unsigned char)*text;
    if (size == 0) {
        fputs("\\ufffd", out);
    } else if (c == '"' || c == '\\') {
        putc('\\', out);
        putc(c, out);
    } else if (c == '\n') {
        fputs("\\n", out);
    } else if (c == '\t') {
        fputs("\\t", out);
    } else if (c < 0x20 || c == 0x7f || c == '&' || c == '<' || c == '>') {
        fprintf(out, "\\u%04x", c);
    } else {
        fwrite(text, 1, size, out);
    }
}

static void write_quoted(FILE *out, const char *text)
{
    size_t n = strlen(text);
    putc('"', out);
    while (n > 0) {
        size_t size = sc_utf8_sequence(text, n);
        write_character(out, text, size);
        size += size == 0;
        text += size;
        n -= size;
    }
    putc('"', out);
}

void sc_json_key(struct sc_json_emitter *emitter, const char *key)
{
    separate(emitter);
    write_quoted(emitter->out, key);
    fputs(": ", emitter->out);
    emitter->after_key = true;
}

void sc_json_string(struct sc_json_emitter *emitter, const char *text)
{
    separate(emitter);
    write_quoted(emitter->out, text);
    emitter->needs_comma = true;
}

void sc_json_uint(struct sc_json_emitter *emitter, uint64_t value)
{
    separate(emitter);
    fprintf(emitter->out, "%" PRIu64, value);
    emitter->needs_comma = true;
}

void sc_json_int(struct sc_json_emitter *emitter, int64_t value)
{
    separate(emitter);
    fprintf(emitter->out, "%" PRId64, value);
    emitter->needs_comma = true;
}

void sc_json_real(struct sc_json_emitter *emitter, double value, int decimals)
{
    char text[400]; /* the largest double has 309 digits before the point */
    if (!isfinite(value)) {
        value = 0;
    }
    int n = snprintf(text, sizeof text, "%.*f", decimals, value);
    /* Zeros at the end of a fraction say nothing, but a real stays one: "0.0". */
    if (strchr(text, '.') != NULL) {
        while (text[n - 1] == '0' && text[n - 2] != '.') {
            text[--n] = '\0';
        }
    }
    separate(emitter);
    fputs(strcmp(text, "-0.0") == 0 ? "0.0" : text, emitter->out);
    emitter->needs_comma = true;
}

void sc_json_bool(struct sc_json_emitter *emitter, bool value)
{
    separate(emitter);
    fputs(value ? "true" : "false", emitter->out);
    emitter->needs_comma = true;
}

void sc_json_null(struct sc_json_emitter *emitter)
{
    separate(emitter);
    fputs("null", emitter->out);
    emitter->needs_comma = true;
}
