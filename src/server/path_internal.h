/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path: the simulated network between the sockets and the replies (proto/impair).
 *
 * A message received while impairments are on is a flight. Its datagrams are hops: one or two
 * copies of the request on the way in, and for each that arrives one or two copies of the ack on
 * the way out. A hop waits (server/way) until it is due, or until enough later ones of its client
 * have overtaken it. A flight without hops settles: only then is it counted, once, and reported: as
 * acked if an ack left, else as failed or held. So received = acked + held + failed holds at every
 * moment, whatever is in the simulated network.
 *
 * Everything is bounded: a message that does not fit is held as HELD_FULL. All acks to one message
 * together are at most 3 times its size.
 */
#ifndef UDPTUI_SERVER_PATH_INTERNAL_H
#define UDPTUI_SERVER_PATH_INTERNAL_H

#include "path_pool_internal.h"

/* Memory is touched only as it is used. False if it is short; path_close frees. */
bool path_open(struct path *path, const struct impair_config *impair, struct answer *answer,
               const struct udp_socket *sockets, atomic_int_fast64_t free_ns[IMPAIR_WAYS]);
void path_close(struct path *path);

/* Whether received datagrams now pass through the simulated network. */
static inline bool path_active(const struct path *path)
{
    return impair_active(&path->impair);
}

/* Whether messages that come now need no flight: they may be lost, nothing else happens to them,
 * and no other is under way that they might overtake. */
static inline bool path_loses_at_once(const struct path *path)
{
    return path->underway == 0 && impair_is_loss_alone(&path->impair) &&
           answer_can_lose(path->answer);
}

/* A batch of datagrams has come. now_ns: CLOCK_MONOTONIC. */
void path_begin(struct path *path, int64_t now_ns);

/*
 * Takes the datagram's messages from `first` on; answer->number counts on. They move with the next
 * path_turn. Returns how many it took: fewer than there are if it is full; path_turn and
 * path_release may make room. With first 0 it notes the client: answer->peer and loop.
 */
size_t path_take(struct path *path, const struct datagram *datagram, size_t first,
                 size_t socket_index, int64_t now_ns);

/* The same of one message of the client that is noted, as one whose answer is planned
 * (answer->planned); without impairments it passes at once. False if it is full. */
bool path_take_message(struct path *path, const struct datagram *datagram, size_t message,
                       size_t socket_index, int64_t now_ns);

/* A message of that client that does not fit: it counts as HELD_FULL. What is returned is to be
 * reported at once: its bytes are those of the datagram. */
const struct flight *path_refuse(struct path *path, const struct datagram *datagram,
                                 size_t message);

/* The next message of the batch that is still under way, before any is released; *place is 0 at
 * first. NULL: no more. */
struct flight *path_fresh(struct path *path, size_t *place);

/* Moves the hops that are due, and sends the acks that have arrived. */
void path_turn(struct path *path, int64_t now_ns);

/* When the next one is due; INT64_MAX if nothing is under way. */
int64_t path_due_ns(const struct path *path);

/* The counts were reset: nothing that is under way now will be counted. */
void path_forget(struct path *path);

/* The server ends: settles everything under way. Messages without an ack are held (HELD_END). */
void path_end(struct path *path);

/* The next settled flight in order of settling, NULL if there is none; path_release frees
 * it. */
const struct flight *path_settled(const struct path *path);
void path_release(struct path *path);

#endif
