/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path_hops_internal.h"

#include "udptui/base/units.h"

/* How long a datagram waits for others to overtake it: a sender that waits for the ack sends no
 * others. */
static const int64_t patience_ns = 200 * UNITS_NS_PER_MS;

/* ---- settling */

static void hops_count(struct path *path, const struct flight *flight)
{
    struct counts counts = {.received = 1, .received_bytes = flight->datagram.size_bytes};

    counts.acked = flight->status == ACK_SENT;
    counts.failed = flight->status == ACK_FAILED;
    if (flight->status == ACK_HELD)
        counts.held[flight->why_held] = 1;
    if (flight->acks_sent > 1)
        path->copies += flight->acks_sent - 1u;
    path->answer->acks_cut += flight->cut;
    path->left_out += flight->left_out;
    peers_count(path->answer->peers, flight->peer, &counts);
}

void hops_end(struct path *path, uint32_t index)
{
    struct flight *flight = &path->flights[index];

    if (--flight->hops > 0)
        return;
    flight->status = flight->acks_sent > 0 ? ACK_SENT : flight->error != 0 ? ACK_FAILED : ACK_HELD;
    path->underway--;
    if (flight->epoch != path->epoch) {
        pool_free_flight(path, index);
        return;
    }
    hops_count(path, flight);
    pool_settle(path, index);
}

/* ---- overtaking */

/* Whether exactly one has arrived in this direction: copies overtake nothing. */
static bool hops_is_first(const struct flight *flight, enum impair_way way)
{
    const struct leg *legs = way == IMPAIR_IN ? flight->fate.requests : flight->fate.acks;
    int count = way == IMPAIR_IN ? FATE_REQUESTS : FATE_ACKS;
    int arrived = 0;

    for (int i = 0; i < count; i++)
        arrived += legs[i].state == LEG_ARRIVED;
    return arrived == 1;
}

/* Whether other, of a hop on the same way, is of the same client and was sent before. */
static bool hops_is_earlier(const struct flight *other, const struct flight *flight)
{
    return other->number < flight->number && other->peer.slot == flight->peer.slot &&
           other->peer.generation == flight->peer.generation;
}

/*
 * A datagram of the flight has arrived in this direction. If it is the flight's first, it has
 * overtaken all earlier waiting datagrams of its client. A reordered datagram that was overtaken
 * often enough waits only for its rate and delay. now_ns: CLOCK_MONOTONIC.
 */
static void hops_overtake(struct path *path, const struct flight *flight, enum impair_way way,
                          int64_t now_ns)
{
    if (!hops_is_first(flight, way))
        return;
    for (uint32_t i = *pool_bucket(path, flight->peer); i != PATH_NONE; i = path->hops[i].older) {
        struct hop *hop = &path->hops[i];
        if (hop->way != way || !hops_is_earlier(&path->flights[hop->flight], flight))
            continue;
        hop->overtaken = (uint16_t)(hop->overtaken + (hop->overtaken < UINT16_MAX));
        if (hop->gap > 0 && hop->overtaken == hop->gap)
            delayq_set(path->delayq, i, hop->due_ns > now_ns ? hop->due_ns : now_ns);
    }
}

/* ---- departing and arriving */

/* Each departure gets a different microsecond, so that the times show the order. */
static int64_t hops_moment_ns(struct path *path, int64_t now_ns)
{
    int64_t least_ns = path->moment_ns + UNITS_NS_PER_US;

    path->moment_ns = now_ns > least_ns ? now_ns : least_ns;
    return path->moment_ns;
}

int64_t hops_now_ns(const struct path *path, int64_t now_ns)
{
    return now_ns > path->moment_ns ? now_ns : path->moment_ns;
}

static int32_t hops_since_us(const struct flight *flight, int64_t now_ns)
{
    int64_t us = (now_ns - flight->arrived_ns) / UNITS_NS_PER_US;

    return us < 0 ? 0 : us < INT32_MAX ? (int32_t)us : INT32_MAX;
}

static struct leg *hops_leg(struct flight *flight, const struct hop *hop)
{
    return hop->way == IMPAIR_IN ? &flight->fate.requests[hop->leg] : &flight->fate.acks[hop->leg];
}

static void hops_lose(struct leg *leg, int32_t at_us)
{
    *leg = (struct leg){.depart_us = at_us, .arrive_us = at_us, .state = LEG_LOST};
}

/*
 * One copy departs. bytes: of an ack, copied; NULL with a request. If there is no room for it, it
 * is lost, as in a full router.
 */
static void hops_depart_copy(struct path *path, uint32_t index, struct hop hop,
                             const struct impair_fate *fate, const uint8_t *bytes, int64_t from_ns)
{
    struct flight *flight = &path->flights[index];
    const struct impair_path *way = &flight->impair.ways[hop.way];
    unsigned copy = hop.leg % IMPAIR_COPIES_MAX;
    struct leg *leg = hops_leg(flight, &hop);
    int64_t due_ns;
    uint32_t made;

    hop.flight = index;
    hop.gap = fate->gap;
    hop.corrupt = fate->corrupt[copy];
    hop.bit = fate->bit[copy];
    made = pool_make_hop(path, &hop, bytes);
    if (made == PATH_NONE) {
        hops_lose(leg, hops_since_us(flight, from_ns));
        flight->why_held = HELD_FULL;
        return;
    }
    due_ns = impair_depart_ns(way, &path->free_ns[hop.way], from_ns) + fate->delay_ns[copy];
    path->hops[made].due_ns = due_ns;
    due_ns += hop.gap > 0 ? patience_ns : 0;
    *leg = (struct leg){.depart_us = hops_since_us(flight, from_ns),
                        .arrive_us = hops_since_us(flight, due_ns),
                        .state = LEG_UNDERWAY};
    flight->hops++;
    pool_wait(path, made, due_ns);
}

void hops_depart(struct path *path, uint32_t index, struct hop hop, const struct impair_fate *fate,
                 const uint8_t *bytes, int64_t now_ns)
{
    struct flight *flight = &path->flights[index];
    int64_t from_ns = hops_moment_ns(path, now_ns);

    if (fate->lost) {
        hops_lose(hops_leg(flight, &hop), hops_since_us(flight, from_ns));
        return;
    }
    for (unsigned copy = 0; copy < fate->copies; copy++, hop.leg++)
        hops_depart_copy(path, index, hop, fate, bytes, from_ns);
}

void hops_arrive(struct path *path, const struct hop *hop, int64_t now_ns)
{
    struct flight *flight = &path->flights[hop->flight];
    struct leg *leg = hops_leg(flight, hop);

    leg->state = LEG_ARRIVED;
    leg->arrive_us = hops_since_us(flight, hops_now_ns(path, now_ns));
    leg->late_by = hop->overtaken;
    hops_overtake(path, flight, (enum impair_way)hop->way, now_ns);
}

void hops_corrupt(uint8_t *bytes, size_t size_bytes, uint64_t bit, struct leg *leg)
{
    if (size_bytes == 0)
        return;
    leg->bit = (uint32_t)(bit % (size_bytes * 8));
    leg->corrupt = true;
    bytes[leg->bit / 8] ^= (uint8_t)(1u << leg->bit % 8);
}
