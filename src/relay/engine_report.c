/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_report: what is counted, reported and recorded of each datagram. */
#include "engine_internal.h"
#include "udptui/proto/loop.h"
#include "udptui/proto/record.h"

int64_t relay_wall_ns(struct relay_engine *engine)
{
    int64_t now_ns = clock_monotonic_ns(), wall_ns = clock_wall_ns();

    engine->oldest_ns = clock_pair_oldest_ns(&engine->clock, now_ns, wall_ns);
    engine->newest_ns = wall_ns;
    return wall_ns;
}

int64_t relay_monotonic_ns(const struct relay_engine *engine, int64_t wall_ns)
{
    if (wall_ns == 0 || wall_ns < engine->oldest_ns || wall_ns > engine->newest_ns)
        return EVENT_UNKNOWN;
    return clock_pair_monotonic_ns(&engine->clock, wall_ns);
}

/* ---- the capture file */

void relay_record_sent(struct relay_engine *engine, enum session_way way,
                       const struct session *session, uint8_t hop_limit, const uint8_t *bytes,
                       size_t size_bytes, int64_t wall_ns)
{
    struct record record = {.wall_ns = wall_ns,
                            .checksum_status = CHECKSUM_GOOD,
                            .from = session->socket.local,
                            .to = session->target,
                            .hop_limit = hop_limit > 0 ? hop_limit : LOOP_RELAY_HOP_LIMIT,
                            .traffic_class = EVENT_UNKNOWN,
                            .size_bytes = (uint32_t)size_bytes};

    if (engine->records.ring == NULL)
        return;
    if (way == SESSION_TO_CLIENT) {
        record.from = session->source.family != ENDPOINT_NONE ? session->source : session->local;
        record.from.port = session->local.port;
        record.to = session->client;
    }
    records_put(&engine->records, &record, bytes);
}

/* ---- records of messages */

/* session: NULL if it has ended. */
static struct event_message relay_describe(const struct relay_engine *engine,
                                           const struct datagram *datagram,
                                           const struct session *session, enum session_way way)
{
    struct event_message event = {
        .kind = EVENT_MESSAGE,
        .flags = datagram->flags,
        .hop_limit = datagram->hop_limit,
        .traffic_class = datagram->traffic_class,
        .wall_ns = datagram->wall_ns,
        .service_ns = EVENT_UNKNOWN,
        .from = datagram->peer,
        .to = datagram->local,
        .relayed = {.direction =
                        way == SESSION_TO_TARGET ? DIRECTION_TO_TARGET : DIRECTION_TO_CLIENT,
                    .rtt_ns = EVENT_UNKNOWN},
    };

    if (way == SESSION_TO_CLIENT) {
        event.relayed.target = datagram->peer;
        event.relayed.session = datagram->local;
        event.from = event.to = (struct endpoint){.family = ENDPOINT_NONE};
    }
    if (session == NULL)
        return event;
    event.from = session->client;
    event.to = way == SESSION_TO_TARGET ? datagram->local : session->local;
    event.relayed.target_index = session->target_index;
    event.relayed.target = session->target.family != ENDPOINT_NONE
                               ? session->target
                               : engine->targets[session->target_index].address;
    if (session->socket.fd >= 0)
        event.relayed.session = session->socket.local;
    return event;
}

static void relay_set_match(struct event_message *event, const struct transaction_match *match)
{
    event->relayed.match = (uint8_t)match->match;
    event->relayed.request = match->number;
    event->relayed.rtt_ns = match->match != MATCH_NONE ? match->rtt_ns : EVENT_UNKNOWN;
}

struct transaction_match relay_match(struct relay_engine *engine, struct session *session,
                                     const uint8_t *bytes, size_t size_bytes, int64_t came_ns)
{
    struct transaction_match match = {.rtt_ns = EVENT_UNKNOWN, .match = MATCH_NONE};

    if (session == NULL)
        return match;
    match = transactions_take(&session->transactions, bytes, size_bytes,
                              came_ns != EVENT_UNKNOWN ? came_ns : clock_monotonic_ns());
    if (came_ns == EVENT_UNKNOWN)
        match.rtt_ns = EVENT_UNKNOWN;
    if ((match.match != MATCH_ID && match.match != MATCH_ALONE) || match.rtt_ns == EVENT_UNKNOWN)
        return match;
    event_rtts_note(&session->rtts, match.rtt_ns);
    event_rtts_note(&engine->totals.rtts, match.rtt_ns);
    rtt_add(engine->rtt, match.rtt_ns);
    return match;
}

/* ---- passages */

