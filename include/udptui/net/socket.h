/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* socket: an open UDP socket, as net/udp opens it and other modules use it. */
#ifndef UDPTUI_NET_SOCKET_H
#define UDPTUI_NET_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/call.h"
#include "udptui/proto/endpoint.h"

struct groups; /* net/groups.h */
struct steer;  /* net/steer.h */

/* An open socket: non-blocking, close-on-exec. It receives no multicast group but those that it
 * joined (IP_MULTICAST_ALL off). */
struct udp_socket {
    int fd;         /* -1 if not open */
    int family;     /* AF_INET or AF_INET6 */
    bool ipv4;      /* takes IPv4: its family, or an IPv6 socket on :: that is dual-stack */
    uint8_t number; /* its bit in the groups' `sockets` */
    uint8_t thread; /* which of our threads reads it */
    const struct steer *steer;      /* which thread takes what each gets a copy of; NULL: the first.
                                     * Borrowed */
    const struct groups *groups;    /* joined by it and its neighbours; NULL: none. Borrowed */
    uint32_t dropped_before;        /* by the kernel, before the socket was ours */
    struct endpoint local;          /* bound address and port (getsockname) */
    int receive_buffer_bytes;       /* granted, as the kernel counts (twice the requested size) */
    const struct call_trace *trace; /* as in the options; may be changed between calls */
};

#endif
