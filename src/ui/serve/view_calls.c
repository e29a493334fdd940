/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_calls: the socket calls, newest at the bottom: when, the call, and below it what it is for;
 * or as textbooks write it, and below it the call that was made.
 *
 * An entry takes the lines that it needs. The drawing begins with the first entry from which all
 * others fit, or at the scroll position.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/elsewhere.h"
#include "udptui/proto/textbook.h"
#include "view_parts_internal.h"

enum {
    TIME_COLUMN = 1,
    TEXT_COLUMN = 15, /* behind "10:31:02.114" */
    NARROW = 60,      /* columns from which on there is a time of day */
    LOW = 12,         /* rows from which on there are purposes */
    HANGING = 2,      /* a call's further lines stand further right */
};

static bool is_narrow(const struct view *view)
{
    return view->columns < NARROW;
}

/* A line above an entry for missing ones. */
static size_t format_gap(const struct model *model, uint64_t id, char *out, size_t size)
{
    const struct call_entry *entry = calls_at(model, id);
    uint64_t lost = calls_lost_before(model, id);
    char count[UNITS_TEXT_SIZE];

    out[0] = '\0';
    if (lost > 0)
        snprintf(out, size, "... %s older calls are not kept",
                 units_count(lost, count, sizeof count));
    else if (entry->call.skipped > 0)
        snprintf(out, size, "... %s more calls not shown",
                 units_count(entry->call.skipped, count, sizeof count));
    return strlen(out);
}

/* If a line has too little room, the result matters more than the last arguments. */
static void shorten_arguments(char *text, size_t room)
{
    const char *end = strstr(text, ") = ");
    size_t length = strlen(text), least = strcspn(text, ",)");
    size_t kept = (size_t)(end - text), over = length - room + strlen("...");

    if (length <= room || kept < least + strlen("..."))
        return;
    kept = kept > least + over ? kept - over : least;
    memmove(text + kept + strlen("..."), end, strlen(end) + 1);
    memcpy(text + kept, "...", strlen("..."));
}

static bool calls_are_textbook(const struct view *view)
{
    return view->model->calls.textbook > 0;
}

/* Only an empty receive repeats, and of those a textbook's program makes none. */
static void format_textbook(const struct view *view, const struct call_entry *entry, char *out,
                            size_t size)
{
    const struct model *model = view->model;

    textbook_format(&entry->call, (enum textbook_language)(model->calls.textbook - 1),
                    !model->config.privacy, model->config.zones, out, size);
}

static void format_real(const struct view *view, const struct call_entry *entry, char *out,
                        size_t size)
{
    char count[UNITS_TEXT_SIZE];

    call_format(&entry->call, !view->model->config.privacy, view->model->config.zones, out, size);
    if (entry->times > 1)
        builder_append(out, size, "  x%s", units_count(entry->times, count, sizeof count));
    if (is_narrow(view))
        shorten_arguments(out, (size_t)(view->columns - TIME_COLUMN));
}

/* ---- lines; if the view has no frame they are only counted */

static bool shows_purposes(const struct view *view)
{
    return !is_narrow(view) && view->model->layout.body_rows > LOW;
}

static int text_column(const struct view *view)
{
    return is_narrow(view) ? TIME_COLUMN : TEXT_COLUMN;
}

static void calls_put(const struct view *view, int row, int column, enum style style,
                      const char *text)
{
    if (view->frame != NULL && row < view->model->layout.footer)
        frame_put_left(view->frame, row, column, view->columns - column, style, view->charset,
                       text);
}

/* How many bytes of ASCII fit on a line of so many columns, up to a blank. */
static size_t break_at(const char *text, size_t room)
{
    size_t length = strlen(text), at = room;

    if (length <= room)
        return length;
    while (at > room / 2 && text[at] != ' ')
        at--;
    return text[at] == ' ' ? at : room;
}

/* The text over as many lines as it needs; if it is narrow, cut on one. Returns the next row. */
static int calls_put_text(const struct view *view, int row, enum style style, const char *text)
{
    int column = text_column(view);
    char line[CALL_TEXT_SIZE + UNITS_TEXT_SIZE];

    while (!is_narrow(view) && (int)strlen(text) > view->columns - column) {
        size_t length = break_at(text, (size_t)(view->columns - column));
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        calls_put(view, row++, column, style, line);
        text += length + (text[length] == ' ');
        column = TEXT_COLUMN + HANGING;
    }
    calls_put(view, row, column, style, text);
    return row + 1;
}

static enum style style_of(const struct view *view, const struct call *call)
{
    if (calls_are_textbook(view) && textbook_calls(call) == 0)
        return STYLE_DIM;
    if (call->error == 0)
        return STYLE_NORMAL;
    return strcmp(call_error_name(call->error), "EAGAIN") == 0 ? STYLE_DIM : STYLE_FAILED;
}

/* What other systems report; an empty receive is no error to anybody. */
static int calls_put_elsewhere(const struct view *view, int row, const struct call *call)
{
    const struct elsewhere *elsewhere =
        textbook_calls(call) == 0 && call->name == 0 ? NULL : call_elsewhere(call);
    char text[ELSEWHERE_SIZE];

    if (elsewhere == NULL)
        return row;
    row = calls_put_text(view, row, STYLE_DIM, elsewhere_windows(elsewhere, text, sizeof text));
    return calls_put_text(view, row, STYLE_DIM, elsewhere_macos(elsewhere, text, sizeof text));
}

