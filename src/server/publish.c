/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "publish_internal.h"

#include "udptui/base/units.h"
#include "udptui/proto/roster.h"

/* The legs of a message of a run that passed through a network which only loses. at_us: when, since
 * it was received. The ack departs a microsecond after the request has arrived, so that the times
 * show the order. */
static struct fate publish_fate_of_run(const struct run *run, int32_t at_us)
{
    struct fate fate = {.requests = {{.state = LEG_NONE}}};
    const struct leg request = {.depart_us = at_us, .arrive_us = at_us, .state = LEG_ARRIVED};
    const struct leg ack = {.depart_us = at_us + 1, .arrive_us = at_us + 1, .state = LEG_ARRIVED};

    if (run->passage == PASSAGE_NONE)
        return fate;
    fate.requests[0] = request;
    if (run->passage == PASSAGE_LOST_REQUEST)
        fate.requests[0].state = LEG_LOST;
    if (run->status == ACK_SENT || run->passage == PASSAGE_LOST_ACK)
        fate.acks[0] = ack;
    if (run->passage == PASSAGE_LOST_ACK)
        fate.acks[0].state = LEG_LOST;
    return fate;
}

/* How long ago it came; EVENT_UNKNOWN if the kernel's time of that is not certain. */
static int64_t publish_age_ns(const struct datagram *datagram, const struct publish_moment *moment)
{
    if (datagram->wall_ns == 0 || datagram->wall_ns < moment->oldest_ns ||
        datagram->wall_ns > moment->wall_ns)
        return EVENT_UNKNOWN;
    return moment->wall_ns - datagram->wall_ns;
}

static int32_t publish_age_us(int64_t age_ns)
{
    int64_t age_us = age_ns / UNITS_NS_PER_US;

    if (age_ns == EVENT_UNKNOWN)
        return 0;
    return age_us < INT32_MAX ? (int32_t)age_us : INT32_MAX - 1;
}

static struct event_message publish_describe_run(const struct publisher *publisher,
                                                 const struct run *run,
                                                 const struct publish_moment *before)
{
    const struct datagram *datagram = run->datagram;
    int64_t age_ns = publish_age_ns(datagram, before);
    struct event_message event = {
        .kind = EVENT_MESSAGE,
        .status = run->status,
        .why_held = run->why_held,
        .flags = (uint16_t)(datagram->flags | (run->cut ? MESSAGE_CUT : 0)),
        .hop_limit = datagram->hop_limit,
        .traffic_class = datagram->traffic_class,
        .slot = publisher->first_slot + run->peer.slot,
        .generation = run->peer.generation,
        .ack_bytes = run->status == ACK_SENT ? run->ack_bytes : 0,
        .ack_stored_bytes = run->status == ACK_SENT ? run->ack_bytes : 0,
        .wall_ns = datagram->wall_ns != 0 ? datagram->wall_ns : before->wall_ns,
        .service_ns = run->status == ACK_SENT ? age_ns : EVENT_UNKNOWN,
        .from = datagram->peer,
        .to = datagram->local,
        .fate = publish_fate_of_run(run, publish_age_us(age_ns)),
    };

    return event;
}

static void publish_note_failure(struct event_message *event, const struct run *run)
{
    event->status = ACK_FAILED;
    event->error = run->error;
    event->ack_bytes = event->ack_stored_bytes = 0;
    event->service_ns = EVENT_UNKNOWN;
    event->fate.acks[0].state = LEG_NONE;
}

static struct endpoint publish_ack_source(const struct flight *flight)
{
    struct endpoint source = flight->datagram.local;

    if (flight->ack_from_port != 0)
        source.port = flight->ack_from_port;
    return source;
}

