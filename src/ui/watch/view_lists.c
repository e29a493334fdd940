/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_lists: the rows of servers, clients and messages by tables of columns. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/counts.h"
#include "udptui/ui/spark.h"
#include "view_internal.h"

enum {
    MARK_WIDTH = 3,
    GAP = 1,
    FIGURE_SIZE = 128,
    LABEL_MIN = 12,
    LABEL_SHORT = 14, /* to which labels are cut for the sake of columns up to this priority */
    PRIORITY_CUT = 4,
    LABEL_MAX = 48,
    SPARK_MIN = 10,
    SPARK_PRIORITY = 6,
    SPARK_MAX = FLEET_SERVER_SECONDS - FLEET_AGE_S,
    PRIORITY_MAX = 9,
};

/* What a cell is about. */
struct list_source {
    const struct watch_view *view;
    const struct watch_row *row;
    const struct fleet_server *server;
    struct watch_few few; /* of a server */
};

/* get writes a cell (FIGURE_SIZE) and returns its style. */
struct list_column {
    const char *title;
    int width;
    int priority; /* the highest ones are left out first if there is no room */
    bool left;
    enum style (*get)(const struct list_source *source, char *out);
};

struct list_columns {
    const char *title; /* of the first column, the label's */
    const struct list_column *columns;
    size_t count;
};

/* ---- cells */

static enum style list_count(uint64_t count, enum style style, char *out)
{
    units_count_short(count, out, FIGURE_SIZE);
    return count > 0 ? style : STYLE_DIM;
}

static enum style get_state(const struct list_source *source, char *out)
{
    static const enum style styles[FLEET_STATES] = {[FLEET_UP] = STYLE_ACKED,
                                                    [FLEET_STALE] = STYLE_WARNING,
                                                    [FLEET_GONE] = STYLE_FAILED,
                                                    [FLEET_ENDED] = STYLE_DIM};
    enum fleet_state state = fleet_state(source->view->fleet, source->server);
    bool doubled = fleet_is_doubled(source->server, source->view->now_ns);

    snprintf(out, FIGURE_SIZE, "%s", doubled ? "x2" : fleet_state_words[state]);
    return doubled ? STYLE_WARNING : styles[state];
}

static enum style get_kind(const struct list_source *source, char *out)
{
    snprintf(out, FIGURE_SIZE, "%s", snapshot_kind_words[source->server->kind]);
    return STYLE_NORMAL;
}

static enum style get_clients(const struct list_source *source, char *out)
{
    enum fleet_state state = fleet_state(source->view->fleet, source->server);

    if (state != FLEET_GONE && state != FLEET_STALE)
        return list_count(source->few.clients, STYLE_NORMAL, out);
    snprintf(out, FIGURE_SIZE, "-");
    return STYLE_DIM;
}

static enum style list_rate(const struct list_source *source, const struct pulse *pulse, char *out)
{
    double rate =
        fleet_server_rate(source->view->fleet, source->server, pulse, source->view->now_ns);

    fleet_rate_text(rate, out, FIGURE_SIZE);
    return rate > 0 ? STYLE_VALUE : STYLE_DIM;
}

static enum style get_received_rate(const struct list_source *source, char *out)
{
    return list_rate(source, &source->server->received, out);
}

static enum style get_acked_rate(const struct list_source *source, char *out)
{
    if (source->server->kind != SNAPSHOT_PING)
        return list_rate(source, &source->server->acked, out);
    snprintf(out, FIGURE_SIZE, "-");
    return STYLE_DIM;
}

static enum style get_held(const struct list_source *source, char *out)
{
    return list_count(source->few.held, STYLE_HELD, out);
}

static enum style get_failed(const struct list_source *source, char *out)
{
    return list_count(source->few.failed, STYLE_FAILED, out);
}

/* Of a ping, what was lost, which is marked as such. */
static enum style get_dropped(const struct list_source *source, char *out)
{
    if (source->server->kind != SNAPSHOT_PING)
        return list_count(source->few.dropped, STYLE_WARNING, out);
    char count[UNITS_TEXT_SIZE];
    snprintf(out, FIGURE_SIZE, "%s lost", units_count_short(source->few.lost, count, sizeof count));
    return source->few.lost > 0 ? STYLE_WARNING : STYLE_DIM;
}

/* "3 s", "5 min"; about: by a clock that is not ours. */
static void list_age(int64_t age_ns, bool about, char *out)
{
    char ago[UNITS_TEXT_SIZE];

    units_ago(age_ns, ago, sizeof ago);
    char *word = strstr(ago, " ago");
    if (word != NULL)
        *word = '\0';
    snprintf(out, FIGURE_SIZE, "%s%s", about ? "~" : "", ago);
}

