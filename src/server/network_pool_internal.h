/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_pool: where flights and hops are kept. All sizes are fixed; payload is counted. */
#ifndef UDPTUI_SERVER_NETWORK_POOL_INTERNAL_H
#define UDPTUI_SERVER_NETWORK_POOL_INTERNAL_H

#include "network_internal.h"

bool pool_open(struct network *network);
void pool_close(struct network *network);

/* A flight with a copy of the message, nothing else set but what never is zero. NETWORK_NONE: no
 * room. */
uint32_t pool_make_flight(struct network *network, const struct datagram *message);
void pool_free_flight(struct network *network, uint32_t index);

/* Puts a flight at the end of the settled. */
void pool_settle(struct network *network, uint32_t index);

/* A copy of hop, with a copy of its bytes where they are not NULL. NETWORK_NONE: no room. */
uint32_t pool_make_hop(struct network *network, const struct hop *hop, const uint8_t *bytes);
void pool_free_hop(struct network *network, uint32_t index);

/* Lets a hop wait until it is due, where others of its client find it; and takes it out again. */
void pool_wait(struct network *network, uint32_t index, int64_t due_ns);
void pool_unwait(struct network *network, uint32_t index);

/* The newest waiting hop of the clients that share this bucket. */
uint32_t *pool_bucket(struct network *network, struct peer_handle peer);

#endif
