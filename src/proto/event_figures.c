/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_figures: the figures of totals, of a server, of a capture and of a relay. */
#include "udptui/base/array.h"
#include "udptui/proto/event.h"

static double event_bits(const void *summary)
{
    return event_totals_bits_per_s(summary);
}

static bool event_has_rtts(const void *summary)
{
    const struct event_totals *totals = summary;

    return totals->rtts.count > 0;
}

static uint64_t event_mean_rtt(const void *summary)
{
    const struct event_totals *totals = summary;

    return (uint64_t)event_rtts_mean_ns(&totals->rtts);
}

#define FIELD(name) offsetof(struct event_totals, name)

/* ---- rows that a server and a relay share */

/* The payload of what was received. */
#define ROWS_PAYLOAD                                                                               \
    {.key = "received_bytes",                                                                      \
     .offset = FIELD(counts.received_bytes),                                                       \
     .metric = {.help = "Payload received from clients."}},                                        \
    {                                                                                              \
        .key = "payload_bits_per_s", .unit = FIGURE_BIT_RATE, .real = event_bits, .metric = {      \
            .help = "Payload received a second, on average since counting began.",                 \
            .name = "payload_bytes_per_s"                                                          \
        }                                                                                          \
    }

/* What was received and neither acknowledged nor forwarded. */
#define ROWS_REFUSED                                                                               \
    {.key = "held",                                                                                \
     .words = "held",                                                                              \
     .unit = FIGURE_HELD,                                                                          \
     .offset = FIELD(counts),                                                                      \
     .metric = {                                                                                   \
         .help = "Datagrams that were deliberately not answered or not forwarded, by reason."}},   \
    {                                                                                              \
        .key = "failed", .words = "failed", .offset = FIELD(counts.failed), .metric = {            \
            .help =                                                                                \
                "Datagrams whose ack, or whose copy to the target, the kernel refused to send."    \
        }                                                                                          \
    }

/* What was never received. */
#define ROW_DROPPED                                                                                \
    {                                                                                              \
        .key = "kernel_dropped", .words = "kernel dropped", .offset = FIELD(kernel_dropped),       \
        .at_least = FIELD(dropped_at_least), .metric = {                                           \
            .help = "Datagrams that the kernel dropped because the receive queue was full."        \
        }                                                                                          \
    }

/* How full it is now. */
#define ROWS_QUEUE                                                                                 \
    {.key = "queue_bytes",                                                                         \
     .offset = FIELD(queue_bytes),                                                                 \
     .metric = {.help = "Bytes in the receive queues now, as the kernel counts them.",             \
                .gauge = true}},                                                                   \
        {.key = "queue_capacity",                                                                  \
         .offset = FIELD(queue_capacity),                                                          \
         .metric = {.help = "Bytes that the receive queues can hold, as the kernel counts them.",  \
                    .name = "queue_capacity_bytes",                                                \
                    .gauge = true}},                                                               \
    {                                                                                              \
        .key = "clients", .words = "clients", .unit = FIGURE_COUNT_32, .offset = FIELD(clients),   \
        .metric = {                                                                                \
            .help = "Clients in the table now.",                                                   \
            .gauge = true                                                                          \
        }                                                                                          \
    }

/* Clients that left. */
#define ROW_EVICTED                                                                                \
    {                                                                                              \
        .key = "clients_evicted", .words = "evicted", .rare = true,                                \
        .offset = FIELD(clients_evicted), .metric = {                                              \
            .help = "Clients that left the table because it was full."                             \
        }                                                                                          \
    }

/* What a person did, and what the output and the files lack. */
#define ROWS_OUTPUT                                                                                \
    {.key = "sent_by_hand",                                                                        \
     .words = "sent by hand",                                                                      \
     .rare = true,                                                                                 \
     .offset = FIELD(manual_sent),                                                                 \
     .header = {.words = "by hand", .rank = 8},                                                    \
     .metric = {.help = "Messages that a person sent to a client."}},                              \
        {.key = "not_chosen",                                                                      \
         .words = "not chosen",                                                                    \
         .rare = true,                                                                             \
         .offset = FIELD(not_chosen),                                                              \
         .metric = {.help = "Messages that --filter left out of the output."}},                    \
        {.key = "not_shown",                                                                       \
         .words = "not shown",                                                                     \
         .rare = true,                                                                             \
         .offset = FIELD(messages_skipped),                                                        \
         .metric = {.help = "Messages that were not shown: the output had no room."}},             \
        {.key = "not_recorded",                                                                    \
         .words = "not recorded",                                                                  \
         .rare = true,                                                                             \
         .offset = FIELD(records_skipped),                                                         \
         .header = {.words = "not recorded", .rank = 2, .bad = true},                              \
         .metric = {.help = "Datagrams that are missing in the capture file."}},                   \
        {.key = "not_logged",                                                                      \
         .words = "not logged",                                                                    \
         .rare = true,                                                                             \
         .offset = FIELD(not_logged),                                                              \
         .header = {.words = "not logged", .rank = 2, .bad = true},                                \
         .metric = {.help = "Lines that are missing in the file of --log."}},                      \
        {.key = "not_published",                                                                   \
         .words = "not published",                                                                 \
         .rare = true,                                                                             \
         .offset = FIELD(not_published),                                                           \
         .header = {.words = "not published", .rank = 3, .bad = true},                             \
         .metric = {.help = "Samples of messages that could not be published."}},                  \
    {                                                                                              \
        .key = "receive_errors", .words = "receive errors", .rare = true,                          \
        .offset = FIELD(receive_errors),                                                           \
        .header = {.words = "receive errors", .rank = 7, .bad = true}, .metric = {                 \
            .help = "Receive calls that failed."                                                   \
        }                                                                                          \
    }

