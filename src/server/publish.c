/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "publish_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "udptui/base/units.h"
#include "udptui/proto/roster.h"

enum { ROWS_A_TICK = 2048 };

bool publish_open(struct publisher *publisher)
{
    publisher->latest_payload = malloc(2 * 65536);
    return publisher->latest_payload != NULL;
}

void publish_close(struct publisher *publisher)
{
    free(publisher->latest_payload);
    free(publisher->owed);
}

static bool publish_put(struct publisher *publisher, const void *record, size_t record_bytes)
{
    uint8_t *room = ring_reserve(publisher->ring, record_bytes);

    if (room == NULL)
        return false;
    memcpy(room, record, record_bytes);
    ring_commit(publisher->ring, record_bytes);
    return true;
}

/* With its payload and its reply. */
static bool publish_put_message(struct publisher *publisher, const struct event_message *event,
                                const void *payload, const void *ack)
{
    struct event_message whole = *event;
    size_t size_bytes = sizeof whole + whole.stored_bytes;
    uint8_t *room;

    if (size_bytes + whole.ack_stored_bytes > ring_record_max(publisher->ring))
        whole.ack_stored_bytes = 0; /* both together would never fit */
    size_bytes += whole.ack_stored_bytes;
    room = ring_reserve(publisher->ring, size_bytes);
    if (room == NULL)
        return false;
    memcpy(room, &whole, sizeof whole);
    if (payload != NULL)
        memcpy(room + sizeof whole, payload, whole.stored_bytes);
    fate_flip(&whole.fate, room + sizeof whole, whole.stored_bytes);
    if (ack != NULL)
        memcpy(room + sizeof whole + whole.stored_bytes, ack, whole.ack_stored_bytes);
    ring_commit(publisher->ring, size_bytes);
    return true;
}

void publish_wake(struct publisher *publisher)
{
    /* The counter cannot overflow: the reader resets it, and 2^64 - 2 wake-ups do not happen. */
    eventfd_write(publisher->event_fd, 1);
    publisher->woken = true;
}

void publish_message(struct publisher *publisher, const struct event_message *event,
                     const void *payload, const void *ack)
{
    publisher->due = true;
    if (!publish_put_message(publisher, event, payload, ack))
        publisher->skipped++;
}

static bool publish_put_call(struct publisher *publisher, const struct call *call)
{
    struct call record = *call;

    record.engine = publisher->engine;
    record.skipped = publisher->calls_skipped;
    record.skipped_datagrams = publisher->datagrams_skipped;
    return publish_put(publisher, &record, sizeof record);
}

void publish_call(struct publisher *publisher, const struct call *call)
{
    bool counts = call_carries(call) &&
                  publisher->calls != UINT32_MAX; /* the others are few and not limited */

    if ((counts && publisher->calls_left == 0) || !publish_put_call(publisher, call)) {
        publisher->calls_skipped++;
        publisher->datagrams_skipped += call->datagrams;
        return;
    }
    publisher->calls_skipped = publisher->datagrams_skipped = 0;
    publisher->calls_left -= counts;
    publisher->due = true;
}

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

static int32_t publish_age_us(const struct datagram *datagram, int64_t wall_ns)
{
    int64_t age_us = (wall_ns - datagram->wall_ns) / UNITS_NS_PER_US;

    if (datagram->wall_ns == 0 || age_us < 0)
        return 0;
    return age_us < INT32_MAX ? (int32_t)age_us : INT32_MAX - 1;
}

static struct event_message publish_describe_run(const struct publisher *publisher,
                                                 const struct run *run, int64_t wall_ns)
{
    const struct datagram *datagram = run->datagram;
    bool timed = datagram->wall_ns != 0 && wall_ns >= datagram->wall_ns;
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
        .wall_ns = datagram->wall_ns != 0 ? datagram->wall_ns : wall_ns,
        .service_ns =
            timed && run->status == ACK_SENT ? wall_ns - datagram->wall_ns : EVENT_UNKNOWN,
        .from = datagram->peer,
        .to = datagram->local,
        .fate = publish_fate_of_run(run, publish_age_us(datagram, wall_ns)),
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

/* How many of count messages get a record. */
static uint32_t publish_take_samples(struct publisher *publisher, uint32_t count)
{
    uint32_t taken = count < publisher->samples_left ? count : publisher->samples_left;

    if (publisher->samples != UINT32_MAX)
        publisher->samples_left -= taken;
    publisher->skipped += count - taken;
    return taken;
}

/* A message that was already counted as skipped. */
static void publish_beyond(struct publisher *publisher, const struct event_message *event,
                           const void *payload, const void *ack)
{
    publisher->skipped--;
    publish_message(publisher, event, payload, ack);
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
        .fate = flight->fate,
    };

    return event;
}

