/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_pool: see the header. Lists are of indices: PATH_NONE ends them. */
#include "path_pool_internal.h"

#include <stdlib.h>
#include <string.h>

bool pool_open(struct path *path)
{
    path->flights = aligned_alloc(CACHE_LINE_BYTES, PATH_FLIGHTS_MAX * sizeof *path->flights);
    path->slab = slab_open(PATH_BYTES_MAX);
    path->versions = calloc(PATH_FLIGHTS_MAX + 1, sizeof *path->versions);
    path->versions_free = PATH_NONE;
    path->flights_free = path->settled = path->settled_last = PATH_NONE;
    if (path->slab != NULL)
        path->way = way_open(PATH_HOPS_MAX, path->slab);
    if (path->flights == NULL || path->way == NULL || path->versions == NULL)
        return false;
    pool_set_version(path, &path->impair);
    return true;
}

void pool_close(struct path *path)
{
    free(path->flights);
    free(path->versions);
    way_close(path->way);
    slab_close(path->slab);
}

/* ---- versions */

/* A version without flights is free, unless it is that of now. */
static void pool_leave_version(struct path *path, struct version *version)
{
    if (version == NULL || --version->flights > 0 || version == path->version)
        return;
    version->next = path->versions_free;
    path->versions_free = (uint32_t)(version - path->versions);
}

static struct version *pool_take_version(struct path *path)
{
    uint32_t index = path->versions_free;

    if (index == PATH_NONE)
        return &path->versions[path->versions_made++];
    path->versions_free = path->versions[index].next;
    return &path->versions[index];
}

/* All others have flights, so one more than there are flights is enough. */
void pool_set_version(struct path *path, const struct impair_config *impair)
{
    if (path->version == NULL || path->version->flights > 0)
        path->version = pool_take_version(path);
    impair_prepare(&path->version->dice, impair);
}

void pool_share_version(struct path *path, struct flight *flight, const struct flight *other)
{
    struct version *before = flight->version;

    flight->version = other->version;
    flight->version->flights++;
    pool_leave_version(path, before);
}

/* ---- flights */

uint32_t pool_make_flight(struct path *path, const struct datagram *datagram, const uint8_t *bytes,
                          size_t size_bytes)
{
    uint32_t index = path->flights_free;
    uint8_t *payload;

    if (index == PATH_NONE && path->flights_made == PATH_FLIGHTS_MAX)
        return PATH_NONE;
    payload = slab_alloc(path->slab, size_bytes);
    if (payload == NULL)
        return PATH_NONE;
    memcpy(payload, bytes, size_bytes);
    if (index == PATH_NONE)
        index = path->flights_made++;
    else
        path->flights_free = path->flights[index].next;
    if (path->flights_free != PATH_NONE)
        pool_ask_for(&path->flights[path->flights_free]);
    path->flights[index] = (struct flight){.datagram = *datagram,
                                           .payload = payload,
                                           .version = path->version,
                                           .service_ns = EVENT_UNKNOWN,
                                           .epoch = path->epoch,
                                           .next = PATH_NONE,
                                           .status = ACK_WAITING,
                                           .why_held = HELD_LOSS};
    path->version->flights++;
    path->flights[index].datagram.bytes = payload;
    path->flights[index].datagram.size_bytes = size_bytes;
    path->flights[index].datagram.segment_bytes = size_bytes;
    path->flights[index].left_bytes =
        (uint32_t)(ACK_RATIO_MAX * ack_packet_bytes(datagram->peer.family, size_bytes));
    return index;
}

void pool_free_flight(struct path *path, uint32_t index)
{
    struct flight *flight = &path->flights[index];

    pool_leave_version(path, flight->version);
    slab_free(path->slab, flight->payload);
    slab_free(path->slab, flight->ack_block);
    flight->payload = flight->ack_block = NULL;
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
