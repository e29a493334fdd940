/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_clients: the upper pane. A table of columns gives the title, width and getter of each, and
 * the order in which they are dropped on a narrow screen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "view_columns_internal.h"

enum {
    MARK_WIDTH = 3, /* " > " */
    GAP = 1,
    ADDRESS_MIN = 15,
    ADDRESS_MAX = 47,
};

/* How the width is divided. */
struct table {
    int address;   /* columns of the address */
    int priority;  /* columns up to this one are shown */
    int spark;     /* columns of a sparkline */
    unsigned kind; /* enum column_kind */
    bool roster, addresses, servers;
};

static bool fits_kind(const struct table *table, const struct column *column)
{
    if ((column->kinds & SEVERAL_SERVERS) && !table->servers)
        return false;
    return column->kinds == 0 || (column->kinds & table->kind);
}

static bool is_shown(const struct table *table, const struct column *column)
{
    if (!fits_kind(table, column))
        return false;
    if (column->priority > table->priority ||
        column->roster == (table->roster ? NO_CLASS : CLASS_ALONE))
        return false;
    return !column->address || table->addresses;
}

/* The next column that is shown from a place on, which moves behind it; NULL past the last. */
static const struct column *next_shown(const struct table *table, size_t *place)
{
    const struct column *column;

    do
        column = column_at((*place)++);
    while (column != NULL && !is_shown(table, column));
    return column;
}

static int width_of_all(const struct table *table)
{
    const struct column *column;
    int width = 0;

    for (size_t place = 0; (column = next_shown(table, &place)) != NULL;)
        width += column->width + GAP;
    return width;
}

/* The address column fits the known addresses; the rest makes the sparklines longer. */
static struct table table_for(const struct view *view)
{
    const struct model *model = view->model;
    struct table table = {.address = shown_address_columns(model),
                          .roster = model->config.roster,
                          .addresses = !roster_private(model->roster),
                          .kind = model->config.replay  ? OF_CAPTURE
                                  : model->config.relay ? OF_RELAY
                                                        : OF_SERVER,
                          .servers = model->server_columns > 0,
                          .priority = COLUMN_PRIORITY_MAX,
                          .spark = COLUMN_SPARK_MIN};
    int room;

    if (table.address < ADDRESS_MIN)
        table.address = ADDRESS_MIN;
    if (table.address > ADDRESS_MAX)
        table.address = ADDRESS_MAX;
    if (table.address > view->columns / 2)
        table.address = view->columns / 2;
    room = view->columns - MARK_WIDTH - table.address - 1;
    while (table.priority > 0 && width_of_all(&table) > room)
        table.priority--;
    room -= width_of_all(&table);
    table.spark += room < SPARK_MAX - COLUMN_SPARK_MIN ? room : SPARK_MAX - COLUMN_SPARK_MIN;
    return table;
}

static int clients_width_of(const struct table *table, const struct column *column)
{
    return column->get == NULL ? column->width + table->spark - COLUMN_SPARK_MIN : column->width;
}

/* ---- rows */

/* How long the sparkline is in time, if there is room to say so. */
static void put_spark_heading(const struct view *view, int row, int end, int seconds)
{
    char text[UNITS_TEXT_SIZE];

    snprintf(text, sizeof text, seconds >= 9 ? "last %d s" : "%d s", seconds);
    frame_put_right(view->frame, row, end - seconds, seconds, STYLE_COLUMN, view->charset, text);
}

static void put_headings(const struct view *view, const struct table *table)
{
    int row = view->model->layout.clients_title + 1;
    const struct column *column;
    int at = MARK_WIDTH;

    frame_put_left(view->frame, row, at, table->address, STYLE_COLUMN, view->charset, "Client");
    at += table->address;
    for (size_t place = 0; (column = next_shown(table, &place)) != NULL;) {
        at += GAP;
        int width = clients_width_of(table, column);
        if (column->get == NULL)
            put_spark_heading(view, row, at + width, table->spark);
        else if (column->left)
            frame_put(view->frame, row, at, at + width, STYLE_COLUMN, column->title);
        else
            frame_put_right(view->frame, row, at, width, STYLE_COLUMN, view->charset,
                            column->title);
        at += width;
    }
}

