/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_figures: see the header; a new figure is a new row. */
#include <stddef.h>

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

#define COUNT(member) offsetof(struct probe_figures, member)

const struct ping_count ping_counts[] = {
    {"sent", "sent", false, COUNT(counts.sent)},
    {"received", "received", false, COUNT(counts.received)},
    {"late", "late", true, COUNT(counts.late)},
    {"lost", "lost", false, COUNT(counts.lost)},
    {"waiting", "no reply yet", true, COUNT(counts.waiting)},
    {"duplicates", "duplicates", true, COUNT(counts.duplicates)},
    {"reordered", "reordered", true, COUNT(counts.reordered)},
    {"loss_runs", "runs of loss", true, COUNT(counts.loss_runs)},
    {"longest_loss_run", "longest run", true, COUNT(counts.longest_run)},
    {"failed", "ICMP errors", true, COUNT(failed)},
    {"not_sent", "not sent", true, COUNT(not_sent)},
    {"strays", "strays", true, COUNT(strays)},
    {"dropped", "replies dropped by the kernel", true, COUNT(dropped)},
    {"clock_stepped", "without a time (the clock was set)", true, COUNT(stepped)},
    {"not_shown", "not shown", true, COUNT(not_shown)},
};
const size_t ping_count_rows = COUNT_OF(ping_counts);

uint64_t ping_count_of(const struct probe_figures *figures, size_t row)
{
    return *(const uint64_t *)((const char *)figures + ping_counts[row].offset);
}

/* ---- times */

const struct ping_times ping_times[PROBE_TIMES] = {
    [PROBE_RTT] = {"rtt", "rtt"},
    [PROBE_RTT_APP] = {"rtt_app", "rtt as the program saw it"},
    [PROBE_SERVER] = {"server", "time in the server"},
    [PROBE_LATENESS] = {"lateness", "sent behind schedule"},
};

#define QUANTILE(member) offsetof(struct probe_times, member)

const struct ping_quantile ping_quantiles[] = {
    {"min", "min", QUANTILE(min_ns)},          {"mean", "mean", QUANTILE(mean_ns)},
    {"p50", "p50", QUANTILE(p50_ns)},          {"p90", "p90", QUANTILE(p90_ns)},
    {"p99", "p99", QUANTILE(p99_ns)},          {"p999", "p99.9", QUANTILE(p999_ns)},
    {"max", "max", QUANTILE(max_ns)},          {"stddev", "stddev", QUANTILE(stddev_ns)},
    {"jitter", "jitter", QUANTILE(jitter_ns)},
};
const size_t ping_quantile_rows = COUNT_OF(ping_quantiles);

int64_t ping_quantile_of(const struct probe_times *times, size_t row)
{
    return *(const int64_t *)((const char *)times + ping_quantiles[row].offset);
}
