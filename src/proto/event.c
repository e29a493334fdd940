/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event: the reports of several engines merged; text of a record. The figures of totals are in
 * event_figures. */
#include "udptui/proto/event.h"

#include <stdio.h>
#include <string.h>

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
    into->not_published += from->not_published;
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
