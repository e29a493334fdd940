/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network: take -> hops -> deliver -> acks -> hops -> send -> settle; see the header for the
 * model. */
#include "network_internal.h"

#include <stdlib.h>
#include <string.h>

#include "network_parts_internal.h"
#include "network_pool_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

/* How long a datagram waits for others to overtake it: a sender that waits for the ack sends
 * none. */
static const int64_t patience_ns = 200 * UNITS_NS_PER_MS;

enum { PAYLOAD_SIZE = 65536 };

bool network_open(struct network *network, const struct impair_config *impair,
                  struct answer *answer, const struct udp_socket *sockets,
                  atomic_int_fast64_t free_ns[IMPAIR_WAYS])
{
    *network = (struct network){
        .impair = *impair, .answer = answer, .sockets = sockets, .free_ns = free_ns};
    network->scratch = malloc(2 * PAYLOAD_SIZE);
    return pool_open(network) && network->scratch != NULL;
}

void network_close(struct network *network)
{
    pool_close(network);
    free(network->scratch);
}

/* ---- settling */

static void count(struct network *network, const struct flight *flight)
{
    struct counts counts = {.received = 1, .received_bytes = flight->datagram.size_bytes};

    counts.acked = flight->status == ACK_SENT;
    counts.failed = flight->status == ACK_FAILED;
    if (flight->status == ACK_HELD)
        counts.held[flight->why_held] = 1;
    if (flight->acks_sent > 1)
        network->copies += flight->acks_sent - 1u;
    network->answer->acks_cut += flight->cut;
    network->left_out += flight->left_out;
    peers_count(network->answer->peers, flight->peer, &counts);
}

/* One hop less; the last one settles the flight. */
static void end_hop(struct network *network, uint32_t index)
{
    struct flight *flight = &network->flights[index];

    if (--flight->hops > 0)
        return;
    flight->status = flight->acks_sent > 0 ? ACK_SENT : flight->error != 0 ? ACK_FAILED : ACK_HELD;
    network->underway--;
    if (flight->epoch != network->epoch) {
        pool_free_flight(network, index);
        return;
    }
    count(network, flight);
    pool_settle(network, index);
}

const struct flight *network_settled(const struct network *network)
{
    return network->settled != NETWORK_NONE ? &network->flights[network->settled] : NULL;
}

void network_release(struct network *network)
{
    uint32_t index = network->settled;

    network->settled = network->flights[index].next;
    pool_free_flight(network, index);
}

struct flight *network_fresh(struct network *network)
{
    uint32_t index = network->fresh;

    if (index == NETWORK_NONE)
        return NULL;
    network->fresh = NETWORK_NONE;
    return &network->flights[index];
}

/* ---- hops */

/* Each departure has a microsecond of its own, so that the order can be told from the times. */
static int64_t depart_ns(struct network *network, int64_t now_ns)
{
    int64_t least_ns = network->moment_ns + UNITS_NS_PER_US;

    network->moment_ns = now_ns > least_ns ? now_ns : least_ns;
    return network->moment_ns;
}

/* No arrival is before the departures that were told already. */
static int64_t arrival_ns(const struct network *network, int64_t now_ns)
{
    return now_ns > network->moment_ns ? now_ns : network->moment_ns;
}

static int32_t since_us(const struct flight *flight, int64_t now_ns)
{
    int64_t us = (now_ns - flight->arrived_ns) / UNITS_NS_PER_US;

    return us < 0 ? 0 : us < INT32_MAX ? (int32_t)us : INT32_MAX;
}

static struct leg *leg_of(struct flight *flight, const struct hop *hop)
{
    return hop->way == IMPAIR_IN ? &flight->fate.requests[hop->leg] : &flight->fate.acks[hop->leg];
}

static void lose(struct leg *leg, int32_t at_us)
{
    *leg = (struct leg){.depart_us = at_us, .arrive_us = at_us, .state = LEG_LOST};
}

/*
 * Puts a datagram on its way. bytes: of an ack, copied; NULL with a request. Without room it goes
 * no further, as in a full router.
 */
static void depart(struct network *network, uint32_t index, struct hop hop,
                   const struct impair_fate *fate, const uint8_t *bytes, int64_t from_ns)
{
    struct flight *flight = &network->flights[index];
    const struct impair_path *path = &flight->impair.ways[hop.way];
    unsigned copy = hop.leg % IMPAIR_COPIES_MAX;
    struct leg *leg = leg_of(flight, &hop);
    int64_t due_ns;
    uint32_t made;

    hop.flight = index;
    hop.gap = fate->gap;
    hop.corrupt = fate->corrupt[copy];
    hop.bit = fate->bit[copy];
    made = pool_make_hop(network, &hop, bytes);
    if (made == NETWORK_NONE) {
        lose(leg, since_us(flight, from_ns));
        flight->why_held = HELD_FULL;
        return;
    }
    due_ns = impair_depart_ns(path, &network->free_ns[hop.way], from_ns) + fate->delay_ns[copy];
    network->hops[made].due_ns = due_ns;
    due_ns += hop.gap > 0 ? patience_ns : 0;
    *leg = (struct leg){.depart_us = since_us(flight, from_ns),
                        .arrive_us = since_us(flight, due_ns),
                        .state = LEG_UNDERWAY};
    flight->hops++;
    pool_wait(network, made, due_ns);
}

