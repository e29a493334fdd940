/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: its beginning and end, who is a server, and what the screen is told of rows and
 * totals. */
#include <stdlib.h>

#include "replay_state.h"

enum {
    SCRATCH_BYTES = sizeof(struct event_message) + 65536,
    EPHEMERAL_PORT =
        32768, /* ip(7), ip_local_port_range: where the ports begin that a system gives */
};

struct replay *replay_open(const struct replay_config *config)
{
    struct replay *replay = calloc(1, sizeof *replay);
    /* the addresses are a file's: nobody gains by making this table slow */
    static const struct endpoint_key key;

    if (replay == NULL)
        return NULL;
    replay->config = *config;
    replay->peers = peers_open(config->clients_max, &key);
    replay->scratch = malloc(SCRATCH_BYTES);
    for (size_t i = 0; i < REPLAY_BUCKETS; i++)
        replay->oldest[i] = replay->newest[i] = REPLAY_NONE;
    if (replay->peers != NULL && replay->scratch != NULL)
        return replay;
    replay_close(replay);
    return NULL;
}

void replay_close(struct replay *replay)
{
    if (replay == NULL)
        return;
    for (uint32_t i = 0; i < replay->count; i++)
        free(replay->requests[(replay->first + i) % REPLAY_REQUESTS_MAX].payload);
    peers_close(replay->peers);
    free(replay->scratch);
    free(replay);
}

/* ---- who is who */

static bool is_server(const struct replay *replay, const struct endpoint *endpoint)
{
    for (size_t i = 0; i < replay->server_count; i++)
        if (endpoint_equal(&replay->servers[i], endpoint))
            return true;
    return false;
}

static void add_server(struct replay *replay, const struct endpoint *endpoint)
{
    if (replay->server_count < REPLAY_SERVERS_MAX)
        replay->servers[replay->server_count++] = *endpoint;
}

/* Whether it goes to a server; else it comes from one. */
static bool is_request(struct replay *replay, const struct packet *packet)
{
    bool to_client =
        packet->source.port < EPHEMERAL_PORT && packet->destination.port >= EPHEMERAL_PORT;

    if (replay->config.port != 0)
        return packet->destination.port == replay->config.port;
    if (is_server(replay, &packet->destination))
        return true;
    if (is_server(replay, &packet->source))
        return false;
    add_server(replay, to_client ? &packet->source : &packet->destination);
    return !to_client;
}

bool replay_take(struct replay *replay, const struct packet *packet, int64_t wall_ns)
{
    uint16_t port = replay->config.port;

    if (port != 0 && packet->source.port != port && packet->destination.port != port)
        return false;
    replay_pass(replay, wall_ns);
    if (is_request(replay, packet))
        replay_take_request(replay, packet, replay->now_ns);
    else
        replay_take_answer(replay, packet, replay->now_ns);
    return true;
}

/* ---- rows and totals */

struct event_totals replay_totals(const struct replay *replay, int64_t wall_ns)
{
    struct event_totals totals = replay->totals;

    totals.kind = EVENT_TOTALS;
    totals.clients = peers_used(replay->peers);
    totals.clients_evicted = peers_evictions(replay->peers);
    totals.counts = *peers_totals(replay->peers);
    totals.evicted = *peers_evicted(replay->peers);
    totals.now_ns = wall_ns;
    totals.acks_on = true;
    return totals;
}

static void tell_row(struct replay *replay, uint32_t slot)
{
    const struct peer *row = peers_at(replay->peers, slot);
    struct event_client event = {.kind = EVENT_CLIENT,
                                 .slot = slot,
                                 .generation = row->generation,
                                 .peer = row->endpoint,
                                 .counts = row->counts,
                                 .first_ns = row->first_ns,
                                 .last_ns = row->last_ns};

    replay->config.tell(replay->config.context, &event, sizeof event);
}

void replay_tell(struct replay *replay, int64_t wall_ns)
{
    struct event_totals totals = replay_totals(replay, wall_ns);

    for (uint32_t slot; (slot = peers_dirty(replay->peers)) != PEERS_NONE;) {
        tell_row(replay, slot);
        peers_clean(replay->peers);
    }
    replay->config.tell(replay->config.context, &totals, sizeof totals);
}