/* By our clock if it has reported to us, else by its own, which is marked. */
static enum style get_last(const struct list_source *source, char *out)
{
    const struct fleet_server *server = source->server;
    const struct watch_view *view = source->view;

    snprintf(out, FIGURE_SIZE, "-");
    if (server->news_ns > 0)
        list_age(view->now_ns - server->news_ns, false, out);
    else if (server->latest != NULL && server->latest->taken_ns != 0)
        list_age(view->wall_ns - server->latest->taken_ns, true, out);
    return STYLE_DIM;
}

static enum style get_total(const struct list_source *source, char *out)
{
    return list_count(source->few.received, STYLE_NORMAL, out);
}

static enum style get_restarts(const struct list_source *source, char *out)
{
    return list_count(source->server->restarts, STYLE_NORMAL, out);
}

/* get NULL: the sparkline, which takes the room that is left. */
static const struct list_column server_columns[] = {
    {.title = "State", .width = 6, .priority = 0, .left = true, .get = get_state},
    {.title = "Kind", .width = 5, .priority = 8, .left = true, .get = get_kind},
    {.title = "Clients", .width = 7, .priority = 2, .get = get_clients},
    {.title = "In", .width = 8, .priority = 0, .get = get_received_rate},
    {.title = "Acked", .width = 8, .priority = 1, .get = get_acked_rate},
    {.title = "", .width = SPARK_MIN, .priority = SPARK_PRIORITY},
    {.title = "Total", .width = 6, .priority = 7, .get = get_total},
    {.title = "Held", .width = 6, .priority = 3, .get = get_held},
    {.title = "Failed", .width = 6, .priority = 4, .get = get_failed},
    {.title = "Drops", .width = 6, .priority = 4, .get = get_dropped},
    {.title = "Starts", .width = 6, .priority = 9, .get = get_restarts},
    {.title = "Last", .width = 7, .priority = 1, .get = get_last},
};

static enum style get_client_name(const struct list_source *source, char *out)
{
    snprintf(out, FIGURE_SIZE, "%s", source->server->clients[source->row->client].name);
    return STYLE_VALUE;
}

static enum style get_client_server(const struct list_source *source, char *out)
{
    if (source->row->servers > 1)
        snprintf(out, FIGURE_SIZE, "%" PRIu32 " servers", source->row->servers);
    else
        snprintf(out, FIGURE_SIZE, "%.100s", source->server->label);
    return STYLE_NORMAL;
}

static enum style get_client_received(const struct list_source *source, char *out)
{
    return list_count(source->row->received, STYLE_VALUE, out);
}

static enum style get_client_acked(const struct list_source *source, char *out)
{
    return list_count(source->row->acked, STYLE_ACKED, out);
}

static enum style get_client_held(const struct list_source *source, char *out)
{
    return list_count(source->row->held, STYLE_HELD, out);
}

static enum style get_client_failed(const struct list_source *source, char *out)
{
    return list_count(source->row->failed, STYLE_FAILED, out);
}

static enum style get_client_last(const struct list_source *source, char *out)
{
    snprintf(out, FIGURE_SIZE, "-");
    if (source->row->last_ns > 0)
        list_age(source->view->wall_ns - source->row->last_ns, true, out);
    return STYLE_DIM;
}

static const struct list_column client_columns[] = {
    {.title = "Server", .width = 20, .priority = 1, .left = true, .get = get_client_server},
    {.title = "In", .width = 6, .priority = 0, .get = get_client_received},
    {.title = "Acked", .width = 6, .priority = 0, .get = get_client_acked},
    {.title = "Held", .width = 6, .priority = 2, .get = get_client_held},
    {.title = "Failed", .width = 6, .priority = 3, .get = get_client_failed},
    {.title = "Last", .width = 7, .priority = 4, .get = get_client_last},
    {.title = "Name", .width = 16, .priority = 5, .left = true, .get = get_client_name},
};

/* ---- a table */

struct list_table {
    const struct list_columns *columns;
    int label, spark, priority;
};

static int list_width(const struct list_table *table)
{
    int width = 0;

    for (size_t i = 0; i < table->columns->count; i++)
        if (table->columns->columns[i].priority <= table->priority)
            width += table->columns->columns[i].width + GAP;
    return width;
}

/* The label gets what the labels take; the sparkline the rest. */
static struct list_table list_begin(const struct watch_view *view,
                                    const struct list_columns *columns, int width)
{
    struct list_table table = {
        .columns = columns, .label = LABEL_MIN, .spark = SPARK_MIN, .priority = PRIORITY_MAX};
    int page = view->page > 0 ? view->page : 0, room;

    for (size_t i = view->top; i < view->count && i < view->top + (size_t)page; i++) {
        int label = (int)text_columns(view->rows[i].label);
        if (label > table.label)
            table.label = label;
    }
    if (table.label > LABEL_MAX)
        table.label = LABEL_MAX;
    if (table.label > width / 3)
        table.label = width / 3;
    room = width - MARK_WIDTH - 1;
    while (table.priority > 0 && list_width(&table) + table.label > room) {
        if (table.priority <= PRIORITY_CUT && table.label > LABEL_SHORT)
            table.label--;
        else
            table.priority--;
    }
    room -= list_width(&table) + table.label;
    if (room > 0 && table.priority >= SPARK_PRIORITY)
        table.spark += room < SPARK_MAX - SPARK_MIN ? room : SPARK_MAX - SPARK_MIN;
    return table;
}

