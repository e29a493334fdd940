/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot: see the header. snapshot_read has the way back: what one writes the other reads. */
#include "udptui/output/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "snapshot_internal.h"
#include "udptui/base/units.h"
#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/output/json_read.h"
#include "udptui/proto/relayed.h"
#include "udptui/sys/json_memory.h"

/* What every document begins with. */
static json_t *snapshot_begin(const char *event, enum snapshot_kind kind, uint64_t boot,
                              int64_t wall_ns)
{
    json_t *object = json_event(event);

    json_object_set_new(object, "kind", json_string(snapshot_kind_words[kind]));
    json_add_hex64(object, "boot", boot);
    if (wall_ns != 0)
        json_add_time(object, wall_ns);
    return object;
}

/* NULL: memory ran out, perhaps for a value only. */
static char *snapshot_finish(json_t *object)
{
    char *text = json_memory_dump(object, JSON_COMPACT);

    json_decref(object);
    return text;
}

static void snapshot_add_text(json_t *object, const char *key, const char *safe)
{
    if (safe[0] != '\0')
        json_object_set_new(object, key, json_string(safe));
}

static void snapshot_add_rtts(json_t *object, const struct event_rtts *rtts)
{
    if (rtts->count == 0)
        return;
    json_add_count(object, "rtt_count", rtts->count);
    json_add_count(object, "rtt_sum_ns", (uint64_t)rtts->sum_ns);
}

/* ---- stats */

/* The figures of a summary, and what they are computed from. */
static json_t *snapshot_totals(const struct snapshot *snapshot)
{
    const struct event_totals *totals = &snapshot->totals;
    json_t *object = json_object();

    figures_add_json(object, snapshot_figures(snapshot->kind), totals);
    snapshot_add_rtts(object, &totals->rtts);
    json_add_count(object, "waiting", totals->waiting);
    if (snapshot->kind == SNAPSHOT_RELAY)
        json_add_count(object, "back_waiting", totals->back_waiting);
    json_object_set_new(object, "acks_on", json_boolean(totals->acks_on));
    if (totals->since_ns != 0 && totals->now_ns >= totals->since_ns)
        json_add_count(object, "counted_ns", (uint64_t)(totals->now_ns - totals->since_ns));
    return object;
}

static json_t *snapshot_targets(const struct snapshot *snapshot)
{
    json_t *list = json_array();

    for (size_t i = 0; i < snapshot->target_count; i++) {
        json_t *object = json_object();
        snapshot_add_text(object, "target", snapshot->targets[i].target);
        figures_add_json(object, &snapshot_target_figures, &snapshot->targets[i]);
        json_array_append_new(list, object);
    }
    return list;
}

char *snapshot_write_stats(const struct snapshot *snapshot)
{
    json_t *object =
        snapshot_begin("stats", snapshot->kind, snapshot->life.boot, snapshot->taken_ns);
    char text[UNITS_TIME_SIZE];

    json_add_count(object, "resets", snapshot->life.resets);
    json_object_set_new(object, "started",
                        json_string(units_iso8601(snapshot->started_ns, text, sizeof text)));
    snapshot_add_text(object, "listening", snapshot->listening);
    if (snapshot->kind == SNAPSHOT_PING) {
        json_object_set_new(object, "targets", snapshot_targets(snapshot));
        return snapshot_finish(object);
    }
    json_object_set_new(object, "privacy", json_boolean(snapshot->privacy));
    json_object_set_new(object, "totals", snapshot_totals(snapshot));
    return snapshot_finish(object);
}

/* ---- clients */

static void snapshot_add_moment(json_t *object, const char *key, int64_t wall_ns)
{
    char text[UNITS_TIME_SIZE];

    if (wall_ns != 0)
        json_object_set_new(object, key, json_string(units_iso8601(wall_ns, text, sizeof text)));
}

json_t *snapshot_client_json(enum snapshot_kind kind, const struct snapshot_client *client,
                             const struct zones *zones)
{
    const struct event_client *record = &client->record;
    json_t *object = json_object();

    snapshot_add_text(object, "from", client->label);
    snapshot_add_text(object, "name", client->name);
    figures_add_json(object, snapshot_client_figures(kind), record);
    snapshot_add_rtts(object, &record->rtts);
    if (record->target.family != ENDPOINT_NONE)
        json_add_endpoint(object, "target", &record->target, zones);
    snapshot_add_moment(object, "first", record->first_ns);
    snapshot_add_moment(object, "last", record->last_ns);
    return object;
}

char *snapshot_write_clients(const struct snapshot_clients *clients, const struct zones *zones)
{
    json_t *object =
        snapshot_begin("clients", clients->kind, clients->life.boot, clients->taken_ns);
    json_t *list = json_array();

    for (size_t i = 0; i < clients->count; i++)
        json_array_append_new(list,
                              snapshot_client_json(clients->kind, &clients->clients[i], zones));
    json_add_count(object, "resets", clients->life.resets);
    json_add_count(object, "known", clients->known);
    json_object_set_new(object, "clients", list);
    return snapshot_finish(object);
}

/* ---- state */

char *snapshot_write_state(const struct snapshot_presence *presence)
{
    json_t *object = snapshot_begin("state", presence->kind, presence->boot, presence->wall_ns);

    json_object_set_new(object, "state", json_string(snapshot_state_words[presence->state]));
    return snapshot_finish(object);
}

/* ---- messages: the keys are those of serve_json */

static void snapshot_add_fate(json_t *object, const struct event_message *event)
{
    json_object_set_new(object, event_is_relayed(event) ? "status" : "ack",
                        json_string(ack_status_rows[event->status].json));
    if (event->status == ACK_HELD)
        json_object_set_new(object, "why", json_string(held_reason_name(event->why_held)));
    if (event->service_ns >= 0)
        json_add_count(object, "service_ns", (uint64_t)event->service_ns);
    if (event_is_relayed(event) && event->relayed.rtt_ns >= 0)
        json_add_count(object, "rtt_ns", (uint64_t)event->relayed.rtt_ns);
}

void snapshot_add_message_json(json_t *object, const struct snapshot_message *message,
                               const struct zones *zones)
{
    const struct event_message *event = &message->event;
    bool back = event->relayed.direction == DIRECTION_TO_CLIENT;

    json_add_count(object, "n", event->number);
    if (event_is_relayed(event))
        json_object_set_new(object, "direction",
                            json_string(relayed_direction_name(event->relayed.direction)));
    snapshot_add_text(object, back ? "to" : "from", message->label);
    snapshot_add_text(object, "name", message->name);
    json_add_endpoint(object, back ? "from" : "to", &event->to, zones);
    json_add_count(object, "bytes", event->size_bytes);
    json_add_payload(object, message->payload, event->stored_bytes);
    snapshot_add_fate(object, event);
}

char *snapshot_write_message(const struct snapshot_message *message, const struct zones *zones)
{
    json_t *object =
        snapshot_begin("message", message->kind, message->boot, message->event.wall_ns);

    snapshot_add_message_json(object, message, zones);
    return snapshot_finish(object);
}
