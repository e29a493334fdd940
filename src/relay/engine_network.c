/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_network: flights, from their departure until the last copy has left or is lost. */
#include <stdlib.h>
#include <string.h>

#include "engine_internal.h"
#include "udptui/base/units.h"

#define FLIGHT_NONE UINT32_MAX

/* What the kernel takes as one (udp(7), UDP_SEGMENT). */
enum { TRAIN_SEGMENTS_MAX = 64, TRAIN_BYTES_MAX = 65000 };

static const enum impair_way impair_ways[SESSION_WAYS] = {
    [SESSION_TO_TARGET] = IMPAIR_IN, [SESSION_TO_CLIENT] = IMPAIR_OUT};

bool relay_network_open(struct relay_engine *engine)
{
    engine->slab = slab_open(RELAY_FLIGHT_BYTES);
    engine->trains = malloc(RELAY_TRAINS_BYTES);
    engine->flights = calloc(RELAY_FLIGHTS_MAX, sizeof *engine->flights);
    engine->flights_free = FLIGHT_NONE;
    for (int way = 0; way < SESSION_WAYS; way++) {
        engine->ways[way] = way_open(RELAY_FLIGHTS_MAX * IMPAIR_COPIES_MAX, engine->slab);
        if (engine->ways[way] == NULL)
            return false;
    }
    return engine->slab != NULL && engine->flights != NULL && engine->trains != NULL;
}

void relay_network_close(struct relay_engine *engine)
{
    for (int way = 0; way < SESSION_WAYS; way++)
        way_close(engine->ways[way]);
    slab_close(engine->slab);
    free(engine->flights);
    free(engine->trains);
}

void relay_use_impair(struct relay_engine *engine, const struct impair_config *impair)
{
    impair_prepare(&engine->dice, impair);
    engine->losses = impair_losses_of(impair);
}

/* Those under way must not be overtaken by accident. */
bool relay_is_impaired(const struct relay_engine *engine, enum session_way way)
{
    const struct impair_path *path = &engine->dice.config.ways[impair_ways[way]];

    return impair_path_waits(path) || path->dup > 0 || path->corrupt > 0 ||
           engine->underway[way] > 0;
}

size_t relay_count_alike(const struct relay_engine *engine, enum session_way way, size_t count,
                         bool *lost)
{
    const unsigned most = 64;
    unsigned wanted = count < most ? (unsigned)count : most, alike = 1;
    uint64_t bits;

    *lost = false;
    if (engine->losses.below[impair_ways[way]] == 0)
        return count;
    bits = impair_lost_messages(&engine->losses, impair_ways[way], engine->number + 1, wanted);
    *lost = (bits & 1) != 0;
    while (alike < wanted && (bits >> alike & 1) == (bits & 1))
        alike++;
    return alike;
}

/* ---- flights */

static struct relay_flight *flight_make(struct relay_engine *engine, const struct passage *passage,
                                        uint32_t message)
{
    uint32_t index = engine->flights_free;
    size_t size_bytes;
    const uint8_t *bytes =
        datagram_message(passage->datagram, passage->first + message, &size_bytes);

    if (index == FLIGHT_NONE && engine->flights_made == RELAY_FLIGHTS_MAX)
        return NULL;
    uint8_t *own = slab_alloc(engine->slab, size_bytes);
    if (own == NULL)
        return NULL;
    if (index == FLIGHT_NONE)
        index = engine->flights_made++;
    else
        engine->flights_free = engine->flights[index].next;
    memcpy(own, bytes, size_bytes);
    struct relay_flight *flight = &engine->flights[index];
    *flight = (struct relay_flight){.datagram = *passage->datagram, .service_ns = EVENT_UNKNOWN};
    flight->datagram.bytes = own;
    flight->datagram.size_bytes = flight->datagram.segment_bytes = size_bytes;
    return flight;
}

