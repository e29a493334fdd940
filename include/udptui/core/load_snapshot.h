/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_snapshot: what the load generator knows at one moment. */
#ifndef UDPTUI_CORE_LOAD_SNAPSHOT_H
#define UDPTUI_CORE_LOAD_SNAPSHOT_H

#include <stdint.h>

enum load_end {
    LOAD_RUNNING,
    LOAD_DONE,    /* the time is over */
    LOAD_STOPPED, /* load_stop */
    LOAD_SILENT,  /* nothing was acknowledged for a second */
    LOAD_REFUSED, /* nothing listens there (ICMP port unreachable) */
};

/* Cumulative figures at one moment. */
struct load_snapshot {
    int64_t elapsed_ns;    /* since the first datagram, the wait for the last acks left out */
    uint64_t sent, acked;
    uint64_t lost;         /* not acked for a second; in the last snapshot all that is not acked */
    uint64_t duplicates;   /* acks beyond what was sent */
    uint64_t send_errors;  /* refused by the kernel, not sent */
    double acks_per_s;     /* over the latest tick; in the last snapshot over all */
    int64_t rtt_min_ns, rtt_p50_ns, rtt_p90_ns, rtt_p99_ns, rtt_p999_ns, rtt_max_ns; /* -1: none */
    enum load_end end;     /* LOAD_RUNNING in all but the last */
};

#endif
