/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve: typed addresses -> endpoints. The only place that resolves names (it may block). */
#ifndef UDPTUI_NET_RESOLVE_H
#define UDPTUI_NET_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/proto/endpoint.h"

enum { RESOLVE_MAX = 16, RESOLVE_ERROR_SIZE = 512 };

struct resolve_result {
    struct endpoint endpoints[RESOLVE_MAX]; /* in the resolver's order (RFC 6724) */
    size_t count;
    uint16_t last_port; /* of a range that begins with the endpoints' port; else that port */
    bool usage; /* the text is malformed (exit status 2), else it could not be resolved (3) */
    char error[RESOLVE_ERROR_SIZE]; /* "what: why" if count is 0; holds the text as typed */
};

/*
 * The target to send to. text: see endpoint_split; without a host, loopback. family: ENDPOINT_NONE
 * for any. Port 0 is refused. Returns true with count > 0, or false with error set.
 */
bool resolve_target(const char *text, enum endpoint_family family, struct resolve_result *out);

/* The addresses to listen on: numeric or a name of this machine's, with a port or a range of ports;
 * port 0 means any free port; a group's scope is its interface, IPv4's, too; without a host, one
 * unspecified endpoint (:: or, with family ENDPOINT_IPV4, 0.0.0.0). */
bool resolve_listen(const char *text, enum endpoint_family family, struct resolve_result *out);

/* The interface index of a zone ("eth0" or "2"); 0 with errno if there is none or the query
 * fails. */
unsigned resolve_zone(const char *zone);

/* The message for that errno; writes to out (REASON_SIZE), returns it. */
const char *resolve_zone_reason(int error, char *out);

#endif
