/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reason: the meaning of an errno or an ICMP error, in words.
 *
 * One table for all commands, in lines, on screens and in JSON. A row states only what is certain:
 * the same errno means different things from different calls and towards different addresses, and a
 * firewall can send any ICMP message. Sources: udp(7), ip(7), ipv6(7), ip-route(8), RFC 792, 1122,
 * 1812, 4443.
 */
#ifndef UDPTUI_PROTO_REASON_H
#define UDPTUI_PROTO_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/proto/result.h"

/* The call that failed. */
enum reason_call {
    REASON_OTHER,      /* anything else */
    REASON_SOCKET,     /* socket(2) */
    REASON_LISTEN,     /* bind(2) of a server */
    REASON_SHARE,      /* the same with --reuse */
    REASON_SOURCE,     /* bind(2) of a client, to the address and port it sends from */
    REASON_CONNECT,    /* connect(2) */
    REASON_SEND,       /* sendmsg(2), sendmmsg(2) */
    REASON_BROADCAST,  /* either of the two, to a known broadcast address */
    REASON_PROHIBITED, /* either of the two, to an address known not to be one */
    REASON_RECEIVE,    /* recvmsg(2), recvmmsg(2) */
    REASON_JOIN,       /* setsockopt(2) MCAST_JOIN_GROUP */
    REASON_INTERFACE,  /* setsockopt(2) SO_BINDTODEVICE */
    REASON_CALLS
};

enum { REASON_SIZE = 160 };

struct reason {
    enum result_status status; /* RESULT_FAILED, unless the error says more about the target */
    const char *brief;         /* for a column: "refused" */
    const char *why;           /* a clause without a full stop, at most 64 columns */
    const char *remedy;        /* what to do, as far as that is known; NULL: it is not */
};

/* Whether the table has a row for it. */
bool reason_is_known(enum reason_call call, int error, const struct endpoint *local,
                     const struct endpoint *peer);

/*
 * local, peer: the socket's own address and its destination, NULL if unknown; some meanings depend
 * on them. An error that is not in the table has the text of strerror(3), which may be overwritten
 * by the next call. error: an errno, not 0.
 */
struct reason reason_of_errno(enum reason_call call, int error, const struct endpoint *local,
                              const struct endpoint *peer);

/* "why: remedy", to out (REASON_SIZE). Returns out. */
const char *reason_sentence(const struct reason *reason, char *out, size_t size_bytes);

/* The text of reason_of_errno for a column, if only the call is known. */
const char *reason_brief(enum reason_call call, int error);

/* The why of reason_of_errno for any other call: a file, a thread, memory. To be used instead of
 * strerror(3), so that the same failure has the same words everywhere. */
const char *reason_text(int error);

/* An error message of ICMP (RFC 792) or, with ipv6, ICMPv6 (RFC 4443). */
struct reason_icmp {
    bool ipv6;
    uint8_t type, code;
    uint32_t mtu;                /* of the next hop; 0: not known */
    const struct endpoint *from; /* who sent the message */
};

enum { REASON_ICMP_SIZE = 256 };

/* "127.0.0.1 reports port unreachable (ICMP type 3 code 3): nothing listens there, or a firewall
 * rejects it", to out (REASON_ICMP_SIZE). zones: names of interfaces. Returns out. */
const char *reason_icmp_sentence(const struct reason_icmp *icmp, const struct zones *zones,
                                 char *out, size_t size_bytes);

#endif
