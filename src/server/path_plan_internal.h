/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path_plan: answers that are more than one datagram back at once (ack_is_planned).
 *
 * The first datagram is the message's ack. Each later one is a flight of its own (flight.more), so
 * that it is reported with its time and counted apart. A datagram that waits is a hop of
 * HOPS_THINKING; when it is due, it departs into the simulated network as every ack does.
 */
#ifndef UDPTUI_SERVER_PATH_PLAN_INTERNAL_H
#define UDPTUI_SERVER_PATH_PLAN_INTERNAL_H

#include "path_pool_internal.h"

/* Plans the datagrams of flight->policies[branch]'s answer to a request that has arrived and may be answered.
 * As acks_answer. */
void plan_answer(struct path *path, uint32_t flight, unsigned branch,
                 const struct datagram *request, int64_t now_ns);

/* A hop of HOPS_THINKING is due. */
void plan_leave(struct path *path, const struct way_hop *hop, int64_t now_ns);

#endif
