/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event: the reports of several engines merged; text of a record. */
#include "udptui/proto/event.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"

const struct ack_status_row ack_status_rows[ACK_STATUSES] = {
    [ACK_SENT] = {.word = "acked", .json = "sent", .line = "acked", .brief = "acked"},
    [ACK_HELD] = {.word = "held", .json = "held", .line = "HELD", .brief = "HELD"},
    [ACK_FAILED] = {.word = "failed", .json = "failed", .line = "FAILED", .brief = "FAILED"},
    [ACK_MANUAL] = {.word = "manual", .json = "manual", .line = "sent by hand", .brief = "by hand"},
    [ACK_WAITING] = {.word = "waiting",
                     .json = "waiting",
                     .line = "no reply yet",
                     .brief = "no reply yet"},
    [ACK_UNSEEN] = {.word = "unseen",
                    .json = "unseen",
                    .line = "no reply seen",
                    .brief = "no reply"},
    [ACK_UNASKED] = {.word = "unasked", .json = "unasked", .line = "unasked", .brief = "unasked"},
    [ACK_MORE] = {.word = "more", .json = "more", .line = "more", .brief = "more"},
    [ACK_FORWARDED] = {.word = "forwarded",
                       .json = "forwarded",
                       .line = "forwarded",
                       .brief = "forwarded"},
};

const struct message_mark message_marks[MESSAGE_MARKS] = {
    {MESSAGE_TRUNCATED, "truncated", "truncated", NULL},
    {MESSAGE_BROADCAST, "broadcast", "broadcast",
     "broadcast: sent to every machine of the network"},
    {MESSAGE_MULTICAST, "multicast", "multicast", "multicast: sent to a group"},
    {MESSAGE_BACKWARDS, "backwards", "stamped before an earlier one",
     "stamped before a datagram that comes earlier in the capture"},
    {MESSAGE_CROWDED, "crowded", "too many wait for a reply",
     "given up early: too many were waiting for a reply"},
};

int64_t event_rtts_mean_ns(const struct event_rtts *rtts)
{
    return rtts->count > 0 ? rtts->sum_ns / (int64_t)rtts->count : EVENT_UNKNOWN;
}

void event_rtts_note(struct event_rtts *rtts, int64_t rtt_ns)
{
    if (rtts->count == 0 || rtt_ns < rtts->min_ns)
        rtts->min_ns = rtt_ns;
    if (rtts->count == 0 || rtt_ns > rtts->max_ns)
        rtts->max_ns = rtt_ns;
    rtts->count++;
    rtts->sum_ns += rtt_ns;
    rtts->last_ns = rtt_ns;
}

/* The last time is that of the one added last. */
static void event_add_rtts(struct event_rtts *into, const struct event_rtts *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min_ns < into->min_ns)
        into->min_ns = from->min_ns;
    if (into->count == 0 || from->max_ns > into->max_ns)
        into->max_ns = from->max_ns;
    into->last_ns = from->last_ns;
    into->count += from->count;
    into->sum_ns += from->sum_ns;
}

void event_totals_add(struct event_totals *into, const struct event_totals *from)
{
    into->clients += from->clients;
    into->clients_evicted += from->clients_evicted;
    counts_add(&into->counts, &from->counts);
    counts_add(&into->evicted, &from->evicted);
    counts_add(&into->back, &from->back);
    counts_add(&into->back_evicted, &from->back_evicted);
    into->sessions += from->sessions;
    into->sessions_opened += from->sessions_opened;
    into->sessions_idle += from->sessions_idle;
    into->icmp_errors += from->icmp_errors;
    into->back_dropped += from->back_dropped;
    into->back_dropped_at_least |= from->back_dropped_at_least;
    into->back_waiting += from->back_waiting;
    event_add_rtts(&into->rtts, &from->rtts);
    if (from->rtt_p50_ns != 0) { /* a relay has one engine */
        into->rtt_p50_ns = from->rtt_p50_ns;
        into->rtt_p99_ns = from->rtt_p99_ns;
    }
    into->acks_cut += from->acks_cut;
    into->copies += from->copies;
    into->copies_left_out += from->copies_left_out;
    into->waiting += from->waiting;
    into->queue_bytes += from->queue_bytes;
    into->queue_capacity += from->queue_capacity;
    into->not_logged += from->not_logged;
    into->not_chosen += from->not_chosen;
    into->records_skipped += from->records_skipped;
    into->manual_sent += from->manual_sent;
    into->unasked += from->unasked;
    into->more += from->more;
    into->more_held += from->more_held;
    into->more_failed += from->more_failed;
    into->rules_given_up += from->rules_given_up;
    into->uncertain += from->uncertain;
    into->backwards += from->backwards;
    into->crowded += from->crowded;
    into->kernel_dropped += from->kernel_dropped;
    into->dropped_at_least |= from->dropped_at_least;
    into->messages_skipped += from->messages_skipped;
    into->receive_errors += from->receive_errors;
    into->acks_on |= from->acks_on;
    if (from->since_ns != 0 && (into->since_ns == 0 || from->since_ns < into->since_ns))
        into->since_ns = from->since_ns;
    if (from->now_ns > into->now_ns)
        into->now_ns = from->now_ns;
}

