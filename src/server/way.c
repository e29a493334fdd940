/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * way: an array of hops; those that wait are in a delayq, and in the list of their flow's bucket.
 *
 * A bucket's list is in order of number, so that an arrival looks only at hops with lesser numbers:
 * at none if nothing is out of order. Lists are of indices: WAY_NONE ends them.
 */
#include "udptui/server/way.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/delayq.h"

#define WAY_NONE UINT32_MAX

enum { AHEAD = 3 }; /* how many copies before it is taken the memory of a copy is asked for */

struct bucket {
    uint32_t oldest, newest;
};

struct way {
    struct slab *slab;
    struct way_hop *hops;
    uint32_t hops_max, made, free; /* how many were ever used; the list of those free again */
    struct delayq *delayq;
    struct bucket *buckets;
    unsigned bucket_bits;
};

struct way *way_open(uint32_t hops_max, struct slab *slab)
{
    struct way *way = calloc(1, sizeof *way);

    if (way == NULL)
        return NULL;
    *way = (struct way){.slab = slab, .hops_max = hops_max, .free = WAY_NONE};
    while (way->bucket_bits < 31 && (UINT32_C(1) << way->bucket_bits) < hops_max)
        way->bucket_bits++;
    way->hops = calloc((size_t)hops_max + 1, sizeof *way->hops);
    way->delayq = delayq_open(hops_max);
    way->buckets = malloc(sizeof *way->buckets << way->bucket_bits);
    if (way->hops == NULL || way->delayq == NULL || way->buckets == NULL) {
        way_close(way);
        return NULL;
    }
    for (size_t i = 0; i < (size_t)1 << way->bucket_bits; i++)
        way->buckets[i] = (struct bucket){.oldest = WAY_NONE, .newest = WAY_NONE};
    return way;
}

void way_close(struct way *way)
{
    if (way == NULL)
        return;
    free(way->hops);
    delayq_close(way->delayq);
    free(way->buckets);
    free(way);
}

int64_t way_due_ns(const struct way *way)
{
    return delayq_due_ns(way->delayq);
}

/* ---- a flow's waiting hops */

/* The upper bits of the product depend on all bits of the flow (Knuth, volume 3, 6.4). */
static struct bucket *way_bucket(const struct way *way, uint64_t flow)
{
    uint64_t product = flow * UINT64_C(0x9e3779b97f4a7c15);

    return &way->buckets[way->bucket_bits == 0 ? 0 : product >> (64 - way->bucket_bits)];
}

static void way_link(struct way *way, uint32_t index)
{
    struct way_hop *hop = &way->hops[index];
    struct bucket *bucket = way_bucket(way, hop->flow);

    hop->newer = WAY_NONE;
    hop->older = bucket->newest;
    while (hop->older != WAY_NONE && way->hops[hop->older].number > hop->number) {
        hop->newer = hop->older;
        hop->older = way->hops[hop->older].older;
    }
    *(hop->newer != WAY_NONE ? &way->hops[hop->newer].older : &bucket->newest) = index;
    *(hop->older != WAY_NONE ? &way->hops[hop->older].newer : &bucket->oldest) = index;
}

static void way_unlink(struct way *way, const struct way_hop *hop)
{
    struct bucket *bucket = way_bucket(way, hop->flow);

    *(hop->newer != WAY_NONE ? &way->hops[hop->newer].older : &bucket->newest) = hop->older;
    *(hop->older != WAY_NONE ? &way->hops[hop->older].newer : &bucket->oldest) = hop->newer;
}

static void way_queue(struct way *way, uint32_t index, int64_t due_ns)
{
    way->hops[index].queued_ns = due_ns;
    delayq_set(way->delayq, index, due_ns);
}

/* A hop that was overtaken often enough is due when the last of these arrived, or after its own rate
 * and delay: not at the time of the call, which may be later, when others are due. */
void way_arrive(struct way *way, const struct way_hop *hop)
{
    uint32_t next;

    for (uint32_t i = way_bucket(way, hop->flow)->oldest;
         i != WAY_NONE && way->hops[i].number < hop->number; i = next) {
        struct way_hop *other = &way->hops[i];
        next = other->newer;
        if (other->flow != hop->flow)
            continue;
        other->overtaken = (uint16_t)(other->overtaken + (other->overtaken < UINT16_MAX));
        if (other->gap > 0 && other->overtaken == other->gap)
            way_queue(way, i, other->due_ns > hop->due_ns ? other->due_ns : hop->due_ns);
    }
}

/* ---- departing */

static void way_ask_for(const struct way_hop *hop)
{
    __builtin_prefetch(hop, 1);
    __builtin_prefetch((const char *)(hop + 1) - 1, 1);
}

