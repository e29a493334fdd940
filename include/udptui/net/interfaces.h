/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces: this machine's own addresses, for the line a student types. */
#ifndef UDPTUI_NET_INTERFACES_H
#define UDPTUI_NET_INTERFACES_H

#include <stdbool.h>

#include "udptui/core/endpoint.h"

/*
 * The address by which others reach a server bound to `bound`: bound itself where it names one,
 * else the first address of an interface that is up: IPv4 before global IPv6 before link-local,
 * loopback last. Port as in bound. False where there is none.
 */
bool interfaces_join_address(const struct endpoint *bound, struct endpoint *out);

#endif