/* Below a textbook's call: the one that was made. */
static int calls_put_made(const struct view *view, int row, const struct call_entry *entry)
{
    char text[CALL_TEXT_SIZE + UNITS_TEXT_SIZE], made[CALL_TEXT_SIZE + UNITS_TEXT_SIZE + 8];

    format_real(view, entry, text, sizeof text);
    snprintf(made, sizeof made, "made: %s", text);
    row = calls_put_text(view, row, STYLE_DIM, made);
    return calls_put_elsewhere(view, row, &entry->call);
}

/* Draws an entry from a row on; returns the row behind it. */
static int calls_put_entry(const struct view *view, int row, uint64_t id)
{
    const struct model *model = view->model;
    const struct call_entry *entry = calls_at(model, id);
    char text[CALL_TEXT_SIZE + UNITS_TEXT_SIZE], time[UNITS_TEXT_SIZE];

    if (format_gap(model, id, text, sizeof text) > 0)
        calls_put(view, row++, text_column(view), STYLE_DIM, text);
    if (calls_are_textbook(view))
        format_textbook(view, entry, text, sizeof text);
    else
        format_real(view, entry, text, sizeof text);
    if (!is_narrow(view))
        calls_put(view, row, TIME_COLUMN, STYLE_DIM,
                  units_clock(entry->call.wall_ns, model->config.utc_offset_s, time, sizeof time));
    row = calls_put_text(view, row, style_of(view, &entry->call), text);
    if (!shows_purposes(view))
        return row;
    if (calls_are_textbook(view))
        return calls_put_made(view, row, entry);
    calls_put(view, row++, TEXT_COLUMN, STYLE_DIM, call_purpose(&entry->call));
    return row;
}

/* ---- which */

/* The title's rule is above. */
static int rows_of(const struct model *model)
{
    return model->layout.body_rows - 1;
}

static uint64_t newest_top(const struct view *view)
{
    struct view counting = *view;
    uint64_t id = calls_end(view->model), top = id;
    int rows = 0;

    counting.frame = NULL;
    while (id > 0) {
        id = calls_before(view->model, id);
        rows += calls_put_entry(&counting, 0, id);
        if (rows > rows_of(view->model) && top < calls_end(view->model))
            break;
        top = id;
    }
    return top;
}

uint64_t view_calls_newest_top(const struct model *model)
{
    struct view view = {
        .model = model, .columns = model->screen_columns, .charset = model->config.charset};

    return newest_top(&view);
}

/* ---- the title */

/* "1.50 each"; if one call moves many, "520 a call". */
static void append_cost(const struct call_sums *sums, bool narrow, char *out, size_t size)
{
    double calls = (double)sums->calls, datagrams = (double)sums->datagrams;

    if (datagrams < 10 * calls)
        builder_append(out, size, "%.2f %s", calls / datagrams, narrow ? "a datagram" : "each");
    else
        builder_append(out, size, "%.0f a call", datagrams / calls);
}

/* "Calls in C: 24 recvfrom and sendto; made: 36": a textbook's program needs one a datagram. */
static void calls_format_textbook(const struct view *view, char *out, size_t size)
{
    const struct call_sums *sums = calls_sums(view->model);
    char calls[UNITS_TEXT_SIZE], datagrams[UNITS_TEXT_SIZE];

    snprintf(out, size, "Calls in %s",
             textbook_language_name((enum textbook_language)(view->model->calls.textbook - 1)));
    if (sums->datagrams > 0)
        builder_append(out, size, ": %s%s; made: %s",
                       units_count_short(sums->datagrams, datagrams, sizeof datagrams),
                       is_narrow(view) ? "" : " recvfrom and sendto",
                       units_count_short(sums->calls, calls, sizeof calls));
}

/* "Calls: 36 to receive and send 24 datagrams, 1.50 each", shorter if that does not fit. */
static void calls_format_left(const struct view *view, char *out, size_t size)
{
    const struct call_sums *sums = calls_sums(view->model);
    char calls[UNITS_TEXT_SIZE], datagrams[UNITS_TEXT_SIZE];

    if (calls_are_textbook(view)) {
        calls_format_textbook(view, out, size);
        return;
    }
    snprintf(out, size, "Calls");
    if (sums->datagrams == 0)
        return;
    if (!is_narrow(view))
        builder_append(out, size, ": %s to receive and send %s datagrams",
                       units_count_short(sums->calls, calls, sizeof calls),
                       units_count_short(sums->datagrams, datagrams, sizeof datagrams));
    builder_append(out, size, "%s ", is_narrow(view) ? ":" : ",");
    append_cost(sums, is_narrow(view), out, size);
}

static enum style calls_format_right(const struct model *model, char *out, size_t size)
{
    if (model->pause.on)
        snprintf(out, size, "PAUSED");
    else if (model->calls.scrolled)
        snprintf(out, size, "F follows");
    else
        snprintf(out, size, "following");
    return model->pause.on || model->calls.scrolled ? STYLE_WARNING : STYLE_DIM;
}

void view_calls(const struct view *view)
{
    const struct model *model = view->model;
    uint64_t end = calls_end(model),
             id = model->calls.scrolled ? calls_top(model) : newest_top(view);
    char left[LINE_SIZE], right[FIGURE_SIZE];
    enum style right_style = calls_format_right(model, right, sizeof right);

    calls_format_left(view, left, sizeof left);
    view_rule(view, model->layout.body,
              &(struct rule){.left = left,
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = right,
                             .right_style = right_style});
    if (end == 0)
        calls_put(view, model->layout.body + 1, TIME_COLUMN, STYLE_DIM, "no socket call was made");
    for (int row = model->layout.body + 1; row < model->layout.footer && id < end;
         id = calls_next(model, id))
        row = calls_put_entry(view, row, id);
}

/* They scroll separately: see scroll_calls in actions.c. */
int view_calls_lines(const struct view *view)
{
    (void)view;
    return 0;
}
