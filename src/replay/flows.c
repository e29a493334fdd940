/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_flows: chains of equal hash, and a list by use. */
#include "udptui/replay/flows.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/hash.h"

#define NONE UINT32_MAX

struct replay_flows {
    struct replay_flow *all; /* `used` of them; room for `capacity` */
    uint32_t *buckets;
    uint32_t bucket_count; /* a power of two */
    uint32_t capacity, used;
    uint32_t newest, oldest;
    struct hash_key key;
};

static struct replay_flows *replay_flows_make(uint32_t capacity, uint32_t bucket_count,
                                              const struct hash_key *key)
{
    struct replay_flows *flows = calloc(1, sizeof *flows);

    if (flows == NULL)
        return NULL;
    *flows = (struct replay_flows){.all = malloc(capacity * sizeof *flows->all),
                                   .buckets = malloc(bucket_count * sizeof *flows->buckets),
                                   .bucket_count = bucket_count,
                                   .capacity = capacity,
                                   .newest = NONE,
                                   .oldest = NONE,
                                   .key = *key};
    if (flows->all != NULL && flows->buckets != NULL)
        return flows;
    replay_flows_close(flows);
    return NULL;
}

struct replay_flows *replay_flows_open(uint32_t capacity, const struct hash_key *key)
{
    uint32_t bucket_count = 1;

    while (bucket_count < capacity)
        bucket_count *= 2;
    struct replay_flows *flows = replay_flows_make(capacity, bucket_count, key);
    if (flows != NULL)
        memset(flows->buckets, 0xff, bucket_count * sizeof *flows->buckets);
    return flows;
}

void replay_flows_close(struct replay_flows *flows)
{
    if (flows == NULL)
        return;
    free(flows->all);
    free(flows->buckets);
    free(flows);
}

struct replay_flows *replay_flows_copy(const struct replay_flows *flows)
{
    struct replay_flows *copy =
        replay_flows_make(flows->capacity, flows->bucket_count, &flows->key);

    if (copy == NULL)
        return NULL;
    memcpy(copy->all, flows->all, flows->used * sizeof *flows->all);
    memcpy(copy->buckets, flows->buckets, flows->bucket_count * sizeof *flows->buckets);
    copy->used = flows->used;
    copy->newest = flows->newest;
    copy->oldest = flows->oldest;
    return copy;
}

size_t replay_flows_bytes(const struct replay_flows *flows)
{
    return flows->used * sizeof *flows->all + flows->bucket_count * sizeof *flows->buckets;
}

/* ---- the list by use */

static void remove_from_list(struct replay_flows *flows, uint32_t index)
{
    struct replay_flow *flow = &flows->all[index];

    if (flow->newer != NONE)
        flows->all[flow->newer].older = flow->older;
    else
        flows->newest = flow->older;
    if (flow->older != NONE)
        flows->all[flow->older].newer = flow->newer;
    else
        flows->oldest = flow->newer;
}

static void push_newest(struct replay_flows *flows, uint32_t index)
{
    struct replay_flow *flow = &flows->all[index];

    flow->newer = NONE;
    flow->older = flows->newest;
    if (flows->newest != NONE)
        flows->all[flows->newest].newer = index;
    else
        flows->oldest = index;
    flows->newest = index;
}

/* ---- chains */

/* The same for both orders. */
static uint32_t *replay_flows_bucket_of(const struct replay_flows *flows, const struct endpoint *a,
                                        const struct endpoint *b)
{
    uint64_t hash = endpoint_hash(a, &flows->key) + endpoint_hash(b, &flows->key);

    return &flows->buckets[hash & (flows->bucket_count - 1)];
}

static bool replay_flow_is_between(const struct replay_flow *flow, const struct endpoint *a,
                                   const struct endpoint *b)
{
    return (endpoint_equal(&flow->one, a) && endpoint_equal(&flow->other, b)) ||
           (endpoint_equal(&flow->one, b) && endpoint_equal(&flow->other, a));
}

struct replay_flow *replay_flows_find(struct replay_flows *flows, const struct endpoint *a,
                                      const struct endpoint *b)
{
    if (flows->newest != NONE && replay_flow_is_between(&flows->all[flows->newest], a, b))
        return &flows->all[flows->newest]; /* as a reply behind its request: nothing to look up */
    for (uint32_t at = *replay_flows_bucket_of(flows, a, b); at != NONE; at = flows->all[at].next) {
        if (!replay_flow_is_between(&flows->all[at], a, b))
            continue;
        if (at != flows->newest) {
            remove_from_list(flows, at);
            push_newest(flows, at);
        }
        return &flows->all[at];
    }
    return NULL;
}

static uint32_t replay_flows_evict_oldest(struct replay_flows *flows)
{
    uint32_t index = flows->oldest;
    const struct replay_flow *flow = &flows->all[index];
    uint32_t *link = replay_flows_bucket_of(flows, &flow->one, &flow->other);

    while (*link != index)
        link = &flows->all[*link].next;
    *link = flow->next;
    remove_from_list(flows, index);
    return index;
}

struct replay_flow *replay_flows_add(struct replay_flows *flows, const struct endpoint *server,
                                     const struct endpoint *client)
{
    bool ordered = endpoint_compare(server, client) <= 0;
    uint32_t index =
        flows->used < flows->capacity ? flows->used++ : replay_flows_evict_oldest(flows);
    uint32_t *bucket = replay_flows_bucket_of(flows, server, client);

    flows->all[index] = (struct replay_flow){.one = ordered ? *server : *client,
                                             .other = ordered ? *client : *server,
                                             .other_serves = !ordered,
                                             .echo = {.bytes = REPLAY_ECHO_UNKNOWN},
                                             .next = *bucket};
    *bucket = index;
    push_newest(flows, index);
    return &flows->all[index];
}

bool replay_flow_serves(const struct replay_flow *flow, const struct endpoint *endpoint)
{
    return endpoint_equal(flow->other_serves ? &flow->other : &flow->one, endpoint);
}
