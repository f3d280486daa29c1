/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The summary, from the general to the particular. Each part leaves out what the
 * profile does not know. */
#include "render/summary.h"

#include "render/format.h"
#include "render/hottest.h"
#include "render/share.h"
#include "render/text.h"

#include <stdio.h>
#include <string.h>

/* Lines longer than this are hard to read, however wide the terminal is. */
enum {
    MAX_PROSE_COLUMNS = 100,
    MAX_BAR_COLUMNS = 60
};

/* Below this share a place outside the shown files is not worth a word. */
static const double elsewhere_percent = 1;

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void write_title(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    const bool unicode = sheet->style.unicode;
    const char *file = or_empty(sheet->style.profile_name);
    sc_sheet_put(sheet, SC_ROLE_STRONG, "scalene");
    sc_sheet_space(sheet, 2);
    if (profile->program != NULL)
        sc_sheet_put(sheet, SC_ROLE_STRONG, sc_format_command(profile).text);
    int room = sc_sheet_room(sheet);
    int width = sc_text_width(file, strlen(file), unicode, room);
    if (width + 2 <= room)
        sc_sheet_put_right(sheet, SC_ROLE_DIM, file, room);
    sc_sheet_end_line(sheet);
}

static void write_legend(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    const struct {
        const char *title;
        double percent;
        enum sc_role role;
        const char *mark;
    } parts[] = {
        {sc_share_python_title(profile), profile->totals.python_percent, SC_ROLE_PYTHON,
         sheet->marks->python},
        {"native", profile->totals.native_percent, SC_ROLE_NATIVE,
         sheet->marks->native},
        {"system", profile->totals.kernel_percent, SC_ROLE_SYSTEM,
         sheet->marks->system},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct sc_number_text percent = sc_format_percent(parts[i].percent);
        char text[64];
        if (*percent.text == '\0')
            continue;
        snprintf(text, sizeof text, "%s %s", parts[i].title, percent.text);
        /* Three columns for the mark and the gap after the part before. */
        if ((int)strlen(text) + 3 > sc_sheet_room(sheet))
            sc_sheet_end_line(sheet);
        sc_sheet_put(sheet, parts[i].role, parts[i].mark);
        sc_sheet_space(sheet, 1);
        sc_sheet_put(sheet, SC_ROLE_PLAIN, text);
        sc_sheet_space(sheet, 3);
    }
    sc_sheet_end_line(sheet);
}

static void write_time(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    char text[96];
    struct sc_number_text total = sc_format_seconds(profile->total_sec);
    struct sc_number_text elapsed = sc_format_seconds(profile->elapsed_sec);

    if (*total.text != '\0') {
        snprintf(text, sizeof text, "%s %s",
                 sc_share_leaves_out_waiting(profile) ? "CPU time" : "total time",
                 total.text);
        sc_sheet_item(sheet, SC_ROLE_STRONG, text, 0);
    }
    if (*elapsed.text != '\0') {
        snprintf(text, sizeof text, "elapsed %s", elapsed.text);
        sc_sheet_item(sheet, SC_ROLE_PLAIN, text, 0);
    }
    if (profile->n_processes > 1) {
        snprintf(text, sizeof text, "%s processes",
                 sc_format_count(profile->n_processes).text);
        sc_sheet_item(sheet, SC_ROLE_PLAIN, text, 0);
    }
    if (profile->n_processes > 0 && profile->processes[0].has_exit &&
        profile->processes[0].exit_status != 0) {
        snprintf(text, sizeof text, "exit status %d",
                 profile->processes[0].exit_status);
        sc_sheet_item(sheet, SC_ROLE_WARNING, text, 0);
    }
    if (sheet->column > 0)
        sc_sheet_end_line(sheet);
    if (sc_times_total_percent(&profile->totals) > 0) {
        int room = sc_sheet_room(sheet);
        sc_share_bar(sheet, &profile->totals,
                     room < MAX_BAR_COLUMNS ? room : MAX_BAR_COLUMNS);
        sc_sheet_end_line(sheet);
        write_legend(sheet, profile);
    }
}

/* How it was measured, in one dim line. */
static void write_measurement(struct sc_sheet *sheet, const struct sc_profile *profile,
                              const struct sc_column_choice *choice)
{
    const struct sc_profiler_info *profiler = &profile->profiler;
    char text[128];
    if (profiler->n_samples > 0) {
        snprintf(text, sizeof text, "%s samples",
                 sc_format_count(profiler->n_samples).text);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, 0);
    }
    if (profiler->effective_rate_hz >= 0.5 && profiler->effective_rate_hz < 1e9) {
        snprintf(text, sizeof text, "%s/s of CPU",
                 sc_format_count((uint64_t)(profiler->effective_rate_hz + 0.5)).text);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, 0);
    }
    if (*or_empty(profiler->clock) != '\0' && strcmp(profiler->clock, "none") != 0) {
        snprintf(text, sizeof text, "%s clock", profiler->clock);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, 0);
    }
    if (*or_empty(profiler->python_version) != '\0') {
        snprintf(text, sizeof text, "Python %s", profiler->python_version);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, 0);
    }
    double own_sec = profiler->agent_cpu_sec + profiler->front_cpu_sec;
    if (*sc_format_seconds(own_sec).text != '\0') {
        snprintf(text, sizeof text, "own CPU %s", sc_format_seconds(own_sec).text);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, 0);
    }
    for (int c = 0; c < choice->n_columns; c++) {
        if (choice->columns[c]->note == NULL)
            continue;
        snprintf(text, sizeof text, "%s %s", choice->titles[c],
                 choice->columns[c]->note);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, 0);
    }
    if (sheet->column > 0)
        sc_sheet_end_line(sheet);
}

