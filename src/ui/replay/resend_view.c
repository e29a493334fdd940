/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend_view: the rows, and how they are drawn. */
#include "resend_view_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/dump.h"
#include "udptui/base/units.h"

enum {
    HEAD_ROWS = 3,
    FOOT_ROWS = 1,
    LINE_SIZE = 512,
    NARROW = 8,
    SIDE_COLUMNS = 40,
    NUMBER_COLUMNS = 5,
    ROUND_COLUMNS = 7
};

/* ---- records */

static size_t resend_kept(size_t size_bytes)
{
    return size_bytes < RESEND_KEPT_BYTES ? size_bytes : RESEND_KEPT_BYTES;
}

size_t resend_record_bytes(const struct resend_report *report)
{
    return sizeof(struct resend_record) + resend_kept(report->result.recorded_bytes) +
           resend_kept(report->answer_bytes);
}

void resend_record_fill(struct resend_record *record, const struct resend_report *report,
                        const struct resend_totals *totals)
{
    const struct resend_result *result = &report->result;

    *record = (struct resend_record){
        .totals = *totals,
        .number = result->number,
        .round = result->round,
        .outcome = result->outcome,
        .client = report->client,
        .client_number = report->client_number,
        .has_recorded = result->recorded != NULL,
        .has_answer = report->answer != NULL,
        .recorded_bytes = result->recorded_size,
        .answer_bytes = report->answer_bytes,
        .recorded_kept = result->recorded != NULL ? resend_kept(result->recorded_bytes) : 0,
        .answer_kept = report->answer != NULL ? resend_kept(report->answer_bytes) : 0,
        .differs_at = -1};
    if (result->outcome == RESEND_DIFFERENT)
        record->differs_at = resend_differs_at(result, report->answer, report->answer_bytes);
    if (record->recorded_kept > 0)
        memcpy(record->bytes, result->recorded, record->recorded_kept);
    if (record->answer_kept > 0)
        memcpy(record->bytes + record->recorded_kept, report->answer, record->answer_kept);
    if (report->why != NULL)
        snprintf(record->why, sizeof record->why, "%s", report->why);
}

/* ---- the rows */

bool resend_view_open(struct resend_view *view, size_t capacity)
{
    view->capacity = capacity;
    view->rows = calloc(capacity, sizeof *view->rows);
    view->following = true;
    view->epoch = 1;
    return view->rows != NULL;
}

void resend_view_close(struct resend_view *view)
{
    for (size_t i = 0; view->rows != NULL && i < view->capacity; i++)
        free(view->rows[i]);
    free(view->rows);
    filter_close(view->filter);
    line_history_clear(&view->history);
    view->rows = NULL;
}

static struct resend_record *resend_view_at(const struct resend_view *view, size_t index)
{
    return view->rows[(view->first + index) % view->capacity];
}

static const char *resend_format_client(const struct resend_view *view,
                                        const struct resend_record *record, char *out, size_t size)
{
    if (!view->privacy)
        return endpoint_format(&record->client, out, size);
    snprintf(out, size, "client %" PRIu32, record->client_number);
    return out;
}

/* Both replies are searched, as a request and its reply are elsewhere; size: is that of the reply of
 * now. */
static bool resend_view_matches(const struct resend_view *view, const struct resend_record *record)
{
    char client[ENDPOINT_TEXT_SIZE];
    const struct filter_subject subject = {
        .name = "",
        .address = resend_format_client(view, record, client, sizeof client),
        .from = view->privacy ? NULL : &record->client,
        .payload = record->bytes,
        .payload_bytes = record->recorded_kept,
        .reply = record->has_answer ? record->bytes + record->recorded_kept : NULL,
        .reply_bytes = record->answer_kept,
        .size_bytes = record->has_answer ? (int64_t)record->answer_bytes : -1,
    };

    return filter_evaluate(view->filter, &subject) == FILTER_YES;
}

static bool resend_view_shows(const struct resend_view *view, struct resend_record *record)
{
    if (view->only_other && record->outcome == RESEND_SAME)
        return false;
    if (view->filter == NULL)
        return true;
    if (record->epoch != view->epoch) {
        record->epoch = view->epoch;
        record->matches = resend_view_matches(view, record);
    }
    return record->matches;
}

static bool resend_view_shows_all(const struct resend_view *view)
{
    return !view->only_other && view->filter == NULL;
}

