/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network_parts: what the files of the imagined network share; network.h has the model. */
#ifndef UDPTUI_SERVER_NETWORK_PARTS_INTERNAL_H
#define UDPTUI_SERVER_NETWORK_PARTS_INTERNAL_H

#include "network_internal.h"

/* ---- network_send.c */

/* Sends the acks of the batch and notes in their flights what the kernel said. The batch stays
 * as it is. */
void network_send(struct network *network);

/* ---- network_overtake.c */

/*
 * A datagram of the flight has arrived on this way. Where it is the flight's first there, what its
 * client sent before and still waits has been overtaken; enough of that ends a reordered one's wait,
 * but no rate or delay. now_ns: CLOCK_MONOTONIC.
 */
void network_overtake(struct network *network, const struct flight *flight, enum impair_way way,
                      int64_t now_ns);

#endif
