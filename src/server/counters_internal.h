/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counters: the server's reply to a client that asks for counts (proto/counters). */
#ifndef UDPTUI_SERVER_COUNTERS_INTERNAL_H
#define UDPTUI_SERVER_COUNTERS_INTERNAL_H

#include "udptui/net/udp.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/counters.h"
#include "udptui/proto/peers.h"

/* The policy of such a reply. */
extern const struct ack_policy counters_policy;

/* Whether a server with this policy answers the payload with its counters: one whose acks are
 * text does, if it is the question. */
bool counters_are_asked(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes);

/* The counts for a client and the socket that it sends to. grouped: whether several datagrams have
 * come there as one. */
struct counters counters_of(const struct peer *client, const struct udp_socket *socket,
                            bool grouped);

#endif