void resend_view_filter(struct resend_view *view)
{
    struct filter *filter = NULL;

    view->problem.why[0] = '\0';
    if (strspn(view->line.bytes, " ") < view->line.length) {
        filter = filter_open(view->line.bytes, view->line.length, &view->problem);
        if (filter == NULL)
            return;
    }
    filter_close(view->filter);
    view->filter = filter;
    view->epoch++;
    view->following = true;
    view->selected = view->top = 0;
}

size_t resend_view_count(const struct resend_view *view)
{
    size_t count = 0;

    if (resend_view_shows_all(view))
        return view->count;
    for (size_t i = 0; i < view->count; i++)
        count += resend_view_shows(view, resend_view_at(view, i));
    return count;
}

/* The shown row of that index; NULL: there is none. */
static const struct resend_record *resend_view_find(const struct resend_view *view, size_t index)
{
    if (resend_view_shows_all(view))
        return index < view->count ? resend_view_at(view, index) : NULL;
    for (size_t i = 0; i < view->count; i++) {
        struct resend_record *record = resend_view_at(view, i);
        if (resend_view_shows(view, record) && index-- == 0)
            return record;
    }
    return NULL;
}

/* The selected row stays the same one. */
static void resend_view_drop_oldest(struct resend_view *view)
{
    struct resend_record **oldest = &view->rows[view->first];

    if (resend_view_shows(view, *oldest)) {
        view->selected -= view->selected > 0;
        view->top -= view->top > 0;
    }
    free(*oldest);
    *oldest = NULL;
    view->first = (view->first + 1) % view->capacity;
    view->count--;
    view->dropped++;
}

void resend_view_add(struct resend_view *view, const struct resend_record *record,
                     size_t size_bytes)
{
    struct resend_record *copy = malloc(size_bytes);

    view->totals = record->totals;
    view->repeats |= record->round > 1;
    if (copy == NULL) {
        view->dropped++;
        return;
    }
    memcpy(copy, record, size_bytes);
    if (view->count == view->capacity)
        resend_view_drop_oldest(view);
    view->rows[(view->first + view->count++) % view->capacity] = copy;
}

void resend_view_move(struct resend_view *view, int64_t rows)
{
    int64_t last = (int64_t)resend_view_count(view) - 1;
    int64_t selected = (view->following ? last : (int64_t)view->selected) + rows;

    if (view->detail) {
        int64_t scroll = view->scroll + rows;
        view->scroll = scroll < 0 ? 0 : scroll > INT16_MAX ? INT16_MAX : (int)scroll;
        return;
    }
    selected = selected > last ? last : selected;
    view->selected = selected > 0 ? (size_t)selected : 0;
    view->following = selected >= last;
}

void resend_view_switch_other(struct resend_view *view)
{
    view->only_other = !view->only_other;
    view->following = true;
    view->selected = view->top = 0;
}

/* Makes the selection valid and visible. */
static void resend_view_settle(struct resend_view *view, int rows)
{
    size_t count = resend_view_count(view), page = rows > 0 ? (size_t)rows : 1;

    view->rows_shown = rows;
    if (view->following || view->selected >= count)
        view->selected = count > 0 ? count - 1 : 0;
    if (view->selected >= view->top + page)
        view->top = view->selected - page + 1;
    if (view->selected < view->top)
        view->top = view->selected;
    if (view->top + page > count)
        view->top = count > page ? count - page : 0;
}

/* ---- drawing */

static enum style resend_style(enum resend_outcome outcome)
{
    switch (outcome) {
    case RESEND_SAME:
        return STYLE_ACKED;
    case RESEND_DIFFERENT:
    case RESEND_SILENT:
        return STYLE_FAILED;
    case RESEND_NEW:
    case RESEND_NONE:
    case RESEND_EXTRA:
    case RESEND_OUTCOMES:
        break;
    }
    return STYLE_HELD;
}

