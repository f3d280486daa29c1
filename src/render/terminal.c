/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The terminal view as a whole: the summary, then the files by share. */
#include "render/terminal.h"

#include "render/column.h"
#include "render/sheet.h"
#include "render/summary.h"
#include "render/table.h"
#include "render/text.h"

enum {
    MIN_WIDTH_COLUMNS = 40
};

enum sc_err sc_render_terminal(const struct sc_profile *profile,
                               const struct sc_terminal_style *style, FILE *out)
{
    struct sc_terminal_style used = *style;
    struct sc_text_locale locale;
    struct sc_column_choice choice;
    struct sc_sheet sheet;
    enum sc_err err = SC_OK;

    if (used.width_columns < MIN_WIDTH_COLUMNS)
        used.width_columns = MIN_WIDTH_COLUMNS;
    if (!sc_text_open(&locale))
        used.unicode = false;
    sc_sheet_init(&sheet, out, &used);
    sc_column_choose(&choice, &sheet, profile);
    sc_summary_write(&sheet, profile, &choice);
    for (size_t i = 0; i < profile->n_files && err == SC_OK; i++)
        err = sc_table_write_file(&sheet, &choice, profile, &profile->files[i]);
    sc_text_close(&locale);
    if (err == SC_OK && (fflush(out) != 0 || ferror(out)))
        err = SC_ERR_IO;
    return err;
}
