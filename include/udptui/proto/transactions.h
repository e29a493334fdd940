/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transactions: which request a datagram of a relay's target answers, as far as a third party can know
 * that.
 *
 * A fixed window of the requests of one session that wait for a reply. A reply answers the request
 * with its transaction number if it has one: DNS (RFC 1035 section 4.1.1), STUN (RFC 8489 section
 * 5), CoAP (proto/coap); never one of the same protocol with another number. A request of CoAP that
 * an empty acknowledgement answers waits on, for its response. Else it
 * answers the only one that waits, or the oldest of several, which may be wrong: then those of them
 * that still wait are in doubt, as their reply may have been that one. Nothing is said once a request
 * was pushed out of the window, until it is empty again.
 */
#ifndef UDPTUI_PROTO_TRANSACTIONS_H
#define UDPTUI_PROTO_TRANSACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/units.h"
#include "udptui/proto/event.h"

enum { TRANSACTIONS_MAX = 16, TRANSACTIONS_HEAD_BYTES = 20 };

/* A request that is older waits no longer. */
#define TRANSACTIONS_WAIT_NS (10 * UNITS_NS_PER_S)

/* What an earlier guess says of a request: its reply may have been given to another one, among those
 * without a number, or even among those with its own. */
enum transaction_doubt { DOUBT_NONE, DOUBT_ORDER, DOUBT_NUMBER };

struct transaction {
    uint64_t number;
    int64_t sent_ns;
    uint8_t head[TRANSACTIONS_HEAD_BYTES]; /* the payload's beginning */
    uint8_t head_bytes;
    uint8_t doubt;     /* enum transaction_doubt */
    bool acknowledged; /* CoAP: only its response is missing */
};

/* All zero: none waits. */
struct transactions {
    struct transaction waiting[TRANSACTIONS_MAX]; /* oldest first */
    uint8_t count;
    bool overflowed; /* one was pushed out since the window was empty */
};

/* None waits any more. */
void transactions_clear(struct transactions *transactions);

/* A request was sent at sent_ns (CLOCK_MONOTONIC). What nothing answers, an empty acknowledgement or a
 * reset of CoAP, does not wait. */
void transactions_add(struct transactions *transactions, uint64_t number, int64_t sent_ns,
                      const uint8_t *bytes, size_t size_bytes);

struct transaction_match {
    uint64_t number; /* of the request; 0 with MATCH_NONE */
    int64_t rtt_ns;  /* EVENT_UNKNOWN with MATCH_NONE */
    enum event_match match;
};

/* A datagram came from the target at now_ns; its request waits no longer, unless the datagram is an
 * empty acknowledgement of CoAP. */
struct transaction_match transactions_take(struct transactions *transactions, const uint8_t *bytes,
                                           size_t size_bytes, int64_t now_ns);

/* The number of the latest request whose payload begins like this (an ICMP error quotes it), 0 if
 * none does or nothing is quoted. */
uint64_t transactions_find(const struct transactions *transactions, const uint8_t *bytes,
                           size_t size_bytes);

#endif
