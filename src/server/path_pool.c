/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_pool: see the header. Lists are of indices: PATH_NONE ends them. */
#include "path_pool_internal.h"

#include <stdlib.h>
#include <string.h>

bool pool_open(struct path *path)
{
    path->flights = calloc(PATH_FLIGHTS_MAX, sizeof *path->flights);
    path->slab = slab_open(PATH_BYTES_MAX);
    path->flights_free = path->settled = path->settled_last = PATH_NONE;
    if (path->slab != NULL)
        path->way = way_open(PATH_HOPS_MAX, path->slab);
    return path->flights != NULL && path->way != NULL;
}

void pool_close(struct path *path)
{
    free(path->flights);
    way_close(path->way);
    slab_close(path->slab);
}

uint32_t pool_make_flight(struct path *path, const struct datagram *message)
{
    uint32_t index = path->flights_free;
    uint8_t *payload;

    if (index == PATH_NONE && path->flights_made == PATH_FLIGHTS_MAX)
        return PATH_NONE;
    payload = slab_alloc(path->slab, message->size_bytes);
    if (payload == NULL)
        return PATH_NONE;
    memcpy(payload, message->bytes, message->size_bytes);
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
