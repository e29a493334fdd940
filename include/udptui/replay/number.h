/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_number: the protocol's own number that connects a reply with its request, and the
 * datagram's direction.
 *
 * DNS and NetBIOS names (RFC 1035 section 4.1.1, RFC 1002 section 4.2.1), STUN (RFC 8489 section
 * 5), CoAP (proto/coap), NTP (RFC 5905 section 7.3), RADIUS (RFC 2865 section 3), DHCP (RFC
 * 2131 section 2) and DHCPv6 (RFC 8415 section 8). STUN is known by its magic cookie, the others by
 * their ports and a header that makes sense. Pure.
 */
#ifndef UDPTUI_REPLAY_NUMBER_H
#define UDPTUI_REPLAY_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/coap.h"
#include "udptui/proto/packet.h"

enum { REPLAY_NUMBERS = COAP_WAYS };

enum replay_direction {
    REPLAY_UNDECIDED,
    REPLAY_ASKS,    /* to the server: a request */
    REPLAY_ANSWERS, /* from the server: a reply */
};

struct replay_number {
    uint8_t direction; /* enum replay_direction: as the protocol defines it */
    bool any_endpoint; /* the number counts for any pair of endpoints (DHCP: a client has no
                        * address yet) */
    /* Hashes of protocol and number; 0: none. A datagram answers one of which it has a number: its
     * `answering` is the other one's `asking`, of one kind. Most protocols have the first kind alone,
     * CoAP one for each enum coap_way. */
    uint64_t asking[REPLAY_NUMBERS], answering[REPLAY_NUMBERS];
};

/* All zero, REPLAY_UNDECIDED, for a datagram of no protocol that is known. */
struct replay_number replay_number_of(const struct packet *packet);

#endif
