/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watched: see the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "udptui/base/units.h"
#include "watched.h"

enum { BOOT = 1, FIRST_S = 100 };

static struct snapshot_topic watched_topic(const char *name, enum snapshot_part part)
{
    struct snapshot_topic topic = {.place = "4010", .part = part};

    snprintf(topic.name, sizeof topic.name, "%s", name);
    return topic;
}

struct fleet *watched_open(void)
{
    struct fleet *fleet =
        fleet_open(&(struct fleet_config){.servers_max = 16, .charset = TEXT_ASCII});

    assert_non_null(fleet);
    fleet_set_connected(fleet, true, UNITS_NS_PER_S);
    return fleet;
}

uint32_t watched_add(struct fleet *fleet, const struct watched_server *server)
{
    struct snapshot_topic topic = watched_topic(server->name, SNAPSHOT_STATS);

    for (int64_t second = 0; second <= WATCHED_NOW_S - FIRST_S - server->silent_s; second++) {
        uint64_t received = 1000 + server->received * (uint64_t)second;
        struct snapshot snapshot = {
            .life = {.boot = BOOT},
            .started_ns = UNITS_NS_PER_S,
            .taken_ns = second + 2,
            .listening = "0.0.0.0:4010",
            .totals = {.counts = {.received = received,
                                  .acked = received - server->held - server->failed,
                                  .failed = server->failed,
                                  .held = {[HELD_LOOP] = server->held}},
                       .clients = server->clients,
                       .since_ns = 1,
                       .now_ns = 1 + (second + 1) * UNITS_NS_PER_S}};
        assert_int_equal(
            fleet_take_stats(fleet, &topic, &snapshot, false, (FIRST_S + second) * UNITS_NS_PER_S),
            FLEET_NEWS);
    }
    watched_set_state(fleet, server->name, SNAPSHOT_RUNNING);
    return fleet_find(fleet, &topic);
}

void watched_set_state(struct fleet *fleet, const char *name, enum snapshot_state state)
{
    struct snapshot_topic topic = watched_topic(name, SNAPSHOT_STATE);
    const struct snapshot_presence presence = {.state = state, .boot = BOOT};

    fleet_take_state(fleet, &topic, &presence, false, FIRST_S * UNITS_NS_PER_S);
}

void watched_add_clients(struct fleet *fleet, const char *name,
                         const struct watched_client *clients, size_t count)
{
    struct snapshot_topic topic = watched_topic(name, SNAPSHOT_CLIENTS);
    struct snapshot_clients *all = calloc(1, sizeof *all);

    assert_non_null(all);
    *all = (struct snapshot_clients){.life = {.boot = BOOT}, .taken_ns = 5, .count = count};
    for (size_t i = 0; i < count; i++) {
        struct snapshot_client *client = &all->clients[i];
        struct endpoint_spec spec;
        snprintf(client->label, sizeof client->label, "%s", clients[i].label);
        snprintf(client->name, sizeof client->name, "%s", clients[i].name);
        if (endpoint_split(client->label, &spec) == ENDPOINT_OK && spec.is_literal)
            client->record.peer = spec.literal;
        client->record.counts =
            (struct counts){.received = clients[i].received,
                            .acked = clients[i].received - clients[i].held - clients[i].failed,
                            .failed = clients[i].failed,
                            .held = {[HELD_LIMIT] = clients[i].held}};
        client->record.last_ns = clients[i].last_ns;
    }
    assert_int_equal(fleet_take_clients(fleet, &topic, all, false, WATCHED_NOW_S * UNITS_NS_PER_S),
                     FLEET_NEWS);
    free(all);
}

void watched_add_message(struct fleet *fleet, const char *name, const char *text)
{
    struct snapshot_topic topic = watched_topic(name, SNAPSHOT_MESSAGES);
    struct snapshot_message message = {
        .boot = BOOT,
        .event = {.kind = EVENT_MESSAGE,
                  .status = ACK_SENT,
                  .size_bytes = (uint32_t)strlen(text),
                  .stored_bytes = (uint32_t)strlen(text),
                  .from = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 9}, .port = 999}},
        .label = "192.0.2.9:999",
        .name = "ann"};

    memcpy(message.payload, text, strlen(text));
    assert_int_equal(fleet_take_message(fleet, &topic, &message, WATCHED_NOW_S * UNITS_NS_PER_S),
                     FLEET_NEWS);
}