/* ---- messages reported as under way whose settled record did not fit */

/* Lines wait until it is settled; only a screen gets it earlier. Not while records are owed, so
 * that their number never exceeds that of all flights. */
bool publish_has_room(const struct publisher *publisher)
{
    return publisher->samples != UINT32_MAX && publisher->samples_left > 0 &&
           publisher->owed_count == 0;
}

bool publish_waiting(struct publisher *publisher, const struct flight *flight)
{
    struct event_message event = publish_describe_flight(publisher, flight);

    publisher->samples_left--;
    return publish_put_message(publisher, &event, flight->payload, flight->ack);
}

/* Keeps a fate for later, without the bytes, which the reader has. */
static void publish_owe(struct publisher *publisher, struct event_message event)
{
    if (publisher->owed == NULL)
        publisher->owed = calloc(PATH_FLIGHTS_MAX, sizeof *publisher->owed);
    if (publisher->owed == NULL || publisher->owed_count == PATH_FLIGHTS_MAX) {
        publisher->skipped++;
        return;
    }
    event.stored_bytes = event.ack_stored_bytes = 0;
    publisher->owed[(publisher->owed_first + publisher->owed_count) % PATH_FLIGHTS_MAX] = event;
    publisher->owed_count++;
}

/* Reports the fates that were kept. Whether none is left. */
static bool publish_pay_owed(struct publisher *publisher)
{
    for (; publisher->owed_count > 0; publisher->owed_count--) {
        if (!publish_put_message(publisher, &publisher->owed[publisher->owed_first], NULL, NULL))
            return false;
        publisher->owed_first = (publisher->owed_first + 1) % PATH_FLIGHTS_MAX;
    }
    return true;
}

void publish_forget(struct publisher *publisher)
{
    publisher->skipped = 0;
    publisher->has_latest = false;
    publisher->owed_count = 0;
    publisher->reset_due = publisher->due = true;
}

/* The fate of a message that was reported as under way. */
static void publish_fate(struct publisher *publisher, const struct flight *flight)
{
    struct event_message event = publish_describe_flight(publisher, flight);

    if (publisher->owed_count > 0 ||
        !publish_put_message(publisher, &event, flight->datagram.bytes, flight->ack))
        publish_owe(publisher, event);
}

/* The others are among the samples, or skipped; greetings never are. */
void publish_flight(struct publisher *publisher, const struct flight *flight)
{
    const struct datagram *datagram = &flight->datagram;
    bool sampled = !flight->reported && publish_take_samples(publisher, 1) > 0;

    if (flight->reported) {
        publish_fate(publisher, flight);
        return;
    }
    if (!sampled &&
        !(publisher->names && roster_is_greeting(datagram->bytes, datagram->size_bytes)))
        return;
    struct event_message event = publish_describe_flight(publisher, flight);
    if (sampled)
        publish_message(publisher, &event, datagram->bytes, flight->ack);
    else
        publish_beyond(publisher, &event, datagram->bytes, flight->ack);
}

/* ---- rounds */

/* Completes the run's record for its message i; returns the payload. */
static const uint8_t *publish_describe_message(struct event_message *event, const struct run *run,
                                               uint32_t i)
{
    size_t size;
    const uint8_t *bytes = answer_message(run->datagram, run->first + i, &size);

    event->number = run->number + i;
    event->size_bytes = event->stored_bytes = (uint32_t)size;
    if (i >= run->count - run->failed)
        publish_note_failure(event, run);
    return bytes;
}

