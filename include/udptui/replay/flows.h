/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_flows: what is known about each pair of endpoints that exchanges datagrams: which of the
 * two is the server, and how many first bytes of a request its replies repeat.
 *
 * Of bounded size: a new flow replaces the least recently used one. Flat memory, so that a copy is
 * cheap.
 */
#ifndef UDPTUI_REPLAY_FLOWS_H
#define UDPTUI_REPLAY_FLOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum { REPLAY_ECHO_UNKNOWN = 255, REPLAY_ECHO_MAX = 16 };

/* How many first bytes of a request the replies to it repeat, learned from unambiguous
 * exchanges. */
struct replay_echo {
    uint8_t bytes;  /* 0, 2, 4, 8, 16: the minimum seen; or REPLAY_ECHO_UNKNOWN */
    bool varies;    /* they varied: a number, not a fixed header */
    uint64_t value; /* a hash of what was repeated last */
};

struct replay_flow {
    struct endpoint one, other; /* in the order of endpoint_compare */
    bool other_serves;          /* else `one` is the server */
    struct replay_echo echo;
    uint32_t next; /* of the same bucket */
    uint32_t newer, older;
};

struct replay_flows;

/* capacity: flows, at least 1. key: a secret (sys/random). NULL if memory is short. Memory is
 * touched as flows come. replay_flows_close frees (NULL allowed). */
struct replay_flows *replay_flows_open(uint32_t capacity, const struct hash_key *key);
void replay_flows_close(struct replay_flows *flows);

/* A copy, NULL if memory is short; and its size. */
struct replay_flows *replay_flows_copy(const struct replay_flows *flows);
size_t replay_flows_bytes(const struct replay_flows *flows);

/* The flow of two endpoints, in either order, now the most recently used; NULL if it is not known.
 * Valid until the next replay_flows_add. */
struct replay_flow *replay_flows_find(struct replay_flows *flows, const struct endpoint *a,
                                      const struct endpoint *b);

/* Adds a flow that is not known. */
struct replay_flow *replay_flows_add(struct replay_flows *flows, const struct endpoint *server,
                                     const struct endpoint *client);

/* Whether that endpoint of the flow is its server. */
bool replay_flow_serves(const struct replay_flow *flow, const struct endpoint *endpoint);

#endif