static void resend_put_head(const struct resend_view *view, struct frame *frame)
{
    const struct resend_totals *totals = &view->totals;
    char text[LINE_SIZE];
    struct builder builder = builder_begin(text, sizeof text);
    int columns = frame_columns(frame), room = columns - 2, width = (int)text_columns(view->title);
    int column = 1 + (width < room ? width : room);
    const char *state = view->ended ? (view->end != NULL ? view->end : "ended") : "sending";

    frame_put_left(frame, 0, 1, column - 1, STYLE_TITLE, view->charset, view->title);
    frame_put(frame, 0, column + 2, columns, view->end != NULL ? STYLE_WARNING : STYLE_DIM, state);
    builder_add(&builder, "sent %" PRIu64, totals->sent);
    for (size_t i = 0; i < RESEND_OUTCOMES; i++)
        if (totals->counts[i] > 0 || !resend_names[i].rare)
            builder_add(&builder, "  %s %" PRIu64, resend_names[i].key, totals->counts[i]);
    if (totals->incomplete > 0)
        builder_add(&builder, "  incomplete %" PRIu64, totals->incomplete);
    if (totals->failed > 0)
        builder_add(&builder, "  failed %" PRIu64, totals->failed);
    if (view->dropped > 0)
        builder_add(&builder, "  not kept %" PRIu64, view->dropped);
    frame_put_items(frame, 1, 1, columns, STYLE_VALUE, text);
}

/* Where the columns begin. */
struct resend_columns {
    int round; /* -1: all rows are of the first one, or there is no room */
    int client, recorded, now, outcome, end;
};

static struct resend_columns resend_columns_of(const struct resend_view *view, int columns)
{
    struct resend_columns at = {.round = -1, .client = 9, .end = columns};

    if (view->repeats && columns >= 60) {
        at.round = at.client;
        at.client += ROUND_COLUMNS;
    }
    at.outcome = columns - (columns >= 60 ? 16 : 10);
    at.recorded = columns >= 100 ? at.client + 23 : at.client;
    at.now = at.recorded + (at.outcome - at.recorded) / 2;
    return at;
}

static void resend_put_headings(const struct resend_view *view, struct frame *frame)
{
    struct resend_columns at = resend_columns_of(view, frame_columns(frame));

    frame_put(frame, 2, 3, at.client, STYLE_COLUMN, "#");
    if (at.round >= 0)
        frame_put(frame, 2, at.round, at.client, STYLE_COLUMN, "Round");
    if (at.recorded > at.client)
        frame_put(frame, 2, at.client, at.recorded, STYLE_COLUMN, "Client");
    frame_put(frame, 2, at.recorded, at.now, STYLE_COLUMN, "Recorded");
    frame_put(frame, 2, at.now, at.outcome, STYLE_COLUMN, "Now");
    frame_put(frame, 2, at.outcome, at.end, STYLE_COLUMN,
              view->only_other ? "Not same" : "Outcome");
}

/* A column of the list. */
struct resend_cell {
    int column, width;
    bool there;
    const uint8_t *bytes;
    size_t kept_bytes;
};

/* What is left out at the beginning, so that the byte that differs is seen. */
static size_t resend_skipped(const struct resend_record *record, const struct resend_cell *cell)
{
    int64_t middle = cell->width / 2;

    if (record->differs_at < cell->width - 4 || middle < 4)
        return 0;
    return (size_t)(record->differs_at - middle);
}

static void resend_put_reply(const struct resend_view *view, struct frame *frame, int row,
                             const struct resend_record *record, const struct resend_cell *cell)
{
    size_t skipped = resend_skipped(record, cell), shown;
    char text[LINE_SIZE * TEXT_EXPANSION + 8];
    int said;

    skipped = skipped < cell->kept_bytes ? skipped : cell->kept_bytes;
    shown = cell->kept_bytes - skipped;
    shown = shown < LINE_SIZE ? shown : LINE_SIZE;
    said = snprintf(text, sizeof text, "%s",
                    skipped == 0                 ? ""
                    : view->charset == TEXT_UTF8 ? "\xe2\x80\xa6"
                                                 : "..");
    text_render(text + said, sizeof text - (size_t)said, cell->bytes + skipped, shown,
                view->charset);
    frame_put_left(frame, row, cell->column, cell->width - 1,
                   cell->there ? STYLE_NORMAL : STYLE_DIM, view->charset,
                   !cell->there            ? "-"
                   : cell->kept_bytes == 0 ? "(empty)"
                                           : text);
}

/* "different at 5"; the byte counts from 1. */
static const char *resend_format_outcome(const struct resend_record *record, bool brief, char *out,
                                         size_t size)
{
    snprintf(out, size, "%s", resend_names[record->outcome].key);
    if (record->differs_at >= 0 && !brief)
        snprintf(out, size, "differs at %" PRId64, record->differs_at + 1);
    return out;
}

