/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: its beginning and end, who is a server, rows and totals. */
#include "udptui/replay/replay.h"

#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"

enum {
    SCRATCH_BYTES = sizeof(struct event_message) + 2 * 65536,
    SYSTEM_PORTS_END = 1024, /* RFC 6335 section 6 */
};

/* ---- beginning and end */

/* The parts that are not copied. */
static struct replay *make(const struct replay_config *config)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (replay == NULL)
        return NULL;
    replay->config = *config;
    replay->now_ns = replay->latest_ns = INT64_MIN;
    replay->last_remark = &replay->first_remark;
    replay->clients = calloc(config->clients_max, sizeof *replay->clients);
    replay->scratch = malloc(SCRATCH_BYTES);
    return replay;
}

static struct replay *whole_or_null(struct replay *replay)
{
    if (replay != NULL && replay->peers != NULL && replay->pairs != NULL &&
        replay->window != NULL && replay->clients != NULL && replay->scratch != NULL)
        return replay;
    replay_close(replay);
    return NULL;
}

struct replay *replay_open(const struct replay_config *config)
{
    /* the addresses are a file's: nobody gains by making this table slow */
    static const struct endpoint_key key;
    struct replay *replay = make(config);

    if (replay == NULL)
        return NULL;
    replay->peers = peers_open(config->clients_max, NULL, &key);
    replay->pairs = replay_pairs_open(config->clients_max);
    replay->window = replay_window_open();
    return whole_or_null(replay);
}

void replay_close(struct replay *replay)
{
    if (replay == NULL)
        return;
    while (replay->first_remark != NULL) {
        struct replay_remark *remark = replay->first_remark;
        replay->first_remark = remark->next;
        free(remark);
    }
    peers_close(replay->peers);
    replay_pairs_close(replay->pairs);
    replay_window_close(replay->window);
    free(replay->clients);
    free(replay->scratch);
    free(replay);
}

struct replay *replay_copy(const struct replay *replay)
{
    struct replay *copy = make(&replay->config);

    if (copy == NULL)
        return NULL;
    copy->totals = replay->totals;
    copy->number = replay->number;
    copy->held_number = replay->held_number;
    copy->now_ns = replay->now_ns;
    copy->latest_ns = replay->latest_ns;
    copy->peers = peers_copy(replay->peers);
    copy->pairs = replay_pairs_copy(replay->pairs);
    copy->window = replay_window_copy(replay->window);
    if (copy->clients != NULL)
        memcpy(copy->clients, replay->clients, peers_used(replay->peers) * sizeof *replay->clients);
    return whole_or_null(copy);
}

size_t replay_bytes(const struct replay *replay)
{
    return sizeof *replay + SCRATCH_BYTES + replay_window_bytes(replay->window) +
           replay_pairs_bytes(replay->pairs) + peers_bytes(replay->peers) +
           peers_used(replay->peers) * sizeof *replay->clients;
}

/* ---- who is who */

static bool is_named(const struct endpoint *server, const struct endpoint *endpoint)
{
    return endpoint_same_address(server, endpoint) &&
           (server->port == 0 || server->port == endpoint->port);
}

/* A request to many that the named server could answer, too. */
static bool may_reach(const struct endpoint *server, const struct endpoint *many)
{
    return replay_may_be_many(many) && !replay_may_be_many(server) &&
           (server->port == 0 || server->port == many->port);
}

/* Whether the datagram has to do with the port and the server that were given. */
static bool is_wanted(const struct replay *replay, const struct packet *packet)
{
    const struct endpoint *server = &replay->config.server;
    uint16_t port = replay->config.port;

    if (port != 0 && packet->source.port != port && packet->destination.port != port)
        return false;
    if (server->family == ENDPOINT_NONE || is_named(server, &packet->source) ||
        is_named(server, &packet->destination) || may_reach(server, &packet->destination))
        return true;
    return replay_window_expects(replay->window, packet, INT64_MAX);
}

/* What the options say. */
static enum replay_direction named_direction(const struct replay *replay,
                                             const struct packet *packet)
{
    const struct endpoint *server = &replay->config.server;
    uint16_t port = replay->config.port;

    if (server->family != ENDPOINT_NONE && is_named(server, &packet->destination))
        return REPLAY_ASKS;
    if (server->family != ENDPOINT_NONE && is_named(server, &packet->source))
        return REPLAY_ANSWERS;
    if (server->family != ENDPOINT_NONE && may_reach(server, &packet->destination))
        return REPLAY_ASKS; /* of many, the server among them */
    if (port == 0 || packet->source.port == packet->destination.port)
        return REPLAY_UNDECIDED; /* the same port at both ends says nothing */
    return packet->destination.port == port ? REPLAY_ASKS : REPLAY_ANSWERS;
}

static bool is_well_known(uint16_t port)
{
    return port < SYSTEM_PORTS_END || port == ENDPOINT_DEFAULT_PORT;
}

