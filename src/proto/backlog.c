/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backlog: two rings whose oldest entries are dropped together.
 *
 * Message id lives in entries[id % capacity]. Payload positions only grow; position p lives in
 * payload[p % payload_bytes], and a payload never crosses the end: it begins at the ring's start
 * instead. Invariant: for every kept message, payload_end - start <= payload_bytes, so none of its
 * bytes has been written over.
 *
 * Waiting messages are found by their number: a table of sets of WAYS ids, a set for each remainder
 * of numbers. An id that is no longer kept or no longer waits is free. There are twice as many
 * places as messages, and numbers come in order: so a waiting message practically never loses its
 * place.
 */
#include "udptui/proto/backlog.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_DATAGRAM_BYTES = 65536, WAYS = 4 };

struct entry {
    struct event_message event;
    uint64_t start; /* position of the payload */
    uint64_t ack;   /* position of the reply's payload, not before start */
};

struct backlog {
    struct entry *entries;
    size_t capacity;
    uint8_t *payload;
    size_t payload_bytes;
    uint64_t payload_end; /* behind the newest payload */
    uint64_t first, end;  /* ids kept */
    uint64_t *waiting;    /* sets of WAYS ids + 1; 0: none */
    size_t sets;
};

/* malloc touches no page of a large block: memory grows as messages come. */
struct backlog *backlog_open(size_t capacity, size_t payload_bytes)
{
    struct backlog *backlog = calloc(1, sizeof *backlog);

    if (backlog == NULL)
        return NULL;
    backlog->capacity = capacity > 0 ? capacity : 1;
    backlog->payload_bytes =
        payload_bytes > LARGEST_DATAGRAM_BYTES ? payload_bytes : LARGEST_DATAGRAM_BYTES;
    if (backlog->capacity <= SIZE_MAX / sizeof *backlog->entries)
        backlog->entries = malloc(backlog->capacity * sizeof *backlog->entries);
    backlog->payload = malloc(backlog->payload_bytes);
    backlog->sets = backlog->capacity / 2 + 1;
    backlog->waiting = calloc(backlog->sets, WAYS * sizeof *backlog->waiting);
    if (backlog->entries == NULL || backlog->payload == NULL || backlog->waiting == NULL) {
        backlog_close(backlog);
        return NULL;
    }
    return backlog;
}

void backlog_close(struct backlog *backlog)
{
    if (backlog == NULL)
        return;
    free(backlog->entries);
    free(backlog->payload);
    free(backlog->waiting);
    free(backlog);
}

static struct entry *entry_of(const struct backlog *backlog, uint64_t id)
{
    return &backlog->entries[id % backlog->capacity];
}

/* ---- what waits */

static uint64_t *backlog_set_of(const struct backlog *backlog, uint64_t number)
{
    return &backlog->waiting[number % backlog->sets * WAYS];
}

/* The entry that a place of a set refers to, NULL if the place is free. */
static struct entry *waiting_entry(const struct backlog *backlog, uint64_t place)
{
    uint64_t id = place - 1; /* of an empty place: past every end */

    if (id < backlog->first || id >= backlog->end)
        return NULL;
    return event_may_change(&entry_of(backlog, id)->event) ? entry_of(backlog, id) : NULL;
}

static void note_waiting(struct backlog *backlog, uint64_t id, uint64_t number)
{
    uint64_t *set = backlog_set_of(backlog, number);
    size_t way = 0, oldest = 0;

    while (way < WAYS && waiting_entry(backlog, set[way]) != NULL) {
        if (set[way] < set[oldest])
            oldest = way;
        way++;
    }
    set[way < WAYS ? way : oldest] = id + 1;
}

/* ---- adding */

/* Where the next payload of this size begins. */
static uint64_t place_payload(const struct backlog *backlog, size_t size_bytes)
{
    size_t left = backlog->payload_bytes - (size_t)(backlog->payload_end % backlog->payload_bytes);

    return size_bytes <= left ? backlog->payload_end : backlog->payload_end + left;
}

/* Forgets the oldest messages until there are so many entries free and payload_end may move to
 * end. */