static void put_figure(const struct view *view, int row, int at, const struct column *column,
                       const struct line_source *source)
{
    char text[FIGURE_SIZE] = "";
    enum style style = column->get(source, text);

    if (column->left)
        frame_put(view->frame, row, at + (column->title[0] == ' '), at + column->width, style,
                  text);
    else
        frame_put_right(view->frame, row, at, column->width, style, view->charset, text);
}

static void clients_put_line(const struct view *view, const struct table *table, int row,
                             const char *name, const struct line_source *source, uint64_t top)
{
    enum style style = source->row != NULL ? STYLE_NORMAL : STYLE_DIM;
    const struct column *column;
    int at = MARK_WIDTH + table->address;

    frame_put_left(view->frame, row, MARK_WIDTH, table->address, style, view->charset, name);
    for (size_t place = 0; (column = next_shown(table, &place)) != NULL;) {
        at += GAP;
        if (column->get != NULL)
            put_figure(view, row, at, column, source);
        else if (source->row != NULL)
            view_spark(view, row, at + 1, table->spark, &source->row->rates, source->now_ns, top);
        at += clients_width_of(table, column);
    }
}

/* One scale for all visible clients, so that they can be compared. */
static uint64_t common_top(const struct view *view, const struct table *table)
{
    const struct model *model = view->model;
    uint64_t top = 0;
    uint32_t slot;

    for (uint32_t i = 0; i < clients_page(model); i++) {
        const struct row *row = clients_at(model, model->client.top + i, &slot);
        uint64_t most =
            row != NULL ? view_spark_top(&row->rates, shown_now_ns(model), table->spark) : 0;
        if (most > top)
            top = most;
    }
    return top;
}

static void clients_put_client(const struct view *view, const struct table *table, uint32_t line,
                               uint64_t top)
{
    const struct model *model = view->model;
    uint32_t slot, position = model->client.top + line;
    int row = model->layout.clients_first + (int)line;
    const struct row *client = clients_at(model, position, &slot);
    char name[PEER_SIZE];

    if (client == NULL)
        return;
    struct counts counts, back;
    person_counts(model, slot, client, &counts, &back);
    struct line_source source = {.counts = &counts,
                                 .back = &back,
                                 .row = client,
                                 .now_ns = shown_now_ns(model),
                                 .silent = roster_is_silent(model, client)};
    if (roster_name(model->roster, slot, client->generation)[0] != '\0' ||
        hostnames_find(model->config.hosts, &client->peer)[0] != '\0')
        roster_address(model->roster, slot, client->generation, &client->peer, source.address,
                       sizeof source.address);
    if (client->several_servers)
        snprintf(source.server, sizeof source.server, "several");
    else if (client->server.family != ENDPOINT_NONE)
        model_server_text(model, &client->server, source.server, sizeof source.server);
    view_peer(view, slot, client->generation, &client->peer, name, sizeof name);
    clients_put_line(view, table, row, name, &source, top);
    if (position != model->client.position)
        return;
    frame_put(view->frame, row, 1, 2, STYLE_NORMAL, ">");
    if (model->pane == PANE_CLIENTS)
        frame_mark(view->frame, row, 0, view->columns, MARK_SELECTED);
}

/* ---- a class in columns: the name, and the count or the time of silence */

/* The part that distinguishes equal names is not cut off: "Alexand… #41" of "Alexandria (client
 * 41)". */
