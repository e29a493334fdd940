/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_acks: the acks in the simulated network: how many a request may have, and sending those that
 * leave it. */
#ifndef UDPTUI_SERVER_PATH_ACKS_INTERNAL_H
#define UDPTUI_SERVER_PATH_ACKS_INTERNAL_H

#include "path_hops_internal.h"

/* A request has arrived: sends its ack on the way back, unless it is held. branch: which copy of
 * the flight's request it is. now_ns: CLOCK_MONOTONIC. */
void acks_answer(struct path *path, uint32_t flight, unsigned branch,
                 const struct datagram *request, int64_t now_ns);

/* An ack has arrived: puts it into the batch, which is sent when it is full. */
void acks_deliver(struct path *path, struct way_hop *hop, int64_t now_ns);

/* Sends the batch and notes the kernel's results in the flights; their hops end. */
void acks_flush(struct path *path);

#endif