/* A datagram of an answer after its first: its own times, and those of its legs relative to them. */
static void publish_describe_more(struct event_message *event, const struct flight *flight)
{
    struct leg *first = &event->fate.acks[0];
    int32_t shift_us = first->state != LEG_NONE ? first->depart_us : 0;

    event->status = ACK_MORE;
    event->flags = 0;
    event->hop_limit = event->traffic_class = EVENT_UNKNOWN;
    event->to = publish_ack_source(flight);
    if (flight->ack_port != 0)
        event->from.port = flight->ack_port;
    event->ack_port = 0;
    event->ack_bytes = event->ack_stored_bytes = 0; /* it is the payload */
    if (shift_us == 0 && flight->service_ns != EVENT_UNKNOWN)
        event->wall_ns += flight->service_ns;
    event->service_ns = EVENT_UNKNOWN;
    event->wall_ns += shift_us * UNITS_NS_PER_US;
    for (int i = 0; i < FATE_ACKS; i++) {
        event->fate.acks[i].depart_us -= shift_us;
        event->fate.acks[i].arrive_us -= shift_us;
    }
}

static struct event_message publish_describe_flight(const struct publisher *publisher,
                                                    const struct flight *flight)
{
    const struct datagram *datagram = &flight->datagram;
    struct event_message event = {
        .kind = EVENT_MESSAGE,
        .status = flight->status,
        .why_held = flight->why_held,
        .flags = (uint16_t)(datagram->flags | (flight->cut ? MESSAGE_CUT : 0) |
                            (flight->left_out > 0 ? MESSAGE_FEWER : 0) |
                            (flight->reported ? MESSAGE_UPDATE : 0)),
        .hop_limit = datagram->hop_limit,
        .traffic_class = datagram->traffic_class,
        .slot = publisher->first_slot + flight->peer.slot,
        .generation = flight->peer.generation,
        .error = flight->error,
        .size_bytes = (uint32_t)datagram->size_bytes,
        .stored_bytes = (uint32_t)datagram->size_bytes,
        .ack_bytes = flight->status == ACK_SENT ? flight->ack_bytes : 0,
        .ack_stored_bytes =
            flight->status == ACK_SENT && flight->ack != NULL ? flight->ack_bytes : 0,
        .number = flight->number,
        .wall_ns = datagram->wall_ns,
        .service_ns = flight->service_ns,
        .from = datagram->peer,
        .to = datagram->local,
        .ack_port = flight->ack_port,
        .fate = flight->fate,
    };

    if (!impair_active(
            &flight->version->dice.config)) /* a planned answer: no network was simulated */
        event.fate = (struct fate){.requests = {{.depart_us = 0}}};
    if (flight->more)
        publish_describe_more(&event, flight);
    else if (flight->ack_from_port != 0)
        event.ack_from = publish_ack_source(flight);
    return event;
}

bool publish_waiting(struct publisher *publisher, const struct flight *flight)
{
    struct event_message event = publish_describe_flight(publisher, flight);

    return publisher_early(publisher, &event, flight->payload, flight->ack);
}

/* The fate of a message that was reported as under way. */
static void publish_fate(struct publisher *publisher, const struct flight *flight)
{
    struct event_message event = publish_describe_flight(publisher, flight);

    publisher_settle(publisher, &event, flight->datagram.bytes, flight->ack);
}

/* The others are among the samples, or skipped; greetings never are. */
void publish_flight(struct publisher *publisher, const struct flight *flight)
{
    const struct datagram *datagram = &flight->datagram;
    bool sampled = !flight->reported && publisher_take_samples(publisher, 1) > 0;

    if (flight->reported) {
        publish_fate(publisher, flight);
        return;
    }
    if (!sampled && !(publisher->names && !flight->more &&
                      roster_is_greeting(datagram->bytes, datagram->size_bytes)))
        return;
    struct event_message event = publish_describe_flight(publisher, flight);
    if (sampled)
        publisher_message(publisher, &event, datagram->bytes, flight->ack);
    else
        publisher_beyond(publisher, &event, datagram->bytes, flight->ack);
}

/* ---- rounds */

