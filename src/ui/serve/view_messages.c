/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_messages: the lower pane. Time, client, size, payload, and outcome. */
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/relayed.h"
#include "view_parts_internal.h"

enum {
    MARK_WIDTH = 3,
    TIME_WIDTH = 12,  /* "10:31:02.114" */
    LENGTH_WIDTH = 8, /* "65.5 kB" */
    GAP = 2,
    ARROW_WIDTH = 3,
    WAY_WIDTH = 2,   /* the direction of a relay's datagram */
    FATE_WIDTH = 13, /* "acked 31.2 us" */
    TEXT_MIN = 12,
    SUMMARY_MIN = 40, /* "DNS Standard query 0x6ac7 A www.example.": enough to distinguish rows */
    PROTOCOL_WIDTH = 7,
    PROTOCOLS_ALIGNED = 100, /* from these columns on */
    ADDRESS_MAX = 47,
    PAYLOAD_SEEN = 4096, /* bytes of a payload that a row can show */
    FATE_SIZE = 128,
    TOUCHED_TEXT_MIN = 6, /* of the text beside a fate that an impairment made long */
};

/* Positions of the columns; -1 for those that do not fit. */
struct columns {
    int time, from, way, size, text, fate;
    int from_width;
    bool brief; /* the fate in one or two words */
};

static struct columns columns_for(const struct view *view)
{
    struct columns columns = {.time = -1, .way = -1, .size = -1, .brief = view->columns < 60};
    int from = shown_address_columns(view->model), at = view->columns < 60 ? 2 : MARK_WIDTH;
    int fate = columns.brief ? 11 : FATE_WIDTH;
    int text = view->model->dissection.lines_on ? SUMMARY_MIN : TEXT_MIN;
    int room;

    from = from < ADDRESS_MAX ? from : ADDRESS_MAX;
    from = from < view->columns * 2 / 5 ? from : view->columns * 2 / 5;
    if (view->model->server_columns > 0) { /* "client > server" */
        from += ARROW_WIDTH + view->model->server_columns;
        from = from < view->columns * 3 / 5 ? from : view->columns * 3 / 5;
    }
    int way = view->model->config.relay && view->model->server_columns == 0 ? WAY_WIDTH + 1 : 0;
    room = view->columns - at - from - way - GAP - text - GAP - fate - 1;
    if (room >= LENGTH_WIDTH + GAP + TIME_WIDTH + GAP) {
        columns.time = at;
        at += TIME_WIDTH + GAP;
        room -= TIME_WIDTH + GAP;
    }
    columns.from = at;
    columns.from_width = from;
    columns.way = way > 0 ? at + from + 1 : -1;
    at += from + way + GAP;
    if (room >= LENGTH_WIDTH + GAP) {
        columns.size = at - 1; /* right-aligned: its gap is mostly blank already */
        at += LENGTH_WIDTH - 1 + GAP;
    }
    columns.text = at;
    columns.fate = view->columns - fate - 1;
    return columns;
}

/* The payload as safe text or hex, as much as a row can show. */
static void format_payload(const struct view *view, const struct event_message *event,
                           const uint8_t *payload, char *out, size_t size)
{
    size_t length = event->stored_bytes < PAYLOAD_SEEN ? event->stored_bytes : PAYLOAD_SEEN;

    out[0] = '\0';
    if (event->size_bytes == 0)
        snprintf(out, size, "(empty)");
    else if (!view->model->hex)
        text_render(out, size, payload, length, view->charset);
    for (size_t i = 0; view->model->hex && i < length && 3 * i + 4 < size; i++)
        snprintf(out + 3 * i, size - 3 * i, "%02x ", payload[i]);
}

/* The byte that an impairment flipped, over its place in the text. */
static void messages_mark_flipped(const struct view *view, int row, int column, int end,
                                  const struct event_message *event, const uint8_t *payload)
{
    const struct leg *leg = fate_handed_over(&event->fate);
    size_t byte = leg != NULL && leg->corrupt ? leg->bit / 8 : PAYLOAD_SEEN;
    char text[PAYLOAD_SEEN * TEXT_EXPANSION + 1], one[TEXT_EXPANSION + 1];

    if (byte >= event->stored_bytes || byte >= PAYLOAD_SEEN)
        return;
    if (view->model->hex) {
        snprintf(one, sizeof one, "%02x", payload[byte]);
        column += 3 * (int)byte;
    } else {
        text_render(text, sizeof text, payload, byte, view->charset);
        text_render(one, sizeof one, payload + byte, 1, view->charset);
        column += (int)text_columns(text);
    }
    if (column + (int)text_columns(one) < end)
        frame_put(view->frame, row, column, end, STYLE_WARNING, one);
}

