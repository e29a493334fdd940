/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delayq: a binary heap and its reverse.
 *
 *     heap[0] is due first; heap[i] is never due before heap[(i - 1) / 2]
 *     places[item] is where the item is in the heap, NOWHERE if it is not in
 *
 * Each entry has the number of entries added before it, so no two are equal, and those that are due
 * at the same time come out in the order they went in.
 */
#include "udptui/base/delayq.h"

#include <stddef.h>
#include <stdlib.h>

#define NOWHERE UINT32_MAX

struct entry {
    int64_t due_ns;
    uint64_t order;
    uint32_t item;
};

struct delayq {
    uint32_t capacity, count;
    uint64_t entered;
    struct entry *heap;
    uint32_t *places;
};

struct delayq *delayq_open(uint32_t capacity)
{
    struct delayq *queue = calloc(1, sizeof *queue);

    if (queue == NULL)
        return NULL;
    queue->capacity = capacity;
    /* One more: calloc(0) may return NULL. */
    queue->heap = calloc((size_t)capacity + 1, sizeof *queue->heap);
    queue->places = calloc((size_t)capacity + 1, sizeof *queue->places);
    if (queue->heap == NULL || queue->places == NULL) {
        delayq_close(queue);
        return NULL;
    }
    for (uint32_t item = 0; item < capacity; item++)
        queue->places[item] = NOWHERE;
    return queue;
}

void delayq_close(struct delayq *queue)
{
    if (queue == NULL)
        return;
    free(queue->heap);
    free(queue->places);
    free(queue);
}

static bool is_before(const struct entry *one, const struct entry *other)
{
    return one->due_ns != other->due_ns ? one->due_ns < other->due_ns : one->order < other->order;
}

static void delayq_put(struct delayq *queue, uint32_t place, struct entry entry)
{
    queue->heap[place] = entry;
    queue->places[entry.item] = place;
}

/* From a free place towards the root: entries that are due later come down, one by one. */
static uint32_t rise(struct delayq *queue, uint32_t place, const struct entry *entry)
{
    while (place > 0 && is_before(entry, &queue->heap[(place - 1) / 2])) {
        delayq_put(queue, place, queue->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    return place;
}

/* From a free place away from the root: the earlier child comes up. */
static uint32_t sink(struct delayq *queue, uint32_t place, const struct entry *entry)
{
    for (;;) {
        uint64_t child = 2 * (uint64_t)place + 1;

        if (child + 1 < queue->count && is_before(&queue->heap[child + 1], &queue->heap[child]))
            child++;
        if (child >= queue->count || !is_before(&queue->heap[child], entry))
            return place;
        delayq_put(queue, place, queue->heap[child]);
        place = (uint32_t)child;
    }
}

/* Puts an entry in its place, beginning at a free place. */
static void delayq_settle(struct delayq *queue, uint32_t place, struct entry entry)
{
    place = rise(queue, place, &entry);
    delayq_put(queue, sink(queue, place, &entry), entry);
}

void delayq_set(struct delayq *queue, uint32_t item, int64_t due_ns)
{
    struct entry entry = {.due_ns = due_ns, .order = queue->entered++, .item = item};
    uint32_t place = queue->places[item];

    delayq_settle(queue, place != NOWHERE ? place : queue->count++, entry);
}

void delayq_remove(struct delayq *queue, uint32_t item)
{
    uint32_t place = queue->places[item];

    if (place == NOWHERE)
        return;
    queue->places[item] = NOWHERE;
    queue->count--;
    if (place != queue->count)
        delayq_settle(queue, place, queue->heap[queue->count]);
}

bool delayq_has(const struct delayq *queue, uint32_t item)
{
    return queue->places[item] != NOWHERE;
}

uint32_t delayq_count(const struct delayq *queue)
{
    return queue->count;
}

int64_t delayq_due_ns(const struct delayq *queue)
{
    return queue->count > 0 ? queue->heap[0].due_ns : INT64_MAX;
}

bool delayq_take(struct delayq *queue, int64_t now_ns, uint32_t *item)
{
    if (queue->count == 0 || queue->heap[0].due_ns > now_ns)
        return false;
    *item = queue->heap[0].item;
    delayq_remove(queue, *item);
    return true;
}