static void resend_put_row(const struct resend_view *view, struct frame *frame, int row,
                           const struct resend_record *record, bool selected)
{
    struct resend_columns at = resend_columns_of(view, frame_columns(frame));
    char text[LINE_SIZE];

    snprintf(text, sizeof text, "%" PRIu64, record->number);
    frame_put(frame, row, 1, 3, STYLE_NORMAL, selected ? ">" : " ");
    frame_put_left(frame, row, 3, NUMBER_COLUMNS, STYLE_NORMAL, view->charset, text);
    snprintf(text, sizeof text, "%" PRIu64, record->round);
    if (at.round >= 0)
        frame_put_left(frame, row, at.round, ROUND_COLUMNS - 2, STYLE_NORMAL, view->charset, text);
    if (at.recorded > at.client)
        frame_put_left(frame, row, at.client, at.recorded - at.client - 1, STYLE_NORMAL,
                       view->charset, resend_format_client(view, record, text, sizeof text));
    resend_put_reply(view, frame, row, record,
                     &(struct resend_cell){.column = at.recorded,
                                           .width = at.now - at.recorded,
                                           .there = record->has_recorded,
                                           .bytes = record->bytes,
                                           .kept_bytes = record->recorded_kept});
    resend_put_reply(view, frame, row, record,
                     &(struct resend_cell){.column = at.now,
                                           .width = at.outcome - at.now,
                                           .there = record->has_answer,
                                           .bytes = record->bytes + record->recorded_kept,
                                           .kept_bytes = record->answer_kept});
    frame_put(frame, row, at.outcome, at.end, resend_style(record->outcome),
              resend_format_outcome(record, frame_columns(frame) < 60, text, sizeof text));
    if (selected)
        frame_mark(frame, row, 0, at.end, MARK_SELECTED);
}

static void resend_put_list(struct resend_view *view, struct frame *frame)
{
    int rows = frame_rows(frame) - HEAD_ROWS - FOOT_ROWS;

    resend_view_settle(view, rows);
    resend_put_headings(view, frame);
    for (int i = 0; i < rows; i++) {
        size_t index = view->top + (size_t)i;
        const struct resend_record *record = resend_view_find(view, index);
        if (record != NULL)
            resend_put_row(view, frame, HEAD_ROWS + i, record, index == view->selected);
    }
    if (resend_view_count(view) == 0)
        frame_put(frame, HEAD_ROWS + 1, 3, frame_columns(frame), STYLE_DIM,
                  view->filter != NULL ? "no row matches the filter"
                  : view->only_other   ? "all replies so far are the same"
                                       : "no reply yet");
}

/* ---- both replies as hex */

/* One reply of the detail. */
struct resend_side {
    const char *name;
    bool there;
    const uint8_t *bytes;
    size_t kept_bytes, size_bytes;
};

/* Row `line` of a dump of so many bytes a row; the byte that differs is marked. */
static void resend_put_dump(const struct resend_side *side, struct frame *frame, int row,
                            int column, int line, size_t width, int64_t differs_at)
{
    size_t at = (size_t)line * width, left = side->kept_bytes > at ? side->kept_bytes - at : 0;
    char hex[DUMP_HEX_SIZE], text[DUMP_TEXT_SIZE], offset[24];
    bool here = differs_at >= (int64_t)at && differs_at < (int64_t)(at + width);

    if (left == 0 && !(here && line > 0))
        return;
    left = left < width ? left : width;
    snprintf(offset, sizeof offset, "%04zx", at);
    frame_put(frame, row, column, column + 4, STYLE_DIM, offset);
    frame_put(frame, row, column + 4, column + 5, STYLE_FAILED, here ? ">" : " ");
    int start = column + 5;
    int end = frame_put(frame, row, start, frame_columns(frame), STYLE_NORMAL,
                        dump_hex(side->bytes + at, left, width, hex));
    frame_put(frame, row, end, frame_columns(frame), STYLE_NORMAL,
              dump_ascii(side->bytes + at, left, text));
    if (!here)
        return;
    int byte = (int)(differs_at - (int64_t)at);
    start += 3 * byte + (byte >= 8 ? 1 : 0);
    frame_mark(frame, row, start, start + 2, MARK_SELECTED);
}