/* What the dissectors say in its place; "..." until they have. */
static void messages_put_dissection(const struct view *view, int row, int column, int end,
                                    uint64_t id)
{
    const struct dissection_line *line = model_dissection_line(view->model, id);
    char text[DISSECT_PROTOCOL_SIZE + DISSECT_SUMMARY_SIZE] = "...";

    if (line != NULL && line->state == DISSECTION_UNKNOWN)
        snprintf(text, sizeof text, "(not dissected)");
    if (line == NULL || line->state != DISSECTION_KNOWN) {
        frame_put_left(view->frame, row, column, end - column, STYLE_DIM, view->charset, text);
        return;
    }
    snprintf(text, sizeof text, "%-*s ", view->columns < PROTOCOLS_ALIGNED ? 0 : PROTOCOL_WIDTH,
             line->summary.protocol);
    column = frame_put(view->frame, row, column, end, STYLE_VALUE, text);
    frame_put_left(view->frame, row, column, end - column, STYLE_NORMAL, view->charset,
                   line->summary.text);
}

static void messages_put_text(const struct view *view, int row, int column, int end,
                              const struct event_message *event, const uint8_t *payload,
                              uint64_t id)
{
    char text[PAYLOAD_SEEN * TEXT_EXPANSION + 1];

    format_payload(view, event, payload, text, sizeof text);
    column = frame_put(view->frame, row, column, end, STYLE_WARNING, view_marks(event));
    if (view->model->dissection.lines_on) {
        messages_put_dissection(view, row, column, end, id);
        return;
    }
    frame_put_left(view->frame, row, column, end - column,
                   event->size_bytes == 0 ? STYLE_DIM : STYLE_NORMAL, view->charset, text);
    messages_mark_flipped(view, row, column, end, event, payload);
}

/* As many of its words as the room has columns for: half a figure would be a wrong one. */
static void cut_words(char *words, int room, enum text_charset charset)
{
    const char *more = charset == TEXT_UTF8 ? ", \xe2\x80\xa6" : ", ~";
    char *comma = NULL;

    if ((int)text_columns(words) <= room)
        return;
    for (char *next = strstr(words, ", "); next != NULL; next = strstr(next + 2, ", "))
        if (next - words + 3 <= room)
            comma = next;
    if (comma != NULL)
        memcpy(comma, more, strlen(more) + 1);
}

/* The effects of impairments may be long: then they are shortened to the status. */
static enum style format_fate(const struct view *view, const struct event_message *event,
                              bool brief, int room, char *out)
{
    enum style style = view_fate(event, brief, out, FATE_SIZE);

    if (!fate_touched(&event->fate) || (int)text_columns(out) <= room)
        return style;
    style = view_fate(event, true, out, FATE_SIZE);
    cut_words(out, room, view->charset);
    return style;
}

/* The fate's column is fixed; a long one begins further left, up to half of the text, or more if an
 * impairment made it. */
static void messages_put_fate(const struct view *view, int row, const struct columns *columns,
                              const struct event_message *event, const uint8_t *payload,
                              uint64_t id)
{
    char fate[FATE_SIZE];
    int least = columns->text + (columns->fate - columns->text) / 2;

    if (fate_touched(&event->fate) && least > columns->text + TOUCHED_TEXT_MIN + GAP)
        least = columns->text + TOUCHED_TEXT_MIN + GAP;
    enum style style = format_fate(view, event, columns->brief, view->columns - 1 - least, fate);
    int start = view->columns - 1 - (int)text_columns(fate);

    if (start > columns->fate)
        start = columns->fate;
    if (start < least)
        start = least;
    messages_put_text(view, row, columns->text, start - GAP, event, payload, id);
    frame_put_left(view->frame, row, start, view->columns - 1 - start, style, view->charset, fate);
}

/* The client; of a relay with the direction; of several servers also the server. */
static const char *format_ends(const struct view *view, const struct event_message *event,
                               char *out, size_t size)
{
    char peer[PEER_SIZE], server[ENDPOINT_TEXT_SIZE];
    bool back = relayed_goes_back(event);

    view_peer(view, event->slot, event->generation, &event->from, peer, sizeof peer);
    if (view->model->server_columns == 0) {
        snprintf(out, size, "%s", peer);
        return out;
    }
    model_server_text(view->model, relayed_server(event), server, sizeof server);
    if (event_is_relayed(event))
        snprintf(out, size, "%s %s %s", peer, view_way(view, event), server);
    else
        snprintf(out, size, "%s > %s", back ? server : peer, back ? peer : server);
    return out;
}

