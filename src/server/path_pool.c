/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_pool: see the header. Lists are of indices: PATH_NONE ends them. */
#include "path_pool_internal.h"

#include <stdlib.h>
#include <string.h>

bool pool_open(struct path *path)
{
    path->flights = calloc(PATH_FLIGHTS_MAX, sizeof *path->flights);
    path->hops = calloc(PATH_HOPS_MAX, sizeof *path->hops);
    path->delayq = delayq_open(PATH_HOPS_MAX);
    path->flights_free = path->hops_free = PATH_NONE;
    path->settled = path->settled_last = PATH_NONE;
    for (size_t i = 0; i < PATH_BUCKETS; i++)
        path->buckets[i] = PATH_NONE;
    return path->flights != NULL && path->hops != NULL && path->delayq != NULL;
}

void pool_close(struct path *path)
{
    for (uint32_t i = 0; path->flights != NULL && i < path->flights_made; i++) {
        free(path->flights[i].payload);
        free(path->flights[i].ack);
    }
    for (uint32_t i = 0; path->hops != NULL && i < path->hops_made; i++)
        free(path->hops[i].bytes);
    free(path->flights);
    free(path->hops);
    delayq_close(path->delayq);
}

/* A copy that is counted; one byte at least, so that NULL means that there is no room. */
static uint8_t *pool_copy(struct path *path, const uint8_t *bytes, size_t size_bytes)
{
    uint8_t *copy;

    if (path->bytes + size_bytes > PATH_BYTES_MAX)
        return NULL;
    copy = malloc(size_bytes + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, bytes, size_bytes);
    path->bytes += size_bytes;
    return copy;
}

static void pool_drop(struct path *path, uint8_t **bytes, size_t size_bytes)
{
    if (*bytes != NULL)
        path->bytes -= size_bytes;
    free(*bytes);
    *bytes = NULL;
}

/* ---- flights */

uint32_t pool_make_flight(struct path *path, const struct datagram *message)
{
    uint32_t index = path->flights_free;
    uint8_t *payload;

    if (index == PATH_NONE && path->flights_made == PATH_FLIGHTS_MAX)
        return PATH_NONE;
    payload = pool_copy(path, message->bytes, message->size_bytes);
    if (payload == NULL)
        return PATH_NONE;
    if (index == PATH_NONE)
        index = path->flights_made++;
    else
        path->flights_free = path->flights[index].next;
    path->flights[index] = (struct flight){.datagram = *message,
                                           .payload = payload,
                                           .impair = path->impair,
                                           .service_ns = EVENT_UNKNOWN,
                                           .epoch = path->epoch,
                                           .next = PATH_NONE,
                                           .status = ACK_WAITING,
                                           .why_held = HELD_LOSS};
    path->flights[index].datagram.bytes = payload;
    return index;
}

void pool_free_flight(struct path *path, uint32_t index)
{
    struct flight *flight = &path->flights[index];

    pool_drop(path, &flight->payload, flight->datagram.size_bytes);
    pool_drop(path, &flight->ack, flight->ack_bytes);
    flight->next = path->flights_free;
    path->flights_free = index;
}

void pool_settle(struct path *path, uint32_t index)
{
    path->flights[index].next = PATH_NONE;
    if (path->settled == PATH_NONE)
        path->settled = index;
    else
        path->flights[path->settled_last].next = index;
    path->settled_last = index;
}

/* ---- hops */

uint32_t pool_make_hop(struct path *path, const struct hop *hop, const uint8_t *bytes)
{
    uint32_t index = path->hops_free;
    uint8_t *copy = NULL;

    if (index == PATH_NONE && path->hops_made == PATH_HOPS_MAX)
        return PATH_NONE;
    if (bytes != NULL && (copy = pool_copy(path, bytes, hop->size_bytes)) == NULL)
        return PATH_NONE;
    if (index == PATH_NONE)
        index = path->hops_made++;
    else
        path->hops_free = path->hops[index].older;
    path->hops[index] = *hop;
    path->hops[index].bytes = copy;
    return index;
}

void pool_free_hop(struct path *path, uint32_t index)
{
    struct hop *hop = &path->hops[index];

    pool_drop(path, &hop->bytes, hop->size_bytes);
    hop->older = path->hops_free;
    path->hops_free = index;
}

uint32_t *pool_bucket(struct path *path, struct peer_handle peer)
{
    return &path->buckets[peer.slot % PATH_BUCKETS];
}

void pool_wait(struct path *path, uint32_t index, int64_t due_ns)
{
    struct hop *hop = &path->hops[index];
    uint32_t *bucket = pool_bucket(path, path->flights[hop->flight].peer);

    hop->newer = PATH_NONE;
    hop->older = *bucket;
    if (*bucket != PATH_NONE)
        path->hops[*bucket].newer = index;
    *bucket = index;
    delayq_set(path->delayq, index, due_ns);
}

void pool_unwait(struct path *path, uint32_t index)
{
    const struct hop *hop = &path->hops[index];

    delayq_remove(path->delayq, index);
    if (hop->newer != PATH_NONE)
        path->hops[hop->newer].older = hop->older;
    else
        *pool_bucket(path, path->flights[hop->flight].peer) = hop->older;
    if (hop->older != PATH_NONE)
        path->hops[hop->older].newer = hop->newer;
}
