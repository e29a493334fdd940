/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop: whether a peer is a server that answers our acks, so that the two would never stop.
 *
 * UDP does not say what is a request and what is an answer. Two signs are looked at, and neither is
 * the text, which an honest client may send, too, and which differs from server to server:
 *
 * 1. The mark. All that `serve` sends leaves with a hop limit (IPv4: TTL) of LOOP_HOP_LIMIT. Nobody
 *    else begins there: systems begin at 32, 64, 128 or 255. A datagram that comes with that, less
 *    the routers on its way, is an ack of another udptui server and is never acknowledged.
 * 2. The behaviour, for servers of other kinds. A loop is an unbroken row of exchanges: each datagram
 *    of the peer follows an ack of ours at once. One datagram may go to and fro, or many at a time:
 *    somebody who forges one can forge hundreds. A client that sends without a pause looks like that,
 *    too; only silence tells the two apart. So after a long row acks are withheld: of as many
 *    datagrams as can be answers to the acks known to be unanswered. A loop has ended then, or lost
 *    that many of its datagrams. If the peer goes on, the next row is as long as a multiple of what
 *    was withheld, so that a client never loses more than a small share, and a loop of any size
 *    ends after as many acks as that multiple of its datagrams. A pause begins a new row. A peer that
 *    speaks again after it was withheld an ack and paused is a client that asks again: its first row
 *    may be four times as long, LOOP_ROW_PROVEN at most, for it may be forged like the beginning.
 *
 * The first row is long at LOOP_ROW exchanges if the peer's port is one that servers choose and the
 * texts have one shape (digits do not count). Texts of changing shape count LOOP_SAME times less. If
 * the port is one that systems give to clients, a row is long at LOOP_ROW_CLIENT, and at
 * LOOP_ROW_WINDOW with several datagrams on the way, which is what a load generator does: a loop with
 * a server on such a port ends, but late.
 */
#ifndef UDPTUI_PROTO_LOOP_H
#define UDPTUI_PROTO_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOOP_HOP_LIMIT = 200,
    LOOP_HOPS_MAX = 24, /* routers between two servers that know each other's acks */
    LOOP_ROW = 16,
    LOOP_ROW_PROVEN = 65536,
    LOOP_PROOFS_MAX = 6, /* 16 * 4^6 */
    LOOP_SAME = 256,     /* texts of changing shape that count as much as one of the same shape */
    LOOP_ROW_CLIENT = 1 << 20,
    LOOP_ROW_WINDOW = 1 << 24,
    LOOP_TIMES = 16,       /* the next row's length, in datagrams that were just withheld an ack */
    LOOP_TIMES_LATER = 64, /* the same after LOOP_TIMES_UNTIL were withheld one without a pause */
    LOOP_TIMES_UNTIL = 64,
    LOOP_TIMES_CLIENT = 1 << 16,
    LOOP_TIMES_WINDOW = 1 << 20,
    LOOP_WITHHELD_MAX = 1024, /* that are multiplied */
    LOOP_CLIENT_PORT = 32768, /* the first that Linux gives to clients; IANA's begin at 49152 */
    LOOP_AT_ONCE_MS = 100,
    LOOP_SHAPE_BYTES = 64, /* of a payload that are compared */
};

/* Whether a datagram that came with this hop limit is a udptui server's ack. EVENT_UNKNOWN: no. */
bool loop_is_marked(int hop_limit);

/* What is known of one peer. All zero: nothing yet. */
struct loop_watch {
    int64_t acked_ns;  /* when acks were last sent to it, CLOCK_MONOTONIC */
    uint32_t shape;    /* of its latest payload, digits aside */
    uint32_t row;      /* exchanges since acks were last withheld; LOOP_SAME each if of one shape */
    uint32_t acks;     /* sent and not answered by a datagram */
    uint16_t withheld; /* datagrams that were last withheld an ack together */
    uint8_t withheld_all; /* all of them since the last pause; LOOP_TIMES_UNTIL at most */
    uint8_t proofs : 3;   /* how often it asked again after a pause; LOOP_PROOFS_MAX at most */
    bool several : 1;     /* since the last pause more than one ack at a time was unanswered */
    bool withholding : 1; /* its latest datagram was not acknowledged for this reason */
};

/* A datagram of the peer came, with so many messages; bytes: of the first. Whether its ack must be
 * withheld. */
bool loop_heard(struct loop_watch *watch, uint16_t port, size_t messages, const uint8_t *bytes,
                size_t size_bytes, int64_t now_ns);

/* So many acks were sent to the peer. */
static inline void loop_acked(struct loop_watch *watch, uint64_t acks, int64_t now_ns)
{
    watch->acks = acks > UINT32_MAX - watch->acks ? UINT32_MAX : watch->acks + (uint32_t)acks;
    watch->acked_ns = now_ns;
}

#endif