static void backlog_make_room(struct backlog *backlog, size_t entries, uint64_t payload_end)
{
    while (backlog->first < backlog->end &&
           (backlog->end - backlog->first + entries > backlog->capacity ||
            payload_end - entry_of(backlog, backlog->first)->start > backlog->payload_bytes))
        backlog->first++;
}

uint64_t backlog_add(struct backlog *backlog, const struct event_message *event,
                     const void *payload, const void *ack)
{
    size_t size_bytes = event->stored_bytes, ack_bytes = event->ack_stored_bytes;
    struct entry *entry;
    uint64_t start;

    if (size_bytes > backlog->payload_bytes)
        size_bytes = backlog->payload_bytes;
    if (ack_bytes > backlog->payload_bytes - size_bytes)
        ack_bytes = backlog->payload_bytes - size_bytes;
    start = place_payload(backlog, size_bytes + ack_bytes);
    backlog_make_room(backlog, 1, start + size_bytes + ack_bytes);
    entry = entry_of(backlog, backlog->end);
    entry->event = *event;
    entry->event.stored_bytes = (uint32_t)size_bytes;
    entry->event.ack_stored_bytes = (uint32_t)ack_bytes;
    entry->start = start;
    entry->ack = start + size_bytes;
    if (size_bytes > 0)
        memcpy(backlog->payload + start % backlog->payload_bytes, payload, size_bytes);
    if (ack_bytes > 0)
        memcpy(backlog->payload + entry->ack % backlog->payload_bytes, ack, ack_bytes);
    backlog->payload_end = start + size_bytes + ack_bytes;
    if (event_may_change(event))
        note_waiting(backlog, backlog->end, event->number);
    return backlog->end++;
}

/* ---- settling */

/* The reply's payload comes later than the message's. False if the message had to make room. */
static bool backlog_add_ack(struct backlog *backlog, uint64_t id, uint32_t size_bytes,
                            const void *ack)
{
    uint64_t start = place_payload(backlog, size_bytes);

    backlog_make_room(backlog, 0, start + size_bytes);
    if (id < backlog->first)
        return false;
    memcpy(backlog->payload + start % backlog->payload_bytes, ack, size_bytes);
    entry_of(backlog, id)->ack = start;
    backlog->payload_end = start + size_bytes;
    return true;
}

uint64_t backlog_settle(struct backlog *backlog, const struct event_message *event, const void *ack)
{
    const uint64_t *set = backlog_set_of(backlog, event->number);

    for (size_t way = 0; way < WAYS; way++) {
        struct entry *entry = waiting_entry(backlog, set[way]);
        if (entry == NULL || entry->event.number != event->number)
            continue;
        uint32_t stored_bytes = entry->event.stored_bytes;
        uint32_t ack_bytes = entry->event.ack_stored_bytes;
        if (ack_bytes == 0 && event->ack_stored_bytes > 0) {
            if (!backlog_add_ack(backlog, set[way] - 1, event->ack_stored_bytes, ack))
                return BACKLOG_NONE;
            ack_bytes = event->ack_stored_bytes;
        }
        uint8_t *payload = backlog->payload + entry->start % backlog->payload_bytes;
        fate_flip(&entry->event.fate, payload, stored_bytes); /* as it was sent */
        fate_flip(&event->fate, payload, stored_bytes);
        entry->event = *event;
        entry->event.stored_bytes = stored_bytes;
        entry->event.ack_stored_bytes = ack_bytes;
        return set[way] - 1;
    }
    return BACKLOG_NONE;
}

uint64_t backlog_first(const struct backlog *backlog)
{
    return backlog->first;
}

uint64_t backlog_end(const struct backlog *backlog)
{
    return backlog->end;
}

const struct event_message *backlog_get(const struct backlog *backlog, uint64_t id,
                                        const uint8_t **payload)
{
    const struct entry *entry;

    if (id < backlog->first || id >= backlog->end)
        return NULL;
    entry = entry_of(backlog, id);
    *payload = backlog->payload + entry->start % backlog->payload_bytes;
    return &entry->event;
}

const uint8_t *backlog_ack(const struct backlog *backlog, uint64_t id)
{
    return backlog->payload + entry_of(backlog, id)->ack % backlog->payload_bytes;
}

void backlog_clear(struct backlog *backlog)
{
    backlog->first = backlog->end;
}
