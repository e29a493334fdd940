/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * groups: the multicast groups that a server's sockets have joined, each on one interface.
 *
 * A socket receives only the groups in this table (RFC 1112 section 6.1 leaves that to the host; by
 * default Linux delivers groups that any process joined: ip(7) IP_MULTICAST_ALL). The kernel drops
 * a membership when its interface disappears, and gives the interface another index when it
 * returns: groups_check detects both.
 */
#ifndef UDPTUI_NET_GROUPS_H
#define UDPTUI_NET_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/socket.h"
#include "udptui/proto/endpoint.h"

enum { GROUPS_MAX = 64, GROUPS_SOCKETS_MAX = 64 };

struct group {
    struct endpoint address; /* port 0; scope: the interface's index, 0 while it is lost */
    char interface[ENDPOINT_ZONE_SIZE]; /* the interface that it is or was joined on */
    int error; /* errno why it could not be joined again, though the interface is back; else 0 */
    int reported_error;
    bool reported_lost; /* groups_check has reported that it is lost */
    bool routed;        /* no interface was named: the routes chose it, and may choose another */
    uint64_t sockets;   /* bit i: of sockets[i] */
};

struct groups {
    struct group each[GROUPS_MAX];
    size_t count;
    int watch; /* of links_watch, opened before the first was joined, so that no change is missed;
                * -1: not opened, or that failed */
};

/*
 * Joins *address on the interface of its scope (0: the one that the routes choose) with each socket
 * whose bit is set in `which`; a group that is here already is only joined by more sockets. False
 * with error (UDP_ERROR_SIZE) set: "cannot join GROUP: why: what to do".
 */
bool groups_join(struct groups *groups, const struct udp_socket *sockets, uint64_t which,
                 const struct endpoint *address, char *error);

/* Notes that the interface of this index is gone with its memberships: groups_check reports them
 * and joins again. */
void groups_lose(struct groups *groups, const struct udp_socket *sockets, uint32_t index);

/* A group was lost (its scope is 0), could not be joined again (its error is not 0 as well) or was
 * joined again. False: it is to be reported again. */
typedef bool groups_report(void *context, const struct group *group);

/* Checks the interfaces, joins groups again if possible and reports each change. Returns how many
 * groups are lost or could not be reported: check again later, even if no interface changes. */
size_t groups_check(struct groups *groups, const struct udp_socket *sockets, groups_report *report,
                    void *context);

/* Whether socket number `socket` has joined the IPv6 group on the interface: the kernel compares
 * only the group (ipv6(7) IPV6_MULTICAST_ALL). For IPv4 it compares both. */
bool groups_include(const struct groups *groups, unsigned socket, const struct endpoint *address,
                    uint32_t interface);

#endif
