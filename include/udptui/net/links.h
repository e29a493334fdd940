/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links: the kernel's reports about network interfaces through rtnetlink(7). Nothing here
 * blocks. */
#ifndef UDPTUI_NET_LINKS_H
#define UDPTUI_NET_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

/* A descriptor that is readable when an interface came, went or changed, with `addresses` when one
 * of their addresses did, too; -1 with errno. close(2) ends it. */
int links_watch(bool addresses);

/* Takes what waits in it. gone (may be NULL) is called with each interface that went away. True
 * if there was something, or if messages were lost. */
bool links_changed(int watch, void (*gone)(void *context, uint32_t index), void *context);

/* if_nametoindex(3) and if_indextoname(3) with a reliable errno: ENODEV if there is no such
 * interface, else the error of the query. 0, false: none. name: ENDPOINT_ZONE_SIZE. */
unsigned links_index(const char *name);
bool links_name(unsigned index, char *name);

/* The index of the interface that the routes choose for datagrams to the address; 0 with errno,
 * ENODEV if there is none. */
unsigned links_route(const struct endpoint *address);

#endif