static uint32_t flight_index(const struct relay_engine *engine, const struct relay_flight *flight)
{
    return (uint32_t)(flight - engine->flights);
}

static void flight_free(struct relay_engine *engine, struct relay_flight *flight)
{
    slab_free(engine->slab, (void *)(uintptr_t)flight->datagram.bytes);
    flight->next = engine->flights_free;
    engine->flights_free = flight_index(engine, flight);
}

/* One copy less is under way; the last settles the flight. */
static void flight_end_copy(struct relay_engine *engine, struct relay_flight *flight)
{
    if (--flight->hops > 0)
        return;
    flight->status = flight->sent > 0 ? ACK_FORWARDED : flight->error != 0 ? ACK_FAILED : ACK_HELD;
    engine->underway[flight->way]--;
    if (flight->epoch == engine->epoch)
        relay_settle_flight(engine, flight);
    flight_free(engine, flight);
}

static int32_t flight_since_us(const struct relay_flight *flight, int64_t now_ns)
{
    int64_t us = (now_ns - flight->arrived_ns) / UNITS_NS_PER_US;

    return us < 0 ? 0 : us < INT32_MAX ? (int32_t)us : INT32_MAX;
}

/* ---- departing */

/* No room: held at once, without a flight. */
static void relay_refuse(struct relay_engine *engine, enum session_way way,
                         const struct passage *passage, uint32_t message)
{
    struct relay_flight refused = {.datagram = *passage->datagram,
                                   .session = passage->session,
                                   .number = passage->number + message,
                                   .service_ns = EVENT_UNKNOWN,
                                   .way = (uint8_t)way,
                                   .status = ACK_HELD,
                                   .why_held = HELD_FULL};

    refused.datagram.bytes =
        datagram_message(passage->datagram, passage->first + message, &refused.datagram.size_bytes);
    relay_settle_flight(engine, &refused);
}

/* The request that it answers is known when it comes, not when it leaves. */
static void flight_match(struct relay_engine *engine, struct relay_flight *flight)
{
    if (flight->way == SESSION_TO_CLIENT)
        flight->match = relay_match(engine, sessions_get(engine->sessions, flight->session),
                                    flight->datagram.bytes, flight->datagram.size_bytes,
                                    relay_monotonic_ns(engine, flight->datagram.wall_ns));
}

static void flight_set(struct relay_engine *engine, enum session_way way,
                       const struct passage *passage, uint32_t message, struct relay_flight *flight,
                       int64_t now_ns)
{
    int64_t came_ns = relay_monotonic_ns(engine, flight->datagram.wall_ns);

    flight->session = passage->session;
    flight->number = passage->number + message;
    flight->arrived_ns = came_ns != EVENT_UNKNOWN && came_ns <= now_ns ? came_ns : now_ns;
    flight->came_ns = came_ns;
    flight->match = (struct transaction_match){.rtt_ns = EVENT_UNKNOWN};
    flight->epoch = engine->epoch;
    flight->way = (uint8_t)way;
    flight->hop_limit = passage->hop_limit;
    flight->traffic_class = passage->traffic_class;
    flight->hops = 1; /* until all its copies have departed */
    engine->underway[way]++;
    flight_match(engine, flight);
}

static void flight_note_departure(struct relay_flight *flight, const struct impair_fate *fate,
                                  const int64_t *due_ns, int64_t now_ns)
{
    int32_t from_us = flight_since_us(flight, now_ns);
    unsigned copies = fate->lost ? 1 : fate->copies;

    for (unsigned copy = 0; copy < copies; copy++) {
        struct leg *leg = &flight->fate.requests[copy];
        bool lost = due_ns[copy] == WAY_LOST;
        *leg = (struct leg){.depart_us = from_us,
                            .arrive_us = lost ? from_us : flight_since_us(flight, due_ns[copy]),
                            .state = lost ? LEG_LOST : LEG_UNDERWAY};
        if (lost)
            flight->why_held = fate->lost ? HELD_LOSS : HELD_FULL;
    }
}

