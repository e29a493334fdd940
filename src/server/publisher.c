/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/publisher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

enum { ROWS_A_TICK = 2048 };

bool publisher_open(struct publisher *publisher, size_t ring_bytes, size_t owed_max)
{
    publisher->ring = ring_open(ring_bytes);
    publisher->owed_max = owed_max;
    publisher->latest_payload = malloc(2 * 65536);
    return publisher->ring != NULL && publisher->latest_payload != NULL;
}

void publisher_close(struct publisher *publisher)
{
    ring_close(publisher->ring);
    free(publisher->latest_payload);
    free(publisher->owed);
}

/* Even if a reset is due before it. */
static bool publisher_copy_record(struct publisher *publisher, const void *record,
                                  size_t record_bytes)
{
    uint8_t *room = ring_reserve(publisher->ring, record_bytes);

    /* what is tried again until there is room would be tried for ever */
    assert(record_bytes <= ring_record_max(publisher->ring));
    if (room == NULL)
        return false;
    memcpy(room, record, record_bytes);
    ring_commit(publisher->ring, record_bytes);
    return true;
}

/* Nothing is reported before a reset that is due: it would be forgotten with what came before. */
static bool publisher_put_reset(struct publisher *publisher)
{
    struct event_reset event;

    if (!publisher->reset_due)
        return true;
    event = (struct event_reset){.kind = EVENT_RESET,
                                 .engine = publisher->engine,
                                 .resets = publisher->resets,
                                 .before = publisher->before};
    publisher->reset_due = !publisher_copy_record(publisher, &event, sizeof event);
    return !publisher->reset_due;
}

bool publisher_put(struct publisher *publisher, const void *record, size_t record_bytes)
{
    return publisher_put_reset(publisher) && publisher_copy_record(publisher, record, record_bytes);
}

