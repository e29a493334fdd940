/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result: the outcome of a datagram that `udptui send` sent, and the totals of all. */
#ifndef UDPTUI_PROTO_RESULT_H
#define UDPTUI_PROTO_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/proto/figure.h"
#include "udptui/proto/origin.h"

enum result_status {
    RESULT_ACKED,
    RESULT_TIMEOUT,
    RESULT_REFUSED,     /* ICMP port unreachable */
    RESULT_UNREACHABLE, /* no route, or another ICMP error */
    RESULT_TOO_BIG,
    RESULT_FAILED,      /* the kernel refused to send, for another reason */
    RESULT_NOT_AWAITED, /* sent without waiting for a reply (--no-reply) */
    RESULT_STATUSES,
    /* reports in addition to the results */
    RESULT_ANSWER = RESULT_STATUSES, /* the reply of another host to a message that is acked
                                      * (broadcast) */
    RESULT_MORE,                     /* another datagram after the reply, before the next message */
    RESULT_LATE,
    RESULT_DUPLICATE, /* the same bytes again */
    RESULT_UNSOLICITED,
    RESULT_RESENT,     /* sent again (--retry) */
    RESULT_INCOMPLETE, /* fewer replies came than requested (--replies) */
    RESULT_UNCERTAIN,  /* the times of reported results are no longer certain */
    RESULT_UNMET,      /* no reply was as expected (--expect) */
    RESULT_KINDS
};

/* Whether a reply is as expected (--expect). */
enum expectation { EXPECTATION_NONE, EXPECTATION_MET, EXPECTATION_OTHER };

struct result {
    enum result_status status;
    uint64_t seq;         /* 1 for the first; 0 with RESULT_UNSOLICITED */
    uint64_t last_seq;    /* RESULT_UNCERTAIN: from seq to this one; else 0 */
    uint64_t concerned;   /* RESULT_UNCERTAIN: so many of them; else 0 */
    struct endpoint to;   /* its destination */
    struct endpoint from; /* the sender of the reply; ENDPOINT_NONE without a reply */
    enum origin origin;   /* how `from` is related to the target */
    size_t size_bytes;    /* sent */
    int64_t wall_ns;      /* when it arrived or became known, CLOCK_REALTIME */
    int64_t rtt_ns;       /* by the kernel's times; -1: none */
    int64_t rtt_app_ns;   /* the same as the program saw it, from call to call; 0: not known */
    bool ambiguous;       /* the round-trip time may belong to another datagram */
    bool provisional;     /* it is valid until a RESULT_UNCERTAIN withdraws it */
    uint32_t resends;
    const uint8_t *reply; /* NULL without a reply */
    size_t reply_bytes;
    enum expectation expectation; /* of the reply */
    const char *why;              /* of a failure: an explanation; NULL: none */
};

struct send_totals {
    uint64_t sent;                 /* datagrams to send; resends are not counted */
    uint64_t waiting;              /* of them: not settled yet. sent = waiting + the statuses */
    uint64_t counts[RESULT_KINDS]; /* by status */
    int64_t rtt_min_ns, rtt_mean_ns, rtt_stddev_ns, rtt_max_ns; /* -1: none, and below */
    int64_t rtt_p50_ns, rtt_p99_ns, rtt_jitter_ns;
    uint64_t kernel_dropped; /* datagrams dropped at our full receive queue: possibly replies */
    uint64_t as_expected;    /* messages with a reply that --expect matches */
    uint64_t not_logged;     /* lines that --log could not write */
    uint64_t not_recorded;   /* datagrams that are missing in the capture file */
    uint64_t ambiguous;      /* replies whose time is ambiguous: not in the rtt figures */
};

/* "acked", "timeout", "refused", ..., "answer", "late", "duplicate", "unsolicited", "resent". */
const char *result_status_name(enum result_status status);

/* Of the settled datagrams only, so that waiting ones do not make the figure flicker. */
double send_unanswered_percent(const struct send_totals *totals);

/* Of struct send_totals. */
extern const struct figures send_figures;

#endif
