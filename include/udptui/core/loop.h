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
 * 2. The behaviour, for servers of other kinds. A loop is an unbroken row of exchanges: for each
 *    datagram of the peer an ack of ours that is not answered yet, always of the same shape, at
 *    once. One datagram may go to and fro, or many at a time: somebody who forges one can forge
 *    hundreds. A client that sends the same text again and again looks like that, too; only silence
 *    tells the two apart. So acks are withheld until the peer pauses or sends more than it has
 *    acks to answer, and twice as many as the last time if it never paused. A loop ends there,
 *    whatever its size. A client speaks again by itself, which
 *    proves it: its next row may be four times as long, LOOP_ROW_PROVEN at most. A row is long at
 *    LOOP_ROW exchanges if the peer's port is one that servers choose. If it is one that systems
 *    give to clients, it is long at LOOP_ROW_CLIENT, and at LOOP_ROW_WINDOW with several datagrams
 *    on the way, which is what a load generator does.
 *
 * What repeats itself in other shapes (a client that sends the lines of a file) is never withheld an
 * ack, nor is a client that pauses.
 */
#ifndef UDPTUI_CORE_LOOP_H
#define UDPTUI_CORE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOOP_HOP_LIMIT = 200,
    LOOP_HOPS_MAX = 24, /* routers between two servers that know each other's acks */
    LOOP_ROW = 16,
    LOOP_ROW_PROVEN = 65536,
    LOOP_ROW_CLIENT = 1 << 20,
    LOOP_ROW_WINDOW = 1 << 24,
    LOOP_PROOFS_MAX = 10,     /* that count; up to 2^10 datagrams are withheld an ack */
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
    uint32_t row;      /* exchanges so far */
    uint32_t acks;     /* sent and not answered by a datagram */
    uint8_t proofs;    /* how often it spoke by itself after an ack was withheld */
    bool several : 1;  /* in this row more than one ack at a time was unanswered */
    bool withheld : 1; /* its latest datagram was not acknowledged for this reason */
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