/* With its payload and its reply. */
static bool publisher_put_message(struct publisher *publisher, const struct event_message *event,
                                  const void *payload, const void *ack)
{
    struct event_message whole = *event;
    size_t size_bytes = sizeof whole + whole.stored_bytes;
    uint8_t *room;

    assert(sizeof whole <= ring_record_max(publisher->ring)); /* as in publisher_put */
    whole.engine = publisher->engine;
    if (size_bytes + whole.ack_stored_bytes > ring_record_max(publisher->ring))
        whole.ack_stored_bytes = 0; /* both together would never fit */
    size_bytes += whole.ack_stored_bytes;
    room = publisher_put_reset(publisher) ? ring_reserve(publisher->ring, size_bytes) : NULL;
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

void publisher_wake(struct publisher *publisher)
{
    /* The counter cannot overflow: the reader resets it, and 2^64 - 2 wake-ups do not happen. */
    eventfd_write(publisher->event_fd, 1);
    publisher->woken = true;
}

void publisher_wake_early(struct publisher *publisher)
{
    if (!publisher->woken && ring_used(publisher->ring) > ring_record_max(publisher->ring))
        publisher_wake(publisher);
}

void publisher_message(struct publisher *publisher, const struct event_message *event,
                       const void *payload, const void *ack)
{
    publisher->due = true;
    if (!publisher_put_message(publisher, event, payload, ack))
        publisher->skipped++;
}

static bool publisher_put_call(struct publisher *publisher, const struct call *call)
{
    struct call record = *call;

    record.engine = publisher->engine;
    record.skipped = publisher->calls_skipped;
    record.skipped_datagrams = publisher->datagrams_skipped;
    return publisher_put(publisher, &record, sizeof record);
}

void publisher_call(struct publisher *publisher, const struct call *call)
{
    bool counts = call_carries(call) &&
                  publisher->calls != UINT32_MAX; /* the others are few and not limited */

    if ((counts && publisher->calls_left == 0) || !publisher_put_call(publisher, call)) {
        publisher->calls_skipped++;
        publisher->datagrams_skipped += call->datagrams;
        return;
    }
    publisher->calls_skipped = publisher->datagrams_skipped = 0;
    publisher->calls_left -= counts;
    publisher->due = true;
}

bool publisher_membership(struct publisher *publisher, const struct event_membership *event)
{
    publisher->due = true;
    return publisher_put(publisher, event, sizeof *event);
}

/* How many of count messages get a record. */
uint32_t publisher_take_samples(struct publisher *publisher, uint32_t count)
{
    uint32_t taken = count < publisher->samples_left ? count : publisher->samples_left;

    if (publisher->samples != UINT32_MAX)
        publisher->samples_left -= taken;
    publisher->skipped += count - taken;
    return taken;
}

/* A message that was already counted as skipped. */
void publisher_beyond(struct publisher *publisher, const struct event_message *event,
                      const void *payload, const void *ack)
{
    publisher->skipped--;
    publisher_message(publisher, event, payload, ack);
}

/* ---- messages reported as under way whose settled record did not fit */

/* Lines wait until it is settled; only a screen gets it earlier. Not while records are owed, so
 * that their number never exceeds that of all flights. */
bool publisher_has_room(const struct publisher *publisher)
{
    return publisher->samples != UINT32_MAX && publisher->samples_left > 0 &&
           publisher->owed_count == 0;
}

bool publisher_early(struct publisher *publisher, const struct event_message *event,
                     const void *payload, const void *ack)
{
    publisher->samples_left--;
    return publisher_put_message(publisher, event, payload, ack);
}

/* Keeps a fate for later, without the bytes, which the reader has. */
static void publisher_owe(struct publisher *publisher, struct event_message event)
{
    if (publisher->owed == NULL)
        publisher->owed = calloc(publisher->owed_max, sizeof *publisher->owed);
    if (publisher->owed == NULL || publisher->owed_count == publisher->owed_max) {
        publisher->skipped++;
        return;
    }
    event.stored_bytes = event.ack_stored_bytes = 0;
    publisher->owed[(publisher->owed_first + publisher->owed_count) % publisher->owed_max] = event;
    publisher->owed_count++;
}

void publisher_settle(struct publisher *publisher, const struct event_message *event,
                      const void *payload, const void *ack)
{
    if (publisher->owed_count > 0 || !publisher_put_message(publisher, event, payload, ack))
        publisher_owe(publisher, *event);
}

/* Reports the fates that were kept. Whether none is left. */
static bool publisher_pay_owed(struct publisher *publisher)
{
    for (; publisher->owed_count > 0; publisher->owed_count--) {
        if (!publisher_put_message(publisher, &publisher->owed[publisher->owed_first], NULL, NULL))
            return false;
        publisher->owed_first = (publisher->owed_first + 1) % publisher->owed_max;
    }
    return true;
}

void publisher_forget(struct publisher *publisher, uint64_t resets,
                      const struct event_totals *before)
{
    struct event_totals lives[] = {publisher->before, *before};

    lives[1].messages_skipped = publisher->skipped;
    publisher->before = publisher->reset_due ? event_totals_merge(lives, 2) : lives[1];
    publisher->resets = resets;
    publisher->skipped = 0;
    publisher->has_latest = false;
    publisher->owed_count = 0;
    publisher->reset_due = publisher->due = true;
    publisher_put_reset(publisher);
}

/* ---- the tick */

void publisher_keep(struct publisher *publisher, const struct event_message *event,
                    const void *payload, const void *ack)
{
    publisher->latest = *event;
    memcpy(publisher->latest_payload, payload, event->stored_bytes);
    if (event->ack_stored_bytes > 0)
        memcpy(publisher->latest_payload + event->stored_bytes, ack, event->ack_stored_bytes);
    publisher->has_latest = true;
}

static void publisher_latest(struct publisher *publisher)
{
    if (!publisher->has_latest)
        return;
    publisher->has_latest = false;
    publisher->skipped--;
    publisher_message(publisher, &publisher->latest, publisher->latest_payload,
                      publisher->latest_payload + publisher->latest.stored_bytes);
}

/* At most ROWS_A_TICK: with many clients the rest follow in the next ticks, faster than people
 * read. */
static bool publisher_put_rows(struct publisher *publisher, const struct publisher_rows *rows)
{
    struct event_client event;

    for (int i = 0; i < ROWS_A_TICK; i++) {
        if (!rows->next(rows->context, &event))
            return true;
        event.kind = EVENT_CLIENT;
        event.engine = publisher->engine;
        event.slot += publisher->first_slot;
        if (!publisher_put(publisher, &event, sizeof event))
            return false;
        rows->taken(rows->context);
    }
    return !rows->next(rows->context, &event);
}

static bool publisher_put_totals(struct publisher *publisher, struct event_totals *totals,
                                 int64_t now_ns)
{
    totals->kind = EVENT_TOTALS;
    totals->engine = publisher->engine;
    totals->messages_skipped = publisher->skipped;
    totals->now_ns = now_ns;
    return publisher_put(publisher, totals, sizeof *totals);
}

/* Totals before the rows, which may be many. */
bool publisher_report(struct publisher *publisher, const struct publisher_rows *rows,
                      struct event_totals *totals, int64_t now_ns)
{
    publisher_latest(publisher);
    bool all = publisher_pay_owed(publisher) && publisher_put_totals(publisher, totals, now_ns) &&
               publisher_put_rows(publisher, rows);

    publisher->due = !all;
    publisher->next_ns = now_ns + publisher->tick_ns;
    publisher->samples_left = publisher->samples;
    publisher->calls_left = publisher->calls;
    publisher_wake(publisher);
    publisher->woken = false;
    return all;
}
