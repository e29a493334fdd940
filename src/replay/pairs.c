/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_pairs: chains of equal hash, and a list by use. */
#include "udptui/replay/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "hash_internal.h"

#define NONE UINT32_MAX

struct replay_pairs {
    struct replay_pair *all; /* `used` of them; room for `capacity` */
    uint32_t *buckets;
    uint32_t bucket_count; /* a power of two */
    uint32_t capacity, used;
    uint32_t newest, oldest;
};

static struct replay_pairs *make(uint32_t capacity, uint32_t bucket_count)
{
    struct replay_pairs *pairs = calloc(1, sizeof *pairs);

    if (pairs == NULL)
        return NULL;
    *pairs = (struct replay_pairs){.all = malloc(capacity * sizeof *pairs->all),
                                   .buckets = malloc(bucket_count * sizeof *pairs->buckets),
                                   .bucket_count = bucket_count,
                                   .capacity = capacity,
                                   .newest = NONE,
                                   .oldest = NONE};
    if (pairs->all != NULL && pairs->buckets != NULL)
        return pairs;
    replay_pairs_close(pairs);
    return NULL;
}

struct replay_pairs *replay_pairs_open(uint32_t capacity)
{
    uint32_t bucket_count = 1;

    while (bucket_count < capacity)
        bucket_count *= 2;
    struct replay_pairs *pairs = make(capacity, bucket_count);
    if (pairs != NULL)
        memset(pairs->buckets, 0xff, bucket_count * sizeof *pairs->buckets);
    return pairs;
}

void replay_pairs_close(struct replay_pairs *pairs)
{
    if (pairs == NULL)
        return;
    free(pairs->all);
    free(pairs->buckets);
    free(pairs);
}

struct replay_pairs *replay_pairs_copy(const struct replay_pairs *pairs)
{
    struct replay_pairs *copy = make(pairs->capacity, pairs->bucket_count);

    if (copy == NULL)
        return NULL;
    memcpy(copy->all, pairs->all, pairs->used * sizeof *pairs->all);
    memcpy(copy->buckets, pairs->buckets, pairs->bucket_count * sizeof *pairs->buckets);
    copy->used = pairs->used;
    copy->newest = pairs->newest;
    copy->oldest = pairs->oldest;
    return copy;
}

size_t replay_pairs_bytes(const struct replay_pairs *pairs)
{
    return pairs->used * sizeof *pairs->all + pairs->bucket_count * sizeof *pairs->buckets;
}

/* ---- the list by use */

static void remove_from_list(struct replay_pairs *pairs, uint32_t index)
{
    struct replay_pair *pair = &pairs->all[index];

    if (pair->newer != NONE)
        pairs->all[pair->newer].older = pair->older;
    else
        pairs->newest = pair->older;
    if (pair->older != NONE)
        pairs->all[pair->older].newer = pair->newer;
    else
        pairs->oldest = pair->newer;
}

static void push_newest(struct replay_pairs *pairs, uint32_t index)
{
    struct replay_pair *pair = &pairs->all[index];

    pair->newer = NONE;
    pair->older = pairs->newest;
    if (pairs->newest != NONE)
        pairs->all[pairs->newest].newer = index;
    else
        pairs->oldest = index;
    pairs->newest = index;
}

/* ---- chains */

/* The same for both orders. */
static uint32_t *bucket_of(const struct replay_pairs *pairs, const struct endpoint *a,
                           const struct endpoint *b)
{
    uint64_t hash = replay_hash_bytes(0, a, sizeof *a) + replay_hash_bytes(0, b, sizeof *b);

    return &pairs->buckets[replay_hash_word(0, hash) & (pairs->bucket_count - 1)];
}

static bool is_pair(const struct replay_pair *pair, const struct endpoint *a,
                    const struct endpoint *b)
{
    return (endpoint_equal(&pair->one, a) && endpoint_equal(&pair->other, b)) ||
           (endpoint_equal(&pair->one, b) && endpoint_equal(&pair->other, a));
}

struct replay_pair *replay_pairs_find(struct replay_pairs *pairs, const struct endpoint *a,
                                      const struct endpoint *b)
{
    for (uint32_t at = *bucket_of(pairs, a, b); at != NONE; at = pairs->all[at].next) {
        if (!is_pair(&pairs->all[at], a, b))
            continue;
        if (at != pairs->newest) {
            remove_from_list(pairs, at);
            push_newest(pairs, at);
        }
        return &pairs->all[at];
    }
    return NULL;
}

static uint32_t evict_oldest(struct replay_pairs *pairs)
{
    uint32_t index = pairs->oldest;
    const struct replay_pair *pair = &pairs->all[index];
    uint32_t *link = bucket_of(pairs, &pair->one, &pair->other);

    while (*link != index)
        link = &pairs->all[*link].next;
    *link = pair->next;
    remove_from_list(pairs, index);
    return index;
}

struct replay_pair *replay_pairs_add(struct replay_pairs *pairs, const struct endpoint *server,
                                     const struct endpoint *client)
{
    bool ordered = endpoint_compare(server, client) <= 0;
    uint32_t index = pairs->used < pairs->capacity ? pairs->used++ : evict_oldest(pairs);
    uint32_t *bucket = bucket_of(pairs, server, client);

    pairs->all[index] = (struct replay_pair){.one = ordered ? *server : *client,
                                             .other = ordered ? *client : *server,
                                             .other_serves = !ordered,
                                             .echo = {.bytes = REPLAY_ECHO_UNKNOWN},
                                             .next = *bucket};
    *bucket = index;
    push_newest(pairs, index);
    return &pairs->all[index];
}

bool replay_pair_serves(const struct replay_pair *pair, const struct endpoint *endpoint)
{
    return endpoint_equal(pair->other_serves ? &pair->other : &pair->one, endpoint);
}