static int list_column_width(const struct list_table *table, const struct list_column *column)
{
    return column->get != NULL ? column->width : table->spark;
}

static void list_put_text(const struct watch_view *view, struct frame *frame, int row, int at,
                          const struct list_column *column, int width, enum style style,
                          const char *text)
{
    if (column->left)
        frame_put_left(frame, row, at, width, style, view->charset, text);
    else
        frame_put_right(frame, row, at, width, style, view->charset, text);
}

static void list_put_headings(const struct watch_view *view, const struct list_table *table,
                              struct frame *frame, int row)
{
    int at = MARK_WIDTH + table->label;

    frame_put_left(frame, row, MARK_WIDTH, table->label, STYLE_COLUMN, view->charset,
                   table->columns->title);
    for (size_t i = 0; i < table->columns->count; i++) {
        const struct list_column *column = &table->columns->columns[i];
        char text[UNITS_TEXT_SIZE];
        int width = list_column_width(table, column);
        if (column->priority > table->priority)
            continue;
        snprintf(text, sizeof text, "%s", column->title);
        if (column->get == NULL)
            snprintf(text, sizeof text, "last %d s", width);
        list_put_text(view, frame, row, at + GAP, column, width, STYLE_COLUMN, text);
        at += GAP + width;
    }
}

struct list_dated {
    const struct pulse *pulse;
    int64_t now_ns;
};

static uint64_t list_count_at(const void *context, int age_s)
{
    const struct list_dated *dated = context;

    return pulse_at(dated->pulse, dated->now_ns, age_s);
}

static struct spark list_spark(const struct watch_view *view, const struct list_dated *dated,
                               uint64_t top)
{
    return (struct spark){.count = list_count_at,
                          .context = dated,
                          .top = top,
                          .newest_s = FLEET_AGE_S,
                          .charset = view->charset};
}

/* One scale for all rows that are shown, so that they can be compared. */
static uint64_t list_top(const struct watch_view *view, const struct list_table *table)
{
    uint64_t top = 0;

    for (size_t i = view->top; i < view->count && i < view->top + (size_t)view->page; i++) {
        const struct fleet_server *server = fleet_server(view->fleet, view->rows[i].server);
        const struct list_dated dated = {.pulse = &server->received, .now_ns = view->now_ns};
        const struct spark spark = list_spark(view, &dated, 0);
        uint64_t most = spark_top(&spark, table->spark);
        if (most > top)
            top = most;
    }
    return top;
}

static void list_put_cells(const struct list_table *table, const struct list_source *source,
                           struct frame *frame, int row, uint64_t top)
{
    const struct watch_view *view = source->view;
    int at = MARK_WIDTH + table->label;
    char text[FIGURE_SIZE];

    frame_put_left(frame, row, MARK_WIDTH, table->label, STYLE_NORMAL, view->charset,
                   source->row->label);
    for (size_t i = 0; i < table->columns->count; i++) {
        const struct list_column *column = &table->columns->columns[i];
        int width = list_column_width(table, column);
        if (column->priority > table->priority)
            continue;
        if (column->get == NULL) {
            const struct list_dated dated = {.pulse = &source->server->received,
                                             .now_ns = view->now_ns};
            const struct spark spark = list_spark(view, &dated, top);
            spark_draw(&spark, frame, row, at + GAP, width);
        } else {
            text[0] = '\0';
            enum style style = column->get(source, text);
            list_put_text(view, frame, row, at + GAP, column, width, style, text);
        }
        at += GAP + width;
    }
}

static void list_put_mark(const struct watch_view *view, struct frame *frame, int row, size_t index)
{
    if (index != view->position)
        return;
    frame_put(frame, row, 1, 2, STYLE_NORMAL, ">");
    frame_mark(frame, row, 0, frame_columns(frame), MARK_SELECTED);
}

static void list_draw(const struct watch_view *view, const struct list_columns *columns,
                      struct frame *frame, int row, int rows)
{
    struct list_table table = list_begin(view, columns, frame_columns(frame));
    uint64_t top = view->list == WATCH_SERVERS ? list_top(view, &table) : 0;

