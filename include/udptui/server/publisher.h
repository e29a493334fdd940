/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * publisher: an engine's reports, at most once a tick.
 *
 * Message records go into the ring as they are settled: all of them, or a sample a tick, and then
 * the tick's latest, so that the message shown last is the one received last. Rows and totals are
 * cumulative and are sent at the tick; those that do not fit stay due until the next. The reader is
 * woken once a tick, and earlier only if the ring is half full.
 */
#ifndef UDPTUI_SERVER_PUBLISHER_H
#define UDPTUI_SERVER_PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/ring.h"
#include "udptui/proto/call.h"
#include "udptui/proto/event.h"

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
    uint64_t resets;             /* which one that is */
    struct event_totals before;  /* that reset: all that was counted since the last one */
    bool woken;                  /* since the last tick */
    uint64_t skipped;            /* messages without a record */
    struct event_message latest; /* of the skipped, with its payload: reported at the tick */
    uint8_t *latest_payload;     /* 131,072 bytes: its payload, then its reply */
    bool has_latest;
    struct event_message *owed; /* owed_max fates that did not fit, a circular queue */
    size_t owed_first, owed_count, owed_max;
};

/* Its ring, and memory for the latest message. owed_max: messages that may be reported as under way
 * at a time. False if memory is short; publisher_close frees either way. */
bool publisher_open(struct publisher *publisher, size_t ring_bytes, size_t owed_max);
void publisher_close(struct publisher *publisher);

/* Any other record. False if there was no room yet; a record that the ring never takes is a fault of the
 * caller and ends the program. */
bool publisher_put(struct publisher *publisher, const void *record, size_t record_bytes);

/* A record of a message with the bytes of its payload and of its reply's (NULL: none), such as of a
 * message typed to a client (ACK_MANUAL, or ACK_FAILED with error). */
void publisher_message(struct publisher *publisher, const struct event_message *event,
                       const void *payload, const void *ack);

/* How many of count messages get a record; the others are counted as skipped. */
uint32_t publisher_take_samples(struct publisher *publisher, uint32_t count);

/* The record of a message that was already counted as skipped. */
void publisher_beyond(struct publisher *publisher, const struct event_message *event,
                      const void *payload, const void *ack);

/* Keeps a skipped message: it is reported at the tick if none replaces it. */
void publisher_keep(struct publisher *publisher, const struct event_message *event,
                    const void *payload, const void *ack);

/* Whether a message that is under way may be reported now: lines wait until it is settled, only a
 * screen gets it earlier. Not while records are owed, so that their number never exceeds owed_max.
 * publisher_early reports it, and returns whether it did. */
bool publisher_has_room(const struct publisher *publisher);
bool publisher_early(struct publisher *publisher, const struct event_message *event,
                     const void *payload, const void *ack);

/* The fate of a message that was reported as under way: if it does not fit now, it is reported at a
 * later tick, without the bytes, which the reader has. */
void publisher_settle(struct publisher *publisher, const struct event_message *event,
                      const void *payload, const void *ack);

/* A record of a system call; if it does not fit, the next record counts it. */
void publisher_call(struct publisher *publisher, const struct call *call);

/* A group that was lost or joined again. False if there was no room. */
bool publisher_membership(struct publisher *publisher, const struct event_membership *event);

/* Counting starts again: reports EVENT_RESET of this number with the totals before it (skipped messages
 * are set here), and nothing else from before it any more. If there is no room for it now, there is
 * none for any other record until it is reported. */
void publisher_forget(struct publisher *publisher, uint64_t resets,
                      const struct event_totals *before);

/* Where the rows of clients that changed come from. */
struct publisher_rows {
    void *context;
    bool (*next)(void *context, struct event_client *row); /* false: none has changed */
    void (*taken)(void *context);                          /* the row of `next` was reported */
};

/* The tick: rows, totals (skipped messages and the time are set here), wake-up. Returns whether
 * everything fit. */
bool publisher_report(struct publisher *publisher, const struct publisher_rows *rows,
                      struct event_totals *totals, int64_t now_ns);

/* Writes the eventfd; the second only if the ring is half full. */
void publisher_wake(struct publisher *publisher);
void publisher_wake_early(struct publisher *publisher);

#endif
