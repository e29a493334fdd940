/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot: the figures of a moment and of the end. */
#include "udptui/load/snapshot.h"

#include "udptui/base/array.h"

const struct load_times load_no_times = {
    .min_ns = -1, .p50_ns = -1, .p90_ns = -1, .p99_ns = -1, .p999_ns = -1, .max_ns = -1};

static bool snapshot_is_running(const void *summary)
{
    return ((const struct load_snapshot *)summary)->end == LOAD_RUNNING;
}

static bool snapshot_is_over(const void *summary)
{
    return !snapshot_is_running(summary);
}

static double snapshot_bits(const void *summary)
{
    return load_bits_per_s(summary);
}

static uint64_t snapshot_in_flight(const void *summary)
{
    return load_in_flight(summary);
}

static uint64_t snapshot_is_uncertain(const void *summary)
{
    return !((const struct load_snapshot *)summary)->times_certain;
}

#define FIELD(name) offsetof(struct load_snapshot, name)
#define RTT(name, text, field)                                                                     \
    {                                                                                              \
        .key = name, .words = text, .unit = FIGURE_RTT, .offset = FIELD(field)                     \
    }

static const struct figure snapshot_figures[] = {
    {.key = "elapsed_ns", .unit = FIGURE_TIME, .offset = FIELD(elapsed_ns)},
    {.key = "sent", .offset = FIELD(sent)},
    {.key = "acked", .offset = FIELD(acked)},
    {.key = "lost", .offset = FIELD(lost)},
    {.key = "late", .offset = FIELD(late)},
    {.key = "duplicates", .offset = FIELD(duplicates)},
    {.key = "not_sent", .offset = FIELD(send_errors)},
    {.key = "acks_per_s", .unit = FIGURE_RATE, .offset = FIELD(acks_per_s)},
    {.key = "payload_bits_per_s", .unit = FIGURE_BIT_RATE, .real = snapshot_bits},
    {.key = "rtt_uncertain", .unit = FIGURE_FLAG, .count = snapshot_is_uncertain},
    {.key = "rtt_samples", .offset = FIELD(rtt.count)},
    RTT("rtt_min_ns", "min", rtt.min_ns),
    RTT("rtt_p50_ns", "p50", rtt.p50_ns),
    RTT("rtt_p90_ns", "p90", rtt.p90_ns),
    RTT("rtt_p99_ns", "p99", rtt.p99_ns),
    RTT("rtt_p999_ns", "p99.9", rtt.p999_ns),
    RTT("rtt_max_ns", "max", rtt.max_ns),
    {.key = "in_flight", .count = snapshot_in_flight, .applies = snapshot_is_running},
    {.key = "not_logged", .offset = FIELD(not_logged), .applies = snapshot_is_over},
};

static const struct figure app_figures[] = {
    {.key = "rtt_app_samples", .offset = FIELD(rtt_app.count)},
    RTT("rtt_app_min_ns", "min", rtt_app.min_ns),
    RTT("rtt_app_p50_ns", "p50", rtt_app.p50_ns),
    RTT("rtt_app_p90_ns", "p90", rtt_app.p90_ns),
    RTT("rtt_app_p99_ns", "p99", rtt_app.p99_ns),
    RTT("rtt_app_p999_ns", "p99.9", rtt_app.p999_ns),
    RTT("rtt_app_max_ns", "max", rtt_app.max_ns),
};

const struct figures load_app_figures = {app_figures, COUNT_OF(app_figures)};
const struct figures load_figures = {snapshot_figures, COUNT_OF(snapshot_figures)};
