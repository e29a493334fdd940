/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call: a system call on a socket: its name, arguments and result. Records have a fixed size and
 * pass through rings (EVENT_CALL); they become text only for display.
 */
#ifndef UDPTUI_PROTO_CALL_H
#define UDPTUI_PROTO_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

struct elsewhere; /* proto/elsewhere.h */

enum call_kind {
    CALL_SOCKET,
    CALL_SETSOCKOPT,
    CALL_GETSOCKOPT,
    CALL_BIND,
    CALL_GETSOCKNAME,
    CALL_CONNECT,
    CALL_RECVMMSG,
    CALL_RECVMSG,
    CALL_SENDMMSG,
    CALL_SENDMSG,
    CALL_CLOSE,
    CALL_KINDS
};

struct call {
    uint8_t event;              /* EVENT_CALL, so that it is a record of the engine's ring */
    uint8_t kind;               /* enum call_kind */
    uint8_t engine;             /* which engine's thread, 0-based */
    uint32_t skipped;           /* calls before this one that were not reported */
    uint32_t skipped_datagrams; /* datagrams of those calls, received and sent */
    int32_t fd;                 /* -1 with CALL_SOCKET */
    int32_t result;             /* what the call returned */
    int32_t error;              /* errno if it failed, else 0 */
    int32_t level, name,
        value;            /* options; socket: family, type, protocol; value alone: the flags of a
                                 * receive or send, with SO_MEMINFO the datagrams dropped;
                                 * name with MSG_ERRQUEUE: the errno that was queued */
    uint32_t wanted;      /* messages that the call could receive or was given to send */
    uint32_t datagrams;   /* that it received or sent: more than messages with UDP_GRO,
                           * UDP_SEGMENT */
    uint32_t bytes;       /* payload of them; with SO_MEMINFO what waits in the queue */
    int64_t wall_ns;      /* CLOCK_REALTIME after it */
    struct endpoint peer; /* bind, connect, getsockname, a group to join, of the first of a batch;
                           * ENDPOINT_NONE: none */
};

/* Called after each call on a socket; borrowed by struct udp_socket. Must not block. */
struct call_trace {
    void (*note)(void *context, const struct call *call);
    void *context;
};

enum { CALL_TEXT_SIZE = 256, CALL_PURPOSE_COLUMNS = 64 };

/*
 * "recvmmsg(5, [64], MSG_DONTWAIT) = 3: 57 B, first from 192.168.0.23:53211", "bind(5,
 * 127.0.0.1:4010) = -1 EADDRINUSE". Names as the manual pages have them, levels and flags as
 * strace(1) does. with_peers: false leaves out the peers' addresses (--privacy). zones: as with
 * endpoint_format_in. Returns out.
 */
const char *call_format(const struct call *call, bool with_peers, const struct zones *zones,
                        char *out, size_t size_bytes);

/* "recvmmsg": the name of the call. */
const char *call_name(const struct call *call);

/* "EADDRINUSE", or "" for an errno that socket calls do not return. */
const char *call_error_name(int error);

/* One line on what the call is for, or what its failure means: at most CALL_PURPOSE_COLUMNS columns
 * of ASCII. */
const char *call_purpose(const struct call *call);

/* What other systems report instead of its error, or of the one that was queued. NULL: it has none,
 * or it is not known. */
const struct elsewhere *call_elsewhere(const struct call *call);

/* Whether it receives or sends datagrams (and does not read the error queue). */
bool call_carries(const struct call *call);

/* Whether b adds nothing to a: the same call with the same result, and no datagram received or
 * sent. */
bool call_repeats(const struct call *a, const struct call *b);

#endif
