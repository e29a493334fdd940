/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result: what became of a datagram that `udptui send` sent, and the totals of all. */
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
    RESULT_NOT_AWAITED, /* sent, and nobody waits for an answer (--no-reply) */
    RESULT_STATUSES,
    /* what comes beside the results */
    RESULT_ANSWER = RESULT_STATUSES, /* another's answer to a message that is acked (broadcast) */
    RESULT_MORE, /* a further datagram after the answer, before the next message */
    RESULT_LATE,
    RESULT_DUPLICATE, /* the same bytes again */
    RESULT_UNSOLICITED,
    RESULT_RESENT,     /* sent again (--retry) */
    RESULT_INCOMPLETE, /* fewer replies came than were asked for (--replies) */
    RESULT_UNCERTAIN,  /* the times of results that were told are certain no more */
    RESULT_KINDS
};

struct result {
    enum result_status status;
    uint64_t seq;         /* 1 for the first; 0 with RESULT_UNSOLICITED */
    uint64_t last_seq;    /* RESULT_UNCERTAIN: from seq to this one; else 0 */
    uint64_t concerned;   /* RESULT_UNCERTAIN: so many of them; else 0 */
    struct endpoint to;   /* where it was sent */
    struct endpoint from; /* who answered; ENDPOINT_NONE without a reply */
    enum origin origin;   /* what `from` is to the target */
    size_t size_bytes;    /* sent */
    int64_t wall_ns;      /* when it came or was known, CLOCK_REALTIME */
    int64_t rtt_ns;       /* by the kernel's times; -1 where there is none */
    int64_t rtt_app_ns;   /* the same as the program saw it, from call to call; 0: not known */
    bool ambiguous;       /* the round-trip time may be another datagram's */
    bool provisional;     /* it holds as long as no RESULT_UNCERTAIN takes it back */
    uint32_t resends;
    const uint8_t *reply; /* NULL without a reply */
    size_t reply_bytes;
    const char *why; /* with a failure: a line for people; NULL where there is nothing to say */
};

struct send_totals {
    uint64_t sent;                 /* datagrams that were asked for; resends are not counted */
    uint64_t waiting;              /* of them: not settled yet. sent = waiting + the statuses */
    uint64_t counts[RESULT_KINDS]; /* by status */
    int64_t rtt_min_ns, rtt_mean_ns, rtt_stddev_ns, rtt_max_ns; /* -1: none, and below */
    int64_t rtt_p50_ns, rtt_p99_ns, rtt_jitter_ns;
    uint64_t kernel_dropped; /* what came and found our receive queue full: perhaps answers */
    uint64_t not_logged;     /* lines that --log could not write */
    uint64_t not_recorded;   /* datagrams that the capture file did not take */
    uint64_t ambiguous;      /* replies whose time is ambiguous: not in the rtt figures */
};

/* "acked", "timeout", "refused", ..., "answer", "late", "duplicate", "unsolicited", "resent". */
const char *result_status_name(enum result_status status);

/* Of what is settled: what waits counts neither way, so that the figure does not flicker. */
double send_unanswered_percent(const struct send_totals *totals);

/* Of struct send_totals. */
extern const struct figures send_figures;

#endif
