/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * links: the interfaces, addresses and routes of the calling thread's network namespace, by netlink
 * (rtnetlink(7)). Each function is one request and returns whether the kernel did it. They make
 * only system calls, so that a child process may use them after fork.
 */
#ifndef UDPTUI_LESSON_LINKS_INTERNAL_H
#define UDPTUI_LESSON_LINKS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

/* Makes a switch (bridge) that passes multicast to all ports and joins no group itself. */
bool links_add_switch(const char *name);

/* Makes a cable (veth(4)): one end here, the other one in the namespace of that descriptor. */
bool links_add_cable(const char *name, int peer_namespace, const char *peer_name, uint32_t mtu);

/* Switches an interface on; if port_of is not NULL, as a port of that switch. */
bool links_set_up(const char *name, const char *port_of);

/* Adds an IPv4 address (4 bytes) of a network of 256 addresses, the last one its broadcast. */
bool links_add_address(const char *name, const uint8_t address[4]);

/* Adds a default route. */
bool links_add_gateway(const uint8_t gateway[4]);

/* Drops the ICMP messages that this machine itself sends to that address, not those that it
 * forwards (Linux 4.17). */
bool links_drop_icmp(const uint8_t to[4]);

/* Waits, up to a second, until the interface has a carrier: before, it drops what is sent. */
bool links_wait_carrier(const char *name);

/* Forwards IPv4 packets. */
bool links_forward(void);

#endif
