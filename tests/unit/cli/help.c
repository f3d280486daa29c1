/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The help pages against golden files; SC_WRITE_GOLDEN=1 writes those anew. */
#include "cli/help.h"
#include "cli/options.h"
#include "harness.h"

#include <stdlib.h>

static char *render(enum sc_help_page page, bool colour)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    sc_help_write(out, page, colour);
    fclose(out);
    return text;
}

static void check_golden(const char *name, const char *text)
{
    char path[512];
    static char golden[16384];
    snprintf(path, sizeof path, "%s/tests/unit/cli/golden/%s", SC_SOURCE_DIR, name);
    if (getenv("SC_WRITE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "w");
        fputs(text, file);
        fclose(file);
    }
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    if (file == NULL) {
        return;
    }
    golden[fread(golden, 1, sizeof golden - 1, file)] = 0;
    fclose(file);
    CHECK(strcmp(golden, text) == 0);
    if (strcmp(golden, text) != 0) {
        fprintf(stderr, "  %s is not what was written:\n%s", name, text);
    }
}

static void pages_are_as_they_were(void)
{
    static const struct {
        enum sc_help_page page;
        const char *name;
    } pages[] = {{SC_HELP_TOP, "help.txt"},
                 {SC_HELP_RUN, "help-run.txt"},
                 {SC_HELP_RUN_ADVANCED, "help-run-advanced.txt"},
                 {SC_HELP_VIEW, "help-view.txt"}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        char *text = render(pages[i].page, false);
        check_golden(pages[i].name, text);
        free(text);
    }
    char *text = render(SC_HELP_RUN_ADVANCED, true);
    check_golden("help-run-advanced-colour.txt", text);
    free(text);
}

static void lines_fit_in_80_columns(void)
{
    for (int page = SC_HELP_TOP; page <= SC_HELP_VIEW; page++) {
        char *text = render((enum sc_help_page)page, false);
        for (const char *line = text; *line != 0;) {
            size_t n = strcspn(line, "\n");
            CHECK(n <= 80);
            CHECK(n == 0 || line[n - 1] != ' ');
            line += n + (line[n] == '\n');
        }
        free(text);
    }
}

/* Colour changes no text: without its escape sequences it is the plain page. */
static void colour_is_colour_only(void)
{
    char *plain = render(SC_HELP_RUN_ADVANCED, false);
    char *coloured = render(SC_HELP_RUN_ADVANCED, true);
    char *to = coloured;
    CHECK(strstr(coloured, "\033[1;34musage:\033[0m \033[1;35mscalene\033[0m") != NULL);
    CHECK(strstr(coloured, "\033[1;32m-o\033[0m, \033[1;36m--outfile\033[0m "
                           "\033[1;33mF\033[0m") != NULL);
    for (const char *from = coloured; *from != 0;) {
        if (*from == '\033') {
            from += strcspn(from, "m") + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
    CHECK_STR(coloured, plain);
    free(plain);
    free(coloured);
}

/* Every row of the table is in the help or in the documentation, by its status. */
static void lists_what_acts_and_nothing_else(void)
{
    char *docs = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&docs, &n);
    sc_help_write_docs(out);
    fclose(out);
    char *run = render(SC_HELP_RUN_ADVANCED, false);
    char *view = render(SC_HELP_VIEW, false);
    for (const struct sc_option *option = sc_option_table; option->name != NULL;
         option++) {
        char name[80];
        bool acts = option->status == SC_OPTION_ACTS;
        CHECK((option->help != NULL) == acts);
        snprintf(name, sizeof name, "--%s", option->name);
        CHECK(strstr(docs, name) != NULL);
        if (option->verbs & SC_VERB_VIEW) {
            CHECK((strstr(view, name) != NULL) == acts);
        }
        snprintf(name, sizeof name, " --%s%s", option->name,
                 option->metavar != NULL ? " " : "");
        if ((option->verbs & SC_VERB_RUN) != 0 && acts) {
            CHECK(strstr(run, name) != NULL);
        }
    }
    CHECK(strstr(run, "--gpu") == NULL);
    CHECK(strstr(run, "--legacy") == NULL);
    free(docs);
    free(run);
    free(view);
}

int main(void)
{
    RUN(pages_are_as_they_were);
    RUN(lines_fit_in_80_columns);
    RUN(colour_is_colour_only);
    RUN(lists_what_acts_and_nothing_else);
    return check_failures != 0;
}