/* A hop with a copy of the bytes, WAY_NONE if there is no room. */
static uint32_t way_make(struct way *way, const struct way_datagram *datagram)
{
    uint32_t index = way->free;
    uint8_t *bytes = NULL;

    if (index == WAY_NONE && way->made == way->hops_max)
        return WAY_NONE;
    if (datagram->bytes != NULL) {
        bytes = slab_alloc(way->slab, datagram->size_bytes);
        if (bytes == NULL)
            return WAY_NONE;
        memcpy(bytes, datagram->bytes, datagram->size_bytes);
    }
    if (index == WAY_NONE)
        index = way->made++;
    else
        way->free = way->hops[index].older;
    if (way->free != WAY_NONE)
        way_ask_for(&way->hops[way->free]);
    way->hops[index] = (struct way_hop){.context = datagram->context,
                                        .flow = datagram->flow,
                                        .number = datagram->number,
                                        .bytes = bytes,
                                        .size_bytes = datagram->size_bytes,
                                        .first = true,
                                        .sibling = WAY_NONE};
    return index;
}

/* An empty datagram has no bit to flip. */
static void way_corrupt(struct way_hop *hop, uint64_t bit)
{
    if (hop->size_bytes == 0)
        return;
    hop->corrupt = true;
    hop->bit = (uint32_t)(bit % ((uint64_t)hop->size_bytes * 8));
    if (hop->bytes != NULL)
        hop->bytes[hop->bit / 8] ^= (uint8_t)(1u << hop->bit % 8);
}

/* Two copies under way refer to each other, so that the second to arrive is known as such. */
static void way_pair(struct way *way, uint32_t one, uint32_t other)
{
    if (one == WAY_NONE || other == WAY_NONE)
        return;
    way->hops[one].sibling = other;
    way->hops[other].sibling = one;
}

unsigned way_depart(struct way *way, const struct way_datagram *datagram,
                    const struct impair_path *settings, const struct impair_fate *fate,
                    atomic_int_fast64_t *free_ns, int64_t now_ns, int64_t due_ns[IMPAIR_COPIES_MAX])
{
    uint32_t made[IMPAIR_COPIES_MAX] = {WAY_NONE, WAY_NONE};
    unsigned count = 0;

    for (unsigned copy = 0; copy < IMPAIR_COPIES_MAX; copy++)
        due_ns[copy] = WAY_LOST;
    for (unsigned copy = 0; copy < fate->copies && !fate->lost; copy++) {
        uint32_t index = made[copy] = way_make(way, datagram);
        if (index == WAY_NONE)
            continue;
        struct way_hop *hop = &way->hops[index];
        hop->copy = (uint8_t)copy;
        hop->gap = fate->gap;
        if (fate->corrupt[copy])
            way_corrupt(hop, fate->bit[copy]);
        hop->due_ns = impair_depart_ns(settings, free_ns, now_ns) + fate->delay_ns[copy];
        due_ns[copy] = hop->due_ns + (hop->gap > 0 ? WAY_PATIENCE_NS : 0);
        way_link(way, index);
        way_queue(way, index, due_ns[copy]);
        count++;
    }
    way_pair(way, made[0], made[1]);
    return count;
}

unsigned way_pass(const struct way_datagram *datagram, const struct impair_fate *fate,
                  int64_t now_ns, struct way_hop hops[IMPAIR_COPIES_MAX])
{
    unsigned copies = fate->lost ? 0 : fate->copies;

    for (unsigned copy = 0; copy < copies; copy++) {
        hops[copy] = (struct way_hop){.context = datagram->context,
                                      .flow = datagram->flow,
                                      .number = datagram->number,
                                      .size_bytes = datagram->size_bytes,
                                      .copy = (uint8_t)copy,
                                      .first = copy == 0,
                                      .due_ns = now_ns};
        if (fate->corrupt[copy])
            way_corrupt(&hops[copy], fate->bit[copy]);
    }
    return copies;
}

/* ---- arriving */

const struct way_hop *way_look_ahead(const struct way *way, const struct way_hop *taken)
{
    uint32_t soon[AHEAD];
    unsigned count = delayq_behind(way->delayq, (uint32_t)(taken - way->hops), soon, AHEAD);

    if (count == 0)
        return NULL;
    way_ask_for(&way->hops[soon[count - 1]]);
    return &way->hops[soon[0]];
}

struct way_hop *way_take(struct way *way, int64_t now_ns)
{
    uint32_t index;

    if (!delayq_take(way->delayq, now_ns, &index))
        return NULL;
    struct way_hop *hop = &way->hops[index];
    hop->due_ns = hop->queued_ns;
    way_unlink(way, hop);
    if (hop->sibling != WAY_NONE) {
        way->hops[hop->sibling].first = false;
        way->hops[hop->sibling].sibling = WAY_NONE;
    }
    return hop;
}

void way_free(struct way *way, struct way_hop *hop)
{
    slab_free(way->slab, hop->bytes);
    hop->bytes = NULL;
    hop->older = way->free;
    way->free = (uint32_t)(hop - way->hops);
}