/* What is on its way in the simulated network. */
#define ROW_WAITING                                                                                \
    {                                                                                              \
        .unit = FIGURE_COUNT_32, .offset = FIELD(waiting), .metric = {                             \
            .help = "Datagrams in the simulated network now.",                                     \
            .name = "waiting",                                                                     \
            .gauge = true                                                                          \
        }                                                                                          \
    }

/* ---- the tables */

static const struct figure served_rows[] = {
    {.key = "received",
     .words = "received",
     .offset = FIELD(counts.received),
     .metric = {.help = "Datagrams received from clients."}},
    ROWS_PAYLOAD,
    {.key = "acked",
     .words = "acked",
     .offset = FIELD(counts.acked),
     .metric = {.help = "Datagrams that were acknowledged."}},
    ROWS_REFUSED,
    ROW_DROPPED,
    ROWS_QUEUE,
    ROW_EVICTED,
    {.key = "acks_cut",
     .words = "acks cut",
     .rare = true,
     .offset = FIELD(acks_cut),
     .header = {.words = "acks cut", .rank = 8},
     .metric = {.help = "Acks that were cut to 3 times their request."}},
    {.key = "copies",
     .words = "acks doubled",
     .rare = true,
     .offset = FIELD(copies),
     .header = {.words = "more acks", .rank = 7},
     .metric =
         {.help =
              "Copies of acks, or of forwarded datagrams, that were sent by a simulated network."}},
    {.key = "copies_left_out",
     .words = "copies left out",
     .rare = true,
     .offset = FIELD(copies_left_out),
     .header = {.words = "copies left out", .rank = 7},
     .metric = {.help = "Acks after the first of a datagram that were not sent."}},
    {.key = "more",
     .words = "more",
     .rare = true,
     .offset = FIELD(more),
     .header = {.words = "more", .rank = 7},
     .metric = {.help = "Datagrams of answers after their first."}},
    {.key = "more_held",
     .words = "more held",
     .rare = true,
     .offset = FIELD(more_held),
     .header = {.words = "more held", .rank = 7},
     .metric = {.help = "Datagrams of answers after their first that were deliberately not sent."}},
    {.key = "more_failed",
     .words = "more failed",
     .rare = true,
     .offset = FIELD(more_failed),
     .header = {.words = "more failed", .rank = 6, .bad = true},
     .metric = {.help = "Datagrams of answers after their first that the kernel refused to send."}},
    {.key = "rules_given_up",
     .words = "rules given up",
     .rare = true,
     .offset = FIELD(rules_given_up),
     .header = {.words = "rules given up", .rank = 6, .bad = true},
     .metric = {.help = "Datagrams for which a regular expression of a rule took too long."}},
    ROWS_OUTPUT,
    ROW_WAITING,
};

static const struct figure captured_rows[] = {
    {.key = "received", .words = "requests", .offset = FIELD(counts.received)},
    {.key = "acked", .words = "acked", .offset = FIELD(counts.acked)},
    {.key = "unseen", .words = "no reply seen", .offset = FIELD(counts.unseen)},
    {.key = "ambiguous",
     .words = "times unknown",
     .rare = true,
     .offset = FIELD(uncertain),
     .header = {.words = "times unknown", .brief = "?", .rank = 3, .bad = true}},
    {.key = "unasked",
     .words = "unasked",
     .rare = true,
     .offset = FIELD(unasked),
     .header = {.words = "unasked", .rank = 4}},
    {.key = "more",
     .words = "more",
     .rare = true,
     .offset = FIELD(more),
     .header = {.words = "more", .rank = 5}},
    {.key = "copies",
     .words = "copies of replies",
     .rare = true,
     .offset = FIELD(copies),
     .header = {.words = "copies", .rank = 5}},
    {.key = "backwards",
     .words = "stamped before an earlier one",
     .rare = true,
     .offset = FIELD(backwards)},
    {.key = "crowded", .words = "given up early", .rare = true, .offset = FIELD(crowded)},
    {.key = "clients_evicted", .words = "evicted", .rare = true, .offset = FIELD(clients_evicted)},
    {.key = "not_chosen", .words = "not chosen", .rare = true, .offset = FIELD(not_chosen)},
    {.key = "not_shown",
     .words = "not shown",
     .rare = true,
     .offset = FIELD(messages_skipped),
     .header = {.words = "not shown", .rank = 2, .bad = true}},
    {.key = "not_logged", .words = "not logged", .rare = true, .offset = FIELD(not_logged)},
    {.key = "received_bytes", .offset = FIELD(counts.received_bytes)},
    {.key = "clients", .words = "clients", .unit = FIGURE_COUNT_32, .offset = FIELD(clients)},
};

