/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source: whether the address that a datagram claims to be from may be answered.
 *
 * The source address is what the sender wrote, and nothing has verified it. A reply goes there, so
 * the address is checked against the way the datagram arrived (header, interface) and against this
 * machine's own addresses. All these checks are here.
 */
#ifndef UDPTUI_PROTO_SOURCE_H
#define UDPTUI_PROTO_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/datagram.h"
#include "udptui/proto/endpoint.h"

enum { OWN_LOOPBACKS_MAX = 16 };

/* This machine's addresses; net/own fills it in. */
struct own_addresses {
    struct endpoint *rows; /* its addresses, port and scope 0, in order of endpoint_compare */
    size_t count;
    uint32_t *broadcasts; /* of its IPv4 subnets, the last address and the first one
                           * (RFC 1122 3.2.1.3), as endpoint_ipv4 gives them, in order */
    size_t broadcast_count;
    uint32_t loopbacks[OWN_LOOPBACKS_MAX]; /* interfaces by which loopback addresses may come */
    size_t loopback_count;
};

/* What a source is checked against. Everything is borrowed. */
struct source_rules {
    const struct own_addresses *own;  /* NULL: not known, and the checks that need it are skipped */
    const struct endpoint *listeners; /* as bound: address, or an unspecified one, and port */
    size_t listener_count;
    bool answer_all; /* --answer-all: ports whose services answer everything may be answered */
};

enum source_fault {
    SOURCE_FINE,
    SOURCE_NO_PORT,   /* port 0: no reply is wanted (RFC 768) */
    SOURCE_SERVICE,   /* a port whose service answers any datagram: 7 13 17 19 37 53 69 123 */
    SOURCE_NO_HOST,   /* no host has it: group, unspecified, reserved, IPv4 inside IPv6 */
    SOURCE_BROADCAST, /* of an attached subnet: the reply would go to every host there */
    SOURCE_LOOPBACK,  /* a loopback address that came by another interface */
    SOURCE_OURSELVES, /* one of our addresses with one of our ports */
    SOURCE_FAULTS
};

/* What is wrong with the datagram's source, SOURCE_FINE if nothing. */
enum source_fault source_check(const struct source_rules *rules, const struct datagram *datagram);

/* Sorts rows and broadcasts of *own in place, as source_check needs them. */
void source_sort(struct own_addresses *own);

#endif
