/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending: which request a reply answers, and how certain that is.
 *
 * Requests leave by channels: sockets, each with a source port of its own. A reply such as "Message
 * received" names no request; what is known about it is the port it came to. So:
 *
 * - The first request from a port is alone: a datagram that arrives before a second request leaves
 *   is its reply, for certain (PENDING_SURE).
 * - A later request from a port, sent after each earlier one was answered, is answered by the next
 *   datagram, unless that is a second reply to an earlier request. So its time is valid as long as
 *   no reply ever comes twice (PENDING_SHARED). The first reply that no request waits for withdraws
 *   all these times: see struct pending_withdrawal.
 * - A request sent while an earlier one of its port was unanswered (it waits, or it was given up,
 *   however long ago), after a second reply was seen there, or more than once (Karn, 1987), is
 *   answered by the next datagram too, but whether that is its reply is unknown (PENDING_UNSURE).
 *
 * The modes say which port a request leaves from. PENDING_AUTO: one port while each exchange on it
 * is clean; a fresh one as soon as the one before is unanswered, given up or answered twice; and a
 * port for each request from the first second reply on. PENDING_PORT: a port for each request.
 * PENDING_ORDER and PENDING_ECHO: one port. With PENDING_ECHO a reply repeats its request, so that
 * the rules above apply to each content separately.
 *
 * No rule can detect a second reply that arrives instead of one that is lost, if no other second
 * reply is ever seen.
 *
 * Settled requests stay in the table until newer ones need the room, so that late and duplicate
 * replies are recognised. Times are passed in: CLOCK_MONOTONIC.
 */
#ifndef UDPTUI_PROTO_PENDING_H
#define UDPTUI_PROTO_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum pending_mode { PENDING_AUTO, PENDING_ORDER, PENDING_PORT, PENDING_ECHO };

/* Their names, as --match has them, NULL-terminated. */
extern const char *const pending_mode_words[];

enum { PENDING_CHANNELS_MAX = 256, PENDING_ANSWERS_KNOWN = 4 };

enum pending_state {
    PENDING_WAITING,
    PENDING_ANSWERED,
    PENDING_EXPIRED, /* timed out; a reply would be late */
    PENDING_FAILED,  /* an error came back: no reply is expected */
};

struct pending_request {
    uint64_t seq;
    uint64_t digest; /* of the payload */
    size_t size_bytes;
    uint32_t channel; /* the socket it left by */
    uint32_t resends;
    uint32_t answers;      /* so far */
    uint32_t wanted;       /* see struct pending_message */
    uint32_t expected;     /* replies that are still to come: one a transmission, or `wanted` */
    bool several;          /* see struct pending_message */
    bool first;            /* of its lane: no other request can have been answered there */
    int64_t first_sent_ns; /* of the first transmission, by the program */
    int64_t sent_app_ns;   /* of the latest one, by the program */
    int64_t sent_ns;       /* the same, by the kernel if it said when (pending_stamp) */
    int64_t wait_ns;       /* see struct pending_message */
    int64_t deadline_ns;
    enum pending_state state;
    uint64_t known[PENDING_ANSWERS_KNOWN]; /* digests of the latest answers */
};

enum pending_kind {
    PENDING_REPLY,       /* the reply; with `several`, each sender's first */
    PENDING_MORE,        /* other bytes after the reply, before the next request from that port */
    PENDING_LATE,        /* the reply to a request that had timed out */
    PENDING_DUPLICATE,   /* the same bytes again */
    PENDING_UNSOLICITED, /* no request that it could belong to */
};

enum pending_certainty { PENDING_SURE, PENDING_SHARED, PENDING_UNSURE };

/* A datagram that was sent. */
struct pending_message {
    uint64_t seq;
    uint32_t channel; /* the socket it left by */
    uint32_t wanted;  /* different replies to wait for; 0: one, or with `several` all */
    bool several;     /* many hosts may reply (broadcast, multicast): it waits until its deadline */
    int64_t wait_ns;  /* how long it waits for more after the reply; 0: not */
    const void *bytes;
    size_t size_bytes;
};

/* A received datagram whose sender may reply. */
struct pending_arrival {
    uint32_t channel; /* the socket it came by */
    const void *bytes;
    size_t size_bytes;
    const struct endpoint *from;
    int64_t received_ns;  /* it cannot answer a request sent later */
    int64_t taken_ns;     /* when the program got it; 0: it is not asked for */
    bool received_unsure; /* the clock was set meanwhile: its time is not certain */
};

