/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * call: a system call on a socket as it was made: what, with what, what came back. Records are of fixed
 * size and travel through rings (EVENT_CALL); text is made of them only where they are shown.
 */
#ifndef UDPTUI_CORE_CALL_H
#define UDPTUI_CORE_CALL_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/core/endpoint.h"

enum call_kind {
    CALL_SOCKET,
    CALL_SETSOCKOPT,
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
    uint8_t event;     /* EVENT_CALL, so that it is a record of the engine's ring */
    uint8_t kind;      /* enum call_kind */
    uint8_t engine;    /* which engine's thread, 0-based */
    uint32_t skipped;  /* calls before this one that were made and not told */
    int32_t fd;        /* -1 with CALL_SOCKET */
    int32_t result;    /* what the call returned */
    int32_t error;     /* errno where it failed, else 0 */
    int32_t level, name, value; /* setsockopt; socket: family, type, protocol */
    uint32_t wanted;   /* datagrams that the call could take or was given */
    uint32_t bytes;    /* payload of what it took or sent */
    int64_t wall_ns;   /* CLOCK_REALTIME after it */
    struct endpoint peer; /* bind, connect, the first of a batch; ENDPOINT_NONE where none */
};

/* Called after each call on a socket; borrowed by struct udp_socket. Must not block. */
struct call_trace {
    void (*note)(void *context, const struct call *call);
    void *context;
};

enum { CALL_TEXT_SIZE = 256 };

/* "recvmmsg(5, [64], MSG_DONTWAIT) = 3: 57 B, first from 192.168.0.23:53211", "bind(5, 127.0.0.1:4010) = -1
 * EADDRINUSE". Names as the manual pages have them. peers: false leaves addresses out (--privacy). */
const char *call_format(const struct call *call, int with_peers, char *out, size_t size_bytes);

/* One line what it is for: "takes all waiting datagrams, up to 64, in one call". */
const char *call_purpose(const struct call *call);

#endif