/* All copies of a datagram, at one moment, or none. hop: its first leg. */
static void send_off(struct network *network, uint32_t index, struct hop hop,
                     const struct impair_fate *fate, const uint8_t *bytes, int64_t now_ns)
{
    struct flight *flight = &network->flights[index];
    int64_t from_ns = depart_ns(network, now_ns);

    if (fate->lost) {
        lose(leg_of(flight, &hop), since_us(flight, from_ns));
        return;
    }
    for (unsigned copy = 0; copy < fate->copies; copy++, hop.leg++)
        depart(network, index, hop, fate, bytes, from_ns);
}

static void arrive(struct network *network, const struct hop *hop, int64_t now_ns)
{
    struct flight *flight = &network->flights[hop->flight];
    struct leg *leg = leg_of(flight, hop);

    leg->state = LEG_ARRIVED;
    leg->arrive_us = since_us(flight, arrival_ns(network, now_ns));
    leg->late_by = hop->overtaken;
    network_overtake(network, flight, (enum impair_way)hop->way, now_ns);
}

/* Flips one bit, and notes which in the leg; there is none in an empty datagram. */
static void corrupt(uint8_t *bytes, size_t size_bytes, uint64_t bit, struct leg *leg)
{
    if (size_bytes == 0)
        return;
    leg->bit = (uint32_t)(bit % (size_bytes * 8));
    leg->corrupt = true;
    bytes[leg->bit / 8] ^= (uint8_t)(1u << leg->bit % 8);
}

/* ---- the ack's way */

/* Sends the batch; each ack's journey ends. */
static void flush(struct network *network)
{
    network_send(network);
    for (size_t i = 0; i < network->batch_count; i++) {
        uint32_t flight = network->hops[network->batch[i]].flight;
        pool_free_hop(network, network->batch[i]);
        end_hop(network, flight);
    }
    network->batch_count = 0;
}

static void send_ack(struct network *network, uint32_t index, struct hop *hop, int64_t now_ns)
{
    struct flight *flight = &network->flights[hop->flight];

    if (hop->corrupt)
        corrupt(hop->bytes, hop->size_bytes, hop->bit, &flight->fate.acks[hop->leg]);
    arrive(network, hop, now_ns);
    network->batch[network->batch_count++] = index;
    if (network->batch_count == NETWORK_BATCH)
        flush(network);
}

/* The copies of an ack. A source whose rate is limited gets no more than it may. */
static unsigned count_copies(const struct network *network, const struct flight *flight,
                             const struct impair_fate *fate, int64_t now_ns)
{
    const struct answer *answer = network->answer;

    if (fate->copies > 1 &&
        !guard_allows_more(answer->guard, flight->policy, &flight->datagram.peer, now_ns))
        return 1;
    return fate->copies;
}

/*
 * How many acks of this branch may leave, so that all replies to the one real datagram stay within 3
 * times its size together. Which are left out is for the seed to say, not for the clock: of all acks
 * that are not lost the first ones stay, the first copy to each request before the second ones.
 */
static unsigned count_allowed(const struct flight *flight, unsigned branch, size_t ack_bytes)
{
    enum endpoint_family family = flight->datagram.peer.family;
    size_t left = ACK_RATIO_MAX * ack_packet_bytes(family, flight->datagram.size_bytes) /
                  ack_packet_bytes(family, ack_bytes);
    struct impair_fate fates[FATE_REQUESTS];
    unsigned allowed = 0;

    for (unsigned i = 0; i < flight->requests; i++)
        fates[i] = impair_fate(&flight->impair, IMPAIR_OUT, flight->number, i);
    for (unsigned copy = 0; copy < IMPAIR_COPIES_MAX; copy++)
        for (unsigned i = 0; i < flight->requests && left > 0; i++) {
            if (fates[i].lost || copy >= fates[i].copies)
                continue;
            left--;
            allowed += i == branch;
        }
    return allowed;
}

/* Makes no more acks than may leave. */
static void limit_size(struct flight *flight, struct impair_fate *fate, unsigned branch,
                       size_t ack_bytes)
{
    unsigned allowed = count_allowed(flight, branch, ack_bytes);

    if (fate->copies <= allowed)
        return;
    flight->left_out = (uint8_t)(flight->left_out + fate->copies - allowed);
    fate->copies = (uint8_t)allowed;
}

