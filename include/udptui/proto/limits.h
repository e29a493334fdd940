/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits: how many acks sources get, for all engine threads together.
 *
 * Token buckets by prefix, as Knot DNS limits responses: each source (IPv4 /32, IPv6 /64) has the
 * configured rate. Addresses are cheap to forge, and IPv6 prefixes cheap to obtain, so for public
 * sources wider prefixes are limited, too, and so is their total: an attacker that owns or forges a
 * network gets a few times the rate of one source, not that rate for each address.
 *
 * The buckets are a fixed table of sets, hashed with a key against chosen addresses; a full set
 * replaces its least recently used bucket. All accesses are atomic: threads share the table without
 * waiting.
 */
#ifndef UDPTUI_PROTO_LIMITS_H
#define UDPTUI_PROTO_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum {
    LIMITS_TIMES_IPV4_24 = 8, /* the rate of a /24, as a multiple of one source's */
    LIMITS_TIMES_IPV6_56 = 4,
    LIMITS_TIMES_IPV6_48 = 8,
    LIMITS_TIMES_TOTAL = 40,       /* the rate of all public sources together */
    LIMITS_BURST_SECONDS_X10 = 25, /* a burst is 2.5 seconds' worth, at least one ack */
};

struct limits;

/* rate_per_s: acks of one source. buckets: prefixes tracked at a time, rounded up to a power of
 * two, at least 8. NULL if memory is short. limits_close frees (NULL allowed). */
struct limits *limits_open(double rate_per_s, size_t buckets, const struct hash_key *key);
void limits_close(struct limits *limits);

/* Whether the peer may get one more ack; if so, it is counted. wide: also in the wider prefixes and
 * the total. now_ns: CLOCK_MONOTONIC. Any thread may ask. */
bool limits_take(struct limits *limits, const struct endpoint *peer, bool wide, int64_t now_ns);

#endif