/* The first datagram between two endpoints. */
static enum replay_direction first_direction(const struct replay *replay,
                                             const struct replay_datagram *datagram)
{
    const struct packet *packet = datagram->packet;

    if (replay_window_expects(replay->window, packet, datagram->wall_ns))
        return REPLAY_ANSWERS;
    return is_well_known(packet->source.port) && !is_well_known(packet->destination.port)
               ? REPLAY_ANSWERS
               : REPLAY_ASKS;
}

static bool is_to_many(const struct packet *packet)
{
    static const uint8_t everybody[4] = {255, 255, 255, 255};

    return endpoint_is_multicast(&packet->destination) ||
           (packet->destination.family == ENDPOINT_IPV4 &&
            memcmp(packet->destination.address, everybody, sizeof everybody) == 0);
}

/* Finds out who asks whom, and keeps it for the pair. */
static enum replay_direction find_direction(struct replay *replay, struct replay_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    enum replay_direction direction = named_direction(replay, packet);

    if (is_to_many(packet))
        return datagram->number.any_endpoint ? datagram->number.direction : REPLAY_ASKS;
    if (direction == REPLAY_UNDECIDED)
        direction = datagram->number.direction;
    datagram->pair = replay_pairs_find(replay->pairs, &packet->source, &packet->destination);
    datagram->is_first = datagram->pair == NULL;
    if (direction == REPLAY_UNDECIDED && datagram->pair != NULL)
        return replay_pair_serves(datagram->pair, &packet->destination) ? REPLAY_ASKS
                                                                        : REPLAY_ANSWERS;
    if (direction == REPLAY_UNDECIDED)
        direction = first_direction(replay, datagram);
    if (datagram->pair == NULL && direction == REPLAY_ASKS)
        datagram->pair = replay_pairs_add(replay->pairs, &packet->destination, &packet->source);
    else if (datagram->pair == NULL)
        datagram->pair = replay_pairs_add(replay->pairs, &packet->source, &packet->destination);
    return direction;
}

bool replay_take(struct replay *replay, const struct packet *packet, int64_t wall_ns,
                 int64_t entered_ns)
{
    struct replay_datagram datagram = {
        .packet = packet, .number = replay_number_of(packet), .wall_ns = wall_ns};

    replay->owner = 0;
    if (!is_wanted(replay, packet))
        return false;
    replay_pass(replay, entered_ns);
    if (find_direction(replay, &datagram) == REPLAY_ASKS)
        replay_take_request(replay, &datagram);
    else
        replay_take_reply(replay, &datagram);
    if (wall_ns > replay->latest_ns)
        replay->latest_ns = wall_ns;
    return true;
}

uint64_t replay_owner(const struct replay *replay)
{
    return replay->owner;
}

/* ---- time */

void replay_pass(struct replay *replay, int64_t entered_ns)
{
    const struct replay_request *oldest;

    if (entered_ns > replay->now_ns)
        replay->now_ns = entered_ns;
    while ((oldest = replay_window_oldest(replay->window)) != NULL &&
           replay->now_ns - oldest->entered_ns >= replay->config.patience_ns)
        replay_settle_oldest(replay);
    replay_emit_held(replay);
}

void replay_end(struct replay *replay)
{
    while (replay_window_oldest(replay->window) != NULL)
        replay_settle_oldest(replay);
    replay_emit_remarks(replay, UINT64_MAX);
}

/* ---- rows and totals */

struct event_totals replay_totals(const struct replay *replay, int64_t now_ns)
{
    struct event_totals totals = replay->totals;

    totals.kind = EVENT_TOTALS;
    totals.clients = peers_used(replay->peers);
    totals.clients_evicted = peers_evictions(replay->peers);
    totals.counts = *peers_totals(replay->peers);
    totals.evicted = *peers_evicted(replay->peers);
    totals.now_ns = now_ns;
    totals.acks_on = true;
    return totals;
}

static void emit_row(struct replay *replay, uint32_t slot)
{
    const struct peer *row = peers_at(replay->peers, slot);
    const struct replay_client *client = &replay->clients[slot];
    struct event_client event = {.kind = EVENT_CLIENT,
                                 .slot = slot,
                                 .generation = row->generation,
                                 .peer = row->endpoint,
                                 .counts = row->counts,
                                 .first_ns = row->first_ns,
                                 .last_ns = row->last_ns};

    if (client->generation == row->generation) {
        event.server = client->server;
        event.several_servers = client->several;
    }
    replay->config.emit(replay->config.context, &event, sizeof event);
}

void replay_report(struct replay *replay, int64_t now_ns)
{
    struct event_totals totals = replay_totals(replay, now_ns);

    for (uint32_t slot; (slot = peers_dirty(replay->peers)) != PEERS_NONE;) {
        emit_row(replay, slot);
        peers_clean(replay->peers);
    }
    replay->config.emit(replay->config.context, &totals, sizeof totals);
}
