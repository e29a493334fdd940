/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session: a client of one target at a time: its sockets, its pending requests, and its figures.
 *
 * Its sockets are called channels: as many as --match needs to distinguish replies. exchange.h
 * sends and receives over them. The outcome of each datagram, and each socket call, is reported to
 * a listener; the session itself writes nothing.
 */
#ifndef UDPTUI_CLIENT_SESSION_H
#define UDPTUI_CLIENT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/problem.h"
#include "udptui/base/units.h"
#include "udptui/proto/call.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/pending.h"
#include "udptui/proto/record.h"
#include "udptui/proto/result.h"

enum { SESSION_CHANNELS_MAX = PENDING_CHANNELS_MAX };

/* Zero is the default, unless noted. Ints and int64_t, since options are parsed into them. Texts
 * are borrowed for the session's life. */
/* Ranges of what a user may set, by option or at the prompt. */
#define SESSION_TIMEOUT_MIN_NS UNITS_NS_PER_MS
#define SESSION_TIMEOUT_MAX_NS (3600 * UNITS_NS_PER_S)
#define SESSION_WAIT_MAX_NS    (86400 * UNITS_NS_PER_S)
enum { SESSION_RETRY_MAX = 100, SESSION_REPLIES_MAX = 1000000 };

struct session_options {
    int64_t timeout_ns; /* above 0: how long to wait for a reply */
    int64_t wait_ns;    /* after a reply, the wait for more */
    int64_t retry;      /* how often an unanswered datagram is sent again */
    int64_t replies;    /* different ones to wait for, for each datagram; 0: one */
    int64_t ttl, multicast_ttl, dscp;
    double rate_per_s;            /* expected rate of datagrams; 0: the next after the reply */
    const char *bind, *interface; /* NULL: not set */
    int match;                    /* enum pending_mode */
    int family;                   /* enum endpoint_family: of the target */
    int fill, df, no_loop, no_reply, broadcast;
    bool send_stamps; /* times of sending are the kernel's, which takes a call more a datagram */
    int64_t sessions; /* number of sessions that share the process's descriptors; 0 counts as 1 */
};

/* What a session reports to its owner, during the calls of session.h and exchange.h. Each function
 * may be NULL; none may call the session. Pointers are valid during the call. */
struct session_listener {
    void *context; /* first argument of each */
    /* A datagram is about to be sent. wall_ns: CLOCK_REALTIME. */
    void (*sending)(void *context, uint64_t seq, const uint8_t *bytes, size_t size_bytes,
                    int64_t wall_ns);
    /* The outcome of a datagram; its wall_ns is set. */
    void (*result)(void *context, const struct result *result);
    /* A call on one of the sockets. */
    void (*call)(void *context, const struct call *call);
    /* A datagram sent or received, for a capture file. */
    void (*datagram)(void *context, const struct record *record, const uint8_t *payload);
};

struct session;

/* target: as typed, a name is looked up (which may take long). NULL with the problem; close with
 * session_close. */
struct session *session_open(const struct session_options *options, const char *target,
                             const struct session_listener *listener, struct problem *problem);
/* NULL allowed. */
void session_close(struct session *session);

/* Closes the sockets: from then on only the figures may be read. */
void session_hang_up(struct session *session);

/* The current target. */
const struct endpoint *session_target(const struct session *session);

/* The address that was asked for to send from (--bind), port 0; ENDPOINT_NONE if none was. */
struct endpoint session_bound_address(const struct session *session);

/* Changes the target, with another socket: requests to the old one may still be answered. False,
 * with the old one kept and the problem set, if that fails. */
bool session_retarget(struct session *session, const char *target, struct problem *problem);

/* Sets timeout_ns, wait_ns, retry, replies and fill for what is sent from now on. */
void session_change(struct session *session, const struct session_options *options);

/* The figures so far; not_logged and not_recorded are the owner's and 0. Reads the kernel's count
 * of drops, a call that is also reported to the listener. */
struct send_totals session_totals(const struct session *session);

/* One of the figures: how many results so far have this status. */
uint64_t session_count(const struct session *session, enum result_status status);

/* The longest of the round-trip times that are certain, -1 if there is none. */
int64_t session_longest_rtt_ns(const struct session *session);

/* Whether every datagram was answered, with as many replies as requested. */
bool session_is_answered(const struct session *session);

#endif
