/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queues: the receive queues of the listening sockets, for the totals. */
#ifndef UDPTUI_SERVER_QUEUES_H
#define UDPTUI_SERVER_QUEUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/socket.h"
#include "udptui/proto/event.h"

enum { QUEUES_MAX = 64 };

struct queues {
    uint32_t dropped_seen[QUEUES_MAX]; /* the kernel's 32-bit counter at the last look */
    bool grouped[QUEUES_MAX]; /* whether several datagrams have come as one (UDP_GRO): drops are
                               * then counted by groups, too */
};

/* Reads how much waits in the queues, and how much they dropped since the last look, into the
 * totals. count: up to QUEUES_MAX. */
void queues_look(struct queues *queues, const struct udp_socket *sockets, size_t count,
                 struct event_totals *totals);

#endif
