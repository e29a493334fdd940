/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path: take -> request departs -> arrives -> ack departs -> arrives -> is sent -> settled. */
#include "path_internal.h"

#include <stdlib.h>
#include <string.h>

#include "path_acks_internal.h"
#include "path_plan_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

bool path_open(struct path *path, const struct impair_config *impair, struct answer *answer,
               const struct udp_socket *sockets, atomic_int_fast64_t free_ns[IMPAIR_WAYS])
{
    *path =
        (struct path){.impair = *impair, .answer = answer, .sockets = sockets, .free_ns = free_ns};
    path->clock = clock_pair_begin();
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
    const struct flight *flight;

    if (path->settled == PATH_NONE)
        return NULL;
    flight = &path->flights[path->settled];
    if (flight->next != PATH_NONE)
        __builtin_prefetch(&path->flights[flight->next], 1);
    return flight;
}

void path_release(struct path *path)
{
    uint32_t index = path->settled;

    path->settled = path->flights[index].next;
    pool_free_flight(path, index);
}

struct flight *path_fresh(struct path *path, size_t *place)
{
    while (*place < path->fresh_count) {
        struct flight *flight = &path->flights[path->fresh[(*place)++]];
        if (flight->hops > 0)
            return flight;
    }
    return NULL;
}

/* ---- the direction of the request */

/* The request as the server gets it: corrupted, and later than the kernel received it. */
static struct datagram path_changed(struct path *path, const struct way_hop *hop,
                                    const struct datagram *received, const struct leg *leg)
{
    struct datagram request = *received;

    if (hop->corrupt) {
        memcpy(path->scratch, received->bytes, received->size_bytes);
        path->scratch[hop->bit / 8] ^= (uint8_t)(1u << hop->bit % 8);
        request.bytes = path->scratch;
    }
    if (leg->arrive_us > leg->depart_us && received->wall_ns != 0)
        request.wall_ns += leg->arrive_us * UNITS_NS_PER_US;
    return request;
}

static void path_take_request(struct path *path, const struct way_hop *hop, int64_t now_ns)
{
    uint32_t index = hops_flight(hop);
    const struct flight *flight = &path->flights[index];
    const struct datagram *request = &flight->datagram;
    const struct leg *leg = &flight->fate.requests[hops_leg_number(hop)];
    struct datagram changed;

    hops_arrive(path, hop, now_ns);
    if (hop->corrupt || leg->arrive_us > leg->depart_us) {
        changed = path_changed(path, hop, request, leg);
        request = &changed;
    }
    acks_answer(path, index, hops_leg_number(hop), request, now_ns);
}

static void path_deliver(struct path *path, struct way_hop *hop, int64_t now_ns)
{
    uint32_t flight = hops_flight(hop);

    if (hops_way(hop) == IMPAIR_OUT) {
        acks_deliver(path, hop, now_ns);
        return;
    }
    if (hops_is_thinking(hop)) {
        plan_leave(path, hop, now_ns);
    } else {
        path->inbound--;
        path_take_request(path, hop, now_ns);
    }
    way_free(path->way, hop);
    hops_end(path, flight);
}

/* Asks for the memory of what is due soon while this one is delivered. */
static void path_look_ahead(const struct path *path, const struct way_hop *taken)
{
    const struct way_hop *near = way_look_ahead(path->way, taken);

    if (near != NULL)
        pool_ask_for(&path->flights[hops_flight(near)]);
}

void path_turn(struct path *path, int64_t now_ns)
{
    struct way_hop *hop;

    while ((hop = way_take(path->way, hops_now_ns(path, now_ns))) != NULL) {
        path_look_ahead(path, hop);
        path_deliver(path, hop, now_ns);
    }
    acks_flush(path);
}

/* ---- received messages */

void path_begin(struct path *path, int64_t now_ns)
{
    path->fresh_count = 0;
    path->begun_ns = now_ns;
    path->paired_wall_ns = clock_wall_ns();
    path->paired_ns = clock_monotonic_ns(); /* now_ns is older, by much if we were interrupted */
    path->oldest_ns = clock_pair_oldest_ns(&path->clock, now_ns, path->paired_wall_ns);
    if (!impair_equal(&path->impair, &path->version->dice.config))
        pool_set_version(path, &path->impair);
}

/* What has come, came before the batch began. Times in the simulated network count from here: by as
 * much as it is too early, a reflector would say that a request came later. */
static int64_t path_arrival_ns(const struct path *path, int64_t wall_ns)
{
    int64_t arrival_ns = clock_of_stamp(path->paired_ns, path->paired_wall_ns, wall_ns);

    return arrival_ns < path->begun_ns ? arrival_ns : path->begun_ns;
}

