/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_figures: see the header; a new figure is a new row. */
#include "ping_internal.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

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

static uint64_t get_sent(const struct probe_figures *figures)
{
    return figures->counts.sent;
}

static uint64_t get_received(const struct probe_figures *figures)
{
    return figures->counts.received;
}

static uint64_t get_late(const struct probe_figures *figures)
{
    return figures->counts.late;
}

static uint64_t get_lost(const struct probe_figures *figures)
{
    return figures->counts.lost;
}

static uint64_t get_waiting(const struct probe_figures *figures)
{
    return figures->counts.waiting;
}

static uint64_t get_duplicates(const struct probe_figures *figures)
{
    return figures->counts.duplicates;
}

static uint64_t get_reordered(const struct probe_figures *figures)
{
    return figures->counts.reordered;
}

static uint64_t get_loss_runs(const struct probe_figures *figures)
{
    return figures->counts.loss_runs;
}

static uint64_t get_longest_run(const struct probe_figures *figures)
{
    return figures->counts.longest_run;
}

static uint64_t get_failed(const struct probe_figures *figures)
{
    return figures->failed;
}

static uint64_t get_not_sent(const struct probe_figures *figures)
{
    return figures->not_sent;
}

static uint64_t get_strays(const struct probe_figures *figures)
{
    return figures->strays + figures->counts.unknown;
}

static uint64_t get_dropped(const struct probe_figures *figures)
{
    return figures->dropped;
}

static uint64_t get_stepped(const struct probe_figures *figures)
{
    return figures->stepped;
}

const struct ping_count ping_counts[] = {
    {"sent", "sent", false, get_sent},
    {"received", "received", false, get_received},
    {"late", "late", true, get_late},
    {"lost", "lost", false, get_lost},
    {"waiting", "no reply yet", true, get_waiting},
    {"duplicates", "duplicates", true, get_duplicates},
    {"reordered", "reordered", true, get_reordered},
    {"loss_runs", "runs of loss", true, get_loss_runs},
    {"longest_loss_run", "longest run", true, get_longest_run},
    {"failed", "ICMP errors", true, get_failed},
    {"not_sent", "not sent", true, get_not_sent},
    {"strays", "strays", true, get_strays},
    {"dropped", "replies dropped by the kernel", true, get_dropped},
    {"clock_stepped", "without a time (the clock was set)", true, get_stepped},
};
const size_t ping_count_rows = COUNT_OF(ping_counts);

/* ---- times */

static const struct rtt *get_times(const struct probe_figures *figures)
{
    return figures->times;
}

static const struct rtt *get_app_times(const struct probe_figures *figures)
{
    return figures->app_times;
}

static const struct rtt *get_server_times(const struct probe_figures *figures)
{
    return figures->server_times;
}

static const struct rtt *get_lateness(const struct probe_figures *figures)
{
    return figures->lateness;
}

const struct ping_times ping_times[] = {
    {"rtt", "rtt", get_times},
    {"rtt_app", "rtt as the program saw it", get_app_times},
    {"server", "time in the server", get_server_times},
    {"lateness", "sent behind schedule", get_lateness},
};
const size_t ping_times_rows = COUNT_OF(ping_times);

static int64_t get_p50(const struct rtt *times)
{
    return rtt_percentile(times, 50);
}

static int64_t get_p90(const struct rtt *times)
{
    return rtt_percentile(times, 90);
}

static int64_t get_p99(const struct rtt *times)
{
    return rtt_percentile(times, 99);
}

static int64_t get_p999(const struct rtt *times)
{
    return rtt_percentile(times, 99.9);
}

const struct ping_quantile ping_quantiles[] = {
    {"min", "min", rtt_min}, {"mean", "mean", rtt_mean},       {"p50", "p50", get_p50},
    {"p90", "p90", get_p90}, {"p99", "p99", get_p99},          {"p999", "p99.9", get_p999},
    {"max", "max", rtt_max}, {"stddev", "stddev", rtt_stddev}, {"jitter", "jitter", rtt_jitter},
};
const size_t ping_quantile_rows = COUNT_OF(ping_quantiles);
