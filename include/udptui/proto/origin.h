/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origin: whether a datagram that came to a client's socket can be an answer, by who sent it.
 *
 * The socket is not connected, so that anybody's datagrams arrive: a server may answer from a port
 * of its own for each exchange (TFTP, RFC 1350 section 4), or from another of its addresses. This is
 * the one place that decides.
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

/* Whether it may be an answer. many: what was sent goes to many (broadcast, multicast), who answer
 * from their own addresses. */
bool origin_may_answer(enum origin origin, bool many);

/* What to say beside it, NULL: nothing. */
const char *origin_note(enum origin origin, bool many);

#endif