static void relay_count_passage(struct relay_engine *engine, enum session_way way,
                                const struct passage *passage)
{
    struct counts counts = {.received = passage->count, .received_bytes = passage->bytes};

    if (passage->status == ACK_HELD) {
        counts.held[passage->why_held] = passage->count;
    } else {
        counts.failed = passage->failed;
        counts.acked = passage->count - passage->failed;
    }
    sessions_count(engine->sessions, passage->session, way, &counts);
}

/* A passage that is being settled. */
struct settlement {
    const struct passage *passage;
    struct session *session; /* NULL: it has ended */
    enum session_way way;
    int64_t wall_ns, sent_ns;       /* right before the round's sends; CLOCK_MONOTONIC */
    int64_t came_ns;                /* CLOCK_MONOTONIC, EVENT_UNKNOWN */
    struct transaction_match match; /* of the latest message */
};

static bool settlement_is_sent(const struct settlement *settlement, uint32_t i)
{
    const struct passage *passage = settlement->passage;

    return passage->status == ACK_FORWARDED && i < passage->count - passage->failed;
}

/* Requests wait for their replies, replies find their requests. */
static void relay_match_message(struct relay_engine *engine, struct settlement *settlement,
                                uint32_t i)
{
    const struct passage *passage = settlement->passage;
    size_t size_bytes;
    const uint8_t *bytes = datagram_message(passage->datagram, passage->first + i, &size_bytes);

    if (settlement->way == SESSION_TO_CLIENT)
        settlement->match =
            relay_match(engine, settlement->session, bytes, size_bytes, settlement->came_ns);
    else if (settlement_is_sent(settlement, i) && settlement->session != NULL)
        transactions_add(&settlement->session->transactions, passage->number + i,
                         settlement->sent_ns, bytes, size_bytes);
    if (engine->records.ring != NULL && settlement_is_sent(settlement, i) &&
        settlement->session != NULL)
        relay_record_sent(engine, settlement->way, settlement->session, passage->hop_limit, bytes,
                          size_bytes, settlement->wall_ns);
}

/* Completes the record for message i, the latest that was matched; returns its payload. */
static const uint8_t *relay_describe_message(struct event_message *event,
                                             const struct settlement *settlement, uint32_t i)
{
    const struct passage *passage = settlement->passage;
    const struct datagram *datagram = passage->datagram;
    bool sent = settlement_is_sent(settlement, i);
    bool failed = passage->status != ACK_HELD && !sent;
    size_t size_bytes;
    const uint8_t *bytes = datagram_message(datagram, passage->first + i, &size_bytes);

    event->status = failed ? ACK_FAILED : passage->status;
    event->why_held = passage->why_held;
    event->error = failed ? passage->error : 0;
    event->number = passage->number + i;
    event->size_bytes = event->stored_bytes = (uint32_t)size_bytes;
    event->service_ns = EVENT_UNKNOWN;
    event->fate.requests[0].state =
        passage->status == ACK_HELD && passage->why_held == HELD_LOSS ? LEG_LOST : LEG_NONE;
    if (sent && settlement->came_ns != EVENT_UNKNOWN && settlement->sent_ns >= settlement->came_ns)
        event->service_ns = settlement->sent_ns - settlement->came_ns;
    if (settlement->way == SESSION_TO_CLIENT)
        relay_set_match(event, &settlement->match);
    return bytes;
}

static struct event_message relay_describe_passage(const struct relay_engine *engine,
                                                   const struct settlement *settlement)
{
    const struct passage *passage = settlement->passage;
    struct event_message event =
        relay_describe(engine, passage->datagram, settlement->session, settlement->way);

    event.slot = passage->session.slot;
    event.generation = passage->session.generation;
    if (event.wall_ns == 0)
        event.wall_ns = settlement->wall_ns;
    return event;
}

/* last: of the round. If its last message gets no record, it is the tick's latest so far. */
static void relay_settle_passage(struct relay_engine *engine, struct settlement *settlement,
                                 bool last)
{
    const struct passage *passage = settlement->passage;
    uint32_t samples = publisher_take_samples(&engine->publisher, passage->count);
    struct event_message event;

    if (samples > 0 || last)
        event = relay_describe_passage(engine, settlement);
    for (uint32_t i = 0; i < passage->count; i++) {
        relay_match_message(engine, settlement, i);
        if (i >= samples)
            continue;
        const uint8_t *bytes = relay_describe_message(&event, settlement, i);
        publisher_message(&engine->publisher, &event, bytes, NULL);
    }
    if (last && samples < passage->count) {
        const uint8_t *bytes = relay_describe_message(&event, settlement, passage->count - 1);
        publisher_keep(&engine->publisher, &event, bytes, NULL);
    }
    relay_count_passage(engine, settlement->way, passage);
}