struct event_totals event_totals_merge(const struct event_totals *engines, size_t count)
{
    struct event_totals sum = {.kind = EVENT_TOTALS};

    for (size_t i = 0; i < count; i++)
        event_totals_add(&sum, &engines[i]);
    return sum;
}

double event_totals_bits_per_s(const struct event_totals *totals)
{
    int64_t elapsed_ns = totals->now_ns - totals->since_ns;

    if (totals->since_ns == 0 || elapsed_ns <= 0)
        return -1;
    return (double)totals->counts.received_bytes * 8 / ((double)elapsed_ns / UNITS_NS_PER_S);
}

/* ---- figures of totals */

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

static const struct figure served_rows[] = {
    {.key = "received",
     .words = "received",
     .offset = FIELD(counts.received),
     .metric = {.help = "Datagrams received from clients."}},
    {.key = "received_bytes",
     .offset = FIELD(counts.received_bytes),
     .metric = {.help = "Payload received from clients."}},
    {.key = "payload_bits_per_s",
     .unit = FIGURE_BIT_RATE,
     .real = event_bits,
     .metric = {.help = "Payload received a second, on average since counting began.",
                .name = "payload_bytes_per_s"}},
    {.key = "acked",
     .words = "acked",
     .offset = FIELD(counts.acked),
     .metric = {.help = "Datagrams that were acknowledged."}},
    {.key = "held",
     .words = "held",
     .unit = FIGURE_HELD,
     .offset = FIELD(counts),
     .metric = {.help =
                    "Datagrams that were deliberately not answered or not forwarded, by reason."}},
    {.key = "failed",
     .words = "failed",
     .offset = FIELD(counts.failed),
     .metric =
         {.help = "Datagrams whose ack, or whose copy to the target, the kernel refused to send."}},
    {.key = "kernel_dropped",
     .words = "kernel dropped",
     .offset = FIELD(kernel_dropped),
     .at_least = FIELD(dropped_at_least),
     .metric = {.help = "Datagrams that the kernel dropped because the receive queue was full."}},
    {.key = "queue_bytes",
     .offset = FIELD(queue_bytes),
     .metric = {.help = "Bytes in the receive queues now, as the kernel counts them.",
                .gauge = true}},
    {.key = "queue_capacity",
     .offset = FIELD(queue_capacity),
     .metric = {.help = "Bytes that the receive queues can hold, as the kernel counts them.",
                .name = "queue_capacity_bytes",
                .gauge = true}},
    {.key = "clients",
     .words = "clients",
     .unit = FIGURE_COUNT_32,
     .offset = FIELD(clients),
     .metric = {.help = "Clients in the table now.", .gauge = true}},
    {.key = "clients_evicted",
     .words = "evicted",
     .rare = true,
     .offset = FIELD(clients_evicted),
     .metric = {.help = "Clients that left the table because it was full."}},
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
    {.key = "sent_by_hand",
     .words = "sent by hand",
     .rare = true,
     .offset = FIELD(manual_sent),
     .header = {.words = "by hand", .rank = 8},
     .metric = {.help = "Messages that a person sent to a client."}},
    {.key = "not_chosen",
     .words = "not chosen",
     .rare = true,
     .offset = FIELD(not_chosen),
     .metric = {.help = "Messages that --filter left out of the output."}},
    {.key = "not_shown",
     .words = "not shown",
     .rare = true,
     .offset = FIELD(messages_skipped),
     .metric = {.help = "Messages that were not shown, because the output was too slow."}},
    {.key = "not_recorded",
     .words = "not recorded",
     .rare = true,
     .offset = FIELD(records_skipped),
     .header = {.words = "not recorded", .rank = 2, .bad = true},
     .metric = {.help = "Datagrams that are missing in the capture file."}},
    {.key = "not_logged",
     .words = "not logged",
     .rare = true,
     .offset = FIELD(not_logged),
     .header = {.words = "not logged", .rank = 2, .bad = true},
     .metric = {.help = "Lines that are missing in the file of --log."}},
    {.key = "receive_errors",
     .words = "receive errors",
     .rare = true,
     .offset = FIELD(receive_errors),
     .header = {.words = "receive errors", .rank = 7, .bad = true},
     .metric = {.help = "Receive calls that failed."}},
    {.unit = FIGURE_COUNT_32,
     .offset = FIELD(waiting),
     .metric = {.help = "Datagrams in the simulated network now.",
                .name = "waiting",
                .gauge = true}},
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
    {.key = "received_bytes",
     .offset = FIELD(counts.received_bytes),
     .metric = {.help = "Payload received from clients."}},
    {.key = "payload_bits_per_s",
     .unit = FIGURE_BIT_RATE,
     .real = event_bits,
     .metric = {.help = "Payload received a second, on average since counting began.",
                .name = "payload_bytes_per_s"}},
    {.key = "forwarded",
     .words = "forwarded",
     .offset = FIELD(counts.acked),
     .metric = {.help = "Datagrams of clients that were sent to the target."}},
    {.key = "held",
     .words = "held",
     .unit = FIGURE_HELD,
     .offset = FIELD(counts),
     .metric = {.help =
                    "Datagrams that were deliberately not answered or not forwarded, by reason."}},
    {.key = "failed",
     .words = "failed",
     .offset = FIELD(counts.failed),
     .metric =
         {.help = "Datagrams whose ack, or whose copy to the target, the kernel refused to send."}},
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
    {.key = "kernel_dropped",
     .words = "kernel dropped",
     .offset = FIELD(kernel_dropped),
     .at_least = FIELD(dropped_at_least),
     .metric = {.help = "Datagrams that the kernel dropped because the receive queue was full."}},
    {.key = "back_dropped",
     .words = "kernel dropped on the way back",
     .rare = true,
     .offset = FIELD(back_dropped),
     .at_least = FIELD(back_dropped_at_least),
     .metric = {.help = "Datagrams of targets that the kernel dropped before they were read."}},
    {.key = "queue_bytes",
     .offset = FIELD(queue_bytes),
     .metric = {.help = "Bytes in the receive queues now, as the kernel counts them.",
                .gauge = true}},
    {.key = "queue_capacity",
     .offset = FIELD(queue_capacity),
     .metric = {.help = "Bytes that the receive queues can hold, as the kernel counts them.",
                .name = "queue_capacity_bytes",
                .gauge = true}},
    {.key = "clients",
     .words = "clients",
     .unit = FIGURE_COUNT_32,
     .offset = FIELD(clients),
     .metric = {.help = "Clients in the table now.", .gauge = true}},
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
    {.key = "clients_evicted",
     .words = "evicted",
     .rare = true,
     .offset = FIELD(clients_evicted),
     .metric = {.help = "Clients that left the table because it was full."}},
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
    {.key = "sent_by_hand",
     .words = "sent by hand",
     .rare = true,
     .offset = FIELD(manual_sent),
     .header = {.words = "by hand", .rank = 8},
     .metric = {.help = "Messages that a person sent to a client."}},
    {.key = "not_chosen",
     .words = "not chosen",
     .rare = true,
     .offset = FIELD(not_chosen),
     .metric = {.help = "Messages that --filter left out of the output."}},
    {.key = "not_shown",
     .words = "not shown",
     .rare = true,
     .offset = FIELD(messages_skipped),
     .metric = {.help = "Messages that were not shown, because the output was too slow."}},
    {.key = "not_recorded",
     .words = "not recorded",
     .rare = true,
     .offset = FIELD(records_skipped),
     .header = {.words = "not recorded", .rank = 2, .bad = true},
     .metric = {.help = "Datagrams that are missing in the capture file."}},
    {.key = "not_logged",
     .words = "not logged",
     .rare = true,
     .offset = FIELD(not_logged),
     .header = {.words = "not logged", .rank = 2, .bad = true},
     .metric = {.help = "Lines that are missing in the file of --log."}},
    {.key = "receive_errors",
     .words = "receive errors",
     .rare = true,
     .offset = FIELD(receive_errors),
     .header = {.words = "receive errors", .rank = 7, .bad = true},
     .metric = {.help = "Receive calls that failed."}},
    {.unit = FIGURE_COUNT_32,
     .offset = FIELD(waiting),
     .metric = {.help = "Datagrams in the simulated network now.",
                .name = "waiting",
                .gauge = true}},
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

/* ---- text */

const char *event_membership_text(const struct event_membership *event, char *out, size_t size)
{
    char group[ENDPOINT_TEXT_SIZE], interface[ENDPOINT_ZONE_SIZE * TEXT_EXPANSION + 1];

    text_render(interface, sizeof interface, event->interface, strlen(event->interface),
                TEXT_ASCII);
    snprintf(out, size, "%s on %s", endpoint_format_address(&event->group, group, sizeof group),
             interface);
    return out;
}

static bool names_client(const struct event_message *event, const uint8_t *bytes, size_t size_bytes)
{
    struct endpoint client = event->from;
    char address[ENDPOINT_TEXT_SIZE];

    client.scope = 0; /* a zone may be written by name or by number */
    endpoint_format_address(&client, address, sizeof address);
    return memmem(bytes, size_bytes, address, strlen(address)) != NULL;
}

bool event_ack_names_client(const struct event_message *event, const uint8_t *ack)
{
    return names_client(event, ack, event->ack_stored_bytes);
}

bool event_payload_names_client(const struct event_message *event, const uint8_t *payload)
{
    return event->status == ACK_MORE && names_client(event, payload, event->stored_bytes);
}
