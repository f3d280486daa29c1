/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Lines of glyphs. Spaces and colours wait until a glyph needs them, so none is left
 * at the end of a line. */
#include "render/sheet.h"

#include "render/highlight.h"
#include "render/text.h"

#include <string.h>

static const struct sc_marks unicode_marks = {
    .ellipsis = "…",
    .rule = "─",
    .bar = "│",
    .hot = "▶",
    .callee = "↳ ",
    .warning = "▲ ",
    .item = "• ",
    .separator = " · ",
    .uncertainty = "±",
    .python = "█",
    .native = "▓",
    .system = "░",
};

static const struct sc_marks ascii_marks = {
    .ellipsis = "...",
    .rule = "-",
    .bar = "|",
    .hot = ">",
    .callee = "-> ",
    .warning = "! ",
    .item = "* ",
    .separator = ", ",
    .uncertainty = "+-",
    .python = "#",
    .native = "+",
    .system = ".",
};

void sc_sheet_init(struct sc_sheet *sheet, FILE *out,
                   const struct sc_terminal_style *style)
{
    *sheet = (struct sc_sheet){
        .out = out,
        .style = *style,
        .marks = style->unicode ? &unicode_marks : &ascii_marks,
        .role = SC_ROLE_PLAIN,
    };
}

int sc_sheet_room(const struct sc_sheet *sheet)
{
    return sheet->style.width_columns - sheet->column;
}

static void write_bytes(struct sc_sheet *sheet, const char *bytes, size_t n)
{
    /* A failed write shows in ferror, which the renderer looks at in the end. */
    (void)!fwrite(bytes, 1, n, sheet->out);
}

static void set_role(struct sc_sheet *sheet, enum sc_role role)
{
    if (!sheet->style.colour || role == sheet->role)
        return;
    const char *sgr = sc_palette_sgr(role, sheet->style.light);
    if (sheet->role != SC_ROLE_PLAIN)
        write_bytes(sheet, "\033[0m", 4);
    if (*sgr != '\0')
        fprintf(sheet->out, "\033[%sm", sgr);
    sheet->role = role;
}

/* The one place where text reaches the stream. The caller has checked the room. */
static void emit(struct sc_sheet *sheet, enum sc_role role,
                 const struct sc_glyph *glyph)
{
    if (glyph->n_bytes == (size_t)glyph->width_columns && *glyph->bytes == ' ') {
        sheet->pending_spaces += glyph->width_columns;
    } else {
        if (sheet->pending_spaces > 0)
            fprintf(sheet->out, "%*s", sheet->pending_spaces, "");
        sheet->pending_spaces = 0;
        set_role(sheet, role);
        write_bytes(sheet, glyph->bytes, glyph->n_bytes);
    }
    sheet->column += glyph->width_columns;
}

/* The whole of a text of our own or one known to fit. */
static void emit_all(struct sc_sheet *sheet, enum sc_role role, struct sc_text *text,
                     int end_column)
{
    struct sc_glyph glyph;
    while (sc_text_next(text, &glyph) &&
           sheet->column + glyph.width_columns <= end_column)
        emit(sheet, role, &glyph);
}

