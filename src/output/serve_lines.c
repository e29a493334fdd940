/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_lines: one line per message: time, client, size, text, fate. */
#include <inttypes.h>

#include "udptui/base/units.h"
#include "udptui/output/call.h"
#include "udptui/output/classroom.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/output/serve.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"

bool serve_write_listening_line(const struct serve_output *output, const char *address,
                                const char *target)
{
    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "%s is listening on %s", target != NULL ? "Relay" : "Server", address);
    if (target != NULL)
        fprintf(output->file, ", target %s", target);
    fputc('\n', output->file);
    return fflush(output->file) == 0;
}

static void write_loss(FILE *file, const struct event_membership *event)
{
    struct reason reason = reason_of_errno(REASON_JOIN, event->error, NULL, &event->group);
    char why[REASON_SIZE];

    if (event->error == 0)
        fputs(", the interface is gone; joined again when it is back", file);
    else
        fprintf(file, ", cannot join again: %s", reason_sentence(&reason, why, sizeof why));
}

bool serve_write_membership_line(const struct serve_output *output,
                                 const struct event_membership *event, bool again)
{
    char text[EVENT_MEMBERSHIP_SIZE];

    event_membership_text(event, text, sizeof text);
    stamp_write(output->file, &output->stamp, event->wall_ns);
    if (!again)
        fprintf(output->file, "Joined %s\n", text);
    else
        fprintf(output->file, "%s %s", event->joined ? "joined again:" : "membership lost:", text);
    if (!event->joined)
        write_loss(output->file, event);
    if (again)
        fputc('\n', output->file);
    return fflush(output->file) == 0;
}

/* "forwarded 31 us", "forwarded 12 us, x2, 1.20 ms after #7 (by order)". */
static void write_forwarded(FILE *file, const struct event_message *event)
{
    const struct event_relayed *relayed = &event->relayed;
    char fate[FATE_TEXT_SIZE], time[UNITS_TEXT_SIZE];

    fate_format_passed(&event->fate, fate, sizeof fate);
    if (event->service_ns >= 0)
        fprintf(file, " %s", units_duration(event->service_ns, time, sizeof time));
    if (fate[0] != '\0')
        fprintf(file, ", %s", fate);
    if (relayed->match == MATCH_NONE || relayed->rtt_ns < 0)
        return;
    fprintf(file, ", %s after #%" PRIu64 "%s", units_duration(relayed->rtt_ns, time, sizeof time),
            relayed->request, relayed->match == MATCH_ORDER ? " (by order)" : "");
}

static void write_acked(FILE *file, const struct event_message *event, const char *fate)
{
    char service[UNITS_TEXT_SIZE];

    fprintf(file, " %s%s%s%s",
            event->flags & MESSAGE_AMBIGUOUS || event->service_ns < 0
                ? "?"
                : units_duration(event->service_ns, service, sizeof service),
            event->flags & MESSAGE_CUT     ? " (cut: size)"
            : event->flags & MESSAGE_FEWER ? " (acks left out: size)"
                                           : "",
            fate[0] != '\0' ? ", " : "", fate);
    if (event->ack_checksum.status == CHECKSUM_BAD)
        fputs(" (bad checksum)", file);
}

/* ACK_WAITING of a server is not written: the line comes when it is settled. */
static void write_fate(FILE *file, const struct event_message *event)
{
    char text[FATE_TEXT_SIZE];
    const char *fate = event_is_relayed(event) ? fate_format_passed(&event->fate, text, sizeof text)
                                               : fate_format(&event->fate, text, sizeof text);

    if (event->status == ACK_HELD && event->why_held == HELD_LOSS && fate[0] != '\0') {
        fputs(fate, file);
        return;
    }
    fputs(ack_status_rows[event->status].line, file);
    if (event->status == ACK_SENT)
        write_acked(file, event, fate);
    else if (event->status == ACK_FORWARDED)
        write_forwarded(file, event);
    else if (event->status == ACK_HELD)
        fprintf(file, " %s", held_reason_name(event->why_held));
    else if (event->status == ACK_FAILED)
        fprintf(file, " %s", reason_brief(REASON_SEND, event->error));
}

static void write_marks(FILE *file, uint16_t flags)
{
    for (size_t i = 0; i < MESSAGE_MARKS; i++)
        if (flags & message_marks[i].flag)
            fprintf(file, " (%s)", message_marks[i].line);
}

