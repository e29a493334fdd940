/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delayq: a few lanes, which are lists in order of time, and a binary heap for the rest.
 *
 * Items with equal delays are due in the order they go in: each is put behind the last of a lane, in
 * O(1). Of the lanes that end at the item's time or before, that with the latest end takes it, so
 * that each of a few different delays gets a lane of its own. If none can, the heap does.
 *
 *     heap[0] is due first; heap[i] is never due before heap[(i - 1) / 2]
 *     links[item].place is where the item is in the heap, IN_LANE + lane, or NOWHERE
 *
 * Each entry has the number of entries added before it, so no two are equal, and those that are due
 * at the same time come out in the order they went in.
 */
#include "udptui/base/delayq.h"

#include <stddef.h>
#include <stdlib.h>

enum { LANES = 4 };

#define NOWHERE UINT32_MAX
#define IN_LANE (NOWHERE - LANES)

struct entry {
    int64_t due_ns;
    uint64_t order;
    uint32_t item;
};

/* An item: where it is, and in a lane its entry and its neighbours: half a cache line. */
struct link {
    int64_t due_ns;
    uint64_t order;
    uint32_t before, after;
    uint32_t place;
};

struct lane {
    struct entry first; /* with item NOWHERE: it is empty */
    int64_t end_ns;     /* when its last is due */
    uint32_t last;
};

struct delayq {
    uint32_t capacity, count, heap_count;
    uint64_t entered;
    struct lane lanes[LANES];
    struct link *links; /* of each item */
    struct entry *heap;
};

struct delayq *delayq_open(uint32_t capacity)
{
    struct delayq *queue = calloc(1, sizeof *queue);

    if (queue == NULL)
        return NULL;
    queue->capacity = capacity;
    /* One more: calloc(0) may return NULL. */
    queue->heap = calloc((size_t)capacity + 1, sizeof *queue->heap);
    queue->links = calloc((size_t)capacity + 1, sizeof *queue->links);
    if (queue->heap == NULL || queue->links == NULL) {
        delayq_close(queue);
        return NULL;
    }
    for (uint32_t item = 0; item < capacity; item++)
        queue->links[item].place = queue->links[item].after = NOWHERE;
    for (size_t i = 0; i < LANES; i++)
        queue->lanes[i].first.item = NOWHERE;
    return queue;
}

void delayq_close(struct delayq *queue)
{
    if (queue == NULL)
        return;
    free(queue->heap);
    free(queue->links);
    free(queue);
}

static bool is_before(const struct entry *one, const struct entry *other)
{
    return one->due_ns != other->due_ns ? one->due_ns < other->due_ns : one->order < other->order;
}

/* ---- lanes */

static bool lane_is_empty(const struct lane *lane)
{
    return lane->first.item == NOWHERE;
}

/* The lane that takes an item due then; NULL: none does. */
static struct lane *lane_find(struct delayq *queue, int64_t due_ns)
{
    struct lane *found = NULL, *empty = NULL;

    for (struct lane *lane = queue->lanes; lane < queue->lanes + LANES; lane++) {
        if (lane_is_empty(lane))
            empty = lane;
        else if (lane->end_ns <= due_ns && (found == NULL || lane->end_ns > found->end_ns))
            found = lane;
    }
    return found != NULL ? found : empty;
}

static void lane_append(struct delayq *queue, struct lane *lane, const struct entry *entry)
{
    struct link *link = &queue->links[entry->item];

    *link = (struct link){.due_ns = entry->due_ns,
                          .order = entry->order,
                          .before = NOWHERE,
                          .after = NOWHERE,
                          .place = IN_LANE + (uint32_t)(lane - queue->lanes)};
    if (lane_is_empty(lane)) {
        lane->first = *entry;
    } else {
        link->before = lane->last;
        queue->links[lane->last].after = entry->item;
    }
    lane->last = entry->item;
    lane->end_ns = entry->due_ns;
}

static struct entry lane_entry(const struct delayq *queue, uint32_t item)
{
    const struct link *link = &queue->links[item];

    return (struct entry){.due_ns = link->due_ns, .order = link->order, .item = item};
}

static void lane_remove(struct delayq *queue, struct lane *lane, uint32_t item)
{
    const struct link *link = &queue->links[item];

    if (link->after != NOWHERE) {
        queue->links[link->after].before = link->before;
    } else {
        lane->last = link->before;
        if (link->before != NOWHERE)
            lane->end_ns = queue->links[link->before].due_ns;
    }
    if (link->before != NOWHERE)
        queue->links[link->before].after = link->after;
    else if (link->after != NOWHERE)
        lane->first = lane_entry(queue, link->after);
    else
        lane->first.item = NOWHERE;
}

