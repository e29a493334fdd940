/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay: the datagrams of a capture as the records of an engine, as if a server had been watched.
 *
 * A capture does not say which end is the server nor what answers what. A server is who a pair's
 * first datagram goes to, unless the ports tell otherwise (a client's is one that the system gave,
 * from 32768 up); its answer to a client belongs to the request with the same payload, else to the
 * oldest that has none; where another could as well be meant, it is marked MESSAGE_AMBIGUOUS and
 * has no time. A request without an answer for `patience_ns` of the capture's time is held as loss
 * and marked MESSAGE_UNSEEN: whether it, its ack, or neither was ever sent, no capture can tell.
 * What a server sends without having been asked is told as ACK_MANUAL.
 *
 * Time is the capture's: wall_ns is also what stands for CLOCK_MONOTONIC in all records. Memory is
 * bounded; a request that finds no room settles the oldest.
 */
#ifndef UDPTUI_CORE_REPLAY_H
#define UDPTUI_CORE_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/core/event.h"
#include "udptui/core/packet.h"

enum { REPLAY_REQUESTS_MAX = 8192, REPLAY_BYTES_MAX = 64 << 20, REPLAY_SERVERS_MAX = 256 };

struct replay_config {
    uint16_t port; /* the server's; others are passed over. 0: find out */
    uint32_t clients_max;
    int64_t patience_ns;
    bool early; /* tell a request at once as ACK_WAITING, and again when it is answered */
    /* Takes a record of core/event, a message with its payload behind it. */
    void (*tell)(void *context, const void *record, size_t size_bytes);
    void *context;
};

struct replay;

/* NULL where memory is short. replay_close frees (NULL allowed). */
struct replay *replay_open(const struct replay_config *config);
void replay_close(struct replay *replay);

/* The next datagram. wall_ns: not before that of the last one. False where it has nothing to do
 * with the port. */
bool replay_take(struct replay *replay, const struct packet *packet, int64_t wall_ns);

/* Time passes: what has waited too long settles. */
void replay_pass(struct replay *replay, int64_t wall_ns);

/* Nothing more will come: all settles. */
void replay_end(struct replay *replay);

/* Tells the rows that changed and the totals; the screen wants them now and then. */
void replay_tell(struct replay *replay, int64_t wall_ns);

/* The totals as of now. */
struct event_totals replay_totals(const struct replay *replay, int64_t wall_ns);

#endif