static void shorten_name(const struct view *view, char *name, size_t size, int room)
{
    static const char mark[] = " (client ";
    char *found = strstr(name, mark), cut[PEER_SIZE], number[UNITS_TEXT_SIZE];

    for (char *next = found; next != NULL; next = strstr(next + 1, mark))
        found = next;
    if (found == NULL || (int)text_columns(name) <= room)
        return;
    snprintf(number, sizeof number, " #%u", (unsigned)strtoul(found + strlen(mark), NULL, 10));
    *found = '\0';
    int left = room - (int)strlen(number), whole = (int)text_columns(name);
    if (left < 1)
        return;
    text_fit(cut, sizeof cut, name, (size_t)(whole < left ? whole : left), view->charset);
    snprintf(name, size, "%.*s%s", PEER_SIZE - UNITS_TEXT_SIZE, cut, number);
}

static void clients_put_cell(const struct view *view, uint32_t place)
{
    const struct model *model = view->model;
    uint32_t slot, position = model->client.top + place, rows = clients_rows_shown(model);
    int width = view->columns / (int)clients_columns(model), left = (int)(place / rows) * width;
    int row = model->layout.clients_first - 1 + (int)(place % rows);
    const struct row *client = clients_at(model, position, &slot);
    char name[PEER_SIZE], figure[UNITS_TEXT_SIZE];
    struct counts counts, back;

    if (client == NULL)
        return;
    bool silent = roster_is_silent(model, client);
    enum style style = silent ? STYLE_WARNING : STYLE_NORMAL;
    person_counts(model, slot, client, &counts, &back);
    view_peer(view, slot, client->generation, &client->peer, name, sizeof name);
    if (silent)
        snprintf(figure, sizeof figure, "~%lld s",
                 (long long)((shown_now_ns(model) - client->last_ns) / UNITS_NS_PER_S));
    else
        units_count_short(counts.received, figure, sizeof figure);
    int figure_width = (int)text_columns(figure);
    shorten_name(view, name, sizeof name, width - 4 - figure_width);
    frame_put_left(view->frame, row, left + 2, width - 4 - figure_width, style, view->charset,
                   name);
    frame_put(view->frame, row, left + width - 1 - figure_width, left + width - 1, style, figure);
    if (position != model->client.position)
        return;
    frame_put(view->frame, row, left, left + 1, STYLE_NORMAL, ">");
    if (model->pane == PANE_CLIENTS)
        frame_mark(view->frame, row, left, left + width - 1, MARK_SELECTED);
}

static void clients_put_cells(const struct view *view)
{
    for (uint32_t place = 0; place < clients_page(view->model); place++)
        clients_put_cell(view, place);
}

static void put_evicted(const struct view *view, const struct table *table)
{
    const struct layout *layout = &view->model->layout;
    const struct event_totals *totals = shown_totals(view->model);
    struct line_source source = {.counts = &totals->evicted, .back = &totals->back_evicted};
    char count[UNITS_TEXT_SIZE], name[FIGURE_SIZE];

    if (totals->clients_evicted == 0 || layout->clients_rows < 2)
        return;
    snprintf(name, sizeof name, "(evicted %s)",
             units_count(totals->clients_evicted, count, sizeof count));
    clients_put_line(view, table, layout->clients_first + layout->clients_rows - 1, name, &source,
                     0);
}

/* ---- nothing yet */

/* The command with nc, which most machines have. */
static void format_netcat(const struct view *view, char *out, size_t size)
{
    struct endpoint_spec spec;

    out[0] = '\0';
    if (endpoint_split(view->model->config.join, &spec) == ENDPOINT_OK && spec.zone[0] == '\0' &&
        !endpoint_is_multicast(&spec.literal))
        snprintf(out, size, "echo hello | nc -u -w1 %s %u", spec.host, (unsigned)spec.port);
}

