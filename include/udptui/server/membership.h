/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * membership: groups that are lost with their interface, and joined again. The kernel reports that
 * an interface changed. While a group is lost, or if the kernel reports nothing, the interfaces are
 * also checked each second: a route may appear later.
 */
#ifndef UDPTUI_SERVER_MEMBERSHIP_H
#define UDPTUI_SERVER_MEMBERSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/groups.h"
#include "udptui/net/socket.h"
#include "udptui/server/publisher.h"

struct membership {
    struct groups groups;        /* the sockets know them */
    struct udp_socket *sockets;  /* borrowed */
    struct publisher *publisher; /* borrowed: gets EVENT_MEMBERSHIP */
    int watch;                   /* readable when interfaces changed; -1: no group was joined */
    int64_t check_ns; /* when to check them though no interface changed; INT64_MAX: never */
};

/* groups: joined by the sockets; copied, and the watch is the membership's from now on, which opens
 * one if there is none; NULL: no groups.
 * It must not move afterwards. */
void membership_open(struct membership *membership, const struct groups *groups,
                     struct udp_socket *sockets, size_t socket_count, struct publisher *publisher);
/* Closes the watch; the groups stay joined until their sockets are closed. */
void membership_close(struct membership *membership);

/* Checks them if it is time, or if something changed: the watch is readable. now_ns:
 * CLOCK_MONOTONIC. */
void membership_check(struct membership *membership, bool changed, int64_t now_ns);

#endif