const char *serve_format_client(const struct serve_output *output, uint32_t slot,
                                uint32_t generation, const struct endpoint *client, char *out,
                                size_t size)
{
    return roster_address(output->roster, slot, generation, client, out, size);
}

static void write_client(const struct serve_output *output, const struct event_message *event)
{
    const char *name = roster_name(output->roster, event->slot, event->generation);
    char from[ROSTER_TEXT_SIZE];

    fputs(serve_format_client(output, event->slot, event->generation, &event->from, from,
                              sizeof from),
          output->file);
    if (name[0] != '\0')
        fprintf(output->file, " (%s)", name);
    const char *host = hostnames_find(output->hosts, &event->from);
    if (host[0] != '\0')
        fprintf(output->file, " [%s]", host);
}

const char *serve_format_server(const struct serve_output *output,
                                const struct event_message *event, char *out, size_t size)
{
    if (event_is_relayed(event))
        return endpoint_format_in(relayed_server(event), output->zones, out, size);
    if (!output->privacy || !output->replay || endpoint_is_multicast(&event->to))
        return endpoint_format_in(&event->to, output->zones, out, size);
    snprintf(out, size, "server:%u", (unsigned)event->to.port);
    return out;
}

/* Number, sender and destination. */
static void write_ends(const struct serve_output *output, const struct event_message *event)
{
    bool from_server = relayed_goes_back(event);
    char server[ENDPOINT_TEXT_SIZE];

    serve_format_server(output, event, server, sizeof server);
    if (event->number > 0)
        fprintf(output->file, "#%" PRIu64 "  ", event->number);
    else
        fputs("-  ", output->file);
    if (from_server)
        fprintf(output->file, "%s > ", server);
    write_client(output, event);
    if (!from_server)
        fprintf(output->file, " > %s", server);
}

static void write_payload(const struct serve_output *output, const struct event_message *event,
                          const uint8_t *payload)
{
    const struct payload_style style = {.show = PAYLOAD_TEXT, .full = output->full};
    bool hidden = output->privacy && event_payload_names_client(event, payload);

    fprintf(output->file, "  %" PRIu32 " B  ", event->size_bytes);
    if (!hidden && (event->stored_bytes > 0 || event->size_bytes == 0)) /* a cut one may be empty */
        payload_write(output->file, &style, output->charset, output->scratch, payload,
                      event->stored_bytes);
    write_marks(output->file, event->flags);
    if (event->checksum.status == CHECKSUM_BAD)
        fputs(" (bad checksum)", output->file);
}

/* "[DNS: Standard query 0x1234 A example.org]", and of the reply. */
static void write_dissection(FILE *file, const struct dissect_answer *answer)
{
    if (!answer->known)
        fputs("  [not dissected]", file);
    for (size_t i = 0; i < answer->count; i++)
        fprintf(file, "  [%s%s: %s]", i > 0 ? "reply " : "", answer->summaries[i].protocol,
                answer->summaries[i].text);
}

bool serve_write_message_line(const struct serve_output *output, const struct event_message *event,
                              const uint8_t *payload)
{
    if (event->flags & MESSAGE_UNTIMED)
        stamp_write_unknown(output->file, &output->stamp);
    else
        stamp_write(output->file, &output->stamp, event->wall_ns);
    if (output->replay || event_is_relayed(event))
        write_ends(output, event);
    else
        write_client(output, event);
    if (!(event->flags & MESSAGE_UPDATE))
        write_payload(output, event, payload);
    if (output->dissection != NULL)
        write_dissection(output->file, output->dissection);
    fputs("  ", output->file);
    write_fate(output->file, event);
    fputc('\n', output->file);
    return !ferror(output->file);
}

static bool serve_write_summary_line(const struct serve_output *output,
                                     const struct event_totals *totals)
{
    struct fold fold;

    figures_write_list(fold_begin(&fold, output->file, &output->stamp), &served_figures, totals);
    fold_end(&fold);
    return fflush(output->file) == 0 && !ferror(output->file);
}

bool serve_write_call_line(const struct serve_output *output, const struct call *call)
{
    return call_write_line(output->file, &output->stamp, call, !output->privacy, output->zones);
}

const struct serve_writer serve_lines = {.listening = serve_write_listening_line,
                                         .membership = serve_write_membership_line,
                                         .message = serve_write_message_line,
                                         .call = serve_write_call_line,
                                         .classroom = classroom_write_line,
                                         .tallies = classroom_write_tally_lines,
                                         .summary = serve_write_summary_line};
