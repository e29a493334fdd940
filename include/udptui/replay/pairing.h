/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay: the datagrams of a capture as the records of an engine, as if a server had been watched.
 *
 * A capture does not say which end is the server. It is the one that the configuration names, the
 * one that the protocol itself names (replay/number), whoever has the port that was given, and
 * else, for each pair of endpoints, who the first datagram between them goes to; unless that one
 * comes from a well-known port (below 1024, RFC 6335 section 6, or our own) and goes to none: then
 * the capture began in the middle of the exchange. A datagram to a group or broadcast address is a
 * request, and any host may answer it from the port that was asked; a host that was asked may also
 * answer from another one.
 *
 * What answers what is decided by replay/window. A request without a reply for `patience_ns` of the
 * capture's time is ACK_UNSEEN: whether it, its reply, or neither was ever sent, no capture can
 * show. What a server sends after its reply is ACK_MORE, or counted as a copy if it has the same
 * bytes; what nobody asked for is ACK_UNASKED.
 *
 * Times are those of the capture: they also stand for CLOCK_MONOTONIC in all records. Memory is
 * bounded; a request that finds no room makes the oldest leave early, marked MESSAGE_CROWDED.
 */
#ifndef UDPTUI_REPLAY_PAIRING_H
#define UDPTUI_REPLAY_PAIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"
#include "udptui/proto/packet.h"

struct pairing_config {
    uint16_t port;          /* the server's; others are passed over. 0: find out */
    struct endpoint server; /* the same; port 0: any port of it. ENDPOINT_NONE: find out */
    uint32_t clients_max;
    int64_t patience_ns;
    /* A request is emitted as ACK_WAITING after so long, if no reply was seen until then, and again
     * (MESSAGE_UPDATE) when more is known. INT64_MAX: once, when all is known, in order. */
    int64_t hold_ns;
    /* Takes a record of proto/event, a message with its payloads behind it. */
    void (*emit)(void *context, const void *record, size_t size_bytes);
    void *context;
};

struct pairing;

/* NULL if memory is short. pairing_close frees (NULL allowed). */
struct pairing *pairing_open(const struct pairing_config *config);
void pairing_close(struct pairing *pairing);

/* All that is known so far once more, NULL if memory is short; with hold_ns INT64_MAX only before
 * the first datagram. And about how many bytes it takes. */
struct pairing *pairing_copy(const struct pairing *pairing);
size_t pairing_bytes(const struct pairing *pairing);

/* The next datagram. wall_ns: its stamp; entered_ns: the capture's time, never before that of the
 * last one. False if port or server pass it over. */
bool pairing_take(struct pairing *pairing, const struct packet *packet, int64_t wall_ns,
                  int64_t entered_ns);

/* The number of the message that the datagram taken last belongs to: as its request, its reply, a
 * copy of that or a further one. 0: none; it is unasked, passed over, or memory was short. */
uint64_t pairing_owner(const struct pairing *pairing);

/* Time passes: what has waited too long settles. */
void pairing_pass(struct pairing *pairing, int64_t entered_ns);

/* Nothing more will come: all settles. */
void pairing_end(struct pairing *pairing);

/* Emits the rows that changed and the totals; the screen wants them now and then. */
void pairing_report(struct pairing *pairing, int64_t now_ns);

/* The totals as of now. */
struct event_totals pairing_totals(const struct pairing *pairing, int64_t now_ns);

#endif