void relay_settle(struct relay_engine *engine, enum session_way way, int64_t wall_ns)
{
    struct settlement settlement = {.way = way,
                                    .wall_ns = wall_ns,
                                    .sent_ns = clock_pair_monotonic_ns(&engine->clock, wall_ns)};

    if (engine->passage_count == 0)
        return;
    engine->publisher.due = true;
    for (size_t i = 0; i < engine->passage_count; i++) {
        settlement.passage = &engine->passages[i];
        settlement.session = sessions_get(engine->sessions, settlement.passage->session);
        settlement.came_ns = relay_monotonic_ns(engine, settlement.passage->datagram->wall_ns);
        relay_settle_passage(engine, &settlement, i + 1 == engine->passage_count);
    }
    publisher_wake_early(&engine->publisher);
}

/* ---- flights */

static struct event_message relay_describe_flight(const struct relay_engine *engine,
                                                  const struct relay_flight *flight)
{
    const struct session *session = sessions_get(engine->sessions, flight->session);
    struct event_message event =
        relay_describe(engine, &flight->datagram, session, (enum session_way)flight->way);

    event.status = flight->status;
    event.why_held = flight->why_held;
    event.flags |= flight->reported ? MESSAGE_UPDATE : 0;
    event.error = flight->error;
    event.slot = flight->session.slot;
    event.generation = flight->session.generation;
    event.number = flight->number;
    event.size_bytes = event.stored_bytes = (uint32_t)flight->datagram.size_bytes;
    event.service_ns = flight->service_ns;
    event.fate = flight->fate;
    relay_set_match(&event, &flight->match);
    return event;
}

void relay_report_flight(struct relay_engine *engine, struct relay_flight *flight)
{
    if (!publisher_has_room(&engine->publisher))
        return;
    struct event_message event = relay_describe_flight(engine, flight);
    event.status = ACK_WAITING;
    flight->reported = publisher_early(&engine->publisher, &event, flight->datagram.bytes, NULL);
}

static void relay_count_flight(struct relay_engine *engine, const struct relay_flight *flight)
{
    struct counts counts = {.received = 1, .received_bytes = flight->datagram.size_bytes};

    counts.acked = flight->status == ACK_FORWARDED;
    counts.failed = flight->status == ACK_FAILED;
    if (flight->status == ACK_HELD)
        counts.held[flight->why_held] = 1;
    if (flight->sent > 1)
        engine->totals.copies += flight->sent - 1u;
    sessions_count(engine->sessions, flight->session, (enum session_way)flight->way, &counts);
}

void relay_settle_flight(struct relay_engine *engine, struct relay_flight *flight)
{
    struct publisher *publisher = &engine->publisher;

    relay_count_flight(engine, flight);
    publisher->due = true;
    if (!flight->reported && publisher_take_samples(publisher, 1) == 0)
        return;
    struct event_message event = relay_describe_flight(engine, flight);
    if (flight->reported)
        publisher_settle(publisher, &event, flight->datagram.bytes, NULL);
    else
        publisher_message(publisher, &event, flight->datagram.bytes, NULL);
}

/* The first copy of a request begins its round trip, right before it is sent: the reply may come
 * before the call returns. */
static void relay_note_first(const struct relay_engine *engine, struct session *session,
                             struct relay_flight *flight, const uint8_t *bytes, int64_t wall_ns)
{
    int64_t sent_ns = clock_pair_monotonic_ns(&engine->clock, wall_ns);

    if (flight->came_ns != EVENT_UNKNOWN && sent_ns >= flight->came_ns)
        flight->service_ns = sent_ns - flight->came_ns;
    if (flight->way == SESSION_TO_TARGET && flight->epoch == engine->epoch)
        transactions_add(&session->transactions, flight->number, sent_ns, bytes,
                         flight->datagram.size_bytes);
}

void relay_note_sent(struct relay_engine *engine, struct relay_flight *flight, const uint8_t *bytes,
                     int64_t wall_ns)
{
    struct session *session = sessions_get(engine->sessions, flight->session);

    if (session == NULL)
        return;
    if (flight->sent++ == 0)
        relay_note_first(engine, session, flight, bytes, wall_ns);
    relay_record_sent(engine, (enum session_way)flight->way, session, flight->hop_limit, bytes,
                      flight->datagram.size_bytes, wall_ns);
}
