/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: its beginning and end, who is a server, rows and totals. */
#include "udptui/replay/pairing.h"

#include <stdlib.h>
#include <string.h>

#include "pairing_internal.h"
#include "udptui/sys/random.h"

enum {
    SCRATCH_BYTES = sizeof(struct event_message) + 2 * 65536,
    SYSTEM_PORTS_END = 1024, /* RFC 6335 section 6 */
};

/* ---- beginning and end */

/* The parts that are not copied. */
static struct pairing *pairing_make(const struct pairing_config *config)
{
    struct pairing *pairing = calloc(1, sizeof *pairing);

    if (pairing == NULL)
        return NULL;
    pairing->config = *config;
    pairing->now_ns = pairing->latest_ns = INT64_MIN;
    pairing->last_remark = &pairing->first_remark;
    pairing->clients = calloc(config->clients_max, sizeof *pairing->clients);
    pairing->scratch = malloc(SCRATCH_BYTES);
    return pairing;
}

static struct pairing *whole_or_null(struct pairing *pairing)
{
    if (pairing != NULL && pairing->peers != NULL && pairing->flows != NULL &&
        pairing->window != NULL && pairing->clients != NULL && pairing->scratch != NULL)
        return pairing;
    pairing_close(pairing);
    return NULL;
}

struct pairing *pairing_open(const struct pairing_config *config)
{
    const struct hash_key key = random_key();
    struct pairing *pairing = pairing_make(config);

    if (pairing == NULL)
        return NULL;
    pairing->peers = peers_open(config->clients_max, NULL, &key);
    pairing->flows = replay_flows_open(config->clients_max, &key);
    pairing->window = replay_window_open(&key);
    return whole_or_null(pairing);
}

void pairing_close(struct pairing *pairing)
{
    if (pairing == NULL)
        return;
    while (pairing->first_remark != NULL) {
        struct pairing_remark *remark = pairing->first_remark;
        pairing->first_remark = remark->next;
        free(remark);
    }
    peers_close(pairing->peers);
    replay_flows_close(pairing->flows);
    replay_window_close(pairing->window);
    free(pairing->clients);
    free(pairing->scratch);
    free(pairing);
}

struct pairing *pairing_copy(const struct pairing *pairing)
{
    struct pairing *copy = pairing_make(&pairing->config);

    if (copy == NULL)
        return NULL;
    copy->totals = pairing->totals;
    copy->number = pairing->number;
    copy->held_number = pairing->held_number;
    copy->now_ns = pairing->now_ns;
    copy->latest_ns = pairing->latest_ns;
    copy->peers = peers_copy(pairing->peers);
    copy->flows = replay_flows_copy(pairing->flows);
    copy->window = replay_window_copy(pairing->window);
    if (copy->clients != NULL)
        memcpy(copy->clients, pairing->clients,
               peers_used(pairing->peers) * sizeof *pairing->clients);
    return whole_or_null(copy);
}

size_t pairing_bytes(const struct pairing *pairing)
{
    return sizeof *pairing + SCRATCH_BYTES + replay_window_bytes(pairing->window) +
           replay_flows_bytes(pairing->flows) + peers_bytes(pairing->peers) +
           peers_used(pairing->peers) * sizeof *pairing->clients;
}

/* ---- which end is the server */

static bool is_named(const struct endpoint *server, const struct endpoint *endpoint)
{
    return endpoint_same_address(server, endpoint) &&
           (server->port == 0 || server->port == endpoint->port);
}

/* A request to many hosts, including the named server. */
static bool may_reach(const struct endpoint *server, const struct endpoint *many)
{
    return replay_window_may_be_many(many) && !replay_window_may_be_many(server) &&
           (server->port == 0 || server->port == many->port);
}

/* Whether the datagram belongs to the given port and server. */
static bool is_wanted(const struct pairing *pairing, const struct packet *packet)
{
    const struct endpoint *server = &pairing->config.server;
    uint16_t port = pairing->config.port;

    if (port != 0 && packet->source.port != port && packet->destination.port != port)
        return false;
    if (server->family == ENDPOINT_NONE || is_named(server, &packet->source) ||
        is_named(server, &packet->destination) || may_reach(server, &packet->destination))
        return true;
    return replay_window_expects(pairing->window, packet, INT64_MAX);
}

/* The direction by the options. */
static enum replay_direction named_direction(const struct pairing *pairing,
                                             const struct packet *packet)
{
    const struct endpoint *server = &pairing->config.server;
    uint16_t port = pairing->config.port;

    if (server->family != ENDPOINT_NONE && is_named(server, &packet->destination))
        return REPLAY_ASKS;
    if (server->family != ENDPOINT_NONE && is_named(server, &packet->source))
        return REPLAY_ANSWERS;
    if (server->family != ENDPOINT_NONE && may_reach(server, &packet->destination))
        return REPLAY_ASKS; /* to many hosts, including the server */
    if (port == 0 || packet->source.port == packet->destination.port)
        return REPLAY_UNDECIDED; /* the same port at both ends decides nothing */
    return packet->destination.port == port ? REPLAY_ASKS : REPLAY_ANSWERS;
}