/* Completes the run's record for its message i; returns the payload. */
static const uint8_t *publish_describe_message(struct event_message *event, const struct run *run,
                                               uint32_t i)
{
    size_t size;
    const uint8_t *bytes = datagram_message(run->datagram, run->first + i, &size);

    event->number = run->number + i;
    event->size_bytes = event->stored_bytes = (uint32_t)size;
    if (i >= run->count - run->failed)
        publish_note_failure(event, run);
    return bytes;
}

/* Reports the greetings among the messages from first on. Whether the last message got a record. */
static bool publish_names(struct publisher *publisher, const struct run *run, const uint8_t *ack,
                          uint32_t first, const struct publish_moment *before)
{
    struct event_message event;
    bool last = false;

    for (uint32_t i = first; publisher->names && i < run->count; i++) {
        size_t size;
        const uint8_t *bytes = datagram_message(run->datagram, run->first + i, &size);
        last = roster_is_greeting(bytes, size);
        if (!last)
            continue;
        event = publish_describe_run(publisher, run, before);
        publish_describe_message(&event, run, i);
        publisher_beyond(publisher, &event, bytes, ack);
    }
    return last;
}

/* The ack of each of a run's messages: a run of several messages has equal acks. */
static const uint8_t *ack_of(const struct answer *answer, const struct run *run)
{
    return run->status == ACK_SENT ? answer->items[run->item].bytes : NULL;
}

/* False if the run's last message got no record. */
static bool publish_run(struct publisher *publisher, const struct run *run, const uint8_t *ack,
                        const struct publish_moment *before)
{
    uint32_t samples = publisher_take_samples(publisher, run->count);
    struct event_message event;

    if (samples == 0)
        return publish_names(publisher, run, ack, 0, before);
    event = publish_describe_run(publisher, run, before);
    for (uint32_t i = 0; i < samples; i++) {
        const uint8_t *bytes = publish_describe_message(&event, run, i);
        publisher_message(publisher, &event, bytes, ack);
    }
    return publish_names(publisher, run, ack, samples, before) || samples == run->count;
}

/* The round's last message was skipped: it is the tick's latest so far. */
static void publish_keep_latest(struct publisher *publisher, const struct run *run,
                                const uint8_t *ack, const struct publish_moment *before)
{
    struct event_message event = publish_describe_run(publisher, run, before);
    const uint8_t *bytes = publish_describe_message(&event, run, run->count - 1);

    publisher_keep(publisher, &event, bytes, ack);
}

void publish_runs(struct publisher *publisher, const struct answer *answer,
                  const struct publish_moment *before)
{
    bool reported = true;

    publisher->due = true;
    for (size_t i = 0; i < answer->run_count; i++)
        reported =
            publish_run(publisher, &answer->runs[i], ack_of(answer, &answer->runs[i]), before);
    if (!reported) {
        const struct run *last = &answer->runs[answer->run_count - 1];
        publish_keep_latest(publisher, last, ack_of(answer, last), before);
    }
    publisher_wake_early(publisher);
}

static bool publish_next_row(void *context, struct event_client *event)
{
    struct peers *peers = context;
    uint32_t slot = peers_dirty(peers);

    if (slot == PEERS_NONE)
        return false;
    const struct peer *row = peers_at(peers, slot);
    *event = (struct event_client){.slot = slot,
                                   .generation = row->generation,
                                   .peer = row->endpoint,
                                   .counts = row->counts,
                                   .first_ns = row->first_ns,
                                   .last_ns = row->last_ns};
    return true;
}

static void publish_row_taken(void *context)
{
    peers_clean(context);
}

bool publish_tick(struct publisher *publisher, struct peers *peers, struct event_totals *totals,
                  int64_t now_ns)
{
    const struct publisher_rows rows = {
        .context = peers, .next = publish_next_row, .taken = publish_row_taken};

    return publisher_report(publisher, &rows, totals, now_ns);
}
