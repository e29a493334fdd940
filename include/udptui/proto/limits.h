/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits: how many acks sources get, for all engine threads together.
 *
 * Token buckets by prefix, as Knot DNS limits responses: each source (IPv4 /32, IPv6 /64) has the rate
 * asked for. Addresses are cheap to forge, and prefixes of IPv6 cheap to have, so for public sources
 * wider prefixes are limited, too, and all together: whoever owns or forges a network gets a few times
 * what one source gets, not as much as it has addresses.
 *
 * The buckets are a fixed table of sets, keyed against chosen addresses; a full set gives up its
 * longest unused one. Everything is atomic: threads share the table without waiting.
 */
#ifndef UDPTUI_PROTO_LIMITS_H
#define UDPTUI_PROTO_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum {
    LIMITS_TIMES_IPV4_24 = 8, /* what a /24 gets, in terms of one source */
    LIMITS_TIMES_IPV6_56 = 4,
    LIMITS_TIMES_IPV6_48 = 8,
    LIMITS_TIMES_TOTAL = 40,       /* what all public sources get together */
    LIMITS_BURST_SECONDS_X10 = 25, /* a burst is 2.5 seconds' worth, at least one ack */
};

struct limits;

/* rate_per_s: acks of one source. buckets: prefixes told apart at one time, rounded up to a power of
 * two, at least 8. NULL if memory is short. limits_close frees (NULL allowed). */
struct limits *limits_open(double rate_per_s, size_t buckets, const struct hash_key *key);
void limits_close(struct limits *limits);

/* Whether the peer may get one more ack; if so, it is counted. wide: also in the wider prefixes and
 * the total. now_ns: CLOCK_MONOTONIC. Any thread may ask. */
bool limits_take(struct limits *limits, const struct endpoint *peer, bool wide, int64_t now_ns);

#endif
