/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path: take -> request departs -> arrives -> ack departs -> arrives -> is sent -> settled. */
#include "path_internal.h"

#include <stdlib.h>
#include <string.h>

#include "path_acks_internal.h"
#include "udptui/sys/clock.h"

bool path_open(struct path *path, const struct impair_config *impair, struct answer *answer,
               const struct udp_socket *sockets, atomic_int_fast64_t free_ns[IMPAIR_WAYS])
{
    *path =
        (struct path){.impair = *impair, .answer = answer, .sockets = sockets, .free_ns = free_ns};
    path->scratch = malloc(2 * PATH_PAYLOAD_SIZE);
    return pool_open(path) && path->scratch != NULL;
}

void path_close(struct path *path)
{
    pool_close(path);
    free(path->scratch);
}

/* ---- settled messages */

const struct flight *path_settled(const struct path *path)
{
    return path->settled != PATH_NONE ? &path->flights[path->settled] : NULL;
}

void path_release(struct path *path)
{
    uint32_t index = path->settled;

    path->settled = path->flights[index].next;
    pool_free_flight(path, index);
}

struct flight *path_fresh(struct path *path)
{
    uint32_t index = path->fresh;

    if (index == PATH_NONE)
        return NULL;
    path->fresh = PATH_NONE;
    return &path->flights[index];
}

/* ---- the direction of the request */

static void path_take_request(struct path *path, const struct hop *hop, int64_t now_ns)
{
    struct flight *flight = &path->flights[hop->flight];
    struct datagram request = flight->datagram;

    if (hop->corrupt) {
        memcpy(path->scratch, request.bytes, request.size_bytes);
        request.bytes = path->scratch;
        hops_corrupt(path->scratch, request.size_bytes, hop->bit, &flight->fate.requests[hop->leg]);
    }
    hops_arrive(path, hop, now_ns);
    acks_answer(path, hop->flight, hop->leg, &request, now_ns);
}

static void path_deliver(struct path *path, uint32_t index, int64_t now_ns)
{
    struct hop *hop = &path->hops[index];
    uint32_t flight = hop->flight;

    pool_unwait(path, index);
    if (hop->way == IMPAIR_OUT) {
        acks_deliver(path, index, hop, now_ns);
        return;
    }
    path_take_request(path, hop, now_ns);
    pool_free_hop(path, index);
    hops_end(path, flight);
}

static void path_deliver_due(struct path *path, int64_t now_ns)
{
    uint32_t index;

    while (delayq_take(path->delayq, hops_now_ns(path, now_ns), &index))
        path_deliver(path, index, now_ns);
}

/* Counts a message that does not fit as held. */
static void path_refuse(struct path *path, const struct datagram *datagram, struct peer_handle peer,
                        uint64_t number)
{
    struct counts counts = {.received = 1, .received_bytes = datagram->size_bytes};

    counts.held[HELD_FULL] = 1;
    peers_count(path->answer->peers, peer, &counts);
    path->refused = (struct flight){.datagram = *datagram,
                                    .peer = peer,
                                    .number = number,
                                    .service_ns = EVENT_UNKNOWN,
                                    .status = ACK_HELD,
                                    .why_held = HELD_FULL};
}

/* Returns the flight, PATH_NONE if it was refused. */
static uint32_t path_take_message(struct path *path, const struct datagram *message,
                                  size_t socket_index, int64_t now_ns)
{
    bool loop;
    struct peer_handle peer = answer_peer(path->answer, message, socket_index, now_ns, &loop);
    uint64_t number = ++path->answer->number;
    uint32_t index = pool_make_flight(path, message);
    struct hop hop = {.way = IMPAIR_IN};

    if (index == PATH_NONE) {
        path_refuse(path, message, peer, number);
        return PATH_NONE;
    }
    struct flight *flight = &path->flights[index];
    flight->peer = peer;
    flight->loop = loop;
    flight->number = number;
    flight->socket_index = socket_index;
    flight->arrived_ns =
        message->wall_ns != 0 ? clock_monotonic_of_stamp(message->wall_ns) : now_ns;
    flight->hops = 1; /* until all its copies have departed: it must not settle before */
    path->underway++;
    struct impair_fate fate = impair_fate(&flight->impair, IMPAIR_IN, number, 0);
    flight->requests = fate.copies;
    hops_depart(path, index, hop, &fate, NULL, now_ns);
    hops_end(path, index);
    return index;
}

const struct flight *path_refused(const struct path *path)
{
    return &path->refused;
}

bool path_take(struct path *path, const struct datagram *datagram, size_t message,
               size_t socket_index, int64_t now_ns)
{
    struct datagram one = *datagram;

    one.bytes = answer_message(datagram, message, &one.size_bytes);
    one.segment_bytes = one.size_bytes;
    uint32_t index = path_take_message(path, &one, socket_index, now_ns);
    path_turn(path, now_ns);
    path->fresh = index != PATH_NONE && path->flights[index].hops > 0 ? index : PATH_NONE;
    return index != PATH_NONE;
}

void path_turn(struct path *path, int64_t now_ns)
{
    path_deliver_due(path, now_ns);
    acks_flush(path);
}

int64_t path_due_ns(const struct path *path)
{
    return delayq_due_ns(path->delayq);
}

void path_forget(struct path *path)
{
    path->epoch++;
    path->copies = path->left_out = 0;
}

void path_end(struct path *path)
{
    uint32_t index;

    while (delayq_take(path->delayq, INT64_MAX, &index)) {
        struct hop *hop = &path->hops[index];
        uint32_t flight = hop->flight;
        pool_unwait(path, index);
        path->flights[flight].why_held = HELD_END;
        pool_free_hop(path, index);
        hops_end(path, flight);
    }
}
