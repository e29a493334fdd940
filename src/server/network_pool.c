/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_pool: see the header. Lists are of indices: NETWORK_NONE ends them. */
#include "network_pool_internal.h"

#include <stdlib.h>
#include <string.h>

bool pool_open(struct network *network)
{
    network->flights = calloc(NETWORK_FLIGHTS_MAX, sizeof *network->flights);
    network->hops = calloc(NETWORK_HOPS_MAX, sizeof *network->hops);
    network->delayq = delayq_open(NETWORK_HOPS_MAX);
    network->flights_free = network->hops_free = NETWORK_NONE;
    network->settled = network->settled_last = NETWORK_NONE;
    for (size_t i = 0; i < NETWORK_BUCKETS; i++)
        network->buckets[i] = NETWORK_NONE;
    return network->flights != NULL && network->hops != NULL && network->delayq != NULL;
}

void pool_close(struct network *network)
{
    for (uint32_t i = 0; network->flights != NULL && i < network->flights_made; i++) {
        free(network->flights[i].payload);
        free(network->flights[i].ack);
    }
    for (uint32_t i = 0; network->hops != NULL && i < network->hops_made; i++)
        free(network->hops[i].bytes);
    free(network->flights);
    free(network->hops);
    delayq_close(network->delayq);
}

/* A copy that is counted; one byte at least, so that NULL means that there is no room. */
static uint8_t *keep(struct network *network, const uint8_t *bytes, size_t size_bytes)
{
    uint8_t *copy;

    if (network->bytes + size_bytes > NETWORK_BYTES_MAX)
        return NULL;
    copy = malloc(size_bytes + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, bytes, size_bytes);
    network->bytes += size_bytes;
    return copy;
}

static void drop(struct network *network, uint8_t **bytes, size_t size_bytes)
{
    if (*bytes != NULL)
        network->bytes -= size_bytes;
    free(*bytes);
    *bytes = NULL;
}

/* ---- flights */

uint32_t pool_make_flight(struct network *network, const struct datagram *message)
{
    uint32_t index = network->flights_free;
    uint8_t *payload;

    if (index == NETWORK_NONE && network->flights_made == NETWORK_FLIGHTS_MAX)
        return NETWORK_NONE;
    payload = keep(network, message->bytes, message->size_bytes);
    if (payload == NULL)
        return NETWORK_NONE;
    if (index == NETWORK_NONE)
        index = network->flights_made++;
    else
        network->flights_free = network->flights[index].next;
    network->flights[index] = (struct flight){.datagram = *message,
                                              .payload = payload,
                                              .impair = network->impair,
                                              .service_ns = EVENT_UNKNOWN,
                                              .epoch = network->epoch,
                                              .next = NETWORK_NONE,
                                              .status = ACK_WAITING,
                                              .why_held = HELD_LOSS};
    network->flights[index].datagram.bytes = payload;
    return index;
}

void pool_free_flight(struct network *network, uint32_t index)
{
    struct flight *flight = &network->flights[index];

    drop(network, &flight->payload, flight->datagram.size_bytes);
    drop(network, &flight->ack, flight->ack_bytes);
    flight->next = network->flights_free;
    network->flights_free = index;
}

void pool_settle(struct network *network, uint32_t index)
{
    network->flights[index].next = NETWORK_NONE;
    if (network->settled == NETWORK_NONE)
        network->settled = index;
    else
        network->flights[network->settled_last].next = index;
    network->settled_last = index;
}

/* ---- hops */

uint32_t pool_make_hop(struct network *network, const struct hop *hop, const uint8_t *bytes)
{
    uint32_t index = network->hops_free;
    uint8_t *copy = NULL;

    if (index == NETWORK_NONE && network->hops_made == NETWORK_HOPS_MAX)
        return NETWORK_NONE;
    if (bytes != NULL && (copy = keep(network, bytes, hop->size_bytes)) == NULL)
        return NETWORK_NONE;
    if (index == NETWORK_NONE)
        index = network->hops_made++;
    else
        network->hops_free = network->hops[index].older;
    network->hops[index] = *hop;
    network->hops[index].bytes = copy;
    return index;
}

void pool_free_hop(struct network *network, uint32_t index)
{
    struct hop *hop = &network->hops[index];

    drop(network, &hop->bytes, hop->size_bytes);
    hop->older = network->hops_free;
    network->hops_free = index;
}

uint32_t *pool_bucket(struct network *network, struct peer_handle peer)
{
    return &network->buckets[peer.slot % NETWORK_BUCKETS];
}

void pool_wait(struct network *network, uint32_t index, int64_t due_ns)
{
    struct hop *hop = &network->hops[index];
    uint32_t *bucket = pool_bucket(network, network->flights[hop->flight].peer);

    hop->newer = NETWORK_NONE;
    hop->older = *bucket;
    if (*bucket != NETWORK_NONE)
        network->hops[*bucket].newer = index;
    *bucket = index;
    delayq_set(network->delayq, index, due_ns);
}

void pool_unwait(struct network *network, uint32_t index)
{
    const struct hop *hop = &network->hops[index];

    delayq_remove(network->delayq, index);
    if (hop->newer != NETWORK_NONE)
        network->hops[hop->newer].older = hop->older;
    else
        *pool_bucket(network, network->flights[hop->flight].peer) = hop->older;
    if (hop->older != NETWORK_NONE)
        network->hops[hop->older].newer = hop->newer;
}