/* ---- the heap */

static void heap_put(struct delayq *queue, uint32_t place, struct entry entry)
{
    queue->heap[place] = entry;
    queue->links[entry.item].place = place;
}

/* From a free place towards the root: entries that are due later come down, one by one. */
static uint32_t heap_rise(struct delayq *queue, uint32_t place, const struct entry *entry)
{
    while (place > 0 && is_before(entry, &queue->heap[(place - 1) / 2])) {
        heap_put(queue, place, queue->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    return place;
}

/* From a free place away from the root: the earlier child comes up. */
static uint32_t heap_sink(struct delayq *queue, uint32_t place, const struct entry *entry)
{
    for (;;) {
        uint64_t child = 2 * (uint64_t)place + 1;

        if (child + 1 < queue->heap_count &&
            is_before(&queue->heap[child + 1], &queue->heap[child]))
            child++;
        if (child >= queue->heap_count || !is_before(&queue->heap[child], entry))
            return place;
        heap_put(queue, place, queue->heap[child]);
        place = (uint32_t)child;
    }
}

/* Puts an entry in its place, beginning at a free place. */
static void heap_settle(struct delayq *queue, uint32_t place, struct entry entry)
{
    place = heap_rise(queue, place, &entry);
    heap_put(queue, heap_sink(queue, place, &entry), entry);
}

static void heap_remove(struct delayq *queue, uint32_t place)
{
    queue->heap_count--;
    if (place != queue->heap_count)
        heap_settle(queue, place, queue->heap[queue->heap_count]);
}

/* ---- both */

void delayq_set(struct delayq *queue, uint32_t item, int64_t due_ns)
{
    delayq_remove(queue, item);
    const struct entry entry = {.due_ns = due_ns, .order = queue->entered++, .item = item};
    struct lane *lane = lane_find(queue, due_ns);
    queue->count++;
    queue->links[item].after = NOWHERE;
    if (lane != NULL)
        lane_append(queue, lane, &entry);
    else
        heap_settle(queue, queue->heap_count++, entry);
}

void delayq_remove(struct delayq *queue, uint32_t item)
{
    uint32_t place = queue->links[item].place;

    if (place == NOWHERE)
        return;
    queue->links[item].place = NOWHERE;
    queue->count--;
    if (place >= IN_LANE)
        lane_remove(queue, &queue->lanes[place - IN_LANE], item);
    else
        heap_remove(queue, place);
}

bool delayq_has(const struct delayq *queue, uint32_t item)
{
    return queue->links[item].place != NOWHERE;
}

uint32_t delayq_count(const struct delayq *queue)
{
    return queue->count;
}

/* NULL if the queue is empty. */
static const struct entry *delayq_first(const struct delayq *queue)
{
    const struct entry *first = queue->heap_count > 0 ? &queue->heap[0] : NULL;

    for (size_t i = 0; i < LANES; i++) {
        const struct lane *lane = &queue->lanes[i];
        if (!lane_is_empty(lane) && (first == NULL || is_before(&lane->first, first)))
            first = &lane->first;
    }
    return first;
}

int64_t delayq_due_ns(const struct delayq *queue)
{
    const struct entry *first = delayq_first(queue);

    return first != NULL ? first->due_ns : INT64_MAX;
}

bool delayq_next(const struct delayq *queue, uint32_t *item)
{
    const struct entry *first = delayq_first(queue);

    if (first != NULL)
        *item = first->item;
    return first != NULL;
}

bool delayq_take(struct delayq *queue, int64_t now_ns, uint32_t *item)
{
    const struct entry *first = delayq_first(queue);

    if (first == NULL || first->due_ns > now_ns)
        return false;
    *item = first->item;
    delayq_remove(queue, *item);
    return true;
}

/* A link keeps its neighbours when it is taken out. */
unsigned delayq_behind(const struct delayq *queue, uint32_t taken, uint32_t *items, unsigned most)
{
    uint32_t item = queue->links[taken].after;
    unsigned count = 0;

    for (; item != NOWHERE && count < most; item = queue->links[item].after)
        items[count++] = item;
    if (item != NOWHERE)
        __builtin_prefetch(&queue->links[item], 1);
    return count;
}
