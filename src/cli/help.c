/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Help pages: two columns, in 80. Only options that act are listed. */
#include "cli/help.h"

#include "cli/options.h"

#include <stdarg.h>
#include <string.h>

enum {
    WIDTH_COLUMNS = 80,
    TEXT_COLUMN = 30,
    GAP_COLUMNS = 2, /* at least, between the two columns */
};

/* What a piece of text is; its colour follows from that (features, "Help colours"). */
enum part {
    PLAIN,
    TITLE,
    PROGRAM,
    LONG_OPTION,
    SHORT_OPTION,
    METAVAR
};

struct page {
    FILE *out;
    bool colour;
    int column; /* of what is written next, in this line; 0-based */
};

static void put(struct page *page, enum part part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put(struct page *page, enum part part, const char *format, ...)
{
    static const char *const codes[] = {
        [PLAIN] = "",           [TITLE] = "1;34",        [PROGRAM] = "1;35",
        [LONG_OPTION] = "1;36", [SHORT_OPTION] = "1;32", [METAVAR] = "1;33",
    };
    bool coloured = page->colour && part != PLAIN;
    va_list args;
    va_start(args, format);
    if (coloured) {
        fprintf(page->out, "\033[%sm", codes[part]);
    }
    int n = vfprintf(page->out, format, args);
    if (coloured) {
        fputs("\033[0m", page->out);
    }
    va_end(args);
    page->column += n > 0 ? n : 0;
}

static void end_line(struct page *page)
{
    putc('\n', page->out);
    page->column = 0;
}

/* Writes words from the column on, breaking lines before the width. */
static void put_wrapped(struct page *page, int column, const char *text)
{
    if (page->column > 0 && page->column + GAP_COLUMNS > column) {
        end_line(page);
    }
    while (*text != 0) {
        int n = (int)strcspn(text, " ");
        if (page->column > column && page->column + 1 + n > WIDTH_COLUMNS) {
            end_line(page);
        }
        if (page->column < column) {
            put(page, PLAIN, "%*s", column - page->column, "");
        } else if (page->column > column) {
            put(page, PLAIN, " ");
        }
        put(page, PLAIN, "%.*s", n, text);
        text += n;
        text += strspn(text, " ");
    }
    end_line(page);
}

/* The help of an option with its default and range, into text. */
static void describe(const struct sc_option *option, char *text, size_t n_bytes)
{
    char range[64] = "";
    const char *fallback =
        option->default_text != NULL ? option->default_text : option->fallback;
    if (option->maximum > option->minimum) {
        snprintf(range, sizeof range, "; %g to %g", option->minimum, option->maximum);
    }
    if (fallback != NULL) {
        snprintf(text, n_bytes, "%s (default: %s%s)", option->help, fallback, range);
    } else {
        snprintf(text, n_bytes, "%s", option->help);
    }
}

static void put_option(struct page *page, const struct sc_option *option)
{
    char text[512];
    if (option->short_name != 0) {
        put(page, PLAIN, "  ");
        put(page, SHORT_OPTION, "-%c", option->short_name);
        put(page, PLAIN, ", ");
    } else {
        put(page, PLAIN, "      ");
    }
    put(page, LONG_OPTION, "--%s", option->name);
    if (option->kind == SC_OPTION_SWITCH) {
        put(page, PLAIN, ", ");
        put(page, LONG_OPTION, "--no-%s", option->name);
    }
    if (option->metavar != NULL) {
        put(page, PLAIN, " ");
        put(page, METAVAR, "%s", option->metavar);
    }
    describe(option, text, sizeof text);
    put_wrapped(page, TEXT_COLUMN, text);
}

static void put_options(struct page *page, enum sc_verb verb, bool advanced)
{
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        /* `view` has too few options to hide any. */
        bool listed = advanced || verb == SC_VERB_VIEW || !option->is_advanced;
        if ((option->verbs & verb) != 0 && option->status == SC_OPTION_ACTS && listed) {
            put_option(page, option);
        }
    }
}

static void put_title(struct page *page, const char *title)
{
    end_line(page);
    put(page, TITLE, "%s", title);
    end_line(page);
}

static void put_usage(struct page *page, const char *verb, const char *words)
{
    put(page, TITLE, "usage:");
    put(page, PLAIN, " ");
    put(page, PROGRAM, "scalene");
    put(page, PLAIN, " %s%s%s", verb, verb[0] != 0 ? " " : "", words);
    end_line(page);
}

/* A row of two columns: a piece of command, and what it is. */
static void put_row(struct page *page, const char *left, const char *right)
{
    put(page, PLAIN, "  %s", left);
    put_wrapped(page, TEXT_COLUMN, right);
}

