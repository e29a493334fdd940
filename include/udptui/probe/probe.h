/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe: measures the path to one target with numbered datagrams on an absolute schedule.
 *
 * The modes depend on the server: a STAMP reflector (RFC 8762) or an echo server returns the number
 * of the probe, so one port suffices; for any other server each probe is sent from a separate port.
 * PROBE_AUTO decides by the first reply.
 *
 * A round-trip time is the difference of two kernel times: when the probe left for the interface,
 * and when the reply arrived. Without a kernel time of the first, it is the time just before the
 * send. The time that the program measured is reported as well. A sample that spans a step of the
 * wall clock, which the kernel's times use, has no time.
 */
#ifndef UDPTUI_PROBE_PROBE_H
#define UDPTUI_PROBE_PROBE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/probe/series.h"
#include "udptui/probe/variation.h"
#include "udptui/proto/endpoint.h"

enum probe_mode { PROBE_AUTO, PROBE_STAMP, PROBE_ECHO, PROBE_TEXT };

enum {
    PROBE_PORTS = 64, /* in flight at a time if each probe has its own */
    PROBE_ERROR_SIZE = 512,
    PROBE_WHY_SIZE = 320,
    PROBE_SIZE_MIN = 44, /* a STAMP packet */
    PROBE_ROLLING_S = 60,
};

/* Of a failure that may be any probe's. */
#define PROBE_UNKNOWN_NUMBER UINT64_MAX

struct probe_config {
    struct endpoint target;
    struct endpoint bind; /* ENDPOINT_NONE: the kernel chooses */
    enum probe_mode mode;
    size_t size_bytes;   /* payload, PROBE_SIZE_MIN or more */
    int64_t interval_ns; /* above 0 */
    int64_t timeout_ns;
    uint64_t count;        /* probes; 0: no end */
    const char *interface; /* NULL: by the routes */
    int hop_limit, dscp;   /* 0: the system's defaults */
    bool dont_fragment;
};

enum probe_event_kind {
    PROBE_REPLY, /* also a late or duplicate one: reply.outcome */
    PROBE_LOST,
    PROBE_FAILED, /* it was not sent, or ICMP says that it did not arrive: why */
    PROBE_MODE,   /* the mode is known now */
    PROBE_STRAY,  /* a datagram that is no reply to a probe */
};

struct probe_event {
    enum probe_event_kind kind;
    uint64_t number;
    struct series_reply reply; /* rtt_ns -1: no time */
    int64_t rtt_app_ns;        /* as the program measured it; -1: unknown */
    int64_t ipdv_ns;           /* of the round trip: less that of the probe before it (RFC 3393);
                                * VARIATION_UNKNOWN: one of the two has none, or came later */
    int64_t server_ns;         /* between receipt and reply there (STAMP); -1: unknown */
    int64_t there_ns, back_ns; /* one-way delays by both clocks (STAMP); valid with one_way */
    bool one_way;
    bool synchronised; /* both clocks are, by their own claim */
    bool clock_stepped;
    int64_t wall_ns; /* when the reply came, CLOCK_REALTIME; or now */
    struct endpoint from;
    size_t size_bytes;
    enum probe_mode mode; /* with PROBE_MODE */
    int hop_limit;        /* EVENT_UNKNOWN (proto/event): not known */
    char why[PROBE_WHY_SIZE];
};

/* Receives the events in order; the event is valid during the call. */
typedef void probe_report(void *context, const struct probe_event *event);

/* Figures of one kind of times, in ns; -1: none yet. As in base/rtt. */
struct probe_times {
    uint64_t count;
    int64_t sum_ns; /* 0 if there is none */
    int64_t min_ns, mean_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns, stddev_ns, jitter_ns;
};

enum probe_times_kind {
    PROBE_RTT,
    PROBE_RTT_APP, /* as the program saw them */
    PROBE_IPDV,    /* round trip: absolute values of the variation, see probe/variation */
    PROBE_IPDV_THERE,
    PROBE_IPDV_BACK,
    PROBE_SERVER,   /* between receipt and reply there */
    PROBE_LATENESS, /* of the sends behind their schedule */
    PROBE_TIMES
};

/* The latest PROBE_ROLLING_S seconds (base/rolling). */
struct probe_rolling {
    int64_t covers_ns;       /* how much time the figures cover; 0: nothing came */
    uint64_t received, lost; /* lost: without a reply in time, also if it came late */
    struct probe_times rtt;
};

struct probe_figures {
    struct series_counts counts;
    struct series_ways ways;
    uint64_t not_sent, failed, strays, stepped;
    uint64_t skipped;       /* intervals without a probe: nothing could be sent in their time */
    uint64_t kernel_stamps; /* probes with a send time from the kernel */
    uint64_t not_shown;     /* events that did not fit into the ring (probe/prober) */
    uint64_t dropped;       /* replies that the kernel dropped for want of room */
    enum probe_mode mode;
    int64_t elapsed_ns; /* since the first probe; 0: none was sent */
    struct probe_times times[PROBE_TIMES];
    struct probe_rolling rolling;
};

/* Whether the run is longer than what the rolling figures cover, so that they say something new. */
static inline bool probe_is_past_rolling(const struct probe_figures *figures)
{
    return figures->rolling.covers_ns > 0 &&
           figures->elapsed_ns >= PROBE_ROLLING_S * INT64_C(1000000000);
}

struct probe;

/* Opens the socket; nothing is sent yet. NULL with error (PROBE_ERROR_SIZE): "what: why". */
struct probe *probe_open(const struct probe_config *config, probe_report *report, void *context,
                         char *error);
/* Closes the sockets and frees (NULL allowed). */
void probe_close(struct probe *probe);

/* Descriptors to wait for, at most PROBE_PORTS. Returns their number. */
size_t probe_list_polled(const struct probe *probe, struct pollfd *out);

/* Receives replies, expires probes, and sends those that are due. */
void probe_turn(struct probe *probe);

/* When probe_turn is due even if nothing arrives; INT64_MAX: never. */
int64_t probe_deadline_ns(const struct probe *probe);

/* No more probes are sent. */
void probe_stop(struct probe *probe);

/* Whether all have been sent and none waits. */
bool probe_is_done(const struct probe *probe);

/* The figures so far. */
struct probe_figures probe_figures(const struct probe *probe);

#endif