static void write_sentence(struct sc_sheet *sheet, enum sc_role role, const char *mark,
                           const char *text)
{
    int width = sheet->style.width_columns;
    sc_sheet_put(sheet, role, mark);
    if (width > MAX_PROSE_COLUMNS)
        sheet->style.width_columns = MAX_PROSE_COLUMNS;
    sc_sheet_prose(sheet, role, text);
    sheet->style.width_columns = width;
    sc_sheet_end_line(sheet);
}

static void write_drops(struct sc_sheet *sheet, const struct sc_profiler_info *profiler)
{
    struct sc_number_text lost = sc_format_seconds(profiler->lost_cpu_sec);
    char text[1024];
    int n = 0;
    for (size_t i = 0; i < profiler->n_drops && n < (int)sizeof text; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s%.80s (%s)",
                      i == 0 ? "Not fully recorded: " : ", ", profiler->drops[i].cause,
                      sc_format_count(profiler->drops[i].count).text);
    if (*lost.text != '\0' && n < (int)sizeof text)
        n += snprintf(text + n, sizeof text - (size_t)n,
                      "%s%s of CPU time in no figure", n == 0 ? "" : "; ", lost.text);
    if (n > 0)
        write_sentence(sheet, SC_ROLE_WARNING, sheet->marks->warning, text);
}

static void write_notes(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    const struct sc_profiler_info *profiler = &profile->profiler;
    if (profile->is_foreign)
        write_sentence(sheet, SC_ROLE_DIM, "",
                       "Made by Scalene 2.4 or older: system includes waiting.");
    else if (sc_share_leaves_out_waiting(profile))
        write_sentence(sheet, SC_ROLE_DIM, "",
                       "Waiting is not measured in this version: percentages are of "
                       "CPU time.");
    if (!profile->is_foreign && !profiler->split_known &&
        sc_times_total_percent(&profile->totals) > 0)
        write_sentence(sheet, SC_ROLE_WARNING, sheet->marks->warning,
                       "Python and native time could not be told apart; \"user\" is "
                       "both.");
    for (size_t i = 0; i < profiler->n_warnings; i++)
        write_sentence(sheet, SC_ROLE_WARNING, sheet->marks->warning,
                       profiler->warnings[i]);
    write_drops(sheet, profiler);
}

/* Time outside the files that have a table: a line of its larger parts. */
static void write_outside(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    static const char title[] = "Outside these files:";
    for (size_t i = 0; i < profile->n_elsewhere; i++) {
        const struct sc_elsewhere *place = &profile->elsewhere[i];
        char text[600];
        if (place->percent < elsewhere_percent)
            continue;
        if (sheet->column == 0) {
            sc_sheet_end_line(sheet);
            sc_sheet_put(sheet, SC_ROLE_DIM, title);
            sc_sheet_space(sheet, 1);
        }
        snprintf(text, sizeof text, "%s %s", sc_format_percent(place->percent).text,
                 sc_format_module(place->place).text);
        sc_sheet_item(sheet, SC_ROLE_DIM, text, (int)sizeof title);
    }
    if (sheet->column > 0)
        sc_sheet_end_line(sheet);
}

static void write_hints(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    for (size_t i = 0; i < profile->n_hints; i++)
        write_sentence(sheet, SC_ROLE_PLAIN, sheet->marks->item, profile->hints[i]);
}

/* What takes the tables' place when no line of the user's got any time. */
static void write_empty(struct sc_sheet *sheet, const struct sc_profile *profile)
{
    sc_sheet_end_line(sheet);
    write_sentence(sheet, SC_ROLE_STRONG, "",
                   "No time was seen in the program's own files.");
    write_hints(sheet, profile);
    if (profile->n_elsewhere == 0)
        return;
    sc_sheet_end_line(sheet);
    sc_sheet_put(sheet, SC_ROLE_STRONG, "Where the time went");
    sc_sheet_end_line(sheet);
    for (size_t i = 0; i < profile->n_elsewhere; i++) {
        const struct sc_elsewhere *place = &profile->elsewhere[i];
        sc_sheet_space(sheet, 1);
        sc_sheet_put_right(sheet, SC_ROLE_PLAIN, sc_format_percent(place->percent).text,
                           SC_PERCENT_COLUMNS);
        sc_sheet_space(sheet, 2);
        sc_sheet_put_tail(sheet, SC_ROLE_PLAIN, place->place, sc_sheet_room(sheet));
        sc_sheet_end_line(sheet);
    }
}

void sc_summary_write(struct sc_sheet *sheet, const struct sc_profile *profile,
                      const struct sc_column_choice *choice)
{
    write_title(sheet, profile);
    write_time(sheet, profile);
    write_measurement(sheet, profile, choice);
    write_notes(sheet, profile);
    if (!sc_hottest_write(sheet, profile)) {
        write_empty(sheet, profile);
        return;
    }
    write_outside(sheet, profile);
    if (profile->n_hints > 0)
        sc_sheet_end_line(sheet);
    write_hints(sheet, profile);
}
