/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmp: the error queue of a socket opened with error_queue (ip(7) IP_RECVERR, RFC 1122
 * 4.1.3.3). */
#ifndef UDPTUI_NET_ICMP_H
#define UDPTUI_NET_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/udp.h"
#include "udptui/proto/endpoint.h"

struct icmp_error {
    int error;          /* errno the kernel made of it: ECONNREFUSED, EHOSTUNREACH, EMSGSIZE */
    bool local;         /* raised by this machine, not by an ICMP message */
    uint8_t type, code; /* of the ICMP (RFC 792) or ICMPv6 (RFC 4443) message */
    bool ipv6;          /* which of the two */
    struct endpoint offender; /* who sent the ICMP; ENDPOINT_NONE where not known. Port 0 */
    struct endpoint target;   /* where our datagram was going */
    uint32_t mtu;             /* with EMSGSIZE: the next hop's, else 0 */
    uint8_t payload[64];      /* the beginning of our datagram that came back */
    size_t payload_bytes;
};

/* Takes one error off the queue without blocking. False where there is none. */
bool icmp_receive(const struct udp_socket *socket, struct icmp_error *out);

#endif
