/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_replay: the parts for a replay only: its overview, its servers, and restoring a state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

/* ---- servers; of a relay: targets */

const char *model_server_text(const struct model *model, const struct endpoint *server, char *out,
                              size_t size)
{
    if (model->config.relay)
        return endpoint_format_in(server, model->config.zones, out, size);
    if (!model->config.privacy || endpoint_is_multicast(server))
        return endpoint_format(server, out, size);
    snprintf(out, size, "server:%u", (unsigned)server->port);
    return out;
}

/* A capture of one server need not name it in each row. */
void servers_take_client(struct model *model, const struct event_client *event)
{
    const struct endpoint *server = client_server(model, event);
    char text[ENDPOINT_TEXT_SIZE];
    int columns;

    if (server->family == ENDPOINT_NONE || !(model->config.replay || model->config.relay))
        return;
    if (model->server.family == ENDPOINT_NONE)
        model->server = *server;
    if (model->server_columns == 0 && !event->several_servers &&
        endpoint_equal(&model->server, server))
        return;
    columns = (int)text_columns(model_server_text(model, server, text, sizeof text));
    if (model->server_columns == 0)
        model->server_columns =
            (int)text_columns(model_server_text(model, &model->server, text, sizeof text));
    if (columns > model->server_columns)
        model->server_columns = columns;
}

/* ---- the overview */

void model_show_overview(struct model *model, const struct replay_overview *overview, bool open)
{
    if (model->mode == (open ? MODE_LIST : MODE_OVERVIEW)) {
        model->trail.count = 0;
        model->mode = open ? MODE_OVERVIEW : MODE_LIST;
        model->scroll = 0;
    }
    model->overview = overview;
    model->changed = true;
}

/* ---- the way back */

struct model_snapshot {
    struct rows *rows;
    struct event_totals totals;
    struct rates rates, bytes;
    int address_columns, server_columns;
    struct endpoint server;
    uint64_t messages; /* since the start */
};

static uint64_t model_count_messages(const struct model *model)
{
    uint64_t later = model->pause.on ? backlog_end(model->pause.later) - model->pause.returned : 0;

    return backlog_end(model->backlog) + later - model->counted_from;
}

struct model_snapshot *model_snapshot_take(const struct model *model)
{
    struct model_snapshot *snapshot = malloc(sizeof *snapshot);

    if (snapshot == NULL)
        return NULL;
    *snapshot = (struct model_snapshot){.rows = rows_copy(model->live),
                                        .totals = model->totals,
                                        .rates = model->rates,
                                        .bytes = model->bytes,
                                        .address_columns = model->address_columns,
                                        .server_columns = model->server_columns,
                                        .server = model->server,
                                        .messages = model_count_messages(model)};
    if (snapshot->rows != NULL)
        return snapshot;
    free(snapshot);
    return NULL;
}

void model_snapshot_free(struct model_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    rows_close(snapshot->rows);
    free(snapshot);
}

size_t model_snapshot_bytes(const struct model_snapshot *snapshot)
{
    return sizeof *snapshot + rows_end(snapshot->rows) * sizeof(struct row);
}

bool model_snapshot_restore(struct model *model, const struct model_snapshot *snapshot)
{
    struct rows *rows = rows_copy(snapshot->rows);

    if (rows == NULL)
        return false;
    pause_end(model);
    rows_close(model->live);
    model->live = rows;
    model->engines[0] = model->totals = snapshot->totals;
    model->engine_count = 1;
    model->rates = snapshot->rates;
    model->bytes = snapshot->bytes;
    model->address_columns = snapshot->address_columns;
    model->server_columns = snapshot->server_columns;
    model->server = snapshot->server;
    model->filter.epoch++; /* the rows were matched with another filter */
    messages_clear(model);
    model->counted_from -= snapshot->messages;
    model->order.members_changed = true;
    model->changed = true;
    return true;
}
