/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmp: the error queue of a socket opened with error_queue (ip(7) IP_RECVERR, RFC 1122
 * 4.1.3.3). */
#ifndef UDPTUI_NET_ICMP_H
#define UDPTUI_NET_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/socket.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/reason.h"

struct icmp_error {
    int error;                /* errno that the kernel derived from it: ECONNREFUSED, EHOSTUNREACH,
                         * EMSGSIZE */
    bool local;               /* raised by this machine, not by an ICMP message */
    uint8_t type, code;       /* of the ICMP (RFC 792) or ICMPv6 (RFC 4443) message */
    bool ipv6;                /* which of the two */
    struct endpoint offender; /* sender of the ICMP message; ENDPOINT_NONE if not known. Port 0 */
    struct endpoint target;   /* destination of our datagram */
    uint32_t mtu;             /* with EMSGSIZE: the next hop's, else 0 */
    uint8_t payload[64];      /* the quoted beginning of our datagram */
    size_t payload_bytes;
};

/* When a datagram left for the interface, by the kernel's clock (udp_options.send_stamps). */
struct icmp_stamp {
    uint32_t number; /* of the datagrams that the socket was given, from 0 on */
    int64_t wall_ns; /* CLOCK_REALTIME */
};

enum icmp_item { ICMP_NOTHING, ICMP_ERROR, ICMP_STAMP };

/* Takes one item off the queue without blocking: an error or, of a socket with send_stamps, a
 * stamp. */
enum icmp_item icmp_take(const struct udp_socket *socket, struct icmp_error *error,
                         struct icmp_stamp *stamp);

/* Takes many items a call. */
struct icmp_reader;

struct icmp_taken {
    enum icmp_item kind; /* not ICMP_NOTHING */
    struct icmp_error error;
    struct icmp_stamp stamp;
};

/* slots: items a call. NULL if memory is short. icmp_reader_close frees (NULL allowed). */
struct icmp_reader *icmp_reader_open(size_t slots);
void icmp_reader_close(struct icmp_reader *reader);

/* Takes what is in the queue, at most as many as there are slots, without blocking. *out points to
 * them, valid until the next call. Returns their number. */
size_t icmp_reader_take(struct icmp_reader *reader, const struct udp_socket *socket,
                        const struct icmp_taken **out);

/* What proto/reason makes a sentence of; it points into error. */
struct reason_icmp icmp_reason(const struct icmp_error *error);

/* Takes one error off the queue without blocking. False if there is none. */
bool icmp_receive(const struct udp_socket *socket, struct icmp_error *out);

#endif