static void messages_put_message(const struct view *view, int row, const struct columns *columns,
                                 const struct event_message *event, const uint8_t *payload,
                                 uint64_t id)
{
    char text[LINE_SIZE];

    if (columns->time >= 0)
        frame_put(
            view->frame, row, columns->time, columns->time + TIME_WIDTH, STYLE_DIM,
            event->flags & MESSAGE_UNTIMED
                ? UNITS_NO_CLOCK
                : units_clock(event->wall_ns, view->model->config.utc_offset_s, text, sizeof text));
    frame_put_left(view->frame, row, columns->from, columns->from_width, STYLE_NORMAL,
                   view->charset, format_ends(view, event, text, sizeof text));
    if (columns->way >= 0)
        frame_put(view->frame, row, columns->way, columns->way + WAY_WIDTH,
                  relayed_goes_back(event) ? STYLE_COMMAND : STYLE_VALUE, view_way(view, event));
    if (columns->size >= 0)
        frame_put_right(view->frame, row, columns->size, LENGTH_WIDTH,
                        event->flags & MESSAGE_TRUNCATED ? STYLE_WARNING : STYLE_DIM, view->charset,
                        units_bytes(event->size_bytes, text, sizeof text));
    messages_put_fate(view, row, columns, event, payload, id);
}

/* ---- the pane */

/* "Messages 12 of 340; 1,024 not shown": those that did not fit into the ring. */
static void messages_format_left(const struct model *model, char *out, size_t size)
{
    char count[UNITS_TEXT_SIZE];
    uint64_t skipped = shown_totals(model)->messages_skipped;

    snprintf(out, size, "Messages %s", units_count(messages_count(model), count, sizeof count));
    if (filter_active(model))
        builder_append(out, size, " of %s",
                       units_count(backlog_end(model->backlog) - backlog_first(model->backlog),
                                   count, sizeof count));
    if (skipped > 0)
        builder_append(out, size, "; %s counted but not shown",
                       units_count(skipped, count, sizeof count));
}

static enum style messages_format_right(const struct model *model, char *out, size_t size)
{
    char count[UNITS_TEXT_SIZE];
    uint64_t received = model->totals.counts.received + model->totals.back.received;
    uint64_t paused = model->pause.totals.counts.received + model->pause.totals.back.received;
    uint64_t newer = messages_count(model) - messages_selected(model) - 1;

    if (model->pause.on) {
        snprintf(out, size, "PAUSED%s%s (%s new)", model->config.replay ? "" : ", ",
                 model->config.replay ? "" : view_going_on(model),
                 units_count(received - paused, count, sizeof count));
        return STYLE_WARNING;
    }
    if (model->message.following) {
        snprintf(out, size, "following");
        return STYLE_DIM;
    }
    snprintf(out, size, "%s newer: F follows", units_count(newer, count, sizeof count));
    return STYLE_WARNING;
}

/* If both do not fit, the actions take precedence over the count. */
static void messages_put_title(const struct view *view)
{
    const struct model *model = view->model;
    char left[LINE_SIZE], right[LINE_SIZE];
    enum style style = messages_format_right(model, right, sizeof right);

    messages_format_left(model, left, sizeof left);
    if ((int)(text_columns(left) + text_columns(right)) + 8 > view->columns)
        snprintf(left, sizeof left, "Messages");
    view_rule(
        view, model->layout.messages_title,
        &(struct rule){.left = left,
                       .left_style = model->pane == PANE_MESSAGES ? STYLE_PANE_ACTIVE : STYLE_PANE,
                       .right = right,
                       .right_style = style});
}

static void put_row(const struct view *view, const struct columns *columns, uint64_t index, int row)
{
    const struct model *model = view->model;
    const uint8_t *payload;
    uint64_t id = messages_id(model, index);
    const struct event_message *event = backlog_get(model->backlog, id, &payload);

    if (event == NULL)
        return;
    messages_put_message(view, row, columns, event, payload, id);
    if (model->pane != PANE_MESSAGES || index != messages_selected(model))
        return;
    frame_put(view->frame, row, view->columns < 60 ? 0 : 1, 2, STYLE_NORMAL, ">");
    frame_mark(view->frame, row, 0, view->columns, MARK_SELECTED);
}

void view_messages(const struct view *view)
{
    const struct model *model = view->model;
    struct columns columns = columns_for(view);
    uint64_t top = messages_index(model, model->message.top), count = messages_count(model);

    messages_put_title(view);
    for (int line = 0; line < model->layout.messages_rows && top + (uint64_t)line < count; line++)
        put_row(view, &columns, top + (uint64_t)line, model->layout.messages_first + line);
    if (count == 0 && filter_active(model))
        frame_put(view->frame, model->layout.messages_first, MARK_WIDTH, view->columns, STYLE_DIM,
                  model->dissection.lines_on
                      ? "no message matches the filter, which does not search what D shows"
                      : "no message matches the filter");
}