/* Returns the flight, PATH_NONE if there is no room. */
static uint32_t path_make_flight(struct path *path, const struct datagram *datagram, size_t message,
                                 size_t socket_index)
{
    size_t size_bytes;
    const uint8_t *bytes = datagram_message(datagram, message, &size_bytes);
    uint32_t index = pool_make_flight(path, datagram, bytes, size_bytes);

    if (index == PATH_NONE)
        return PATH_NONE;
    struct flight *flight = &path->flights[index];
    flight->peer = path->answer->peer;
    flight->loop = path->answer->loop;
    flight->number = ++path->answer->number;
    flight->socket_index = flight->ack_socket = socket_index;
    bool timed = datagram->wall_ns != 0 && datagram->wall_ns >= path->oldest_ns;
    flight->arrived_ns = timed ? path_arrival_ns(path, datagram->wall_ns) : path->begun_ns;
    flight->came_ns =
        timed ? clock_pair_monotonic_ns(&path->clock, datagram->wall_ns) : EVENT_UNKNOWN;
    flight->hops = 1; /* until all its copies have departed: it must not settle before */
    path->underway++;
    return index;
}

/* It need not wait, and no other does on the way in: it arrives at once. */
static void path_pass(struct path *path, const struct departure *departure,
                      const struct impair_fate *fate, int64_t now_ns)
{
    struct way_hop hops[IMPAIR_COPIES_MAX];
    unsigned copies = hops_pass(path, departure, fate, now_ns, hops);

    for (unsigned copy = 0; copy < copies; copy++)
        path_take_request(path, &hops[copy], now_ns);
}

static void path_depart(struct path *path, uint32_t index, int64_t now_ns)
{
    struct flight *flight = &path->flights[index];
    const struct departure departure = {
        .flight = index, .way = IMPAIR_IN, .size_bytes = (uint32_t)flight->datagram.size_bytes};
    struct impair_fate fate;

    impair_throw(&flight->version->dice, IMPAIR_IN, flight->number, 0, &fate);
    flight->requests = fate.copies;
    if (path->inbound == 0 && !impair_path_waits(&flight->version->dice.config.ways[IMPAIR_IN]))
        path_pass(path, &departure, &fate, now_ns);
    else
        hops_depart(path, &departure, &fate, now_ns);
    hops_end(path, index);
}

bool path_take_message(struct path *path, const struct datagram *datagram, size_t message,
                       size_t socket_index, int64_t now_ns)
{
    uint32_t index = path_make_flight(path, datagram, message, socket_index);

    if (index == PATH_NONE)
        return false;
    path->fresh[path->fresh_count++] = index;
    path_depart(path, index, now_ns);
    return true;
}

size_t path_take(struct path *path, const struct datagram *datagram, size_t first,
                 size_t socket_index, int64_t now_ns)
{
    struct answer *answer = path->answer;
    size_t messages = datagram_messages(datagram);
    size_t message = first;

    if (first == 0) /* noted once, although the datagram may take several rounds */
        answer->peer = answer_peer(answer, datagram, socket_index, now_ns, &answer->loop);
    while (message < messages && path_take_message(path, datagram, message, socket_index, now_ns))
        message++;
    return message - first;
}

/* One of the datagram's messages, as a datagram of its own. */
static struct datagram path_message(const struct datagram *datagram, size_t message)
{
    struct datagram one = *datagram;

    one.bytes = datagram_message(datagram, message, &one.size_bytes);
    one.segment_bytes = one.size_bytes;
    return one;
}

const struct flight *path_refuse(struct path *path, const struct datagram *datagram, size_t message)
{
    const struct datagram one = path_message(datagram, message);
    struct counts counts = {.received = 1, .received_bytes = one.size_bytes};

    counts.held[HELD_FULL] = 1;
    path->refused = (struct flight){
        .datagram = one,
        .version = path->version,
        .peer = path->answer->peer,
        .number = ++path->answer->number,
        .service_ns = EVENT_UNKNOWN,
        .status = ACK_HELD,
        .why_held = HELD_FULL,
    };
    peers_count(path->answer->peers, path->refused.peer, &counts);
    return &path->refused;
}

int64_t path_due_ns(const struct path *path)
{
    return way_due_ns(path->way);
}

void path_forget(struct path *path)
{
    path->epoch++;
    path->copies = path->left_out = 0;
    path->more = path->more_held = path->more_failed = 0;
}

void path_end(struct path *path)
{
    struct way_hop *hop;

    while ((hop = way_take(path->way, INT64_MAX)) != NULL) {
        uint32_t flight = hops_flight(hop);
        path->inbound -= !hops_is_thinking(hop) && hops_way(hop) == IMPAIR_IN;
        path->flights[flight].why_held = HELD_END;
        way_free(path->way, hop);
        hops_end(path, flight);
    }
}
