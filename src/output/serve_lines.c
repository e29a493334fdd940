/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_lines: one line a message: time, client, size, text, fate. */
#include <inttypes.h>

#include "udptui/core/reason.h"
#include "udptui/core/units.h"
#include "udptui/output/call.h"
#include "udptui/output/serve.h"

static bool write_listening(const struct serve_output *output, const char *address)
{
    fprintf(output->file, "Server is listening on %s\n", address);
    return fflush(output->file) == 0;
}

static bool write_membership(const struct serve_output *output,
                             const struct event_membership *event, bool again)
{
    char text[EVENT_MEMBERSHIP_SIZE], clock[UNITS_TIME_SIZE];

    event_membership_text(event, text, sizeof text);
    if (!again)
        fprintf(output->file, "Joined %s\n", text);
    else
        fprintf(output->file, "%s  %s %s%s\n",
                units_clock(event->wall_ns, output->utc_offset_s, clock, sizeof clock),
                event->joined ? "joined again:" : "membership lost:", text,
                event->joined ? "" : ", the interface is gone; joined again when it is back");
    return fflush(output->file) == 0;
}

static void write_fate(FILE *file, const struct event_message *event)
{
    char service[UNITS_TEXT_SIZE], fate[FATE_TEXT_SIZE];
    const char *words = fate_format(&event->fate, fate, sizeof fate);

    switch ((enum ack_status)event->status) {
    case ACK_SENT:
        fprintf(file, "acked %s%s%s%s",
                event->flags & MESSAGE_AMBIGUOUS
                    ? "?"
                    : units_duration(event->service_ns, service, sizeof service),
                event->flags & MESSAGE_CUT ? " (cut: size)" : "", words[0] != '\0' ? ", " : "",
                words);
        break;
    case ACK_HELD:
        if (event->flags & MESSAGE_UNSEEN)
            fputs("no ack seen", file);
        else if (event->why_held == HELD_LOSS && words[0] != '\0')
            fputs(words, file);
        else
            fprintf(file, "HELD %s", held_reason_name(event->why_held));
        break;
    case ACK_FAILED:
        fprintf(file, "FAILED %s", reason_brief(REASON_SEND, event->error));
        break;
    case ACK_MANUAL:
        fputs(event->flags & MESSAGE_UNSEEN ? "unasked" : "sent by hand", file);
        break;
    case ACK_WAITING: /* not written: the line comes when it is settled */
        break;
    }
}

static void write_marks(FILE *file, uint8_t flags)
{
    static const struct {
        uint8_t flag;
        const char *word;
    } marks[] = {
        {MESSAGE_TRUNCATED, " (truncated)"},
        {MESSAGE_BROADCAST, " (broadcast)"},
        {MESSAGE_MULTICAST, " (multicast)"},
    };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (flags & marks[i].flag)
            fputs(marks[i].word, file);
}

static bool write_message(const struct serve_output *output, const struct event_message *event,
                          const uint8_t *payload)
{
    const char *name = roster_name(output->roster, event->slot, event->generation);
    const struct payload_style style = {.show = PAYLOAD_TEXT, .full = output->full};
    char clock[UNITS_TIME_SIZE], from[ROSTER_TEXT_SIZE];

    fprintf(output->file, "%s  %s%s%s%s  %" PRIu32 " B  ",
            units_clock(event->wall_ns, output->utc_offset_s, clock, sizeof clock),
            roster_address(output->roster, event->slot, event->generation, &event->from, from,
                           sizeof from),
            name[0] != '\0' ? " (" : "", name, name[0] != '\0' ? ")" : "", event->size_bytes);
    if (event->stored_bytes > 0 || event->size_bytes == 0) /* nothing may be left of what was cut */
        payload_write(output->file, &style, output->charset, output->scratch, payload,
                      event->stored_bytes);
    write_marks(output->file, event->flags);
    fputs("  ", output->file);
    write_fate(output->file, event);
    fputc('\n', output->file);
    return !ferror(output->file);
}

static void write_reasons(FILE *file, const struct counts *counts)
{
    const char *before = " (";

    for (int i = 0; i < HELD_REASONS; i++) {
        if (counts->held[i] == 0)
            continue;
        fprintf(file, "%s%s %" PRIu64, before, held_reason_name((enum held_reason)i),
                counts->held[i]);
        before = ", ";
    }
    if (counts_held(counts) > 0)
        fputc(')', file);
}

/* What is worth a word only where it happened. */
static void write_rare(FILE *file, const struct event_totals *totals)
{
    const struct {
        const char *what;
        uint64_t count;
    } rare[] = {
        {"evicted", totals->clients_evicted},      {"acks cut", totals->acks_cut},
        {"acks doubled", totals->copies},          {"sent by hand", totals->manual_sent},
        {"not shown", totals->messages_skipped},   {"receive errors", totals->receive_errors},
        {"not recorded", totals->records_skipped},
    };

    for (size_t i = 0; i < sizeof rare / sizeof *rare; i++)
        if (rare[i].count > 0)
            fprintf(file, ", %s %" PRIu64, rare[i].what, rare[i].count);
}

static bool write_summary(const struct serve_output *output, const struct event_totals *totals)
{
    const struct counts *counts = &totals->counts;

    fprintf(output->file, "received %" PRIu64 ", acked %" PRIu64 ", held %" PRIu64,
            counts->received, counts->acked, counts_held(counts));
    write_reasons(output->file, counts);
    fprintf(output->file, ", failed %" PRIu64 ", kernel dropped %s%" PRIu64 ", clients %" PRIu32,
            counts->failed, totals->dropped_at_least ? "at least " : "", totals->kernel_dropped,
            totals->clients);
    write_rare(output->file, totals);
    fputc('\n', output->file);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool write_call(const struct serve_output *output, const struct call *call)
{
    return call_write_line(output->file, call, !output->privacy);
}

const struct serve_writer serve_lines = {.listening = write_listening,
                                         .membership = write_membership,
                                         .message = write_message,
                                         .call = write_call,
                                         .summary = write_summary};
