/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending: which request a reply answers, and how sure that is.
 *
 * A reply such as "Message received" names no request. By order it is credited to the oldest one
 * that waits, and its round-trip time is ambiguous where another one was waiting too, where an
 * earlier one was given up and may still be answered, or where replies came that nobody had asked
 * for. By port (a socket for each request) and by content (an echo) the match is exact, but among
 * equal contents. A request that was sent more than once is always ambiguous (Karn, 1987). Requests
 * stay in the table after their end, so that what comes late or twice is told apart, until newer
 * ones need the room. Time is passed in: CLOCK_MONOTONIC.
 */
#ifndef UDPTUI_CORE_PENDING_H
#define UDPTUI_CORE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/core/endpoint.h"

enum pending_mode { PENDING_ORDER, PENDING_PORT, PENDING_ECHO };

enum pending_state {
    PENDING_WAITING,
    PENDING_ANSWERED,
    PENDING_EXPIRED, /* given up; an answer would be late */
    PENDING_FAILED,  /* an error came back: no answer is to come */
};

struct pending_request {
    uint64_t seq;
    uint64_t digest; /* of the payload */
    size_t size_bytes;
    uint32_t channel; /* the socket it left by */
    uint32_t resends;
    uint32_t answers; /* so far */
    bool several;     /* see struct pending_message */
    bool shared;      /* by content: an equal one has been waiting beside it */
    int64_t sent_ns;  /* of the latest transmission */
    int64_t deadline_ns;
    enum pending_state state;
};

enum pending_kind { PENDING_REPLY, PENDING_LATE, PENDING_DUPLICATE, PENDING_UNSOLICITED };

/* A datagram that was sent. */
struct pending_message {
    uint64_t seq;
    uint32_t channel; /* the socket it left by */
    bool several;     /* each of many may answer (broadcast, multicast): it waits to its deadline */
    const void *bytes;
    size_t size_bytes;
};

/* A datagram that came. */
struct pending_arrival {
    uint32_t channel; /* the socket it came by */
    const void *bytes;
    size_t size_bytes;
    const struct endpoint *from;
    int64_t received_ns;
};

/* What it is. */
struct pending_match {
    enum pending_kind kind;
    uint64_t seq;      /* of the request; 0 with PENDING_UNSOLICITED */
    size_t size_bytes; /* of the request */
    int64_t rtt_ns;    /* since the latest transmission; -1 with PENDING_UNSOLICITED */
    uint32_t resends;
    uint32_t answers; /* to this request, this one counted */
    bool ambiguous;   /* another request or transmission may be the one that was answered */
};

struct pending_options {
    uint32_t capacity; /* requests remembered, at least 1 */
    enum pending_mode mode;
    int64_t
        doubt_ns; /* after a timeout, or an unasked reply, times by order are in doubt so long */
};

struct pending;

/* NULL where memory is short. pending_close frees (NULL allowed). */
struct pending *pending_open(const struct pending_options *options);
void pending_close(struct pending *pending);

/* Whether one more can be remembered: the oldest in the table no longer waits, or there is room. */
bool pending_has_room(const struct pending *pending);

/* The place, 0 .. capacity - 1, where the next request will be remembered: what the caller has kept
 * for the request that was there may go. */
uint32_t pending_next_place(const struct pending *pending);

/* Remembers a request that was just sent. There must be room. Returns its place. */
uint32_t pending_add(struct pending *pending, const struct pending_message *message, int64_t now_ns,
                     int64_t timeout_ns);

/* Decides on a datagram that came. */
struct pending_match pending_reply(struct pending *pending, const struct pending_arrival *arrival);

/* The oldest request that waits on the channel, or NULL. */
struct pending_request *pending_oldest(struct pending *pending, uint32_t channel);

/* The oldest one that waits on the channel and has this content, or NULL. */
struct pending_request *pending_find(struct pending *pending, uint32_t channel, const void *bytes,
                                     size_t size_bytes);

/*
 * A request whose deadline has passed, taken out of the waiting ones: expired, or with `several`
 * and an answer there, answered. NULL where there is none. Valid until the next call.
 */
struct pending_request *pending_expire(struct pending *pending, int64_t now_ns);

/* The expired request was sent again: it waits anew. */
void pending_resent(struct pending *pending, struct pending_request *request, int64_t now_ns,
                    int64_t timeout_ns);

/* It will not be answered: an error came back. */
void pending_fail(struct pending *pending, struct pending_request *request);

size_t pending_waiting(const struct pending *pending);

/* A time no later than the earliest deadline of all that wait, INT64_MAX where none does. */
int64_t pending_deadline_ns(const struct pending *pending);

#endif
