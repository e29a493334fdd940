/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history: two rings that age together.
 *
 * Message id lives in entries[id % capacity]. Payload positions only grow; position p lives in
 * payload[p % payload_bytes], and a payload never crosses the end: it begins at the ring's start
 * instead. Invariant: for every kept message, payload_end - start <= payload_bytes, so none of its
 * bytes has been written over.
 */
#include "udptui/core/history.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_DATAGRAM_BYTES = 65536 };

struct entry {
    struct event_message event;
    uint64_t start; /* position of the payload */
};

struct history {
    struct entry *entries;
    size_t capacity;
    uint8_t *payload;
    size_t payload_bytes;
    uint64_t payload_end; /* behind the newest payload */
    uint64_t first, end;  /* ids kept */
};

/* malloc touches no page of a large block: memory grows as messages come. */
struct history *history_open(size_t capacity, size_t payload_bytes)
{
    struct history *history = calloc(1, sizeof *history);

    if (history == NULL)
        return NULL;
    history->capacity = capacity > 0 ? capacity : 1;
    history->payload_bytes =
        payload_bytes > LARGEST_DATAGRAM_BYTES ? payload_bytes : LARGEST_DATAGRAM_BYTES;
    if (history->capacity <= SIZE_MAX / sizeof *history->entries)
        history->entries = malloc(history->capacity * sizeof *history->entries);
    history->payload = malloc(history->payload_bytes);
    if (history->entries == NULL || history->payload == NULL) {
        history_close(history);
        return NULL;
    }
    return history;
}

void history_close(struct history *history)
{
    if (history == NULL)
        return;
    free(history->entries);
    free(history->payload);
    free(history);
}

static struct entry *entry_of(const struct history *history, uint64_t id)
{
    return &history->entries[id % history->capacity];
}

/* Where the next payload of this size begins. */
static uint64_t place_payload(const struct history *history, size_t size_bytes)
{
    size_t left = history->payload_bytes - (size_t)(history->payload_end % history->payload_bytes);

    return size_bytes <= left ? history->payload_end : history->payload_end + left;
}

/* Forgets the oldest messages until there is an entry free and payload_end may move to end. */
static void make_room(struct history *history, uint64_t payload_end)
{
    while (history->first < history->end &&
           (history->end - history->first >= history->capacity ||
            payload_end - entry_of(history, history->first)->start > history->payload_bytes))
        history->first++;
}

uint64_t history_add(struct history *history, const struct event_message *event,
                     const void *payload)
{
    size_t size_bytes = event->stored_bytes;
    struct entry *entry;
    uint64_t start;

    if (size_bytes > history->payload_bytes)
        size_bytes = history->payload_bytes;
    start = place_payload(history, size_bytes);
    make_room(history, start + size_bytes);
    entry = entry_of(history, history->end);
    entry->event = *event;
    entry->event.stored_bytes = (uint32_t)size_bytes;
    entry->start = start;
    if (size_bytes > 0)
        memcpy(history->payload + start % history->payload_bytes, payload, size_bytes);
    history->payload_end = start + size_bytes;
    return history->end++;
}

uint64_t history_first(const struct history *history)
{
    return history->first;
}

uint64_t history_end(const struct history *history)
{
    return history->end;
}

const struct event_message *history_get(const struct history *history, uint64_t id,
                                        const uint8_t **payload)
{
    const struct entry *entry;

    if (id < history->first || id >= history->end)
        return NULL;
    entry = entry_of(history, id);
    *payload = history->payload + entry->start % history->payload_bytes;
    return &entry->event;
}

void history_clear(struct history *history)
{
    history->first = history->end;
}
