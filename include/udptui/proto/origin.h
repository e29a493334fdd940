/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origin: whether a datagram that reaches a client's socket can be a reply, by its sender.
 *
 * The socket is not connected, because a server may reply from a separate port for each exchange
 * (TFTP, RFC 1350 section 4), or from another of its addresses. So datagrams of any sender arrive,
 * and this module decides about them.
 */
#ifndef UDPTUI_PROTO_ORIGIN_H
#define UDPTUI_PROTO_ORIGIN_H

#include <stdbool.h>

#include "udptui/proto/endpoint.h"

enum origin {
    ORIGIN_TARGET,        /* the endpoint that was sent to */
    ORIGIN_OTHER_PORT,    /* the target's address, another port */
    ORIGIN_OTHER_ADDRESS, /* anybody else */
    ORIGIN_OURSELVES,     /* our own datagram came back */
    ORIGINS
};

/* ours: the sender is the very socket that received it. */
enum origin origin_of(const struct endpoint *from, const struct endpoint *target, bool ours);

/* Whether it may be a reply. many: the request went to many hosts (broadcast, multicast), which
 * reply from their own addresses. */
bool origin_may_answer(enum origin origin, bool many);

/* A note to show with it, NULL: none. */
const char *origin_note(enum origin origin, bool many);

#endif