static void answer_request(struct network *network, uint32_t index, unsigned branch,
                           const struct datagram *request, int64_t now_ns)
{
    struct flight *flight = &network->flights[index];
    struct verdict verdict = answer_judge(network->answer, request, 0, flight->loop, now_ns);
    flight->policy = verdict.policy;
    uint8_t *bytes = network->scratch + PAYLOAD_SIZE;
    struct hop hop = {.way = IMPAIR_OUT, .leg = (uint8_t)(branch * IMPAIR_COPIES_MAX)};

    if (verdict.status == ACK_HELD) {
        flight->why_held = verdict.why_held;
        return;
    }
    hop.size_bytes = answer_write(request, flight->number, &verdict, bytes);
    flight->cut |= verdict.cut;
    struct impair_fate fate = impair_fate(&flight->impair, IMPAIR_OUT, flight->number, branch);
    if (!fate.lost) {
        limit_size(flight, &fate, branch, hop.size_bytes);
        fate.copies = (uint8_t)count_copies(network, flight, &fate, now_ns);
    }
    if (fate.copies == 0)
        return;
    send_off(network, index, hop, &fate, bytes, now_ns);
}

/* ---- the request's way */

static void take_request(struct network *network, const struct hop *hop, int64_t now_ns)
{
    struct flight *flight = &network->flights[hop->flight];
    struct datagram request = flight->datagram;

    if (hop->corrupt) {
        memcpy(network->scratch, request.bytes, request.size_bytes);
        request.bytes = network->scratch;
        corrupt(network->scratch, request.size_bytes, hop->bit, &flight->fate.requests[hop->leg]);
    }
    arrive(network, hop, now_ns);
    answer_request(network, hop->flight, hop->leg, &request, now_ns);
}

static void deliver(struct network *network, uint32_t index, int64_t now_ns)
{
    struct hop *hop = &network->hops[index];
    uint32_t flight = hop->flight;

    pool_unwait(network, index);
    if (hop->way == IMPAIR_OUT) {
        send_ack(network, index, hop, now_ns);
        return;
    }
    take_request(network, hop, now_ns);
    pool_free_hop(network, index);
    end_hop(network, flight);
}

static void deliver_due(struct network *network, int64_t now_ns)
{
    uint32_t index;

    while (delayq_take(network->delayq, arrival_ns(network, now_ns), &index))
        deliver(network, index, now_ns);
}

/* A message that there is no room for. */
static void refuse(struct network *network, const struct datagram *datagram,
                   struct peer_handle peer, uint64_t number)
{
    struct counts counts = {.received = 1, .received_bytes = datagram->size_bytes};

    counts.held[HELD_FULL] = 1;
    peers_count(network->answer->peers, peer, &counts);
    network->refused = (struct flight){.datagram = *datagram,
                                       .peer = peer,
                                       .number = number,
                                       .service_ns = EVENT_UNKNOWN,
                                       .status = ACK_HELD,
                                       .why_held = HELD_FULL};
}

/* Returns the flight, NETWORK_NONE where it was refused. */
static uint32_t take_message(struct network *network, const struct datagram *message,
                             size_t socket_index, int64_t now_ns)
{
    bool loop;
    struct peer_handle peer = answer_peer(network->answer, message, socket_index, now_ns, &loop);
    uint64_t number = ++network->answer->number;
    uint32_t index = pool_make_flight(network, message);
    struct hop hop = {.way = IMPAIR_IN};

    if (index == NETWORK_NONE) {
        refuse(network, message, peer, number);
        return NETWORK_NONE;
    }
    struct flight *flight = &network->flights[index];
    flight->peer = peer;
    flight->loop = loop;
    flight->number = number;
    flight->socket_index = socket_index;
    flight->arrived_ns =
        message->wall_ns != 0 ? clock_monotonic_of_stamp(message->wall_ns) : now_ns;
    flight->hops = 1; /* held until it is on its way whole */
    network->underway++;
    struct impair_fate fate = impair_fate(&flight->impair, IMPAIR_IN, number, 0);
    flight->requests = fate.copies;
    send_off(network, index, hop, &fate, NULL, now_ns);
    end_hop(network, index);
    return index;
}

const struct flight *network_refused(const struct network *network)
{
    return &network->refused;
}

bool network_take(struct network *network, const struct datagram *datagram, size_t message,
                  size_t socket_index, int64_t now_ns)
{
    struct datagram one = *datagram;

    one.bytes = answer_message(datagram, message, &one.size_bytes);
    one.segment_bytes = one.size_bytes;
    uint32_t index = take_message(network, &one, socket_index, now_ns);
    network_turn(network, now_ns);
    network->fresh =
        index != NETWORK_NONE && network->flights[index].hops > 0 ? index : NETWORK_NONE;
    return index != NETWORK_NONE;
}

void network_turn(struct network *network, int64_t now_ns)
{
    deliver_due(network, now_ns);
    flush(network);
}

int64_t network_due_ns(const struct network *network)
{
    return delayq_due_ns(network->delayq);
}

void network_forget(struct network *network)
{
    network->epoch++;
    network->copies = network->left_out = 0;
}

void network_end(struct network *network)
{
    uint32_t index;

    while (delayq_take(network->delayq, INT64_MAX, &index)) {
        struct hop *hop = &network->hops[index];
        uint32_t flight = hop->flight;
        pool_unwait(network, index);
        network->flights[flight].why_held = HELD_END;
        pool_free_hop(network, index);
        end_hop(network, flight);
    }
}
