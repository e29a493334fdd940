/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path_hops_internal.h"

#include "udptui/base/units.h"

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
    path->left_out += (uint64_t)flight->left_out + flight->limited;
    peers_count(path->answer->peers, flight->peer, &counts);
}

/* A datagram of a planned answer after its first has ended. Returns whether it is to be reported. */
static bool hops_count_more(struct path *path, const struct flight *flight)
{
    if (flight->acks_sent > 0)
        path->more++;
    else if (flight->error != 0)
        path->more_failed++;
    else
        path->more_held++;
    if (flight->acks_sent > 1)
        path->copies += flight->acks_sent - 1u;
    return flight->acks_sent > 0 || fate_lost_ack(&flight->fate);
}

void hops_end(struct path *path, uint32_t index)
{
    struct flight *flight = &path->flights[index];

    if (--flight->hops > 0)
        return;
    flight->status = flight->acks_sent > 0 ? ACK_SENT : flight->error != 0 ? ACK_FAILED : ACK_HELD;
    path->underway--;
    path->more_underway -= flight->more;
    if (flight->epoch != path->epoch || (flight->more && !hops_count_more(path, flight))) {
        pool_free_flight(path, index);
        return;
    }
    if (!flight->more)
        hops_count(path, flight);
    pool_settle(path, index);
}

static struct leg *hops_leg(struct flight *flight, enum impair_way way, unsigned leg)
{
    return way == IMPAIR_IN ? &flight->fate.requests[leg] : &flight->fate.acks[leg];
}

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

/* ---- departing and arriving */

/* How far the times of departures may be ahead of the clock before they get closer. */
static const int64_t ahead_ns = 100 * UNITS_NS_PER_US;

/* Each departure gets a time of its own, so that times show the order: another microsecond, as they
 * are reported; of many at once only another nanosecond, so that none is late. */
static int64_t hops_moment_ns(struct path *path, int64_t now_ns)
{
    int64_t step_ns = path->moment_ns - now_ns < ahead_ns ? UNITS_NS_PER_US : 1;
    int64_t next_ns = path->moment_ns + step_ns;

    path->moment_ns = now_ns > next_ns ? now_ns : next_ns;
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

static void hops_lose(struct leg *leg, int32_t at_us)
{
    *leg = (struct leg){.depart_us = at_us, .arrive_us = at_us, .state = LEG_LOST};
}

/* Datagrams of one client in one direction. */
static uint64_t hops_flow(const struct flight *flight, enum impair_way way)
{
    return (uint64_t)flight->peer.generation << 32 | flight->peer.slot << 2 | (uint64_t)way;
}

/* Copies without room are lost, as in a full router. */
static void hops_note_departure(struct flight *flight, const struct departure *departure,
                                unsigned copies, const int64_t *due_ns, int64_t from_ns)
{
    int32_t from_us = hops_since_us(flight, from_ns);

    for (unsigned copy = 0; copy < copies; copy++) {
        struct leg *leg = hops_leg(flight, departure->way, departure->leg + copy);
        if (due_ns[copy] == WAY_LOST) {
            hops_lose(leg, from_us);
            flight->why_held = HELD_FULL;
            continue;
        }
        *leg = (struct leg){.depart_us = from_us,
                            .arrive_us = hops_since_us(flight, due_ns[copy]),
                            .state = LEG_UNDERWAY};
    }
}

static struct way_datagram hops_datagram(const struct flight *flight,
                                         const struct departure *departure)
{
    return (struct way_datagram){.context = (uint64_t)departure->way << CONTEXT_WAY |
                                            (uint64_t)departure->leg << CONTEXT_LEG |
                                            departure->flight,
                                 .flow = hops_flow(flight, departure->way),
                                 .number = flight->number,
                                 .bytes = departure->bytes,
                                 .size_bytes = departure->size_bytes};
}

void hops_depart(struct path *path, const struct departure *departure,
                 const struct impair_fate *fate, int64_t now_ns)
{
    struct flight *flight = &path->flights[departure->flight];
    enum impair_way way = departure->way;
    const struct way_datagram datagram = hops_datagram(flight, departure);
    int64_t from_ns = hops_moment_ns(path, now_ns), due_ns[IMPAIR_COPIES_MAX];

    if (fate->lost) {
        hops_lose(hops_leg(flight, way, departure->leg), hops_since_us(flight, from_ns));
        return;
    }
    unsigned made = way_depart(path->way, &datagram, &flight->version->dice.config.ways[way], fate,
                               &path->free_ns[way], from_ns, due_ns);
    flight->hops = (uint8_t)(flight->hops + made);
    if (way == IMPAIR_IN)
        path->inbound += made;
    hops_note_departure(flight, departure, fate->copies, due_ns, from_ns);
}

unsigned hops_pass(struct path *path, const struct departure *departure,
                   const struct impair_fate *fate, int64_t now_ns,
                   struct way_hop hops[IMPAIR_COPIES_MAX])
{
    struct flight *flight = &path->flights[departure->flight];
    const struct way_datagram datagram = hops_datagram(flight, departure);
    int64_t from_ns = hops_moment_ns(path, now_ns);
    const int64_t due_ns[IMPAIR_COPIES_MAX] = {from_ns, from_ns};

    if (fate->lost) {
        hops_lose(hops_leg(flight, departure->way, departure->leg), hops_since_us(flight, from_ns));
        return 0;
    }
    hops_note_departure(flight, departure, fate->copies, due_ns, from_ns);
    return way_pass(&datagram, fate, from_ns, hops);
}

/* It overtakes nothing, and nothing overtakes it. */
bool hops_wait(struct path *path, const struct departure *departure, int64_t wait_ns,
               int64_t now_ns)
{
    static const struct impair_path none = {.loss = 0};
    const struct impair_fate fate = {.copies = 1, .delay_ns = {wait_ns}};
    struct flight *flight = &path->flights[departure->flight];
    const struct way_datagram datagram = {.context = (uint64_t)HOPS_THINKING << CONTEXT_WAY |
                                                     (uint64_t)departure->leg << CONTEXT_LEG |
                                                     departure->flight,
                                          .flow = UINT64_MAX,
                                          .bytes = departure->bytes,
                                          .size_bytes = departure->size_bytes};
    int64_t due_ns[IMPAIR_COPIES_MAX];
    unsigned made =
        way_depart(path->way, &datagram, &none, &fate, &path->free_ns[IMPAIR_OUT], now_ns, due_ns);

    flight->hops = (uint8_t)(flight->hops + made);
    return made > 0;
}

void hops_arrive(struct path *path, const struct way_hop *hop, int64_t now_ns)
{
    struct flight *flight = &path->flights[hops_flight(hop)];
    struct leg *leg = hops_leg(flight, hops_way(hop), hops_leg_number(hop));

    leg->state = LEG_ARRIVED;
    leg->arrive_us = hops_since_us(flight, hops_now_ns(path, now_ns));
    leg->late_by = hop->overtaken;
    leg->corrupt = hop->corrupt;
    leg->bit = hop->bit;
    if (hops_is_first(flight, hops_way(hop)))
        way_arrive(path->way, hop);
}
