/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits: see the header. A bucket's whole state is the time when it will be full again; an ack
 * adds its cost, and is refused if the result is further ahead than the depth.
 *
 * Two threads may give one prefix a bucket each at the same moment. Then both count: an ack is
 * charged to every bucket of its prefix, so that it never passes twice.
 */
#include "udptui/proto/limits.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"

enum { SET_SIZE = 8, STEPS_MAX = 4, CLAIMS_MAX = 4 };

struct bucket {
    atomic_uint_fast64_t tag;    /* the prefix's hash; 0: unused */
    atomic_int_fast64_t full_ns; /* when it will be full again */
};

struct limits {
    struct hash_key key;
    int64_t cost_ns;  /* of one ack, for one source */
    int64_t depth_ns; /* what a full bucket holds */
    size_t set_mask;
    struct bucket *buckets;
    struct bucket total;
};

struct step {
    enum endpoint_family family;
    unsigned prefix_bits;
    unsigned times; /* a source's rate */
};

/* The first of a family is the source itself. */
static const struct step steps[] = {
    {ENDPOINT_IPV4, 32, 1},
    {ENDPOINT_IPV4, 24, LIMITS_TIMES_IPV4_24},
    {ENDPOINT_IPV6, 64, 1},
    {ENDPOINT_IPV6, 56, LIMITS_TIMES_IPV6_56},
    {ENDPOINT_IPV6, 48, LIMITS_TIMES_IPV6_48},
};

static size_t set_count(size_t buckets)
{
    size_t sets = 1;

    while (sets * SET_SIZE < buckets)
        sets *= 2;
    return sets;
}

struct limits *limits_open(double rate_per_s, size_t buckets, const struct hash_key *key)
{
    struct limits *limits = calloc(1, sizeof *limits);
    double burst = rate_per_s * LIMITS_BURST_SECONDS_X10 / 10;

    if (limits == NULL)
        return NULL;
    limits->key = *key;
    limits->set_mask = set_count(buckets) - 1;
    limits->cost_ns = rate_per_s > 0 ? (int64_t)((double)UNITS_NS_PER_S / rate_per_s) : 0;
    limits->depth_ns = (int64_t)((burst > 1 ? burst : 1) * (double)limits->cost_ns);
    limits->buckets = calloc((limits->set_mask + 1) * SET_SIZE, sizeof *limits->buckets);
    if (limits->buckets == NULL) {
        limits_close(limits);
        return NULL;
    }
    return limits;
}

void limits_close(struct limits *limits)
{
    if (limits == NULL)
        return;
    free(limits->buckets);
    free(limits);
}

/* ---- one bucket */

static bool charge(const struct limits *limits, struct bucket *bucket, int64_t cost_ns,
                   int64_t now_ns)
{
    int_fast64_t seen_ns = atomic_load(&bucket->full_ns);
    int64_t full_ns;

    do {
        full_ns = (seen_ns > now_ns ? seen_ns : now_ns) + cost_ns;
        if (full_ns - now_ns > limits->depth_ns)
            return false;
    } while (!atomic_compare_exchange_weak(&bucket->full_ns, &seen_ns, full_ns));
    return true;
}

/* ---- one prefix */

/* What was charged, to be refunded if another step refuses. */
struct charges {
    struct {
        struct bucket *bucket;
        int64_t cost_ns;
    } items[STEPS_MAX * SET_SIZE];
    size_t count;
};

static bool charge_noted(const struct limits *limits, struct bucket *bucket, int64_t cost_ns,
                         int64_t now_ns, struct charges *charges)
{
    if (!charge(limits, bucket, cost_ns, now_ns))
        return false;
    charges->items[charges->count].bucket = bucket;
    charges->items[charges->count++].cost_ns = cost_ns;
    return true;
}

static void limits_refund(const struct charges *charges)
{
    for (size_t i = 0; i < charges->count; i++)
        atomic_fetch_sub(&charges->items[i].bucket->full_ns, charges->items[i].cost_ns);
}

/* Gives the set's least recently used bucket to the tag, full, unless another thread was faster
 * with the bucket or a charge. */
static void claim(struct bucket *set, uint64_t tag, int64_t now_ns)
{
    struct bucket *victim = NULL;
    uint_fast64_t owner = 0;
    int_fast64_t oldest_ns = 0, reset_ns = 0;

    for (struct bucket *i = set; i < set + SET_SIZE; i++) {
        uint_fast64_t held_by = atomic_load(&i->tag);
        int_fast64_t full_ns = atomic_load(&i->full_ns);
        int_fast64_t age_ns = held_by == 0 ? INT64_MIN : full_ns;
        if (victim != NULL && age_ns >= oldest_ns)
            continue;
        victim = i;
        owner = held_by;
        oldest_ns = age_ns;
        reset_ns = full_ns;
    }
    if (atomic_compare_exchange_strong(&victim->tag, &owner, tag))
        atomic_compare_exchange_strong(&victim->full_ns, &reset_ns, now_ns);
}

static bool take_step(struct limits *limits, const struct endpoint *peer, const struct step *step,
                      int64_t now_ns, struct charges *charges)
{
    struct endpoint prefix = endpoint_prefix(peer, step->prefix_bits);
    struct bucket *set;
    uint64_t tag;

    prefix.port = (uint16_t)step->prefix_bits; /* 10.0.0.0/24 is not 10.0.0.0/32 */
    tag = endpoint_hash(&prefix, &limits->key);
    set = &limits->buckets[(tag & limits->set_mask) * SET_SIZE];
    tag |= (uint64_t)1 << 63;
    for (int claims = 0; claims <= CLAIMS_MAX; claims++) {
        bool found = false;
        for (struct bucket *i = set; i < set + SET_SIZE; i++) {
            if (atomic_load(&i->tag) != tag)
                continue;
            found = true;
            if (!charge_noted(limits, i, limits->cost_ns / step->times, now_ns, charges))
                return false;
        }
        if (found)
            return true;
        claim(set, tag, now_ns);
    }
    return false; /* other threads take each bucket at once: far too many sources */
}

bool limits_take(struct limits *limits, const struct endpoint *peer, bool wide, int64_t now_ns)
{
    struct charges charges = {.count = 0};
    bool allowed = true;

    for (size_t i = 0; i < COUNT_OF(steps) && allowed; i++)
        if (steps[i].family == peer->family && (wide || steps[i].times == 1))
            allowed = take_step(limits, peer, &steps[i], now_ns, &charges);
    if (allowed && wide)
        allowed = charge(limits, &limits->total, limits->cost_ns / LIMITS_TIMES_TOTAL, now_ns);
    if (!allowed)
        limits_refund(&charges);
    return allowed;
}
