/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options: the options of a relay, as an option table fills them in. Plain data; the strings are
 * borrowed. */
#ifndef UDPTUI_RELAY_OPTIONS_H
#define UDPTUI_RELAY_OPTIONS_H

#include <stdint.h>

#include "udptui/base/units.h"
#include "udptui/server/options.h"

enum { RELAY_DEFAULT_CLIENTS = 16384, RELAY_CLIENTS_MAX = 1 << 20 };

#define RELAY_DEFAULT_IDLE_NS (120 * UNITS_NS_PER_S) /* RFC 4787 section 4.3 (REQ-5) */
#define RELAY_IDLE_MIN_NS     (UNITS_NS_PER_S / 10)

struct relay_options {
    /*
     * What a relay has in common with a server: ack_limit (the words of --limit: most datagrams of
     * a client to the target), answer_all, impair, seed, join, family (of both sides), reuse,
     * max_clients, batch, receive_buffer_bytes, buffer_bytes, no_gso, no_gro. The others are not
     * used; threads is 1.
     */
    struct server_options server;
    int64_t idle_ns; /* a session without a datagram for so long ends */
    int copy_ttl;    /* send with the received hop limit less 1 */
    int copy_dscp;   /* send with the received DSCP */
};

#endif
