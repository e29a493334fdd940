/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * publish: the engine's reports, at most once a tick.
 *
 * Message records go into the ring as rounds are settled: all of them, or a sample a tick, and then
 * the tick's latest, so that the message shown last is the one received last. Rows and totals are
 * cumulative and are sent at the tick; those that do not fit stay due until the next. The reader is
 * woken once a tick, and earlier only if the ring is half full.
 */
#ifndef UDPTUI_SERVER_PUBLISH_INTERNAL_H
#define UDPTUI_SERVER_PUBLISH_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "answer_internal.h"
#include "path_internal.h"
#include "udptui/base/ring.h"

struct publisher {
    struct ring *ring;
    int event_fd;
    uint8_t engine;
    uint32_t first_slot;
    uint32_t samples; /* a tick; UINT32_MAX: all */
    uint32_t samples_left;
    bool names;     /* "hello NAME" is reported beyond the samples, too (proto/roster) */
    uint32_t calls; /* records of calls a tick; UINT32_MAX: all */
    uint32_t calls_left;
    uint32_t calls_skipped;     /* since the last record of a call */
    uint32_t datagrams_skipped; /* which those calls sent or received */
    int64_t tick_ns;
    int64_t next_ns;             /* when the next tick is due */
    bool due;                    /* something has changed since the last tick */
    bool reset_due;              /* EVENT_RESET did not fit yet */
    bool woken;                  /* since the last tick */
    uint64_t skipped;            /* messages without a record */
    struct event_message latest; /* of the skipped, with its payload: reported at the tick */
    uint8_t *latest_payload;     /* 131,072 bytes: its payload, then its reply */
    bool has_latest;
    struct event_message *owed; /* PATH_FLIGHTS_MAX fates that did not fit, a circular queue */
    size_t owed_first, owed_count;
};

/* Memory for the latest message. False if it is short. publish_close frees it. */
bool publish_open(struct publisher *publisher);
void publish_close(struct publisher *publisher);

/* Message records of a settled round. wall_ns: CLOCK_REALTIME right before its sends. */
void publish_runs(struct publisher *publisher, const struct answer *answer, int64_t wall_ns);

/* A record of a message with the bytes of its payload and of its reply's (NULL: none), such as of a
 * message typed to a client (ACK_MANUAL, or ACK_FAILED with error). */
void publish_message(struct publisher *publisher, const struct event_message *event,
                     const void *payload, const void *ack);

/* A message that the simulated network has settled. If it was reported as under way and does not
 * fit now, its fate is reported at a later tick; else it is counted as skipped. */
void publish_flight(struct publisher *publisher, const struct flight *flight);
/* The same while it is under way, if publish_has_room. Returns whether it was reported. */
bool publish_has_room(const struct publisher *publisher);
bool publish_waiting(struct publisher *publisher, const struct flight *flight);

/* Counting starts again: reports EVENT_RESET, and nothing from before it any more. */
void publish_forget(struct publisher *publisher);

/* A record of a system call; if it does not fit, the next record counts it. */
void publish_call(struct publisher *publisher, const struct call *call);

/* A group that was lost or joined again. False if there was no room. */
bool publish_membership(struct publisher *publisher, const struct event_membership *event);

/* Rows, totals, wake-up. Returns whether everything fit. totals: counts filled in by the engine;
 * the rest is set here. */
bool publish_tick(struct publisher *publisher, struct peers *peers, struct event_totals *totals,
                  int64_t now_ns);

/* Writes the eventfd. */
void publish_wake(struct publisher *publisher);

#endif