static void resend_put_side_title(const struct resend_side *side, struct frame *frame, int row,
                                  int column)
{
    char text[LINE_SIZE];

    if (!side->there)
        snprintf(text, sizeof text, "%s: none", side->name);
    else if (side->kept_bytes < side->size_bytes)
        snprintf(text, sizeof text, "%s: %zu B, the first %zu", side->name, side->size_bytes,
                 side->kept_bytes);
    else
        snprintf(text, sizeof text, "%s: %zu B", side->name, side->size_bytes);
    frame_put(frame, row, column, frame_columns(frame), STYLE_PANE_ACTIVE, text);
}

static int resend_dump_lines(const struct resend_side *side, size_t width)
{
    return (int)((side->kept_bytes + width - 1) / width) + 1;
}

/* Side by side if there is room, else below each other. */
static void resend_put_sides(struct resend_view *view, struct frame *frame, int row,
                             const struct resend_side sides[2], int64_t differs_at)
{
    int columns = frame_columns(frame), end = frame_rows(frame) - FOOT_ROWS;
    bool beside = columns >= 2 * SIDE_COLUMNS;
    size_t width = columns >= 150 ? DUMP_WIDTH : NARROW;
    int lines[2] = {resend_dump_lines(&sides[0], width), resend_dump_lines(&sides[1], width)};
    int most = beside ? (lines[0] > lines[1] ? lines[0] : lines[1]) : lines[0] + lines[1];

    if (view->scroll > most - 1)
        view->scroll = most - 1;
    for (int i = 0; i < 2; i++) {
        int first = row - view->scroll + (i == 1 && !beside ? lines[0] : 0);
        int column = 1 + (i == 1 && beside ? columns / 2 : 0);
        if (first >= row && first < end)
            resend_put_side_title(&sides[i], frame, first, column);
        for (int line = 0; line + 1 < lines[i] + 1; line++)
            if (first + 1 + line >= row && first + 1 + line < end)
                resend_put_dump(&sides[i], frame, first + 1 + line, column, line, width,
                                differs_at);
    }
}

static void resend_put_detail(struct resend_view *view, struct frame *frame,
                              const struct resend_record *record)
{
    char client[ENDPOINT_TEXT_SIZE], outcome[64], text[LINE_SIZE], round[UNITS_TEXT_SIZE + 8] = "";
    const struct resend_side sides[2] = {{"Recorded", record->has_recorded, record->bytes,
                                          record->recorded_kept, record->recorded_bytes},
                                         {"Now", record->has_answer,
                                          record->bytes + record->recorded_kept,
                                          record->answer_kept, record->answer_bytes}};

    if (view->repeats)
        snprintf(round, sizeof round, "  round %" PRIu64, record->round);
    snprintf(text, sizeof text, "#%" PRIu64 "%s  %s  %s%s%s", record->number, round,
             resend_format_client(view, record, client, sizeof client),
             resend_format_outcome(record, false, outcome, sizeof outcome),
             record->why[0] != '\0' ? "  " : "", record->why);
    frame_put(frame, 2, 1, frame_columns(frame), resend_style(record->outcome), text);
    resend_put_sides(view, frame, 4, sides, record->differs_at);
}

/* The filter that is typed, and what is wrong with it; or the one that hides rows. */
static void resend_put_filter(const struct resend_view *view, struct frame *frame)
{
    int row = frame_rows(frame) - 1, end = frame_columns(frame);
    char text[RESEND_FILTER_MAX * TEXT_EXPANSION + 1];

    text_render(text, sizeof text, view->line.bytes, view->line.length, view->charset);
    if (!view->typing && view->filter != NULL)
        frame_put_right(frame, 1, end / 2, end - end / 2 - 1, STYLE_WARNING, view->charset, text);
    if (!view->typing)
        return;
    int column = frame_put(frame, row, 1, end, STYLE_KEY, "filter: ");
    column = frame_put(frame, row, column, end, STYLE_INPUT, text);
    frame_set_cursor(frame, row, column);
    if (view->problem.why[0] == '\0')
        return;
    snprintf(text, sizeof text, "at byte %zu: %s", view->problem.offset_bytes + 1,
             view->problem.why);
    frame_put_left(frame, row, column + 2, end - column - 3, STYLE_WARNING, view->charset, text);
}

void resend_view_draw(struct resend_view *view, struct frame *frame)
{
    const struct resend_record *record;

    resend_put_head(view, frame);
    record = view->detail ? resend_view_find(view, view->selected) : NULL;
    if (record != NULL)
        resend_put_detail(view, frame, record);
    else
        resend_put_list(view, frame);
    resend_put_filter(view, frame);
}
