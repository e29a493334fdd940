/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guard: which datagrams are not answered, so that two servers do not answer each other for ever
 * and our acks flood no host (CVE-2010-0292, CVE-2024-2169 are cases without such a guard).
 *
 * In order: it is an ack, ours or another server's, or the peer only answers our acks (loop, see
 * proto/loop); the source cannot or must not be answered (source);
 * the source is over its rate (limit, see proto/limits).
 */
#ifndef UDPTUI_PROTO_GUARD_H
#define UDPTUI_PROTO_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/ack.h"
#include "udptui/proto/counts.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/limits.h"
#include "udptui/proto/source.h"

enum guard_scope {
    GUARD_LIMIT_PUBLIC, /* auto: public sources only; all sources with a policy that returns the
                         * payload */
    GUARD_LIMIT_ALL,
    GUARD_LIMIT_NONE,
};

/* Acks a second; the same value as in Knot DNS's response rate limiting. */
enum { GUARD_DEFAULT_RATE = 50 };

struct guard_config {
    bool ack_acks;   /* --ack-acks: do answer acks */
    bool answer_all; /* --answer-all, for source_rules */
    enum guard_scope scope;
    double rate_per_s; /* of one source; for limits_open */
};

struct guard;

/* rules: copied, what they point to is borrowed. limits: borrowed, may be shared by the guards of
 * several threads; NULL with GUARD_LIMIT_NONE. NULL if memory is short. guard_close frees (NULL
 * allowed). */
struct guard *guard_open(const struct guard_config *config, const struct source_rules *rules,
                         struct limits *limits);
void guard_close(struct guard *guard);

/* Everything about a message that the guard looks at. */
struct guard_question {
    const struct datagram *datagram; /* it came in: peer, local, interface */
    const uint8_t *bytes;            /* of the message */
    size_t size_bytes;
    bool loop;      /* result of loop_is_suspected: withhold the ack */
    int64_t now_ns; /* CLOCK_MONOTONIC */
};

/* True if the message may be answered; else *why is HELD_LOOP, HELD_SOURCE or HELD_LIMIT. */
bool guard_allows(struct guard *guard, const struct ack_policy *policy,
                  const struct guard_question *question, enum held_reason *why);

/* Whether a source that guard_allows accepted may get one more ack, such as a copy: each counts
 * towards the limit of a limited source. now_ns: CLOCK_MONOTONIC. */
bool guard_allows_more(struct guard *guard, const struct ack_policy *policy,
                       const struct endpoint *peer, int64_t now_ns);

/* Whether a source may be answered at all, whatever its payload: the HELD_SOURCE part
 * (proto/source). */
bool guard_source_allowed(const struct guard *guard, const struct datagram *datagram);

/* Whether this source's rate is limited under this policy. */
bool guard_is_limited(const struct guard *guard, const struct ack_policy *policy,
                      const struct endpoint *peer);

#endif
