/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result: the words of statuses, and the figures of the totals. */
#include "udptui/proto/result.h"

#include "udptui/base/array.h"

static const struct figure_name result_names[RESULT_KINDS] = {
    [RESULT_ACKED] = {"acked", "acked", .rare = false},
    [RESULT_TIMEOUT] = {"timeout", "timeout", .rare = false},
    [RESULT_REFUSED] = {"refused", "refused", .rare = true},
    [RESULT_UNREACHABLE] = {"unreachable", "unreachable", .rare = true},
    [RESULT_TOO_BIG] = {"too_big", "too big", .rare = true},
    [RESULT_FAILED] = {"failed", "failed", .rare = true},
    [RESULT_NOT_AWAITED] = {"not_awaited", "not awaited", .rare = true},
    [RESULT_ANSWER] = {"answer", "answer", .rare = true},
    [RESULT_MORE] = {"more", "more", .rare = true},
    [RESULT_LATE] = {"late", "late", .rare = true},
    [RESULT_DUPLICATE] = {"duplicate", "duplicate", .rare = true},
    [RESULT_UNSOLICITED] = {"unsolicited", "unsolicited", .rare = true},
    [RESULT_RESENT] = {"resent", "resent", .rare = true},
    [RESULT_INCOMPLETE] = {"incomplete", "incomplete", .rare = true},
    [RESULT_UNMET] = {"unmet", "unmet", .rare = true},
    [RESULT_UNCERTAIN] = {"uncertain", NULL, .rare = true}, /* they are among the ambiguous */
};

const char *result_status_name(enum result_status status)
{
    return result_names[status].key;
}

double send_unanswered_percent(const struct send_totals *totals)
{
    uint64_t settled = totals->sent - totals->waiting - totals->counts[RESULT_NOT_AWAITED];

    if (settled == 0)
        return 0;
    return 100 * (double)(settled - totals->counts[RESULT_ACKED]) / (double)settled;
}

static double result_unanswered(const void *summary)
{
    return send_unanswered_percent(summary);
}

#define COUNT(name, text, field)                                                                   \
    {                                                                                              \
        .key = name, .words = text, .rare = true, .unit = FIGURE_COUNT,                            \
        .offset = offsetof(struct send_totals, field)                                              \
    }
#define RTT(name, text, field)                                                                     \
    {                                                                                              \
        .key = name, .words = text, .unit = FIGURE_RTT,                                            \
        .offset = offsetof(struct send_totals, field)                                              \
    }

static const struct figure result_figures[] = {
    {.key = "sent", .words = "sent", .offset = offsetof(struct send_totals, sent)},
    {.unit = FIGURE_COUNTS,
     .offset = offsetof(struct send_totals, counts),
     .names = result_names,
     .name_count = RESULT_KINDS},
    COUNT("as_expected", "as expected", as_expected),
    COUNT("waiting", "waiting", waiting),
    COUNT("kernel_dropped", "kernel dropped", kernel_dropped),
    COUNT("not_recorded", "not recorded", not_recorded),
    COUNT("not_logged", "not logged", not_logged),
    {.key = "unanswered_percent",
     .words = "unanswered",
     .unit = FIGURE_PERCENT,
     .real = result_unanswered},
    COUNT("ambiguous", NULL, ambiguous), /* lines have a sentence for it */
    RTT("rtt_min_ns", "min", rtt_min_ns),
    RTT("rtt_mean_ns", "mean", rtt_mean_ns),
    RTT("rtt_p50_ns", "p50", rtt_p50_ns),
    RTT("rtt_p99_ns", "p99", rtt_p99_ns),
    RTT("rtt_max_ns", "max", rtt_max_ns),
    RTT("rtt_stddev_ns", "stddev", rtt_stddev_ns),
    RTT("rtt_jitter_ns", "jitter", rtt_jitter_ns),
};

const struct figures send_figures = {result_figures, COUNT_OF(result_figures)};