#define RELAYED_RTT(name, word, field, text)                                                       \
    {                                                                                              \
        .key = name, .words = word, .unit = FIGURE_RTT, .offset = FIELD(field),                    \
        .applies = event_has_rtts, .metric = {                                                     \
            .help = text                                                                           \
        }                                                                                          \
    }

static const struct figure relayed_rows[] = {
    {.key = "received",
     .words = "from clients",
     .offset = FIELD(counts.received),
     .metric = {.help = "Datagrams received from clients."}},
    ROWS_PAYLOAD,
    {.key = "forwarded",
     .words = "forwarded",
     .offset = FIELD(counts.acked),
     .metric = {.help = "Datagrams of clients that were sent to the target."}},
    ROWS_REFUSED,
    {.key = "back_received",
     .words = "from targets",
     .offset = FIELD(back.received),
     .metric = {.help = "Datagrams received from targets."}},
    {.key = "back_received_bytes",
     .offset = FIELD(back.received_bytes),
     .metric = {.help = "Payload received from targets."}},
    {.key = "back_forwarded",
     .words = "forwarded",
     .offset = FIELD(back.acked),
     .metric = {.help = "Datagrams of targets that were sent to a client."}},
    {.key = "back_held",
     .words = "held",
     .unit = FIGURE_HELD,
     .offset = FIELD(back),
     .metric = {.help = "Datagrams of targets that were deliberately not forwarded, by reason."}},
    {.key = "back_failed",
     .words = "failed",
     .offset = FIELD(back.failed),
     .metric = {.help = "Datagrams of targets that the kernel refused to send to a client."}},
    ROW_DROPPED,
    {.key = "back_dropped",
     .words = "kernel dropped on the way back",
     .rare = true,
     .offset = FIELD(back_dropped),
     .at_least = FIELD(back_dropped_at_least),
     .metric = {.help = "Datagrams of targets that the kernel dropped before they were read."}},
    ROWS_QUEUE,
    {.key = "sessions",
     .words = "sessions",
     .unit = FIGURE_COUNT_32,
     .offset = FIELD(sessions),
     .metric = {.help = "Sessions of clients with a socket towards the target now.",
                .gauge = true}},
    {.key = "sessions_opened",
     .offset = FIELD(sessions_opened),
     .metric = {.help = "Sessions that were opened."}},
    {.key = "sessions_idle",
     .words = "ended idle",
     .rare = true,
     .offset = FIELD(sessions_idle),
     .header = {.words = "ended idle", .rank = 8},
     .metric = {.help = "Sessions that ended because they were idle."}},
    ROW_EVICTED,
    {.key = "icmp_errors",
     .words = "ICMP errors",
     .rare = true,
     .offset = FIELD(icmp_errors),
     .header = {.words = "ICMP errors", .rank = 1, .bad = true},
     .metric = {.help = "ICMP errors for datagrams to the target."}},
    RELAYED_RTT("rtt_min_ns", "min", rtts.min_ns, "Shortest round-trip time of the target."),
    {.key = "rtt_mean_ns",
     .words = "mean",
     .unit = FIGURE_RTT,
     .count = event_mean_rtt,
     .applies = event_has_rtts,
     .metric = {.help = "Mean round-trip time of the target."}},
    RELAYED_RTT("rtt_p50_ns", "p50", rtt_p50_ns, "Median of the target's round-trip times."),
    RELAYED_RTT("rtt_p99_ns", "p99", rtt_p99_ns,
                "99th percentile of the target's round-trip times."),
    RELAYED_RTT("rtt_max_ns", "max", rtts.max_ns, "Longest round-trip time of the target."),
    {.key = "copies",
     .words = "doubled",
     .rare = true,
     .offset = FIELD(copies),
     .header = {.words = "doubled", .rank = 7},
     .metric =
         {.help =
              "Copies of acks, or of forwarded datagrams, that were sent by a simulated network."}},
    ROWS_OUTPUT,
    ROW_WAITING,
    {.unit = FIGURE_COUNT_32,
     .offset = FIELD(back_waiting),
     .metric = {.help = "Datagrams of targets in the simulated network now.",
                .name = "back_waiting",
                .gauge = true}},
    {.offset = FIELD(rtts.count),
     .metric = {.help = "Round-trip times of the target that were measured.",
                .name = "rtt_samples"}},
    {.unit = FIGURE_TIME,
     .offset = FIELD(rtts.sum_ns),
     .metric = {.help = "The sum of the round-trip times that udptui_rtt_samples counts.",
                .name = "rtt_ns"}},
};

const struct figures served_figures = {served_rows, COUNT_OF(served_rows)};
const struct figures captured_figures = {captured_rows, COUNT_OF(captured_rows)};
const struct figures relayed_figures = {relayed_rows, COUNT_OF(relayed_rows)};
