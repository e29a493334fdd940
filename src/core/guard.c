/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard: three questions in a fixed order, the cheap ones first. */
#include "udptui/core/guard.h"

#include <stdlib.h>

#include "udptui/core/loop.h"
#include "udptui/core/units.h"

enum { SET_SIZE = 8 };

struct bucket {
    struct endpoint source; /* a prefix; ENDPOINT_NONE: unused */
    int64_t full_ns;        /* when the bucket will be full again: the whole state of it */
};

struct guard {
    struct guard_config config;
    struct source_rules rules;
    struct endpoint_key key;
    int64_t cost_ns;  /* what one ack takes out of a bucket */
    int64_t depth_ns; /* what a full bucket holds */
    size_t set_mask;
    struct bucket *buckets;
};

static size_t set_count(size_t buckets)
{
    size_t sets = 1;

    while (sets * SET_SIZE < buckets)
        sets *= 2;
    return sets;
}

struct guard *guard_open(const struct guard_config *config, const struct source_rules *rules,
                         size_t buckets, const struct endpoint_key *key)
{
    struct guard *guard = calloc(1, sizeof *guard);
    double burst = config->rate_per_s * GUARD_BURST_SECONDS_X10 / 10;

    if (guard == NULL)
        return NULL;
    guard->config = *config;
    guard->rules = *rules;
    guard->key = *key;
    guard->set_mask = set_count(buckets) - 1;
    guard->cost_ns = config->rate_per_s > 0 ? units_rate_interval_ns(config->rate_per_s) : 0;
    guard->depth_ns = (int64_t)((burst > 1 ? burst : 1) * (double)guard->cost_ns);
    guard->buckets = calloc((guard->set_mask + 1) * SET_SIZE, sizeof *guard->buckets);
    if (guard->buckets == NULL) {
        guard_close(guard);
        return NULL;
    }
    return guard;
}

void guard_close(struct guard *guard)
{
    if (guard == NULL)
        return;
    free(guard->buckets);
    free(guard);
}

bool guard_source_allowed(const struct guard *guard, const struct datagram *datagram)
{
    return source_check(&guard->rules, datagram) == SOURCE_FINE;
}

bool guard_is_limited(const struct guard *guard, const struct ack_policy *policy,
                      const struct endpoint *peer)
{
    if (guard->config.scope == GUARD_LIMIT_PUBLIC)
        return ack_returns_payload(policy) || endpoint_is_public(peer);
    return guard->config.scope == GUARD_LIMIT_ALL;
}

/* The source's bucket, or the one of its set that is the longest full, given to it full. */
static struct bucket *find_bucket(struct guard *guard, const struct endpoint *source,
                                  int64_t now_ns)
{
    size_t set = endpoint_hash(source, &guard->key) & guard->set_mask;
    struct bucket *first = &guard->buckets[set * SET_SIZE];
    struct bucket *victim = first;

    for (struct bucket *i = first; i < first + SET_SIZE; i++) {
        if (endpoint_equal(&i->source, source))
            return i;
        if (victim->source.family != ENDPOINT_NONE &&
            (i->source.family == ENDPOINT_NONE || i->full_ns < victim->full_ns))
            victim = i;
    }
    *victim = (struct bucket){.source = *source, .full_ns = now_ns};
    return victim;
}

static bool take_token(struct guard *guard, const struct endpoint *peer, int64_t now_ns)
{
    struct endpoint source = endpoint_prefix(peer);
    struct bucket *bucket = find_bucket(guard, &source, now_ns);
    int64_t full_ns = bucket->full_ns > now_ns ? bucket->full_ns : now_ns;

    if (full_ns + guard->cost_ns - now_ns > guard->depth_ns)
        return false;
    bucket->full_ns = full_ns + guard->cost_ns;
    return true;
}

bool guard_allows_more(struct guard *guard, const struct ack_policy *policy,
                       const struct endpoint *peer, int64_t now_ns)
{
    return !guard_is_limited(guard, policy, peer) || take_token(guard, peer, now_ns);
}

/* Whether an ack would keep two programs answering each other. */
static bool is_loop(const struct guard *guard, const struct ack_policy *policy,
                    const struct guard_question *question)
{
    return !guard->config.ack_acks &&
           (question->loop || loop_is_marked(question->datagram->hop_limit) ||
            ack_matches(policy, question->bytes, question->size_bytes));
}

bool guard_allows(struct guard *guard, const struct ack_policy *policy,
                  const struct guard_question *question, enum held_reason *why)
{
    if (is_loop(guard, policy, question)) {
        *why = HELD_LOOP;
        return false;
    }
    if (!guard_source_allowed(guard, question->datagram)) {
        *why = HELD_SOURCE;
        return false;
    }
    if (!guard_allows_more(guard, policy, &question->datagram->peer, question->now_ns)) {
        *why = HELD_LIMIT;
        return false;
    }
    return true;
}