void relay_depart(struct relay_engine *engine, enum session_way way, const struct passage *passage,
                  uint32_t message, int64_t now_ns)
{
    struct relay_flight *flight = flight_make(engine, passage, message);
    int64_t due_ns[IMPAIR_COPIES_MAX];
    enum impair_way impair_way = impair_ways[way];

    if (flight == NULL) {
        relay_refuse(engine, way, passage, message);
        return;
    }
    flight_set(engine, way, passage, message, flight, now_ns);
    struct impair_fate fate;
    impair_throw(&engine->dice, impair_way, flight->number, 0, &fate);
    const struct way_datagram datagram = {.context = flight_index(engine, flight),
                                          .flow = (uint64_t)flight->session.generation << 32 |
                                                  flight->session.slot,
                                          .number = flight->number,
                                          .size_bytes = (uint32_t)flight->datagram.size_bytes};
    flight->hops =
        (uint8_t)(flight->hops + way_depart(engine->ways[way], &datagram,
                                            &engine->dice.config.ways[impair_way], &fate,
                                            &engine->shared.free_ns[impair_way], now_ns, due_ns));
    flight_note_departure(flight, &fate, due_ns, now_ns);
    if (flight->hops > 1)
        relay_report_flight(engine, flight);
    flight_end_copy(engine, flight);
}

/* ---- leaving */

static void parcel_fail(struct relay_engine *engine, const struct parcel *parcel, int error)
{
    struct relay_flight *flight = &engine->flights[parcel->flight];

    flight->error = error;
    flight->fate.requests[parcel->copy].state = LEG_NONE;
}

/* The session has ended while it was under way. */
static void parcel_hold(struct relay_engine *engine, const struct parcel *parcel)
{
    struct relay_flight *flight = &engine->flights[parcel->flight];

    flight->why_held = HELD_END;
    flight->fate.requests[parcel->copy].state = LEG_NONE;
}

static struct batch_item parcel_item(const struct relay_flight *flight,
                                     const struct session *session, const struct parcel *parcel)
{
    struct batch_item item = {.bytes =
                                  parcel->bytes != NULL ? parcel->bytes : flight->datagram.bytes,
                              .size_bytes = flight->datagram.size_bytes,
                              .segment_bytes = (uint16_t)flight->datagram.size_bytes,
                              .count = 1,
                              .hop_limit = flight->hop_limit,
                              .traffic_class = flight->traffic_class};

    if (flight->way == SESSION_TO_CLIENT) {
        item.peer = session->client;
        item.source = session->source;
    }
    return item;
}

/* Copies the item's bytes to the end of the trains, where others of its kind may follow. False:
 * there is no room. */
static bool train_begin(struct relay_engine *engine, struct batch_item *item)
{
    uint8_t *place = engine->trains + engine->trains_used;

    if (item->size_bytes == 0 || item->size_bytes > RELAY_TRAINS_BYTES - engine->trains_used)
        return false;
    memcpy(place, item->bytes, item->size_bytes);
    engine->trains_used += item->size_bytes;
    item->bytes = place;
    return true;
}

/* Puts the next item behind the last one, if both are alike and the kernel takes them as one. */
static bool train_extend(struct relay_engine *engine, struct batch_item *last,
                         const struct batch_item *next)
{
    if (!engine->segment || last->count >= TRAIN_SEGMENTS_MAX ||
        last->segment_bytes != next->size_bytes || last->hop_limit != next->hop_limit ||
        last->traffic_class != next->traffic_class || !endpoint_equal(&last->peer, &next->peer) ||
        !endpoint_equal(&last->source, &next->source) ||
        last->size_bytes + next->size_bytes > TRAIN_BYTES_MAX)
        return false;
    if (last->count == 1 && !train_begin(engine, last))
        return false;
    if (next->size_bytes > RELAY_TRAINS_BYTES - engine->trains_used)
        return false;
    memcpy(engine->trains + engine->trains_used, next->bytes, next->size_bytes);
    engine->trains_used += next->size_bytes;
    last->size_bytes += next->size_bytes;
    last->count++;
    return true;
}