/* Instead of the command to join: the clients of a relay are other programs. */
static void put_relay_invitation(const struct view *view)
{
    const struct layout *layout = &view->model->layout;
    int row = layout->clients_first;

    frame_put(view->frame, row++, MARK_WIDTH, view->columns, STYLE_NORMAL,
              view->columns < 60 ? "Nothing yet. Let clients send to"
                                 : "Nothing has arrived yet. Let the clients send to");
    frame_put(view->frame, row++, MARK_WIDTH + 2, view->columns, STYLE_COMMAND,
              view->model->config.listening);
    frame_put(view->frame, row, MARK_WIDTH, view->columns, STYLE_NORMAL,
              view->columns < 60 ? "instead of the target."
                                 : "(the address on the left) instead of the target.");
}

/* Without clients, shows how to send the first datagram. */
static void put_invitation(const struct view *view)
{
    const struct layout *layout = &view->model->layout;
    int row = layout->clients_first, last = row + layout->clients_rows - 1;
    char text[LINE_SIZE];

    if (view->model->config.relay) {
        put_relay_invitation(view);
        return;
    }
    if (view->model->config.join == NULL) {
        frame_put(view->frame, row, MARK_WIDTH, view->columns, STYLE_NORMAL, "Nothing yet");
        return;
    }
    frame_put(view->frame, row++, MARK_WIDTH, view->columns, STYLE_NORMAL,
              view->columns < 60
                  ? "Nothing yet. Type on any machine:"
                  : "Nothing has arrived yet. On this machine or another one, type:");
    view_join(view, text, sizeof text);
    builder_append(text, sizeof text, " hello");
    frame_put(view->frame, row++, MARK_WIDTH + 2, view->columns, STYLE_COMMAND, text);
    format_netcat(view, text, sizeof text);
    if (text[0] == '\0' || row + 1 > last)
        return;
    frame_put(view->frame, row++, MARK_WIDTH, view->columns, STYLE_NORMAL, "or, without udptui:");
    frame_put(view->frame, row, MARK_WIDTH + 2, view->columns, STYLE_COMMAND, text);
}

static bool is_empty(const struct model *model)
{
    return rows_count(shown_rows(model)) == 0 && shown_totals(model)->counts.received == 0;
}

/* ---- the pane */

static void clients_put_title(const struct view *view)
{
    const struct model *model = view->model;
    char left[LINE_SIZE], right[FIGURE_SIZE], count[UNITS_TEXT_SIZE], shown[UNITS_TEXT_SIZE];

    units_count(shown_totals(model)->clients, count, sizeof count);
    snprintf(left, sizeof left, "Clients %s", count);
    if (model->stood_for > 0)
        snprintf(left, sizeof left, "Clients %s (%s ports)",
                 units_count(shown_totals(model)->clients - model->stood_for, shown, sizeof shown),
                 count);
    if (filter_active(model))
        snprintf(left, sizeof left, "Clients %s of %s",
                 units_count(model->order.count, shown, sizeof shown), count);
    if (model->silent > 0)
        builder_append(left, sizeof left, ", %s silent",
                       units_count(model->silent, shown, sizeof shown));
    snprintf(right, sizeof right, "sort: %s%s", sort_name(model->sort),
             model->inverted ? ", inverted" : "");
    view_rule(
        view, model->layout.clients_title,
        &(struct rule){.left = left,
                       .left_style = model->pane == PANE_CLIENTS ? STYLE_PANE_ACTIVE : STYLE_PANE,
                       .right = right,
                       .right_style = STYLE_DIM});
}

void view_clients(const struct view *view)
{
    struct table table = table_for(view);
    uint64_t top = common_top(view, &table);

    clients_put_title(view);
    if (is_empty(view->model)) {
        put_invitation(view);
        return;
    }
    if (clients_columns(view->model) > 1) {
        clients_put_cells(view);
    } else {
        put_headings(view, &table);
        for (uint32_t line = 0; line < clients_page(view->model); line++)
            clients_put_client(view, &table, line, top);
    }
    put_evicted(view, &table);
    if (view->model->order.count == 0 && filter_active(view->model))
        frame_put(view->frame, view->model->layout.clients_first, MARK_WIDTH, view->columns,
                  STYLE_DIM, "no client matches the filter");
}