/* Reports the greetings among the messages from first on. Whether the last message got a record. */
static bool publish_names(struct publisher *publisher, const struct run *run, const uint8_t *ack,
                          uint32_t first, int64_t wall_ns)
{
    struct event_message event;
    bool last = false;

    for (uint32_t i = first; publisher->names && i < run->count; i++) {
        size_t size;
        const uint8_t *bytes = answer_message(run->datagram, run->first + i, &size);
        last = roster_is_greeting(bytes, size);
        if (!last)
            continue;
        event = publish_describe_run(publisher, run, wall_ns);
        publish_describe_message(&event, run, i);
        publish_beyond(publisher, &event, bytes, ack);
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
                        int64_t wall_ns)
{
    uint32_t samples = publish_take_samples(publisher, run->count);
    struct event_message event;

    if (samples == 0)
        return publish_names(publisher, run, ack, 0, wall_ns);
    event = publish_describe_run(publisher, run, wall_ns);
    for (uint32_t i = 0; i < samples; i++) {
        const uint8_t *bytes = publish_describe_message(&event, run, i);
        publish_message(publisher, &event, bytes, ack);
    }
    return publish_names(publisher, run, ack, samples, wall_ns) || samples == run->count;
}

/* The round's last message was skipped: it is the tick's latest so far. */
static void publish_keep_latest(struct publisher *publisher, const struct run *run,
                                const uint8_t *ack, int64_t wall_ns)
{
    publisher->latest = publish_describe_run(publisher, run, wall_ns);
    const uint8_t *bytes = publish_describe_message(&publisher->latest, run, run->count - 1);
    uint32_t stored_bytes = publisher->latest.stored_bytes;
    memcpy(publisher->latest_payload, bytes, stored_bytes);
    if (publisher->latest.ack_stored_bytes > 0)
        memcpy(publisher->latest_payload + stored_bytes, ack, publisher->latest.ack_stored_bytes);
    publisher->has_latest = true;
}

static void publish_latest(struct publisher *publisher)
{
    if (!publisher->has_latest)
        return;
    publisher->has_latest = false;
    publisher->skipped--;
    publish_message(publisher, &publisher->latest, publisher->latest_payload,
                    publisher->latest_payload + publisher->latest.stored_bytes);
}

void publish_runs(struct publisher *publisher, const struct answer *answer, int64_t wall_ns)
{
    bool reported = true;

    publisher->due = true;
    for (size_t i = 0; i < answer->run_count; i++)
        reported =
            publish_run(publisher, &answer->runs[i], ack_of(answer, &answer->runs[i]), wall_ns);
    if (!reported) {
        const struct run *last = &answer->runs[answer->run_count - 1];
        publish_keep_latest(publisher, last, ack_of(answer, last), wall_ns);
    }
    if (!publisher->woken && ring_used(publisher->ring) > ring_record_max(publisher->ring))
        publish_wake(publisher);
}

bool publish_membership(struct publisher *publisher, const struct event_membership *event)
{
    publisher->due = true;
    return publish_put(publisher, event, sizeof *event);
}

static bool publish_put_row(struct publisher *publisher, struct peers *peers, uint32_t slot)
{
    const struct peer *row = peers_at(peers, slot);
    struct event_client event = {.kind = EVENT_CLIENT,
                                 .engine = publisher->engine,
                                 .slot = publisher->first_slot + slot,
                                 .generation = row->generation,
                                 .peer = row->endpoint,
                                 .counts = row->counts,
                                 .first_ns = row->first_ns,
                                 .last_ns = row->last_ns};

    return publish_put(publisher, &event, sizeof event);
}

static bool publish_put_reset(struct publisher *publisher)
{
    struct event_reset event = {.kind = EVENT_RESET, .engine = publisher->engine};

    if (publisher->reset_due && publish_put(publisher, &event, sizeof event))
        publisher->reset_due = false;
    return !publisher->reset_due;
}

/* At most ROWS_A_TICK: with many clients the rest follow in the next ticks, faster than people
 * read. */
static bool publish_put_rows(struct publisher *publisher, struct peers *peers)
{
    uint32_t slot = PEERS_NONE;

    for (int i = 0; i < ROWS_A_TICK && (slot = peers_dirty(peers)) != PEERS_NONE; i++) {
        if (!publish_put_row(publisher, peers, slot))
            return false;
        peers_clean(peers);
    }
    return peers_dirty(peers) == PEERS_NONE;
}

static bool publish_put_totals(struct publisher *publisher, const struct peers *peers,
                               struct event_totals *totals, int64_t now_ns)
{
    totals->kind = EVENT_TOTALS;
    totals->engine = publisher->engine;
    totals->clients = peers_used(peers);
    totals->clients_evicted = peers_evictions(peers);
    totals->counts = *peers_totals(peers);
    totals->evicted = *peers_evicted(peers);
    totals->messages_skipped = publisher->skipped;
    totals->now_ns = now_ns;
    return publish_put(publisher, totals, sizeof *totals);
}

/* A reset goes before the rows of the new count; totals before the rows, which may be many. */
bool publish_tick(struct publisher *publisher, struct peers *peers, struct event_totals *totals,
                  int64_t now_ns)
{
    publish_latest(publisher);
    bool all = publish_put_reset(publisher) && publish_pay_owed(publisher) &&
               publish_put_totals(publisher, peers, totals, now_ns) &&
               publish_put_rows(publisher, peers);

    publisher->due = !all;
    publisher->next_ns = now_ns + publisher->tick_ns;
    publisher->samples_left = publisher->samples;
    publisher->calls_left = publisher->calls;
    publish_wake(publisher);
    publisher->woken = false;
    return all;
}
