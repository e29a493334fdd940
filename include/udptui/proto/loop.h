/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop: detects a peer that is a server and answers our acks, so that the two would never stop.
 *
 * UDP does not distinguish requests from replies. Two signs are used. Neither is the text, because
 * a client may send the same text and each server has another:
 *
 * 1. The mark. `serve` sends everything with a hop limit (IPv4: TTL) of LOOP_HOP_LIMIT. No system
 *    has this initial value: they use 32, 64, 128 or 255. A datagram that arrives with it, less the
 *    routers on its way, is an ack of another udptui server and is never acknowledged.
 * 2. The behaviour, for servers of other kinds. A loop is an unbroken row of exchanges: each
 *    datagram of the peer follows an ack of ours at once. One datagram may circulate, or many at a
 *    time, because an attacker who forges one can forge hundreds. A client that sends without a
 *    pause looks the same; only silence distinguishes the two. So after a long row acks are
 *    withheld, for as many datagrams as can be answers to the acks known to be unanswered. A loop
 *    has then ended, or lost that many of its datagrams. If the peer continues, the length of the
 *    next row is a multiple of the number withheld, so that a client never loses more than a small
 *    share of its acks, and a loop of any size ends after that multiple of its datagrams. A pause
 *    begins a new row. A peer that sends again after an ack was withheld and it paused is a client
 *    that repeats its request: its first row may be four times as long, LOOP_ROW_PROVEN at most,
 *    because that may be forged as well.
 *
 * The first row is too long at LOOP_ROW exchanges if the peer's port is in the range of servers and
 * the texts have one shape, or two in turn (digits do not count). Texts of changing shape count
 * LOOP_SAME times less. A datagram that returns the text of a recent ack, as an echo server does,
 * counts LOOP_RETURNED times more until acks are withheld, because an answer may be several
 * datagrams. If the port is in the range of clients, the limit is LOOP_ROW_CLIENT, or
 * LOOP_ROW_WINDOW with several datagrams in flight, as a load generator has: a loop with a server
 * on such a port ends, but late.
 */
#ifndef UDPTUI_PROTO_LOOP_H
#define UDPTUI_PROTO_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOOP_HOP_LIMIT = 200,
    LOOP_HOPS_MAX = 24, /* routers between two servers that recognise each other's acks */
    LOOP_RELAY_HOP_LIMIT = LOOP_HOP_LIMIT - LOOP_HOPS_MAX - 1, /* what a relay sends with */
    LOOP_RELAY_STEP = 2,    /* what each further relay takes off */
    LOOP_RELAY_FLOOR = 129, /* from here up to LOOP_HOP_LIMIT: it has passed a relay, or is an ack;
                             * the usual initial ones are 64, 128 and 255 */
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
    LOOP_SHAPE_BYTES = 64, /* bytes of a payload that are compared */
    LOOP_TEXTS = 8,        /* of our latest acks */
    LOOP_RETURNED = 6,     /* texts of one shape that one of our own texts counts as */
};

/* Whether a datagram that came with this hop limit is a udptui server's ack. EVENT_UNKNOWN: no. */
bool loop_is_marked(int hop_limit);

/*
 * The hop limit that a relay sends a datagram with that came with `hop_limit`, which may be
 * EVENT_UNKNOWN: LOOP_RELAY_HOP_LIMIT, but less with each relay that it has passed, an ack's mark
 * included. copy: the received one less 1, as a router does. 0: it is used up, and the datagram has
 * passed a circle of relays (or, with copy, was sent with 1).
 */
int loop_relay_hop_limit(int hop_limit, bool copy);

/* What is known about one peer. All zero: nothing yet. */
struct loop_watch {
    int64_t acked_ns;     /* when acks were last sent to it, CLOCK_MONOTONIC */
    uint16_t shapes[2];   /* the latest two that its payloads had, digits aside */
    uint32_t row;         /* exchanges since acks were last withheld; LOOP_SAME each if of a shape
                           * that came lately */
    uint32_t acks;        /* sent and not answered by a datagram */
    uint16_t withheld;    /* datagrams that were last withheld an ack together */
    uint8_t withheld_all; /* all of them since the last pause; LOOP_TIMES_UNTIL at most */
    uint8_t proofs : 3;   /* how often it sent again after a pause; LOOP_PROOFS_MAX at most */
    bool several : 1;     /* since the last pause more than one ack at a time was unanswered */
    bool withholding : 1; /* the ack of its latest datagram was withheld */
    uint16_t texts[LOOP_TEXTS]; /* hashes of the latest texts sent that were not their requests'; 0:
                                 * none */
};

/* Notes a datagram of the peer with so many messages; bytes: of the first. Returns whether its ack
 * must be withheld. */
bool loop_is_suspected(struct loop_watch *watch, uint16_t port, size_t messages,
                       const uint8_t *bytes, size_t size_bytes, int64_t now_ns);

/* Notes that so many acks were sent to the peer. */
static inline void loop_acked(struct loop_watch *watch, uint64_t acks, int64_t now_ns)
{
    watch->acks = acks > UINT32_MAX - watch->acks ? UINT32_MAX : watch->acks + (uint32_t)acks;
    watch->acked_ns = now_ns;
}

/* Whether the texts of acks to this port are worth noting. */
static inline bool loop_notes_texts(uint16_t port)
{
    return port < LOOP_CLIENT_PORT;
}

/* A text: of an ack, or of a datagram of the peer. */
struct loop_text {
    const uint8_t *bytes;
    size_t size_bytes;
};

/* Notes an ack's text, if it is another than its request's. */
void loop_note_text(struct loop_watch *watch, struct loop_text ack, struct loop_text request);

#endif