/* The items of parcels [first, first + count); parcels that are alike share one. */
static size_t relay_build_items(struct relay_engine *engine, size_t first, size_t count)
{
    struct batch_item *items = engine->items;
    size_t item_count = 0;

    engine->trains_used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct parcel *parcel = &engine->parcels[first + i];
        const struct relay_flight *flight = &engine->flights[parcel->flight];
        const struct batch_item item =
            parcel_item(flight, sessions_get(engine->sessions, flight->session), parcel);
        if (item_count == 0 || !train_extend(engine, &items[item_count - 1], &item))
            items[item_count++] = item;
    }
    return item_count;
}

static void parcel_settle(struct relay_engine *engine, const struct parcel *parcel, bool sent,
                          int error, int64_t wall_ns)
{
    struct relay_flight *flight = &engine->flights[parcel->flight];

    if (sent)
        relay_note_sent(engine, flight,
                        parcel->bytes != NULL ? parcel->bytes : flight->datagram.bytes, wall_ns);
    else
        parcel_fail(engine, parcel, error);
}

/* Sends an item again if its failure was not its own: ICMP errors about earlier datagrams, or a
 * socket that is of no use any more. */
static void relay_send_again(struct relay_engine *engine, const struct udp_socket *socket,
                             size_t item, const struct relay_flight *flight, uint16_t *sent,
                             int *result)
{
    relay_resend(engine, socket, &engine->items[item], sent, result);
    if (*sent > 0 || flight->way != SESSION_TO_TARGET || !relay_is_stale(*result))
        return;
    if (relay_renew_session(engine, flight->session.slot))
        batch_send(engine->sender, socket, &engine->items[item], 1, sent, result);
}

/* Sends parcels [first, first + count), which leave by one socket. */
static void relay_send_parcels(struct relay_engine *engine, const struct udp_socket *socket,
                               size_t first, size_t count)
{
    uint16_t sent[RELAY_PARCELS_MAX];
    int results[RELAY_PARCELS_MAX];
    size_t item_count = relay_build_items(engine, first, count);
    int64_t wall_ns = relay_wall_ns(engine);

    batch_send(engine->sender, socket, engine->items, item_count, sent, results);
    for (size_t i = 0; i < item_count; i++) {
        relay_send_again(engine, socket, i, &engine->flights[engine->parcels[first].flight],
                         &sent[i], &results[i]);
        for (uint16_t n = 0; n < engine->items[i].count; n++)
            parcel_settle(engine, &engine->parcels[first++], n < sent[i], results[i], wall_ns);
    }
}

/* The socket that the parcel leaves by: a session that has lost its own meanwhile gets another one.
 * NULL: the client is forgotten (*error is 0), or there is no socket for it. */
static const struct udp_socket *parcel_socket(struct relay_engine *engine,
                                              const struct parcel *parcel, int *error)
{
    const struct relay_flight *flight = &engine->flights[parcel->flight];
    const struct session *session = sessions_get(engine->sessions, flight->session);

    *error = 0;
    if (session == NULL)
        return NULL;
    if (flight->way == SESSION_TO_CLIENT)
        return &engine->sockets[session->listener];
    *error = relay_open_session(engine, flight->session.slot);
    return *error == 0 ? &session->socket : NULL;
}

/* How many parcels from `first` on leave by one socket. */
static size_t relay_count_parcels(struct relay_engine *engine, size_t first,
                                  const struct udp_socket *socket)
{
    size_t end = first + 1;
    int error;

    while (end < engine->parcel_count &&
           parcel_socket(engine, &engine->parcels[end], &error) == socket)
        end++;
    return end - first;
}

