/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach: the address by which other hosts reach this machine, for the join command. */
#ifndef UDPTUI_NET_REACH_H
#define UDPTUI_NET_REACH_H

#include <stdbool.h>

#include "udptui/net/socket.h"
#include "udptui/proto/endpoint.h"

/*
 * The address by which others best reach one of the sockets: the one that it is bound to or, of a
 * socket on every address, one of an interface that is up and of a family that the socket takes.
 * IPv4 before global IPv6 before link-local, then a group, a broadcast address (*broadcast: the
 * sender must permit broadcast), loopback last; the first socket's of equal ones. The port is that
 * socket's. False if there is none.
 */
bool reach_address(const struct udp_socket *sockets, size_t count, struct endpoint *out,
                   bool *broadcast);

#endif
