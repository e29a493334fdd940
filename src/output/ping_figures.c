/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_figures: see the header; a new figure is a new row. */
#include <stddef.h>

#include "ping_internal.h"
#include "udptui/base/array.h"

const char *const ping_mode_words[] = {[PROBE_AUTO] = "auto",
                                       [PROBE_STAMP] = "stamp",
                                       [PROBE_ECHO] = "echo",
                                       [PROBE_TEXT] = "text",
                                       NULL};

const char *ping_event_word(const struct probe_event *event)
{
    static const char *const outcomes[] = {[SERIES_RECEIVED] = "reply",
                                           [SERIES_LATE] = "late",
                                           [SERIES_DUPLICATE] = "duplicate",
                                           [SERIES_UNKNOWN] = "stray"};
    static const char *const kinds[] = {[PROBE_LOST] = "lost",
                                        [PROBE_FAILED] = "failed",
                                        [PROBE_MODE] = "mode",
                                        [PROBE_STRAY] = "stray"};

    return event->kind == PROBE_REPLY ? outcomes[event->reply.outcome] : kinds[event->kind];
}

/* ---- counts */

#define COUNT(name, text, field, seldom)                                                           \
    {                                                                                              \
        .key = name, .words = text, .rare = seldom,                                                \
        .offset = offsetof(struct probe_figures, field)                                            \
    }

static const struct figure count_rows[] = {
    COUNT("sent", "sent", counts.sent, false),
    COUNT("received", "received", counts.received, false),
    COUNT("late", "late", counts.late, true),
    COUNT("lost", "lost", counts.lost, false),
    COUNT("waiting", "no reply yet", counts.waiting, true),
    COUNT("duplicates", "duplicates", counts.duplicates, true),
    COUNT("reordered", "reordered", counts.reordered, true),
    COUNT("loss_runs", "runs of loss", counts.loss_runs, true),
    COUNT("longest_loss_run", "longest run", counts.longest_run, true),
    COUNT("failed", "ICMP errors", failed, true),
    COUNT("not_sent", "not sent", not_sent, true),
    COUNT("skipped", "skipped", skipped, true),
    COUNT("strays", "strays", strays, true),
    COUNT("kernel_dropped", "replies dropped by the kernel", dropped, true),
    COUNT("clock_stepped", "without a time (the clock was set)", stepped, true),
    COUNT("not_shown", "not shown", not_shown, true),
};
const struct figures ping_counts = {count_rows, COUNT_OF(count_rows)};

/* ---- times */

const struct ping_times ping_times[PROBE_TIMES] = {
    [PROBE_RTT] = {"rtt", "rtt"},
    [PROBE_RTT_APP] = {"rtt_app", "rtt as the program saw it"},
    [PROBE_IPDV] = {"ipdv", "ipdv"},
    [PROBE_IPDV_THERE] = {"ipdv_there", "ipdv there"},
    [PROBE_IPDV_BACK] = {"ipdv_back", "ipdv back"},
    [PROBE_SERVER] = {"server", "time in the server"},
    [PROBE_LATENESS] = {"lateness", "sent behind schedule"},
};

#define QUANTILE(name, text, field)                                                                \
    {                                                                                              \
        .key = name, .words = text, .unit = FIGURE_RTT,                                            \
        .offset = offsetof(struct probe_times, field)                                              \
    }

static const struct figure quantile_rows[] = {
    QUANTILE("min_ns", "min", min_ns),          QUANTILE("mean_ns", "mean", mean_ns),
    QUANTILE("p50_ns", "p50", p50_ns),          QUANTILE("p90_ns", "p90", p90_ns),
    QUANTILE("p99_ns", "p99", p99_ns),          QUANTILE("p999_ns", "p99.9", p999_ns),
    QUANTILE("max_ns", "max", max_ns),          QUANTILE("stddev_ns", "stddev", stddev_ns),
    QUANTILE("jitter_ns", "jitter", jitter_ns),
};
const struct figures ping_quantiles = {quantile_rows, COUNT_OF(quantile_rows)};
