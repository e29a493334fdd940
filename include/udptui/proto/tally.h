/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally: the current state of a server or a relay, from the records of its engines: the sum of
 * their totals, and the latest record of each client.
 *
 * Counts never go down: if an engine resets its counts (EVENT_RESET, the key of the screen), those
 * before are kept and added, so that a reader of the totals (Prometheus, a broker) needs to know
 * nothing of resets. The clients are forgotten, as the engine does: their counts begin anew, and
 * what they had is in totals.evicted. So totals.counts = the sum over the clients + totals.evicted
 * once all records of a tick were taken.
 *
 * Records are cumulative: one that was skipped is made up for by the next. Memory is fixed.
 */
#ifndef UDPTUI_PROTO_TALLY_H
#define UDPTUI_PROTO_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"

struct tally;

/* engines: event_totals.engine is below it. clients_max: event_client.slot is below it; 0: the
 * clients are not kept. NULL if memory is short. tally_close frees (NULL is allowed). */
struct tally *tally_open(size_t engines, uint32_t clients_max);
void tally_close(struct tally *tally);

/* Takes a record of a ring. Only EVENT_TOTALS, EVENT_CLIENT and EVENT_RESET change anything. */
void tally_take(struct tally *tally, const void *record);

/* The sum over the engines, since the start. */
struct event_totals tally_totals(const struct tally *tally);

/* Differs from before if a record may have changed something. */
uint64_t tally_version(const struct tally *tally);

/* How many clients are kept. */
uint32_t tally_client_count(const struct tally *tally);

/* The client of a slot; NULL: none. */
const struct event_client *tally_client(const struct tally *tally, uint32_t slot);

/* The slots of the clients that sent the most datagrams (of a relay: in both directions), the
 * busiest first; of equal ones the lower slot. Returns how many, `room` at most. */
size_t tally_busiest(const struct tally *tally, uint32_t *slots, size_t room);

#endif
