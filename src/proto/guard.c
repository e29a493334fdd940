/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard: three questions in a fixed order, the cheap ones first. */
#include "udptui/proto/guard.h"

#include <stdlib.h>

#include "udptui/proto/loop.h"

struct guard {
    struct guard_config config;
    struct source_rules rules;
    struct limits *limits;
};

struct guard *guard_open(const struct guard_config *config, const struct source_rules *rules,
                         struct limits *limits)
{
    struct guard *guard = malloc(sizeof *guard);

    if (guard != NULL)
        *guard = (struct guard){.config = *config, .rules = *rules, .limits = limits};
    return guard;
}

void guard_close(struct guard *guard)
{
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

bool guard_allows_more(struct guard *guard, const struct ack_policy *policy,
                       const struct endpoint *peer, int64_t now_ns)
{
    return !guard_is_limited(guard, policy, peer) ||
           limits_take(guard->limits, peer, endpoint_is_public(peer), now_ns);
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
