/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_snapshot: the figures of the load generator at one moment. */
#ifndef UDPTUI_LOAD_SNAPSHOT_H
#define UDPTUI_LOAD_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/figure.h"

enum load_end {
    LOAD_RUNNING,
    LOAD_DONE,    /* the time is over */
    LOAD_STOPPED, /* load_stop */
    LOAD_SILENT,  /* nothing was acknowledged */
    LOAD_REFUSED, /* nothing listens there (ICMP port unreachable) */
};

/* Round-trip times in ns; -1: there are none. */
struct load_times {
    uint64_t count;
    int64_t sum_ns; /* 0 if there is none */
    int64_t min_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns;
};

extern const struct load_times load_no_times;

/* Cumulative figures at one moment. */
struct load_snapshot {
    int64_t elapsed_ns; /* since the first datagram, without the wait for the last acks */
    uint64_t sent, acked;
    uint64_t lost;         /* not acked within the timeout, nor later; in the last snapshot all
                              that is not acked */
    uint64_t late;         /* acked after the timeout: among the acked, not among the lost */
    uint64_t duplicates;   /* acks in excess of the datagrams sent */
    uint64_t send_errors;  /* refused by the kernel, not sent */
    size_t size_bytes;     /* payload of each datagram */
    bool times_certain;    /* no ack came twice: it would have been matched to another datagram */
    double acks_per_s;     /* over the latest tick; in the last snapshot over all */
    struct load_times rtt; /* of a sample, by the kernel: from the datagram's leaving to its ack */
    struct load_times rtt_app; /* as the program saw it: of all acks that certainly are of their
                                * datagram */
    uint64_t not_logged;       /* lines that --log could not write */
    enum load_end end;         /* LOAD_RUNNING in all but the last */
};

/* Payload that was acknowledged, in bits a second. */
static inline double load_bits_per_s(const struct load_snapshot *snapshot)
{
    return snapshot->acks_per_s * 8 * (double)snapshot->size_bytes;
}

/* Neither acknowledged nor lost yet. */
static inline uint64_t load_in_flight(const struct load_snapshot *snapshot)
{
    return snapshot->sent - snapshot->acked - snapshot->lost;
}

/* Of struct load_snapshot: all but rtt_app, and rtt_app. */
extern const struct figures load_figures;
extern const struct figures load_app_figures;

#endif
