/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally: see the header for the model.
 *
 * A slot without a client has kind 0. The busiest are found with a heap of slots whose first one is
 * the least busy.
 */
#include "udptui/proto/tally.h"

#include <stdbool.h>
#include <stdlib.h>

struct tally {
    struct event_totals
        *totals; /* of each engine the sum before its resets, then the latest of each */
    size_t engines;
    struct event_client *clients; /* by slot */
    uint32_t clients_max;
    uint32_t end; /* one more than the highest slot that was ever used */
    uint32_t client_count;
    uint64_t version;
};

struct tally *tally_open(size_t engines, uint32_t clients_max)
{
    struct tally *tally = calloc(1, sizeof *tally);

    if (tally == NULL)
        return NULL;
    *tally = (struct tally){.engines = engines, .clients_max = clients_max};
    tally->totals = calloc(2 * engines, sizeof *tally->totals);
    if (clients_max > 0)
        tally->clients = calloc(clients_max, sizeof *tally->clients);
    if (tally->totals == NULL || (clients_max > 0 && tally->clients == NULL)) {
        tally_close(tally);
        return NULL;
    }
    return tally;
}

void tally_close(struct tally *tally)
{
    if (tally == NULL)
        return;
    free(tally->totals);
    free(tally->clients);
    free(tally);
}

/* ---- records */

/* Only what is counted stays: what an engine has now (clients, sessions, queues) is over. */
static void tally_end_gauges(struct event_totals *totals)
{
    totals->evicted = totals->counts;
    totals->back_evicted = totals->back;
    totals->clients = totals->sessions = totals->waiting = totals->back_waiting = 0;
    totals->queue_bytes = totals->queue_capacity = 0;
    totals->rtt_p50_ns = totals->rtt_p99_ns = 0;
    totals->acks_on = false;
}

static void tally_forget_clients(struct tally *tally, uint8_t engine)
{
    for (uint32_t slot = 0; slot < tally->end; slot++) {
        struct event_client *client = &tally->clients[slot];
        if (client->kind != EVENT_CLIENT || client->engine != engine)
            continue;
        *client = (struct event_client){.kind = 0};
        tally->client_count--;
    }
}

static void tally_take_reset(struct tally *tally, const struct event_reset *reset)
{
    struct event_totals *ended = &tally->totals[reset->engine];
    struct event_totals *latest = ended + tally->engines;
    const struct event_totals lives[] = {*ended, reset->before};

    *ended = event_totals_merge(lives, 2);
    tally_end_gauges(ended);
    *latest = (struct event_totals){.kind = EVENT_TOTALS, .engine = reset->engine};
    tally_forget_clients(tally, reset->engine);
}

static void tally_take_client(struct tally *tally, const struct event_client *client)
{
    if (client->slot >= tally->clients_max)
        return;
    tally->client_count += tally->clients[client->slot].kind != EVENT_CLIENT;
    tally->clients[client->slot] = *client;
    if (client->slot >= tally->end)
        tally->end = client->slot + 1;
}

void tally_take(struct tally *tally, const void *record)
{
    const struct event_totals *totals = record;
    enum event_kind kind = event_kind_of(record);

    /* each of the three begins with its kind and its engine */
    if ((kind != EVENT_TOTALS && kind != EVENT_CLIENT && kind != EVENT_RESET) ||
        totals->engine >= tally->engines)
        return;
    if (kind == EVENT_TOTALS)
        tally->totals[tally->engines + totals->engine] = *totals;
    else if (kind == EVENT_CLIENT)
        tally_take_client(tally, record);
    else
        tally_take_reset(tally, record);
    tally->version++;
}

/* ---- the state */

struct event_totals tally_totals(const struct tally *tally)
{
    return event_totals_merge(tally->totals, 2 * tally->engines);
}

uint64_t tally_version(const struct tally *tally)
{
    return tally->version;
}

uint32_t tally_client_count(const struct tally *tally)
{
    return tally->client_count;
}

const struct event_client *tally_client(const struct tally *tally, uint32_t slot)
{
    if (slot >= tally->end || tally->clients[slot].kind != EVENT_CLIENT)
        return NULL;
    return &tally->clients[slot];
}

/* ---- the busiest */

static bool tally_is_busier(const struct tally *tally, uint32_t slot, uint32_t other)
{
    const struct event_client *a = &tally->clients[slot], *b = &tally->clients[other];
    uint64_t a_sent = a->counts.received + a->back.received;
    uint64_t b_sent = b->counts.received + b->back.received;

    return a_sent != b_sent ? a_sent > b_sent : slot < other;
}

/* Moves the first slot of a heap down to its place. */
static void tally_sink_first(const struct tally *tally, uint32_t *heap, size_t count)
{
    size_t at = 0;

    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && tally_is_busier(tally, heap[child], heap[child + 1]))
            child++;
        if (tally_is_busier(tally, heap[child], heap[at]))
            return;
        uint32_t slot = heap[at];
        heap[at] = heap[child];
        heap[child] = slot;
    }
}

/* Moves the last slot of a heap up to its place. */
static void tally_raise_last(const struct tally *tally, uint32_t *heap, size_t count)
{
    for (size_t at = count - 1, parent; at > 0; at = parent) {
        parent = (at - 1) / 2;
        if (!tally_is_busier(tally, heap[parent], heap[at]))
            return;
        uint32_t slot = heap[at];
        heap[at] = heap[parent];
        heap[parent] = slot;
    }
}

/* Takes the least busy one out again and again: it goes behind the others. */
static void tally_sort_heap(const struct tally *tally, uint32_t *heap, size_t count)
{
    for (; count > 1; count--) {
        uint32_t least = heap[0];
        heap[0] = heap[count - 1];
        heap[count - 1] = least;
        tally_sink_first(tally, heap, count - 1);
    }
}

size_t tally_busiest(const struct tally *tally, uint32_t *slots, size_t room)
{
    size_t count = 0;

    for (uint32_t slot = 0; slot < tally->end && room > 0; slot++) {
        if (tally_client(tally, slot) == NULL)
            continue;
        if (count < room) {
            slots[count++] = slot;
            tally_raise_last(tally, slots, count);
        } else if (tally_is_busier(tally, slot, slots[0])) {
            slots[0] = slot;
            tally_sink_first(tally, slots, count);
        }
    }
    tally_sort_heap(tally, slots, count);
    return count;
}
