/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch_json: one JSON object a line; the members of a program's own document are the same as in
 * what it publishes. */
#include <string.h>

#include <jansson.h>

#include "snapshot_internal.h"
#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/output/json_read.h"
#include "udptui/output/watch.h"

static bool watch_write_object(const struct watch_output *output, json_t *object)
{
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

/* "server": whom it is about; the time is ours. */
static json_t *watch_begin_object(const char *event, const struct watch_facts *facts,
                                  const struct fleet_server *server)
{
    json_t *object = json_event(event);

    json_add_time(object, facts->wall_ns);
    json_add_text(object, "server", server->topic.name, strlen(server->topic.name));
    json_add_text(object, "place", server->topic.place, strlen(server->topic.place));
    json_object_set_new(object, "kind", json_string(snapshot_kind_words[server->kind]));
    return object;
}

static bool watch_write_link_json(const struct watch_output *output,
                                  const struct watch_facts *facts)
{
    const struct link_status *link = facts->link;
    json_t *object = json_event("broker");

    json_add_time(object, facts->wall_ns);
    json_object_set_new(object, "broker", json_string(facts->broker));
    json_object_set_new(object, "state", json_string(link_state_words[link->state]));
    if (link->why[0] != '\0')
        json_object_set_new(object, "why", json_string(link->why));
    if (link->state == LINK_SILENT)
        json_object_set_new(object, "silent_ns", json_integer(facts->now_ns - link->since_ns));
    if (link->state != LINK_UP && link->retry_ns > facts->now_ns)
        json_object_set_new(object, "retry_ns", json_integer(link->retry_ns - facts->now_ns));
    return watch_write_object(output, object);
}

static void watch_add_state(json_t *object, const struct watch_facts *facts,
                            const struct fleet_server *server)
{
    json_object_set_new(object, "state",
                        json_string(fleet_state_words[fleet_state(facts->fleet, server)]));
    if (fleet_is_doubled(server, facts->now_ns))
        json_object_set_new(object, "doubled", json_true());
    json_add_count(object, "restarts", server->restarts);
    if (server->latest == NULL)
        return;
    json_add_hex64(object, "boot", server->latest->life.boot);
    if (server->latest->listening[0] != '\0')
        json_object_set_new(object, "listening", json_string(server->latest->listening));
    if (server->changed_ns > 0)
        json_object_set_new(object, "age_ns", json_integer(facts->now_ns - server->changed_ns));
}

static bool watch_write_state_json(const struct watch_output *output,
                                   const struct watch_facts *facts,
                                   const struct fleet_server *server)
{
    json_t *object = watch_begin_object("state", facts, server);

    watch_add_state(object, facts, server);
    return watch_write_object(output, object);
}

static bool watch_write_forgotten_json(const struct watch_output *output,
                                       const struct watch_facts *facts,
                                       const struct fleet_server *server)
{
    return watch_write_object(output, watch_begin_object("forgotten", facts, server));
}

static void watch_add_figures(json_t *object, const char *key, const struct figures *figures,
                              const void *summary)
{
    json_t *list = json_object();

    figures_add_json(list, figures, summary);
    json_object_set_new(object, key, list);
}

static void watch_add_sums(json_t *object, const struct fleet_sums *sums)
{
    const void *summaries[SNAPSHOT_KINDS] = {[SNAPSHOT_SERVE] = &sums->served,
                                             [SNAPSHOT_RELAY] = &sums->relayed,
                                             [SNAPSHOT_PING] = &sums->pinged};

    for (enum snapshot_kind kind = 0; kind < SNAPSHOT_KINDS; kind++)
        if (sums->has[kind])
            watch_add_figures(object, snapshot_kind_words[kind], snapshot_figures(kind),
                              summaries[kind]);
}

/* null: it is not known. */
static json_t *watch_rate_json(double rate)
{
    return rate >= 0 ? json_real(rate) : json_null();
}

static void watch_add_rates(json_t *object, double received, double acked)
{
    json_object_set_new(object, "received_per_s", watch_rate_json(received));
    json_object_set_new(object, "acked_per_s", watch_rate_json(acked));
}

static void watch_add_targets(json_t *object, const struct snapshot *latest)
{
    json_t *list = json_array();

    for (size_t i = 0; i < latest->target_count; i++) {
        json_t *target = json_object();
        json_object_set_new(target, "target", json_string(latest->targets[i].target));
        figures_add_json(target, &snapshot_target_figures, &latest->targets[i]);
        json_array_append_new(list, target);
    }
    json_object_set_new(object, "targets", list);
}

static bool watch_write_server_json(const struct watch_output *output,
                                    const struct watch_facts *facts,
                                    const struct fleet_server *server)
{
    json_t *object = watch_begin_object("server", facts, server);
    struct fleet_sums sums;

    watch_add_state(object, facts, server);
    watch_add_rates(object,
                    fleet_server_rate(facts->fleet, server, &server->received, facts->now_ns),
                    fleet_server_rate(facts->fleet, server, &server->acked, facts->now_ns));
    fleet_sum_server(server, &sums);
    watch_add_sums(object, &sums);
    if (server->latest != NULL && server->latest->kind == SNAPSHOT_PING)
        watch_add_targets(object, server->latest);
    return watch_write_object(output, object);
}

static bool watch_write_clients_json(const struct watch_output *output,
                                     const struct watch_facts *facts,
                                     const struct fleet_server *server)
{
    json_t *object = watch_begin_object("clients", facts, server);
    json_t *list = json_array();

    json_add_count(object, "known", server->clients_known);
    for (size_t i = 0; i < server->client_count; i++)
        json_array_append_new(list, snapshot_client_json(server->kind, &server->clients[i], NULL));
    json_object_set_new(object, "clients", list);
    return watch_write_object(output, object);
}

static bool watch_write_message_json(const struct watch_output *output,
                                     const struct watch_facts *facts,
                                     const struct fleet_server *server,
                                     const struct snapshot_message *message)
{
    json_t *object = watch_begin_object("message", facts, server);

    json_add_time(object, message->event.wall_ns);
    snapshot_add_message_json(object, message, NULL);
    return watch_write_object(output, object);
}

static bool watch_write_summary_json(const struct watch_output *output,
                                     const struct watch_facts *facts)
{
    json_t *object = json_event("summary");

    json_add_time(object, facts->wall_ns);
    figures_add_json(object, &watch_figures, &facts->counts);
    watch_add_rates(object, fleet_rate(facts->fleet, fleet_received(facts->fleet), facts->now_ns),
                    fleet_rate(facts->fleet, fleet_acked(facts->fleet), facts->now_ns));
    watch_add_sums(object, &facts->sums);
    return watch_write_object(output, object);
}

const struct watch_writer watch_json = {.link = watch_write_link_json,
                                        .state = watch_write_state_json,
                                        .forgotten = watch_write_forgotten_json,
                                        .server = watch_write_server_json,
                                        .clients = watch_write_clients_json,
                                        .message = watch_write_message_json,
                                        .summary = watch_write_summary_json};
