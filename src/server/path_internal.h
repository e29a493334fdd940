/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path: the simulated network between the sockets and the replies (proto/impair).
 *
 * A message received while impairments are on is a flight. Its datagrams are hops: one or two
 * copies of the request on the way in, and for each that arrives one or two copies of the ack on
 * the way out. A hop waits in a delayq until it is due, or until enough later ones of its client
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

/*
 * Takes a message of a datagram; answer->number counts on. now_ns: CLOCK_MONOTONIC. False if there
 * was no room for it: it counts as HELD_FULL and is settled (path_refused).
 */
bool path_take(struct path *path, const struct datagram *datagram, size_t message,
               size_t socket_index, int64_t now_ns);

/* The message that did not fit at the latest path_take, to be reported at once: its bytes are those
 * of the datagram. */
const struct flight *path_refused(const struct path *path);

/* The message of the latest path_take if it is still under way, once; else NULL. */
struct flight *path_fresh(struct path *path);

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