static void relay_flush_parcels(struct relay_engine *engine)
{
    for (size_t first = 0, count; first < engine->parcel_count; first += count) {
        struct parcel *parcel = &engine->parcels[first];
        int error;
        const struct udp_socket *socket = parcel_socket(engine, parcel, &error);
        count = socket != NULL ? relay_count_parcels(engine, first, socket) : 1;
        if (socket != NULL)
            relay_send_parcels(engine, socket, first, count);
        else if (error != 0)
            parcel_fail(engine, parcel, error);
        else
            parcel_hold(engine, parcel);
    }
    for (size_t i = 0; i < engine->parcel_count; i++) {
        slab_free(engine->slab, engine->parcels[i].bytes);
        flight_end_copy(engine, &engine->flights[engine->parcels[i].flight]);
    }
    engine->parcel_count = 0;
}

/* A copy of the bytes with the flipped bit; NULL without one, or if there is no room for it: then
 * it arrives whole, and the leg says so. */
static uint8_t *parcel_corrupt(struct relay_engine *engine, const struct relay_flight *flight,
                               const struct way_hop *hop)
{
    uint8_t *bytes = hop->corrupt ? slab_alloc(engine->slab, flight->datagram.size_bytes) : NULL;

    if (bytes == NULL)
        return NULL;
    memcpy(bytes, flight->datagram.bytes, flight->datagram.size_bytes);
    bytes[hop->bit / 8] ^= (uint8_t)(1u << hop->bit % 8);
    return bytes;
}

static void relay_arrive(struct relay_engine *engine, enum session_way way, struct way_hop *hop,
                         int64_t now_ns)
{
    struct relay_flight *flight = &engine->flights[hop->context];
    struct parcel *parcel = &engine->parcels[engine->parcel_count++];

    *parcel = (struct parcel){.flight = (uint32_t)hop->context,
                              .copy = hop->copy,
                              .bytes = parcel_corrupt(engine, flight, hop)};
    struct leg *leg = &flight->fate.requests[hop->copy];
    leg->state = LEG_ARRIVED;
    leg->arrive_us = flight_since_us(flight, now_ns);
    leg->late_by = hop->overtaken;
    leg->corrupt = parcel->bytes != NULL;
    leg->bit = hop->bit;
    if (hop->first)
        way_arrive(engine->ways[way], hop);
    way_free(engine->ways[way], hop);
    if (engine->parcel_count == RELAY_PARCELS_MAX)
        relay_flush_parcels(engine);
}

void relay_turn(struct relay_engine *engine, int64_t now_ns)
{
    struct way_hop *hop;

    for (int way = 0; way < SESSION_WAYS; way++) {
        if (engine->underway[way] == 0)
            continue;
        while ((hop = way_take(engine->ways[way], now_ns)) != NULL)
            relay_arrive(engine, (enum session_way)way, hop, now_ns);
        relay_flush_parcels(engine);
    }
    records_wake(&engine->records);
}

int64_t relay_due_ns(const struct relay_engine *engine)
{
    int64_t to_target_ns = way_due_ns(engine->ways[SESSION_TO_TARGET]);
    int64_t to_client_ns = way_due_ns(engine->ways[SESSION_TO_CLIENT]);

    return to_target_ns < to_client_ns ? to_target_ns : to_client_ns;
}

void relay_forget_flights(struct relay_engine *engine)
{
    engine->epoch++;
}

void relay_end_flights(struct relay_engine *engine)
{
    struct way_hop *hop;

    for (int way = 0; way < SESSION_WAYS; way++)
        while ((hop = way_take(engine->ways[way], INT64_MAX)) != NULL) {
            struct relay_flight *flight = &engine->flights[hop->context];
            flight->why_held = HELD_END;
            way_free(engine->ways[way], hop);
            flight_end_copy(engine, flight);
        }
}