    list_put_headings(view, &table, frame, row);
    for (int i = 0; i < rows - 1 && view->top + (size_t)i < view->count; i++) {
        size_t index = view->top + (size_t)i;
        struct list_source source = {.view = view, .row = &view->rows[index]};
        struct fleet_sums sums;
        source.server = fleet_server(view->fleet, source.row->server);
        if (view->list == WATCH_SERVERS) {
            fleet_sum_server(source.server, &sums);
            source.few = watch_few_of(&sums);
        }
        list_put_cells(&table, &source, frame, row + 1 + i, top);
        list_put_mark(view, frame, row + 1 + i, index);
    }
}

void watch_draw_servers(const struct watch_view *view, struct frame *frame, int row, int rows)
{
    static const struct list_columns columns = {
        .title = "Server", .columns = server_columns, .count = COUNT_OF(server_columns)};

    list_draw(view, &columns, frame, row, rows);
}

void watch_draw_clients(const struct watch_view *view, struct frame *frame, int row, int rows)
{
    static const struct list_columns columns = {
        .title = "Client", .columns = client_columns, .count = COUNT_OF(client_columns)};

    list_draw(view, &columns, frame, row, rows);
}

/* ---- messages */

static const char *list_sender(const struct snapshot_message *message)
{
    return message->name[0] != '\0' ? message->name : message->label;
}

static enum style list_fate(const struct event_message *event, char *out)
{
    static const enum style styles[ACK_STATUSES] = {[ACK_SENT] = STYLE_ACKED,
                                                    [ACK_FORWARDED] = STYLE_ACKED,
                                                    [ACK_HELD] = STYLE_HELD,
                                                    [ACK_FAILED] = STYLE_FAILED};

    snprintf(out, FIGURE_SIZE, "%s%s%s", ack_status_rows[event->status].brief,
             event->status == ACK_HELD ? " " : "",
             event->status == ACK_HELD && event->why_held < HELD_REASONS
                 ? held_reason_name((enum held_reason)event->why_held)
                 : "");
    return styles[event->status];
}

/* Columns of the servers' labels and of the clients'. */
struct list_ends {
    int server, client;
};

static struct list_ends list_measure_ends(const struct watch_view *view, int columns)
{
    struct list_ends ends = {0, 0};
    const int most = columns / 4;

    for (size_t i = view->top; i < view->count && i < view->top + (size_t)view->page; i++) {
        const struct fleet_message *message = fleet_message(view->fleet, view->rows[i].age);
        int server = (int)text_columns(fleet_server(view->fleet, view->rows[i].server)->label);
        int client = (int)text_columns(list_sender(&message->message));
        ends.server = server > ends.server ? server : ends.server;
        ends.client = client > ends.client ? client : ends.client;
    }
    ends.server = view->inside ? 0 : ends.server < most ? ends.server : most;
    ends.client = ends.client < most ? ends.client : most;
    return ends;
}

static void list_put_message(const struct watch_view *view, const struct list_ends *ends,
                             struct frame *frame, int row, const struct fleet_server *server,
                             const struct snapshot_message *message)
{
    const struct event_message *event = &message->event;
    int columns = frame_columns(frame), fate = 12;
    char text[SNAPSHOT_PAYLOAD_MAX * TEXT_EXPANSION + 1], cell[FIGURE_SIZE];
    int at = MARK_WIDTH;

    units_clock(event->wall_ns, view->utc_offset_s, cell, sizeof cell);
    at = frame_put(frame, row, at, columns, STYLE_DIM, cell) + 1;
    if (!view->inside) {
        frame_put_left(frame, row, at, ends->server, STYLE_NORMAL, view->charset, server->label);
        at += ends->server + 1;
    }
    frame_put_left(frame, row, at, ends->client, STYLE_NORMAL, view->charset, list_sender(message));
    at += ends->client + 1;
    enum style style = list_fate(event, cell);
    text_render(text, sizeof text, message->payload, event->stored_bytes, view->charset);
    frame_put(frame, row, at, columns - fate - 1, STYLE_VALUE,
              event->size_bytes == 0 ? "(empty)" : text);
    frame_put_left(frame, row, columns - fate, fate, style, view->charset, cell);
}

void watch_draw_messages(const struct watch_view *view, struct frame *frame, int row, int rows)
{
    const struct list_ends ends = list_measure_ends(view, frame_columns(frame));

    frame_put(frame, row, MARK_WIDTH, frame_columns(frame), STYLE_COLUMN,
              view->inside ? "Time         Client" : "Time         Server, client, text");
    for (int i = 0; i < rows - 1 && view->top + (size_t)i < view->count; i++) {
        size_t index = view->top + (size_t)i;
        const struct fleet_message *message = fleet_message(view->fleet, view->rows[index].age);
        list_put_message(view, &ends, frame, row + 1 + i,
                         fleet_server(view->fleet, view->rows[index].server), &message->message);
        list_put_mark(view, frame, row + 1 + i, index);
    }
}