static void emit_mark(struct sc_sheet *sheet, enum sc_role role, const char *mark,
                      int end_column)
{
    struct sc_text text;
    sc_text_init(&text, mark, strlen(mark), sheet->style.unicode);
    emit_all(sheet, role, &text, end_column);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int ellipsis_columns(const struct sc_sheet *sheet)
{
    return sheet->style.unicode ? 1 : 3;
}

void sc_sheet_put_within(struct sc_sheet *sheet, enum sc_role role, const char *string,
                         int max_columns)
{
    size_t n_bytes = strlen(string);
    int columns = smaller(max_columns, sc_sheet_room(sheet));
    if (columns <= 0)
        return;
    int end_column = sheet->column + columns;
    bool fits =
        sc_text_width(string, n_bytes, sheet->style.unicode, columns) <= columns;
    struct sc_text text;
    sc_text_init(&text, string, n_bytes, sheet->style.unicode);
    emit_all(sheet, role, &text,
             fits ? end_column : end_column - ellipsis_columns(sheet));
    if (!fits)
        emit_mark(sheet, role, sheet->marks->ellipsis, end_column);
}

void sc_sheet_put(struct sc_sheet *sheet, enum sc_role role, const char *string)
{
    sc_sheet_put_within(sheet, role, string, sc_sheet_room(sheet));
}

void sc_sheet_put_tail(struct sc_sheet *sheet, enum sc_role role, const char *string,
                       int max_columns)
{
    const bool unicode = sheet->style.unicode;
    int columns = smaller(max_columns, sc_sheet_room(sheet));
    int end_column = sheet->column + columns;
    int width = sc_text_width(string, strlen(string), unicode, 0xffff);
    struct sc_text text;
    struct sc_glyph glyph;

    sc_text_init(&text, string, strlen(string), unicode);
    if (width > columns) {
        int kept = columns - ellipsis_columns(sheet);
        while (width > kept && sc_text_next(&text, &glyph))
            width -= glyph.width_columns;
        emit_mark(sheet, role, sheet->marks->ellipsis, end_column);
    }
    emit_all(sheet, role, &text, end_column);
}

void sc_sheet_put_right(struct sc_sheet *sheet, enum sc_role role, const char *string,
                        int width_columns)
{
    int width =
        sc_text_width(string, strlen(string), sheet->style.unicode, width_columns);
    if (width < width_columns)
        sc_sheet_space(sheet, width_columns - width);
    sc_sheet_put_within(sheet, role, string, smaller(width, width_columns));
}

void sc_sheet_put_source(struct sc_sheet *sheet, struct sc_highlight *state,
                         enum sc_role role, const char *line)
{
    size_t n_bytes = sc_text_trimmed(line, strlen(line));
    int room = sc_sheet_room(sheet);
    int end_column = sheet->column + room;
    bool fits = sc_text_width(line, n_bytes, sheet->style.unicode, room) <= room;
    int stop_column = fits ? end_column : end_column - ellipsis_columns(sheet);
    struct sc_highlight_line tokens;
    struct sc_text text;
    struct sc_glyph glyph;
    bool full = room <= 0;

    sc_text_init(&text, line, n_bytes, sheet->style.unicode);
    sc_highlight_begin(&tokens, state, line, n_bytes);
    enum sc_role token_role = SC_ROLE_PLAIN;
    while (sc_highlight_next(&tokens, &token_role)) {
        /* A glyph belongs to the token that its first byte is in. The tokens beyond
         * the right edge are still read, for the state they leave behind. */
        const char *token_end = line + tokens.position;
        while (!full && text.next < token_end && sc_text_next(&text, &glyph)) {
            full = sheet->column + glyph.width_columns > stop_column;
            if (!full)
                emit(sheet, role == SC_ROLE_PLAIN ? token_role : role, &glyph);
        }
    }
    if (!fits && room > 0)
        emit_mark(sheet, role, sheet->marks->ellipsis, end_column);
}

void sc_sheet_repeat(struct sc_sheet *sheet, enum sc_role role, const char *mark, int n)
{
    while (n-- > 0 && sc_sheet_room(sheet) > 0)
        emit_mark(sheet, role, mark, sheet->style.width_columns);
}

/* Emits the next word of a text that ends at a space; returns where the rest begins. */
static const char *put_word(struct sc_sheet *sheet, enum sc_role role, const char *word,
                            int left_column)
{
    const bool unicode = sheet->style.unicode;
    size_t n_bytes = strcspn(word, " ");
    int width = sc_text_width(word, n_bytes, unicode, sheet->style.width_columns);
    if (sheet->column > left_column) {
        if (width + 1 > sc_sheet_room(sheet)) {
            sc_sheet_end_line(sheet);
            sc_sheet_move_to(sheet, left_column);
        } else {
            sc_sheet_space(sheet, 1);
        }
    }
    /* A word wider than the line, a path perhaps, goes on in the next. */
    struct sc_text text;
    struct sc_glyph glyph;
    sc_text_init(&text, word, n_bytes, unicode);
    while (sc_text_next(&text, &glyph)) {
        if (glyph.width_columns > sc_sheet_room(sheet)) {
            sc_sheet_end_line(sheet);
            sc_sheet_move_to(sheet, left_column);
        }
        emit(sheet, role, &glyph);
    }
    return word + n_bytes + strspn(word + n_bytes, " ");
}

void sc_sheet_prose(struct sc_sheet *sheet, enum sc_role role, const char *text)
{
    int left_column = sheet->column;
    text += strspn(text, " ");
    while (*text != '\0')
        text = put_word(sheet, role, text, left_column);
}

void sc_sheet_item(struct sc_sheet *sheet, enum sc_role role, const char *text,
                   int left_column)
{
    const bool unicode = sheet->style.unicode;
    int room = sc_sheet_room(sheet);
    const char *separator = sheet->marks->separator;

    if (sheet->column > left_column) {
        int width = sc_text_width(separator, strlen(separator), unicode, room) +
                    sc_text_width(text, strlen(text), unicode, room);
        if (width <= room) {
            sc_sheet_put(sheet, SC_ROLE_DIM, separator);
        } else {
            sc_sheet_end_line(sheet);
            sc_sheet_move_to(sheet, left_column);
        }
    }
    sc_sheet_put(sheet, role, text);
}

void sc_sheet_space(struct sc_sheet *sheet, int n_columns)
{
    int n = smaller(n_columns, sc_sheet_room(sheet));
    if (n > 0) {
        sheet->pending_spaces += n;
        sheet->column += n;
    }
}

void sc_sheet_move_to(struct sc_sheet *sheet, int column)
{
    sc_sheet_space(sheet, column - sheet->column);
}

void sc_sheet_end_line(struct sc_sheet *sheet)
{
    set_role(sheet, SC_ROLE_PLAIN);
    write_bytes(sheet, "\n", 1);
    sheet->column = 0;
    sheet->pending_spaces = 0;
}
