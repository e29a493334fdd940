/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay: turns the datagrams of a capture into the records of an engine, as if it had observed the
 * server.
 *
 * A capture does not record which end is the server. It is the endpoint that the configuration
 * names, the one that the protocol identifies (replay/number), the one with the given port, or
 * else, for each pair of endpoints, the destination of the first datagram between them; unless that
 * datagram comes from a well-known port (below 1024, RFC 6335 section 6, or our own) and goes to
 * none: then the capture began in the middle of the exchange. A datagram to a group or broadcast
 * address is a request, and any host may reply from the port that it went to; a host that got a
 * request may also reply from another port.
 *
 * replay/window matches replies to requests. A request without a reply for `patience_ns` of the
 * capture's time is ACK_UNSEEN: a capture cannot show whether the request arrived or a reply was
 * sent. Another datagram of a server after its reply is ACK_MORE, or counted as a copy if it has
 * the same bytes; a datagram of a server without a request is ACK_UNASKED.
 *
 * Times are those of the capture: they also stand for CLOCK_MONOTONIC in all records. Memory is
 * bounded; if there is no room for a request, the oldest ones are settled early, marked
 * MESSAGE_CROWDED.
 */
#ifndef UDPTUI_REPLAY_PAIRING_H
#define UDPTUI_REPLAY_PAIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"
#include "udptui/proto/packet.h"

struct pairing_config {
    uint16_t port;          /* the server's; other datagrams are skipped. 0: find out */
    struct endpoint server; /* the same; port 0: any port of it. ENDPOINT_NONE: find out */
    uint32_t clients_max;
    int64_t patience_ns;
    /* A request is emitted as ACK_WAITING after this time without a reply, and again
     * (MESSAGE_UPDATE) when it is settled. INT64_MAX: only once, when settled, in order. */
    int64_t hold_ns;
    /* Takes a record of proto/event, a message with its payloads behind it. */
    void (*emit)(void *context, const void *record, size_t size_bytes);
    void *context;
};

struct pairing;

/* NULL if memory is short. pairing_close frees (NULL allowed). */
struct pairing *pairing_open(const struct pairing_config *config);
void pairing_close(struct pairing *pairing);

/* A copy of the state, NULL if memory is short; with hold_ns INT64_MAX only before the first
 * datagram. And about how many bytes it takes. */
struct pairing *pairing_copy(const struct pairing *pairing);
size_t pairing_bytes(const struct pairing *pairing);

/* The next datagram. wall_ns: its stamp; entered_ns: the capture's time, never before that of the
 * last one. False if port or server exclude it. */
bool pairing_take(struct pairing *pairing, const struct packet *packet, int64_t wall_ns,
                  int64_t entered_ns);

/* The number of the message that the last datagram belongs to, as its request, its reply, a copy of
 * that or another datagram. 0: none; it is unasked, excluded, or memory was short. */
uint64_t pairing_owner(const struct pairing *pairing);

/* Notes that time passes: settles requests that have waited too long. */
void pairing_pass(struct pairing *pairing, int64_t entered_ns);

/* Notes the end of the capture: settles all. */
void pairing_end(struct pairing *pairing);

/* Emits the rows that changed and the totals, for the screen. */
void pairing_report(struct pairing *pairing, int64_t now_ns);

/* The totals as of now. */
struct event_totals pairing_totals(const struct pairing *pairing, int64_t now_ns);

#endif
