/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_rows: which rows the list has, and their order. */
#include <stdlib.h>
#include <string.h>

#include "udptui/proto/endpoint.h"
#include "udptui/ui/watch/choosing.h"
#include "view_internal.h"

enum { ROWS_MIN = 64 };

const char *watch_sort_word(enum watch_sort sort)
{
    static const char *const words[WATCH_SORTS] = {
        [WATCH_BY_NAME] = "name",      [WATCH_BY_STATE] = "state",
        [WATCH_BY_RATE] = "rate",      [WATCH_BY_CLIENTS] = "clients",
        [WATCH_BY_HELD] = "held",      [WATCH_BY_LOST] = "failed, drops",
        [WATCH_BY_LAST] = "last seen",
    };

    return words[sort];
}

static struct watch_row *rows_add(struct watch_view *view)
{
    if (view->count == view->capacity) {
        size_t capacity = view->capacity > 0 ? 2 * view->capacity : ROWS_MIN;
        struct watch_row *rows = realloc(view->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return NULL;
        view->rows = rows;
        view->capacity = capacity;
    }
    struct watch_row *row = &view->rows[view->count++];
    *row = (struct watch_row){0};
    return row;
}

static struct choosing rows_choosing(const struct watch_view *view)
{
    return (struct choosing){.filter = view->filter, .fleet = view->fleet, .now_ns = view->now_ns};
}

/* ---- servers */

static uint64_t rows_server_key(const struct watch_view *view, const struct fleet_server *server)
{
    static const uint8_t by_state[FLEET_STATES] = {
        [FLEET_GONE] = 0, [FLEET_STALE] = 1, [FLEET_UP] = 2, [FLEET_ENDED] = 3};
    struct fleet_sums sums;
    double rate;

    switch (view->sort) {
    case WATCH_BY_NAME:
    case WATCH_SORTS:
        return 0;
    case WATCH_BY_STATE:
        return by_state[fleet_state(view->fleet, server)];
    case WATCH_BY_RATE:
        rate = fleet_server_rate(view->fleet, server, &server->received, view->now_ns);
        return rate < 0 ? UINT64_MAX : UINT64_MAX - 1 - (uint64_t)(rate * 1000);
    case WATCH_BY_LAST:
        return server->news_ns > 0 ? (uint64_t)(INT64_MAX - server->news_ns) : UINT64_MAX;
    case WATCH_BY_CLIENTS:
    case WATCH_BY_HELD:
    case WATCH_BY_LOST:
        break;
    }
    fleet_sum_server(server, &sums);
    const struct watch_few few = watch_few_of(&sums);
    return UINT64_MAX - (view->sort == WATCH_BY_CLIENTS ? few.clients
                         : view->sort == WATCH_BY_HELD  ? few.held
                                                        : few.failed + few.dropped);
}

static void rows_collect_servers(struct watch_view *view)
{
    const struct choosing choosing = rows_choosing(view);

    for (uint32_t slot = 0; slot < fleet_end(view->fleet); slot++) {
        const struct fleet_server *server = fleet_server(view->fleet, slot);
        if (server == NULL)
            continue;
        view->all++;
        if (view->filter != NULL && !choosing_takes_server(&choosing, server))
            continue;
        struct watch_row *row = rows_add(view);
        if (row == NULL)
            return;
        row->server = slot;
        row->generation = server->generation;
        row->label = server->label;
        row->key = rows_server_key(view, server);
    }
}

/* ---- clients */

static void rows_add_client(struct watch_view *view, uint32_t slot,
                            const struct fleet_server *server, uint32_t index)
{
    const struct snapshot_client *client = &server->clients[index];
    const struct event_client *record = &client->record;
    const struct choosing choosing = rows_choosing(view);
    struct watch_row *row = rows_add(view);

    if (row == NULL)
        return;
    *row = (struct watch_row){.server = slot,
                              .generation = server->generation,
                              .client = index,
                              .servers = 1,
                              .left_out = view->filter != NULL &&
                                          !choosing_takes_client(&choosing, server, client),
                              .received = record->counts.received,
                              .acked = record->counts.acked,
                              .held = counts_held(&record->counts) + counts_held(&record->back),
                              .failed = record->counts.failed + record->back.failed,
                              .last_ns = record->last_ns,
                              .label = client->label};
}

static const struct endpoint *rows_peer(const struct watch_view *view, const struct watch_row *row)
{
    return &fleet_server(view->fleet, row->server)->clients[row->client].record.peer;
}

/* By address, so that those of one client stand together; without one each is alone. */
static int rows_compare_labels(const void *a, const void *b)
{
    const struct watch_row *left = a, *right = b;
    int order = strcmp(left->label, right->label);

    return order != 0 ? order : left->server < right->server ? -1 : left->server > right->server;
}

static bool rows_same_client(const struct watch_view *view, const struct watch_row *a,
                             const struct watch_row *b)
{
    const struct endpoint *peer = rows_peer(view, a);

    return peer->family != ENDPOINT_NONE && endpoint_equal(peer, rows_peer(view, b));
}

static void rows_merge_client(struct watch_row *into, const struct watch_row *from)
{
    into->servers++;
    into->received += from->received;
    into->acked += from->acked;
    into->held += from->held;
    into->failed += from->failed;
    if (from->last_ns > into->last_ns)
        into->last_ns = from->last_ns;
}

/* Of a client that is left out in part, the other part remains. */
static void rows_merge_clients(struct watch_view *view)
{
    size_t kept = 0;
    bool in_client = false; /* the last one that is kept is of the client of this row */
    struct watch_row before = {0};

    qsort(view->rows, view->count, sizeof *view->rows, rows_compare_labels);
    for (size_t i = 0; i < view->count; i++) {
        const struct watch_row row = view->rows[i];
        bool same = i > 0 && rows_same_client(view, &before, &row);
        in_client &= same;
        view->all += !same;
        before = row;
        if (row.left_out)
            continue;
        if (in_client)
            rows_merge_client(&view->rows[kept - 1], &row);
        else
            view->rows[kept++] = row;
        in_client = true;
    }
    view->count = kept;
    for (size_t i = 0; i < kept; i++)
        view->rows[i].key = UINT64_MAX - view->rows[i].received;
}

static bool rows_take_server(const struct watch_view *view, uint32_t slot)
{
    return !view->inside || slot == view->inner;
}

static void rows_collect_clients(struct watch_view *view)
{
    for (uint32_t slot = 0; slot < fleet_end(view->fleet); slot++) {
        const struct fleet_server *server = fleet_server(view->fleet, slot);
        if (server == NULL || !rows_take_server(view, slot))
            continue;
        for (uint32_t i = 0; i < server->client_count; i++)
            rows_add_client(view, slot, server, i);
    }
    if (view->count > 0)
        rows_merge_clients(view);
}

/* ---- messages */

static void rows_collect_messages(struct watch_view *view)
{
    const struct choosing choosing = rows_choosing(view);
    const struct fleet_message *message;

    for (size_t age = 0; (message = fleet_message(view->fleet, age)) != NULL; age++) {
        const struct fleet_server *server = fleet_server(view->fleet, message->server);
        if (server == NULL || server->generation != message->generation ||
            !rows_take_server(view, message->server))
            continue;
        view->all++;
        if (view->filter != NULL && !choosing_takes_message(&choosing, server, &message->message))
            continue;
        struct watch_row *row = rows_add(view);
        if (row == NULL)
            return;
        row->server = message->server;
        row->generation = message->generation;
        row->age = age;
        row->key = age;
        row->label = "";
    }
}

/* ---- order and choice */

/* Names with numbers as people order them: room-2 before room-10. */
static int rows_compare(const void *a, const void *b)
{
    const struct watch_row *left = a, *right = b;

    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return strverscmp(left->label, right->label);
}

static void rows_invert(struct watch_view *view)
{
    for (size_t i = 0; i < view->count / 2; i++) {
        struct watch_row row = view->rows[i];
        view->rows[i] = view->rows[view->count - 1 - i];
        view->rows[view->count - 1 - i] = row;
    }
}

static void rows_settle(struct watch_view *view)
{
    size_t page = view->page > 0 ? (size_t)view->page : 1;

    if (view->position >= view->count)
        view->position = view->count > 0 ? view->count - 1 : 0;
    if (view->top > view->position)
        view->top = view->position;
    if (view->position >= view->top + page)
        view->top = view->position - page + 1;
    if (view->top + page > view->count)
        view->top = view->count > page ? view->count - page : 0;
}

/* The chosen server stays chosen wherever it is now; the first row stays the first row. */
static void rows_find_chosen(struct watch_view *view, uint32_t server, uint32_t generation)
{
    for (size_t i = 0; view->position > 0 && i < view->count; i++)
        if (view->rows[i].server == server && view->rows[i].generation == generation) {
            view->position = i;
            break;
        }
}

void watch_view_collect(struct watch_view *view)
{
    bool is_servers = view->list == WATCH_SERVERS;
    uint32_t server = UINT32_MAX, generation = 0;

    if (is_servers && !view->inside && view->position < view->count) {
        server = view->rows[view->position].server;
        generation = view->rows[view->position].generation;
    }
    view->count = view->all = 0;
    if (is_servers && !view->inside)
        rows_collect_servers(view);
    else if (view->list == WATCH_CLIENTS_LIST)
        rows_collect_clients(view);
    else if (view->list == WATCH_MESSAGES)
        rows_collect_messages(view);
    if (view->count > 1)
        qsort(view->rows, view->count, sizeof *view->rows, rows_compare);
    if (view->inverted && is_servers)
        rows_invert(view);
    rows_find_chosen(view, server, generation);
    rows_settle(view);
}

void watch_view_move(struct watch_view *view, int64_t rows)
{
    int64_t last = (int64_t)view->count - 1, position = (int64_t)view->position;

    if (view->inside && view->list == WATCH_SERVERS) { /* figures scroll, nothing is chosen */
        position = (int64_t)view->top + rows;
        view->top = position > 0 ? (size_t)position : 0;
        return;
    }
    position = rows > last - position ? last : position + rows;
    view->position = position > 0 ? (size_t)position : 0;
    rows_settle(view);
}

const struct fleet_server *watch_view_inner(const struct watch_view *view)
{
    const struct fleet_server *server =
        view->inside ? fleet_server(view->fleet, view->inner) : NULL;

    return server != NULL && server->generation == view->inner_generation ? server : NULL;
}

const struct fleet_server *watch_view_chosen(const struct watch_view *view, uint32_t *slot)
{
    if (view->inside) {
        *slot = view->inner;
        return watch_view_inner(view);
    }
    if (view->position >= view->count)
        return NULL;
    const struct watch_row *row = &view->rows[view->position];
    const struct fleet_server *server = fleet_server(view->fleet, row->server);
    *slot = row->server;
    return server != NULL && server->generation == row->generation ? server : NULL;
}

void watch_view_set_filter(struct watch_view *view, const char *text)
{
    line_set(&view->line, text);
    filter_close(view->filter);
    view->filter = NULL;
    view->wrong = (struct filter_problem){0};
    if (view->line.length > 0)
        view->filter = choosing_open(view->line.bytes, view->line.length, &view->wrong);
    if (view->filter != NULL)
        view->wrong.why[0] = '\0';
}

void watch_view_close(struct watch_view *view)
{
    filter_close(view->filter);
    free(view->rows);
}
