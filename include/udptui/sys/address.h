/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: endpoints to and from the kernel's sockaddr. IPv4-mapped addresses become IPv4 here. */
#ifndef UDPTUI_SYS_ADDRESS_H
#define UDPTUI_SYS_ADDRESS_H

#include <sys/socket.h>

#include "udptui/proto/endpoint.h"

/* From an address that the kernel filled in; anything but AF_INET and AF_INET6 gives
 * ENDPOINT_NONE. */
struct endpoint address_to_endpoint(const struct sockaddr_storage *address);

/* The same of a sockaddr_in6 whose packet had an IPv6 header: an IPv4-mapped address stays IPv6. */
struct endpoint address_as_ipv6(const struct sockaddr_storage *address);

/*
 * Fills *out for a socket of the family AF_INET or AF_INET6 and returns its length. An IPv4
 * endpoint for an AF_INET6 socket becomes ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 */
socklen_t address_from_endpoint(const struct endpoint *endpoint, int socket_family,
                                struct sockaddr_storage *out);

#endif
