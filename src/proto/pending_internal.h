/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending_table: what pending.c (the table and its deadlines), pending_channels.c (sockets and
 * lanes) and pending_match.c (matching replies to requests) share.
 *
 * The table is a circular array in the order of sending. Positions count up for ever; a place is a
 * position modulo the capacity. No waiting request comes before oldest_waiting, so that searches
 * begin there; no deadline is before earliest_ns, so that most looks at the clock need no search.
 *
 * A lane is a group of requests whose replies cannot be distinguished: a channel, or with
 * PENDING_ECHO one content. It counts the expected replies; if there are none, and no reply came
 * twice, the next request on it is as good as alone.
 */
#ifndef UDPTUI_PROTO_PENDING_INTERNAL_H
#define UDPTUI_PROTO_PENDING_INTERNAL_H

#include "udptui/proto/pending.h"

enum {
    PENDING_WITNESSES = 1024, /* remembered pairs of a broadcast and a replying host */
    PENDING_EPOCHS = 8,
    PENDING_CONTENTS = 65536, /* contents that PENDING_ECHO distinguishes for certain */
    PENDING_OPEN_MAX = UINT16_MAX,
};

struct witness {
    uint64_t seq;
    uint64_t digest;
    struct endpoint from;
};

struct lane {
    uint16_t open; /* replies that are still to come; PENDING_OPEN_MAX: so many, or more */
    bool used;     /* something was sent on it */
    bool mixed;    /* several were unanswered at once since open was 0 */
    bool doubled;  /* a reply came that none was open for */
};

/* The lane of a content. If all are taken, contents share one, which only adds doubt. */
struct content {
    uint64_t digest;
    struct lane lane;
};

struct channel {
    struct lane lane;
    uint32_t epoch;   /* 0: never opened */
    uint32_t waiting; /* requests that wait on it */
    bool retired;     /* an exchange was not clean: PENDING_AUTO leaves it */
    uint64_t opened;  /* counts: the oldest is closed first */
    uint64_t since;   /* position from which on requests left by this socket */
    uint64_t latest;  /* position behind the latest of them */
};

/* The PENDING_SHARED times of one target. */
struct epoch {
    bool doubles; /* a reply came twice: nothing is shared any more */
    uint64_t count, first_seq, last_seq;
};

struct pending {
    struct pending_options options;
    uint64_t first, end; /* positions */
    uint64_t oldest_waiting;
    int64_t earliest_ns;
    size_t waiting;
    size_t waiting_channels; /* on which something waits */
    uint32_t epoch;          /* from 1 */
    uint32_t channel;        /* of the latest request */
    uint64_t opened;
    struct epoch epochs[PENDING_EPOCHS]; /* by epoch modulo */
    struct channel channels[PENDING_CHANNELS_MAX];
    struct content *contents; /* with PENDING_ECHO: a hash table */
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

/* Ends the wait of a request. */
void pending_end_waiting(struct pending *pending, struct pending_request *request,
                         enum pending_state state);

/* The request waits (again) until the deadline. */
void pending_await(struct pending *pending, struct pending_request *request, int64_t deadline_ns);

/* ---- pending_channels.c */

/* Whether the next request can leave by some channel. */
bool pending_has_channel(const struct pending *pending);

/* Of a content on a channel. NULL: it belongs to an epoch whose contents are forgotten. */
struct lane *pending_lane(struct pending *pending, uint32_t channel, uint64_t digest);

/* A transmission leaves on the request's lane. */
void pending_lane_sent(struct pending *pending, struct pending_request *request);

/* `replies` of those that the request expects came, or will not come. */
void pending_lane_settled(struct pending *pending, struct pending_request *request,
                          uint32_t replies);

struct epoch *pending_epoch_of(struct pending *pending, uint32_t channel);

#endif
