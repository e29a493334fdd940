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

static uint64_t snapshot_unanswered_in_time(const void *summary)
{
    const struct load_snapshot *snapshot = summary;

    return snapshot->lost + snapshot->late;
}

static uint64_t snapshot_acked_bytes(const void *summary)
{
    const struct load_snapshot *snapshot = summary;

    return snapshot->acked * snapshot->size_bytes;
}

#define FIELD(name) offsetof(struct load_snapshot, name)
#define RTT(name, text, field)                                                                     \
    {                                                                                              \
        .key = name, .words = text, .unit = FIGURE_RTT, .offset = FIELD(field)                     \
    }
/* A time that is a metric as well. */
#define RTT_METRIC(key_, text, field, sentence)                                                    \
    {                                                                                              \
        .key = key_, .words = text, .unit = FIGURE_RTT, .offset = FIELD(field), .metric = {        \
            .help = sentence,                                                                      \
            .name = "load_" key_                                                                   \
        }                                                                                          \
    }
/* A part of a summary in the metrics. */
#define RTT_PART(part_, unit_, field)                                                              \
    .unit = unit_, .offset = FIELD(field),                                                         \
    .metric = {.help = "Round-trip times of a sample of the datagrams, by kernel timestamps.",     \
               .name = "load_rtt_ns",                                                              \
               .part = part_}
#define APP_PART(part_, unit_, field)                                                              \
    .unit = unit_, .offset = FIELD(field),                                                         \
    .metric = {.help = "Round-trip times as the program saw them.",                                \
               .name = "load_rtt_app_ns",                                                          \
               .part = part_}

static const struct figure snapshot_figures[] = {
    {.key = "elapsed_ns",
     .unit = FIGURE_TIME,
     .offset = FIELD(elapsed_ns),
     .metric = {.help = "Time since the first datagram.", .name = "load_elapsed_ns"}},
    {.key = "sent",
     .offset = FIELD(sent),
     .metric = {.help = "Datagrams that were sent.", .name = "load_sent"}},
    {.key = "acked",
     .offset = FIELD(acked),
     .metric = {.help = "Datagrams that were acknowledged.", .name = "load_acked"}},
    {.count = snapshot_acked_bytes,
     .metric = {.help = "Payload that was acknowledged.", .name = "load_acked_bytes"}},
    {.key = "lost",
     .offset = FIELD(lost),
     .metric = {.help = "Datagrams without an ack; a late ack takes its datagram out.",
                .name = "load_lost",
                .gauge = true}},
    {.count = snapshot_unanswered_in_time,
     .metric = {.help = "Datagrams without an ack within the timeout, the late ones included.",
                .name = "load_timeouts"}},
    {.key = "late",
     .offset = FIELD(late),
     .metric = {.help = "Datagrams that were acknowledged after the timeout.",
                .name = "load_late"}},
    {.key = "duplicates",
     .offset = FIELD(duplicates),
     .metric = {.help = "Acks in excess of the datagrams sent.", .name = "load_duplicates"}},
    {.key = "not_sent",
     .offset = FIELD(send_errors),
     .metric = {.help = "Datagrams that the kernel refused to send.", .name = "load_not_sent"}},
    {.key = "acks_per_s",
     .unit = FIGURE_RATE,
     .offset = FIELD(acks_per_s),
     .metric = {.help = "Acks a second, of the latest interval; at the end, of all.",
                .name = "load_acks_per_s"}},
    {.key = "payload_bits_per_s",
     .unit = FIGURE_BIT_RATE,
     .real = snapshot_bits,
     .metric = {.help =
                    "Payload acknowledged a second, of the latest interval; at the end, of all.",
                .name = "load_payload_bytes_per_s"}},
    {.key = "rtt_uncertain",
     .unit = FIGURE_FLAG,
     .count = snapshot_is_uncertain,
     .metric = {.help = "1: acks came twice, so that times may be of other datagrams.",
                .name = "load_rtt_uncertain"}},
    {.key = "rtt_samples", .offset = FIELD(rtt.count)},
    RTT_METRIC("rtt_min_ns", "min", rtt.min_ns, "Shortest round-trip time of the sample."),
    {.key = "rtt_p50_ns", .words = "p50", RTT_PART("0.5", FIGURE_RTT, rtt.p50_ns)},
    {.key = "rtt_p90_ns", .words = "p90", RTT_PART("0.9", FIGURE_RTT, rtt.p90_ns)},
    {.key = "rtt_p99_ns", .words = "p99", RTT_PART("0.99", FIGURE_RTT, rtt.p99_ns)},
    {.key = "rtt_p999_ns", .words = "p99.9", RTT_PART("0.999", FIGURE_RTT, rtt.p999_ns)},
    {RTT_PART("sum", FIGURE_TIME, rtt.sum_ns)},
    {RTT_PART("count", FIGURE_COUNT, rtt.count)},
    RTT_METRIC("rtt_max_ns", "max", rtt.max_ns, "Longest round-trip time of the sample."),
    {.key = "in_flight",
     .count = snapshot_in_flight,
     .applies = snapshot_is_running,
     .metric = {.help = "Datagrams neither acknowledged nor lost yet.",
                .name = "load_in_flight",
                .gauge = true}},
    {.key = "not_logged", .offset = FIELD(not_logged), .applies = snapshot_is_over},
};

static const struct figure app_figures[] = {
    {.key = "rtt_app_samples", .offset = FIELD(rtt_app.count)},
    RTT("rtt_app_min_ns", "min", rtt_app.min_ns),
    {.key = "rtt_app_p50_ns", .words = "p50", APP_PART("0.5", FIGURE_RTT, rtt_app.p50_ns)},
    {.key = "rtt_app_p90_ns", .words = "p90", APP_PART("0.9", FIGURE_RTT, rtt_app.p90_ns)},
    {.key = "rtt_app_p99_ns", .words = "p99", APP_PART("0.99", FIGURE_RTT, rtt_app.p99_ns)},
    {.key = "rtt_app_p999_ns", .words = "p99.9", APP_PART("0.999", FIGURE_RTT, rtt_app.p999_ns)},
    {APP_PART("sum", FIGURE_TIME, rtt_app.sum_ns)},
    {APP_PART("count", FIGURE_COUNT, rtt_app.count)},
    RTT("rtt_app_max_ns", "max", rtt_app.max_ns),
};

const struct figures load_app_figures = {app_figures, COUNT_OF(app_figures)};
const struct figures load_figures = {snapshot_figures, COUNT_OF(snapshot_figures)};
