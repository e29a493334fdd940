/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending: which request a reply answers, and how sure that is.
 *
 * A reply such as "Message received" names no request. By order, it is credited to the oldest one
 * that waits; where more than one waits, or an earlier one was given up and may still be answered, or
 * the request was sent more than once (Karn, 1987), its round-trip time is ambiguous. By channel (a
 * socket, and so a port, for each request) and by content (an echo) the match is exact, but for
 * requests sent more than once. Requests stay in the table after their end, so that what comes late or
 * twice is told apart, until `capacity` newer ones have come. Time is passed in.
 */
#ifndef UDPTUI_CORE_PENDING_H
#define UDPTUI_CORE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pending_mode { PENDING_ORDER, PENDING_PORT, PENDING_ECHO };

enum pending_state {
    PENDING_WAITING,
    PENDING_ANSWERED,
    PENDING_EXPIRED, /* given up; an answer would be late */
    PENDING_FAILED,  /* refused: no answer is to come */
};

struct pending_request {
    uint64_t seq;
    uint64_t digest;      /* of the payload */
    size_t size_bytes;
    uint32_t channel;     /* the socket it left by */
    uint32_t resends;
    uint32_t answers;     /* so far */
    int64_t sent_ns;      /* CLOCK_MONOTONIC, of the latest transmission */
    int64_t deadline_ns;
    enum pending_state state;
};

enum pending_kind { PENDING_REPLY, PENDING_LATE, PENDING_DUPLICATE, PENDING_UNSOLICITED };

/* What a reply is. */
struct pending_match {
    enum pending_kind kind;
    uint64_t seq;     /* of the request; 0 with PENDING_UNSOLICITED */
    size_t size_bytes; /* of the request */
    int64_t rtt_ns;   /* since the latest transmission; -1 with PENDING_UNSOLICITED */
    uint32_t resends;
    bool ambiguous;   /* another request or transmission may be the one that was answered */
};

struct pending;

/* capacity: requests remembered. several: a request may have several answers (broadcast): it goes on
 * waiting until its deadline. NULL where memory is short. pending_close frees (NULL allowed). */
struct pending *pending_open(size_t capacity, enum pending_mode mode, bool several);
void pending_close(struct pending *pending);

/* Remembers a request that was just sent. False where `capacity` requests wait already. */
bool pending_add(struct pending *pending, uint64_t seq, uint32_t channel, const void *bytes,
                 size_t size_bytes, int64_t now_ns, int64_t timeout_ns);

/* Decides on a reply that came by a channel at received_ns. */
struct pending_match pending_reply(struct pending *pending, uint32_t channel, const void *bytes,
                                   size_t size_bytes, int64_t received_ns);

/* The oldest request that waits (on the channel; UINT32_MAX: on any), or NULL. */
struct pending_request *pending_oldest(struct pending *pending, uint32_t channel);

/*
 * A request whose deadline has passed, taken out of the waiting ones: expired, or with several
 * answers allowed and some there, answered. NULL where there is none. Valid until the next call.
 */
struct pending_request *pending_expire(struct pending *pending, int64_t now_ns);

/* Sent again: it waits anew. */
void pending_resent(struct pending *pending, struct pending_request *request, int64_t now_ns,
                    int64_t timeout_ns);

/* It will not be answered: an error came back. */
void pending_fail(struct pending *pending, struct pending_request *request);

size_t pending_waiting(const struct pending *pending);

/* The earliest deadline of all that wait, INT64_MAX where none does. */
int64_t pending_deadline_ns(const struct pending *pending);

#endif