/* Times of earlier replies that are no longer certain: all PENDING_SHARED ones of an epoch. */
struct pending_withdrawal {
    bool any;
    uint64_t count;               /* of PENDING_REPLY with answers = 1; the late ones not counted */
    uint64_t first_seq, last_seq; /* they are among these */
};

/* What it is. */
struct pending_match {
    enum pending_kind kind;
    uint64_t seq;       /* of the request; 0 with PENDING_UNSOLICITED */
    size_t size_bytes;  /* of the request */
    int64_t rtt_ns;     /* since the latest transmission; -1: not known, with PENDING_UNSOLICITED,
                        * or if by the clocks it came before that */
    int64_t rtt_app_ns; /* the same as the program saw it, from call to call; 0: not known */
    uint32_t resends;
    uint32_t answers; /* to this request, this one counted */
    enum pending_certainty certainty;
    uint32_t epoch; /* of the channel: counts pending_change_target */
    struct pending_withdrawal withdrawn;
};

struct pending_options {
    uint32_t capacity; /* requests remembered, at least 1 */
    uint32_t channels; /* sockets open at once, 1 .. PENDING_CHANNELS_MAX */
    enum pending_mode mode;
};

struct pending;

/* NULL if memory is short. pending_close frees (NULL allowed). */
struct pending *pending_open(const struct pending_options *options);
void pending_close(struct pending *pending);

/* ---- channels (pending_channels.c) */

struct pending_pick {
    uint32_t channel; /* for the next request */
    bool fresh;       /* a new socket must be opened in it first; an old one there is closed */
};

/* The channel for the next request. There must be room. Nothing changes. */
struct pending_pick pending_pick_channel(const struct pending *pending);

/* Puts a new socket into the channel. used_before: its port was used with the same target, so
 * datagrams still on their way may reach it and nothing is certain. */
void pending_renew_channel(struct pending *pending, uint32_t channel, bool used_before);

/* The next request has another target: it leaves from a fresh channel, and doubts about the old
 * target do not affect the new one. Old channels still receive. */
void pending_change_target(struct pending *pending);

/* False if no datagram from the channel can be matched any more (never opened, or many targets
 * ago); its socket may be closed. */
bool pending_is_known(const struct pending *pending, uint32_t channel);

/* ---- requests */

/* Whether one more can be remembered: the oldest in the table no longer waits, or there is room;
 * and with PENDING_PORT there is a channel on which nothing waits. */
bool pending_has_room(const struct pending *pending);

/* Remembers a request that was just sent. There must be room. */
void pending_add(struct pending *pending, const struct pending_message *message, int64_t now_ns,
                 int64_t timeout_ns);

/* The kernel sent the transmission of a request that the program noted at sent_app_ns: its time of
 * sending is sent_ns from now on. Nothing happens if that is earlier, or if the request does not
 * wait, was sent again since, or has such a time already. */
void pending_stamp(struct pending *pending, uint64_t seq, int64_t sent_app_ns, int64_t sent_ns);

/* Decides on a datagram that came (pending_match.c). */
struct pending_match pending_reply(struct pending *pending, const struct pending_arrival *arrival);

/* The oldest request that waits on the channel for its reply, or NULL. */
struct pending_request *pending_oldest(struct pending *pending, uint32_t channel);

/* The oldest one that waits on the channel for its reply and has this content, or NULL. */
struct pending_request *pending_find(struct pending *pending, uint32_t channel, const void *bytes,
                                     size_t size_bytes);

/*
 * A request whose deadline has passed, no longer waiting: expired, or answered if a reply is there.
 * NULL if there is none. Valid until the next call.
 */
struct pending_request *pending_expire(struct pending *pending, int64_t now_ns);

/* Notes that the expired request was sent again: it waits again. */
void pending_resent(struct pending *pending, struct pending_request *request, int64_t now_ns,
                    int64_t timeout_ns);

/* An error came back for one transmission of a request that waits: it has no reply. */
void pending_refused(struct pending *pending, struct pending_request *request);

/* The same for the last transmission: the request waits no longer. Replies to its earlier ones may
 * still come. */
void pending_fail(struct pending *pending, struct pending_request *request);

/* How many requests wait for a reply. */
size_t pending_waiting(const struct pending *pending);

/* A time no later than the earliest deadline of all that wait, INT64_MAX if none does. */
int64_t pending_deadline_ns(const struct pending *pending);

/* Replies of the current target whose time is PENDING_SHARED and not withdrawn. */
uint64_t pending_shared(const struct pending *pending);

#endif
