/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending_table: what pending.c (the table and its deadlines) and pending_match.c (which reply is
 * whose) share: a circular array in the order of sending.
 *
 * Positions count up for ever; a place is a position modulo the capacity. Nothing that waits stands
 * before oldest_waiting, so that searches begin there; no deadline is before earliest_ns, so that
 * most looks at the clock need no search at all.
 */
#ifndef UDPTUI_PENDING_TABLE_H
#define UDPTUI_PENDING_TABLE_H

#include "udptui/core/pending.h"

enum { PENDING_WITNESSES = 1024 }; /* who answered which broadcast: so many are remembered */

struct witness {
    uint64_t seq;
    struct endpoint from;
};

struct pending {
    struct pending_options options;
    uint64_t first, end; /* positions */
    uint64_t oldest_waiting;
    int64_t earliest_ns;
    size_t waiting;
    size_t expired;         /* in the table, and not answered since */
    bool mixed;             /* several have waited at once since nothing waited */
    bool crossed;           /* a reply was credited while an expired one might have been meant */
    int64_t doubt_until_ns; /* by order, no time is sure before this */
    uint64_t latest_digest; /* of the latest reply, to know it again */
    uint64_t latest_seq;    /* of the request answered latest, 0: none yet */
    int64_t latest_sent_ns;
    uint64_t witness_count;
    struct witness witnesses[PENDING_WITNESSES];
    struct pending_request requests[];
};

static inline struct pending_request *pending_at(struct pending *pending, uint64_t position)
{
    return &pending->requests[position % pending->options.capacity];
}

uint64_t pending_digest(const void *bytes, size_t size_bytes);

/* Moves oldest_waiting past what has been settled. */
void pending_skip_settled(struct pending *pending);

/* Takes a waiting request out of the waiting ones. */
void pending_end_waiting(struct pending *pending, struct pending_request *request,
                         enum pending_state state);

#endif
