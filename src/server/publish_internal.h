/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publish: what the engine reports of its messages and clients, through server/publisher. */
#ifndef UDPTUI_SERVER_PUBLISH_INTERNAL_H
#define UDPTUI_SERVER_PUBLISH_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "answer_internal.h"
#include "path_internal.h"
#include "udptui/server/publisher.h"

/* Right before a round's sends. */
struct publish_moment {
    int64_t wall_ns;   /* CLOCK_REALTIME */
    int64_t oldest_ns; /* the oldest receive time that it can be compared with */
};

/* Message records of a settled round. */
void publish_runs(struct publisher *publisher, const struct answer *answer,
                  const struct publish_moment *before);

/* A message that the simulated network has settled. If it was reported as under way and does not
 * fit now, its fate is reported at a later tick; else it is counted as skipped. */
void publish_flight(struct publisher *publisher, const struct flight *flight);
/* The same while it is under way, if publisher_has_room. Returns whether it was reported. */
bool publish_waiting(struct publisher *publisher, const struct flight *flight);

/* Rows, totals, wake-up. Returns whether everything fit. totals: as gathered by the engine. */
bool publish_tick(struct publisher *publisher, struct peers *peers, struct event_totals *totals,
                  int64_t now_ns);

#endif