static void write_top(struct page *page)
{
    put_usage(page, "", "run [options] prog.py [args]");
    put(page, PLAIN, "       ");
    put(page, PROGRAM, "scalene");
    put(page, PLAIN, " view [options] [profile.json]");
    end_line(page);
    end_line(page);
    put_wrapped(
        page, 0,
        "A profiler for Python programs: it shows, line by line, where CPU time "
        "goes: in Python, in native code, in the kernel.");
    put_title(page, "commands:");
    put_row(page, "run", "profile a program");
    put_row(page, "view", "show a profile");
    put_title(page, "options:");
    put(page, PLAIN, "  ");
    put(page, SHORT_OPTION, "-h");
    put(page, PLAIN, ", ");
    put(page, LONG_OPTION, "--help");
    put_wrapped(page, TEXT_COLUMN,
                "show this help; `scalene run --help` and `scalene view --help` show "
                "more");
    put(page, PLAIN, "      ");
    put(page, LONG_OPTION, "--help-advanced");
    put_wrapped(page, TEXT_COLUMN, "show all options of `scalene run`");
    put(page, PLAIN, "      ");
    put(page, LONG_OPTION, "--version");
    put_wrapped(page, TEXT_COLUMN, "show the version");
}

static void write_run(struct page *page, bool advanced)
{
    put_usage(page, "run", "[options] prog.py [args]");
    end_line(page);
    put_wrapped(
        page, 0,
        "Runs a program as Python would and writes a profile of it when it ends. "
        "Options stand before the program; what follows it is the program's.");
    put_title(page, "programs:");
    put_row(page, "prog.py [args]", "a script, a zipapp or a directory with __main__");
    put_row(page, "-m module [args]", "a module");
    put_row(page, "- [args]", "a program on standard input");
    put_row(page, "--- -c code [args]",
            "a text; --- ends scalene's options, and a word "
            "after it is never one");
    put_row(page, "-- command [args]", "a command whose interpreter is CPython");
    put_title(page, "options:");
    put_options(page, SC_VERB_RUN, advanced);
}

static void write_view(struct page *page)
{
    put_usage(page, "view", "[options] [profile.json]");
    end_line(page);
    put_wrapped(
        page, 0,
        "Shows a profile that `scalene run` wrote; without a name "
        "scalene-profile.json of the current directory. The browser view is not "
        "yet in this version: --cli is needed.");
    put_title(page, "options:");
    put_options(page, SC_VERB_VIEW, true);
}

void sc_help_write(FILE *out, enum sc_help_page which, bool colour)
{
    struct page page = {.out = out, .colour = colour};
    switch (which) {
    case SC_HELP_TOP:
        write_top(&page);
        return;
    case SC_HELP_RUN:
        write_run(&page, false);
        return;
    case SC_HELP_RUN_ADVANCED:
        write_run(&page, true);
        return;
    case SC_HELP_VIEW:
        write_view(&page);
        return;
    }
}

/* A cell of a Markdown table: a bar would end it. */
static void put_cell(FILE *out, const char *text)
{
    for (; *text != 0; text++) {
        fputs(*text == '|' ? "\\|" : (char[]){*text, 0}, out);
    }
}

static void write_docs_row(FILE *out, const struct sc_option *option)
{
    const char *fallback =
        option->default_text != NULL ? option->default_text : option->fallback;
    fputs("| `", out);
    if (option->short_name != 0) {
        fprintf(out, "-%c`, `", option->short_name);
    }
    fprintf(out, "--%s", option->name);
    if (option->kind == SC_OPTION_SWITCH) {
        fprintf(out, "`, `--no-%s", option->name);
    }
    if (option->metavar != NULL) {
        fprintf(out, " %s", option->metavar);
    }
    fputs("` | ", out);
    put_cell(out, fallback != NULL ? fallback : "");
    fputs(" | ", out);
    put_cell(out, option->help);
    if (option->maximum > option->minimum) {
        fprintf(out, " (%g to %g%s%s)", option->minimum, option->maximum,
                option->unit != NULL ? " " : "",
                option->unit != NULL ? option->unit : "");
    }
    if (option->alias != NULL) {
        fprintf(out, "; in YAML also `%s`", option->alias);
    }
    fputs(" |\n", out);
}

static void write_docs_table(FILE *out, enum sc_verb verb)
{
    fputs("| option | default | meaning |\n|---|---|---|\n", out);
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        if ((option->verbs & verb) != 0 && option->status == SC_OPTION_ACTS) {
            write_docs_row(out, option);
        }
    }
}

static void write_docs_names(FILE *out, enum sc_option_status status)
{
    const char *separator = "";
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        if (option->status == status) {
            fprintf(out, "%s`--%s`", separator, option->name);
            separator = ",\n";
        }
    }
    fputs(".\n", out);
}

void sc_help_write_docs(FILE *out)
{
    fputs(
        "<!-- Written by src/cli/gen_options_doc.c from src/cli/option_table.c:\n"
        "     `cmake --build build --target options-doc` writes it anew. -->\n"
        "# Options\n\n"
        "## scalene run\n\n"
        "Each option can stand in a YAML file too (`--config`): the key is its name\n"
        "with dashes or underscores, the value of an option without one is `true` or\n"
        "`false`. The command line wins.\n\n",
        out);
    write_docs_table(out, SC_VERB_RUN);
    fputs("\n## scalene view\n\n", out);
    write_docs_table(out, SC_VERB_VIEW);
    fputs("\n## Not yet in this version\n\nRefused by name: ", out);
    write_docs_names(out, SC_OPTION_NOT_YET);
    fputs("\n## Of Scalene 2.4, without effect\n\nAccepted with a note: ", out);
    write_docs_names(out, SC_OPTION_IDLE);
}
