/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * translator: the mappings of a small network address and port translator (NAT) for UDP, with the
 * behaviours that RFC 4787 names in sections 4.1 (mapping) and 5 (filtering). Pure: which outside
 * port a datagram leaves by, and whether one that comes back may pass, with the time as an argument.
 * Outside ports are numbers from 0; the caller has a socket for each.
 */
#ifndef UDPTUI_PROTO_TRANSLATOR_H
#define UDPTUI_PROTO_TRANSLATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum {
    TRANSLATOR_PORTS_MAX = 12, /* outside ports; none is used for a second mapping */
    TRANSLATOR_PEERS_MAX = 8,  /* destinations of one mapping */
    TRANSLATOR_FULL = -1,
};

/* Of mapping and filtering: whether the outside address and port matter. */
enum translator_behaviour {
    TRANSLATOR_INDEPENDENT, /* "endpoint-independent" */
    TRANSLATOR_DEPENDENT,   /* "address and port-dependent" */
};

struct translator_config {
    enum translator_behaviour mapping, filtering;
    int64_t timeout_ns; /* without an outbound datagram; the other direction does not count */
};

struct translator_mapping {
    bool used;
    struct endpoint inside;
    struct endpoint peers[TRANSLATOR_PEERS_MAX]; /* it has sent to them */
    size_t peer_count;
    int64_t outbound_ns; /* last datagram to the outside */
};

struct translator {
    struct translator_config config;
    struct translator_mapping mappings[TRANSLATOR_PORTS_MAX]; /* by outside port */
};

/* Begins without mappings. The config is copied; nothing is to be freed. */
void translator_open(struct translator *translator, const struct translator_config *config);

/*
 * A datagram from an inside endpoint to an outside one. Returns the outside port by which it
 * leaves, of an existing or a new mapping; TRANSLATOR_FULL if there is no room for it.
 */
int translator_send(struct translator *translator, const struct endpoint *inside,
                    const struct endpoint *outside, int64_t now_ns);

enum translator_verdict {
    TRANSLATOR_PASSES,
    TRANSLATOR_UNMAPPED, /* there is no mapping for this port, or its time is over */
    TRANSLATOR_FILTERED, /* the mapping's owner has not sent to this endpoint */
};

/* A datagram from an outside endpoint to an outside port. *inside: where it goes if it passes. */
enum translator_verdict translator_receive(const struct translator *translator, int port,
                                           const struct endpoint *outside, int64_t now_ns,
                                           struct endpoint *inside);

#endif