static bool is_well_known(uint16_t port)
{
    return port < SYSTEM_PORTS_END || port == ENDPOINT_DEFAULT_PORT;
}

/* The direction of the first datagram between two endpoints. */
static enum replay_direction first_direction(const struct pairing *pairing,
                                             const struct pairing_datagram *datagram)
{
    const struct packet *packet = datagram->packet;

    if (replay_window_expects(pairing->window, packet, datagram->wall_ns))
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

/* Finds out the direction, and keeps the server of the flow. */
static enum replay_direction find_direction(struct pairing *pairing,
                                            struct pairing_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    enum replay_direction direction = named_direction(pairing, packet);

    if (is_to_many(packet))
        return datagram->number.any_endpoint ? datagram->number.direction : REPLAY_ASKS;
    if (direction == REPLAY_UNDECIDED)
        direction = datagram->number.direction;
    datagram->flow = replay_flows_find(pairing->flows, &packet->source, &packet->destination);
    datagram->is_first = datagram->flow == NULL;
    if (direction == REPLAY_UNDECIDED && datagram->flow != NULL)
        return replay_flow_serves(datagram->flow, &packet->destination) ? REPLAY_ASKS
                                                                        : REPLAY_ANSWERS;
    if (direction == REPLAY_UNDECIDED)
        direction = first_direction(pairing, datagram);
    if (datagram->flow == NULL && direction == REPLAY_ASKS)
        datagram->flow = replay_flows_add(pairing->flows, &packet->destination, &packet->source);
    else if (datagram->flow == NULL)
        datagram->flow = replay_flows_add(pairing->flows, &packet->source, &packet->destination);
    return direction;
}

bool pairing_take(struct pairing *pairing, const struct packet *packet, int64_t wall_ns,
                  int64_t entered_ns)
{
    struct pairing_datagram datagram = {
        .packet = packet, .number = replay_number_of(packet), .wall_ns = wall_ns};

    pairing->owner = 0;
    if (!is_wanted(pairing, packet))
        return false;
    pairing_pass(pairing, entered_ns);
    if (find_direction(pairing, &datagram) == REPLAY_ASKS)
        pairing_take_request(pairing, &datagram);
    else
        pairing_take_reply(pairing, &datagram);
    if (wall_ns > pairing->latest_ns)
        pairing->latest_ns = wall_ns;
    return true;
}

uint64_t pairing_owner(const struct pairing *pairing)
{
    return pairing->owner;
}

/* ---- time */

void pairing_pass(struct pairing *pairing, int64_t entered_ns)
{
    const struct replay_request *oldest;

    if (entered_ns > pairing->now_ns)
        pairing->now_ns = entered_ns;
    while ((oldest = replay_window_oldest(pairing->window)) != NULL &&
           pairing->now_ns - oldest->entered_ns >= pairing->config.patience_ns)
        pairing_settle_oldest(pairing);
    pairing_emit_held(pairing);
}

void pairing_end(struct pairing *pairing)
{
    while (replay_window_oldest(pairing->window) != NULL)
        pairing_settle_oldest(pairing);
    pairing_emit_remarks(pairing, UINT64_MAX);
}

/* ---- rows and totals */

struct event_totals pairing_totals(const struct pairing *pairing, int64_t now_ns)
{
    struct event_totals totals = pairing->totals;

    totals.kind = EVENT_TOTALS;
    totals.clients = peers_used(pairing->peers);
    totals.clients_evicted = peers_evictions(pairing->peers);
    totals.counts = *peers_totals(pairing->peers);
    totals.evicted = *peers_evicted(pairing->peers);
    totals.now_ns = now_ns;
    totals.acks_on = true;
    return totals;
}

static void emit_row(struct pairing *pairing, uint32_t slot)
{
    const struct peer *row = peers_at(pairing->peers, slot);
    const struct pairing_client *client = &pairing->clients[slot];
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
    pairing->config.emit(pairing->config.context, &event, sizeof event);
}

void pairing_report(struct pairing *pairing, int64_t now_ns)
{
    struct event_totals totals = pairing_totals(pairing, now_ns);

    for (uint32_t slot; (slot = peers_dirty(pairing->peers)) != PEERS_NONE;) {
        emit_row(pairing, slot);
        peers_clean(pairing->peers);
    }
    pairing->config.emit(pairing->config.context, &totals, sizeof totals);
}
