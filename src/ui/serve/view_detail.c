/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_detail: one message with everything known about it, or one client. */
#include <inttypes.h>
#include <stdio.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/dump.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"
#include "view_anatomy_internal.h"
#include "view_pager_internal.h"

enum { HEX_BYTES = 16, HEX_BYTES_NARROW = 8, UDP_HEADER = 8, IPV4_HEADER = 20, IPV6_HEADER = 40 };

/* ---- a message */

static void detail_put_times(struct pager *pager, const struct event_message *event)
{
    const struct model *model = pager->view->model;
    char iso[UNITS_TIME_SIZE], clock[UNITS_TEXT_SIZE];

    units_clock(event->wall_ns, model->config.utc_offset_s, clock, sizeof clock);
    units_iso8601(event->wall_ns, iso, sizeof iso);
    const char *label = event->flags & MESSAGE_REPLAYED ? "Seen"
                        : event_is_unsent(event)        ? "Tried"
                        : event_is_from_server(event)   ? "Sent"
                                                        : "Received";
    if (event->flags & MESSAGE_UNTIMED)
        pager_field(pager, label, STYLE_DIM, "the capture has no time for it");
    else
        pager_field(pager, label, STYLE_NORMAL, "%s  %s", clock, iso);
}

/* As Wireshark counts them. */
static void detail_put_frames(struct pager *pager, const struct event_message *event)
{
    if (event->frame > 0 && event->ack_frame > 0)
        pager_field(pager, "Frame", STYLE_NORMAL, "%" PRIu64 ", its reply %" PRIu64, event->frame,
                    event->ack_frame);
    else if (event->frame > 0)
        pager_field(pager, "Frame", STYLE_NORMAL, "%" PRIu64, event->frame);
}

static void put_size(struct pager *pager, const struct event_message *event)
{
    bool back = event->relayed.direction == DIRECTION_TO_CLIENT && !event_is_by_hand(event);
    bool ipv4 = (back ? &event->relayed.target : &event->from)->family == ENDPOINT_IPV4;
    unsigned header = ipv4 ? IPV4_HEADER : IPV6_HEADER;

    pager_field(pager, "Size", STYLE_NORMAL, "%u B + UDP header %d B + %s header %u B = %u B%s",
                (unsigned)event->size_bytes, UDP_HEADER, ipv4 ? "IPv4" : "IPv6", header,
                (unsigned)event->size_bytes + UDP_HEADER + header,
                event->flags & MESSAGE_TRUNCATED && !(event->flags & MESSAGE_REPLAYED) ? " or more"
                                                                                       : "");
}

static void detail_put_marks(struct pager *pager, const struct event_message *event)
{
    static const struct {
        enum message_flag flag;
        const char *text;
    } of_ack[] = {
        {MESSAGE_CUT, "the ack was cut to 3 times the request (size)"},
        {MESSAGE_FEWER, "further acks beyond 3 times the request were left out (size)"},
    };

    if (event->flags & MESSAGE_TRUNCATED)
        pager_field(pager, "Mark", STYLE_WARNING, "TRUNCATED: %s",
                    event->flags & MESSAGE_REPLAYED ? "only part of it was captured"
                                                    : "it was longer than the receive buffer");
    for (size_t i = 0; i < MESSAGE_MARKS; i++)
        if (event->flags & message_marks[i].flag && message_marks[i].detail != NULL)
            pager_field(pager, "Mark", STYLE_WARNING, "%s", message_marks[i].detail);
    for (size_t i = 0; i < COUNT_OF(of_ack); i++)
        if (event->flags & of_ack[i].flag)
            pager_field(pager, "Mark", STYLE_WARNING, "%s", of_ack[i].text);
    if (event->fragments > 0)
        pager_field(pager, "Mark", STYLE_WARNING, "fragmented: %s%u IP packets of it%s",
                    event->fragments == UINT8_MAX ? "more than " : "", (unsigned)event->fragments,
                    event->flags & MESSAGE_TRUNCATED ? ", others are missing" : ", reassembled");
}

static const char *why_text(const struct event_message *event)
{
    if (event->status == ACK_UNSEEN)
        return "the capture has none; where it was lost is not known";
    if (event->status == ACK_SENT && (event->flags & MESSAGE_AMBIGUOUS))
        return "the reply may belong to another request";
    if (event->status != ACK_HELD)
        return NULL;
    return event_is_relayed(event) ? held_reason_relayed((enum held_reason)event->why_held)
                                   : held_reason_text((enum held_reason)event->why_held);
}

/* One datagram in one direction, with the effects of the impairments. */
static void put_leg(struct pager *pager, const char *label, const struct leg *leg, bool replayed)
{
    int64_t delay_ns = ((int64_t)leg->arrive_us - leg->depart_us) * UNITS_NS_PER_US;
    char text[LINE_SIZE], delay[UNITS_TEXT_SIZE];

    if (replayed)
        delay_ns = leg->depart_us * UNITS_NS_PER_US;
    units_duration(delay_ns, delay, sizeof delay);
    if (leg->state == LEG_LOST)
        snprintf(text, sizeof text, "LOST");
    else if (replayed)
        snprintf(text, sizeof text, "seen %s after the request", delay);
    else if (delay_ns > 0)
        snprintf(text, sizeof text, "%s %s",
                 leg->state == LEG_UNDERWAY ? "on its way for" : "delayed", delay);
    else
        snprintf(text, sizeof text, "not delayed");
    if (leg->late_by > 0)
        builder_append(text, sizeof text, ", overtaken by %u later", (unsigned)leg->late_by);
    if (leg->corrupt)
        builder_append(text, sizeof text, ", bit %u of byte %u flipped", (unsigned)(leg->bit % 8),
                       (unsigned)(leg->bit / 8));
    pager_field(pager, label, leg->state == LEG_LOST ? STYLE_HELD : STYLE_NORMAL, "%s", text);
}

/* The replies in a capture: when each was seen. */
static void put_replies(struct pager *pager, const struct event_message *event)
{
    for (int i = 0; i < FATE_ACKS && fate_acks(&event->fate) > 1; i++)
        if (event->fate.acks[i].state != LEG_NONE)
            put_leg(pager, i == 0 ? "Reply" : "Its copy", &event->fate.acks[i], true);
}

/* A message may be delivered twice, and each copy acked twice. */
static void detail_put_legs(struct pager *pager, const struct event_message *event)
{
    static const char *const labels[FATE_REQUESTS][3] = {
        {"Request", "  Ack", "  Ack twice"},
        {"Its copy", "  Ack", "  Ack twice"},
    };
    const struct fate *fate = &event->fate;

    if (event->flags & MESSAGE_REPLAYED) {
        put_replies(pager, event);
        return;
    }
    for (int i = 0; i < FATE_REQUESTS && fate_touched(fate); i++) {
        if (fate->requests[i].state == LEG_NONE)
            continue;
        put_leg(pager, labels[i][0], &fate->requests[i], false);
        for (int j = 0; j < FATE_ACKS / FATE_REQUESTS; j++)
            if (fate->acks[FATE_ACKS / FATE_REQUESTS * i + j].state != LEG_NONE)
                put_leg(pager, labels[i][1 + j], &fate->acks[FATE_ACKS / FATE_REQUESTS * i + j],
                        false);
    }
}

/* Which datagram of the client it answers, and how that is known. */
static void detail_put_match(struct pager *pager, const struct event_relayed *relayed)
{
    char number[UNITS_TEXT_SIZE], rtt[UNITS_TEXT_SIZE];

    if (relayed->direction != DIRECTION_TO_CLIENT)
        return;
    if (relayed->match == MATCH_NONE) {
        pager_field(pager, "Reply to", STYLE_DIM, "not known: no datagram waited for a reply");
        return;
    }
    units_count(relayed->request, number, sizeof number);
    pager_field(pager, "Reply to", STYLE_NORMAL, "message %s: %s", number,
                relayed_match_text((enum event_match)relayed->match));
    if (relayed->rtt_ns >= 0)
        pager_field(pager, "RTT", STYLE_VALUE, "%s%s, of the target and the network to it",
                    units_duration(relayed->rtt_ns, rtt, sizeof rtt),
                    relayed->match == MATCH_ORDER ? "?" : "");
}

/* The way through the relay, with the effects of the impairments on each copy. */
static void put_passage(struct pager *pager, const struct event_message *event)
{
    static const char *const labels[FATE_REQUESTS] = {"Forwarded", "Its copy"};

    for (int i = 0; i < FATE_REQUESTS && fate_touched(&event->fate); i++)
        if (event->fate.requests[i].state != LEG_NONE)
            put_leg(pager, labels[i], &event->fate.requests[i], false);
}

/* What was on its way then is not reported any more. */
static enum style detail_format_fate(const struct pager *pager, const struct event_message *event,
                                     char *out, size_t size)
{
    enum style style = view_fate(event, false, out, size);

    if (pager->view->model->detail.forgotten && event_may_change(event))
        builder_append(out, size, " when the counts were reset");
    return style;
}

static void put_relayed(struct pager *pager, const struct event_message *event)
{
    const struct event_relayed *relayed = &event->relayed;
    const struct zones *zones = pager->view->model->config.zones;
    const char *why = why_text(event);
    char near[ENDPOINT_TEXT_SIZE], far[ENDPOINT_TEXT_SIZE], fate[LINE_SIZE], time[UNITS_TEXT_SIZE];
    struct event_message plain = *event;

    plain.relayed.match = MATCH_NONE; /* which has a line of its own */
    enum style style = detail_format_fate(pager, &plain, fate, sizeof fate);
    endpoint_format_in(&event->to, zones, near, sizeof near);
    endpoint_format_in(&relayed->session, zones, far, sizeof far);
    pager_field(pager, "Through", STYLE_NORMAL, "%s for the client, %s for the target", near,
                relayed->session.family != ENDPOINT_NONE ? far : "no socket");
    if (event->status == ACK_FORWARDED && event->service_ns >= 0)
        builder_append(fate, sizeof fate, " after %s",
                       units_duration(event->service_ns, time, sizeof time));
    pager_field(pager, "Relay", style, "%s%s%s", fate, why != NULL ? ": " : "",
                why != NULL ? why : "");
    put_passage(pager, event);
    detail_put_match(pager, relayed);
}

static void detail_put_fate(struct pager *pager, const struct event_message *event)
{
    if (event_is_relayed(event) && !event_is_by_hand(event)) {
        put_relayed(pager, event);
        return;
    }
    char fate[LINE_SIZE], words[FATE_TEXT_SIZE], size[UNITS_TEXT_SIZE];
    const char *why = why_text(event);
    enum style style = detail_format_fate(pager, event, fate, sizeof fate);

    fate_format(&event->fate, words, sizeof words);
    if (why != NULL)
        builder_append(fate, sizeof fate, ": %s", why);
    if (event->status == ACK_SENT)
        builder_append(fate, sizeof fate, "%s with %s",
                       event->service_ns >= 0 && words[0] == '\0' ? " after it came," : ",",
                       units_bytes(event->ack_bytes, size, sizeof size));
    pager_field(pager, "Ack", style, "%s", fate);
    if (event->ack_port != 0)
        pager_field(pager, "Ack to", STYLE_NORMAL, "port %u of the client",
                    (unsigned)event->ack_port);
    if (event->ack_from.family != ENDPOINT_NONE)
        pager_field(pager, "Ack from", STYLE_NORMAL, "%s",
                    endpoint_format_in(&event->ack_from, pager->view->model->config.zones, words,
                                       sizeof words));
    detail_put_legs(pager, event);
}

/* A payload of the detail, as bytes and as safe text. */
struct bytes {
    const uint8_t *at;
    const char *text;
    uint32_t stored_bytes;
    uint32_t flipped; /* the byte that an impairment changed; at stored_bytes or behind: none */
};

/* The flipped byte, over its place among the count bytes from offset on. */
static void detail_mark_flipped(struct pager *pager, int row, const struct bytes *bytes,
                                uint32_t offset, uint32_t count, const char *hex)
{
    const uint32_t gap_behind = 7; /* a dump has a gap behind its eighth byte */
    uint32_t place = bytes->flipped - offset;
    uint32_t column = 3 * place + (place > gap_behind);

    if (bytes->flipped < offset || place >= count)
        return;
    const char one[] = {hex[column], hex[column + 1], '\0'};
    frame_put(pager->view->frame, row, PAGER_MARGIN + 6 + (int)column, pager->view->columns,
              STYLE_WARNING, one);
}

static void put_hex_line(struct pager *pager, const struct bytes *bytes, uint32_t offset,
                         uint32_t width)
{
    const uint8_t *at = bytes->at + offset;
    uint32_t left = bytes->stored_bytes - offset, count = left < width ? left : width;
    char hex[DUMP_HEX_SIZE], ascii[DUMP_TEXT_SIZE];
    int row = pager_next(pager);

    if (row == PAGER_NOWHERE)
        return;
    char label[UNITS_TEXT_SIZE];
    snprintf(label, sizeof label, "%04x", (unsigned)offset);
    frame_put(pager->view->frame, row, PAGER_MARGIN, pager->view->columns, STYLE_DIM, label);
    int column = frame_put(pager->view->frame, row, PAGER_MARGIN + 6, pager->view->columns,
                           STYLE_NORMAL, dump_hex(at, count, width, hex));
    frame_put(pager->view->frame, row, column + 1, pager->view->columns, STYLE_COMMAND,
              dump_ascii(at, count, ascii));
    detail_mark_flipped(pager, row, bytes, offset, count, hex);
}

static void put_bytes(struct pager *pager, const char *label, const struct bytes *bytes)
{
    uint32_t width = pager->view->columns < 80 ? HEX_BYTES_NARROW : HEX_BYTES;
    int row = pager_next(pager);

    if (row != PAGER_NOWHERE)
        frame_put(pager->view->frame, row, PAGER_MARGIN, pager->view->columns, STYLE_DIM, label);
    pager_wrap(pager, row, PAGER_MARGIN + PAGER_LABEL, STYLE_VALUE, bytes->text);
    pager_next(pager);
    for (uint32_t offset = 0; offset < bytes->stored_bytes; offset += width)
        put_hex_line(pager, bytes, offset, width);
}

static void put_payload(struct pager *pager)
{
    const struct detail *detail = &pager->view->model->detail;
    const struct leg *leg = fate_handed_over(&detail->event.fate);
    const struct bytes bytes = {detail->payload, detail->text, detail->event.stored_bytes,
                                leg != NULL && leg->corrupt ? leg->bit / 8 : UINT32_MAX};
    const struct bytes ack = {detail->ack, detail->ack_text, detail->event.ack_stored_bytes,
                              UINT32_MAX};

    if (detail->event.size_bytes == 0)
        pager_field(pager, "Text", STYLE_DIM, "(empty): a datagram may carry no bytes at all");
    else
        put_bytes(pager, "Text", &bytes);
    if (bytes.flipped < bytes.stored_bytes)
        pager_field(pager, "Flipped", STYLE_WARNING,
                    "byte %u: sent as %02x, handed over as %02x by the simulated network",
                    (unsigned)bytes.flipped,
                    (unsigned)(bytes.at[bytes.flipped] ^ 1u << leg->bit % 8),
                    (unsigned)bytes.at[bytes.flipped]);
    if (ack.stored_bytes == 0)
        return;
    pager_next(pager);
    put_bytes(pager, "Reply", &ack);
}

static void detail_put_message(struct pager *pager)
{
    const struct event_message *event = &pager->view->model->detail.event;
    char from[2 * PEER_SIZE], to[ENDPOINT_TEXT_SIZE];
    bool from_server = relayed_goes_back(event);

    view_peer_whole(pager->view, event->slot, event->generation, &event->from, from, sizeof from);
    if (pager->view->model->config.replay)
        model_server_text(pager->view->model, &event->to, to, sizeof to);
    else
        endpoint_format_in(relayed_server(event), pager->view->model->config.zones, to, sizeof to);
    pager_field(pager, "From", STYLE_NORMAL, "%s", from_server ? to : from);
    pager_field(pager, "To", STYLE_NORMAL, "%s", from_server ? from : to);
    detail_put_times(pager, event);
    detail_put_frames(pager, event);
    put_size(pager, event);
    detail_put_marks(pager, event);
    detail_put_fate(pager, event);
    pager_next(pager);
    put_anatomy(pager);
    pager_next(pager);
    put_payload(pager);
}

/* ---- a client */

/* "3 = 2 forwarded + 1 held + 0 failed" */
static void put_settled(struct pager *pager, const char *label, const char *acked,
                        const struct counts *counts)
{
    char text[4][UNITS_TEXT_SIZE];

    pager_field(pager, label, STYLE_VALUE, "%s = %s %s + %s held + %s failed",
                units_count(counts->received, text[0], sizeof text[0]),
                units_count(counts->acked, text[1], sizeof text[1]), acked,
                units_count(counts_held(counts), text[2], sizeof text[2]),
                units_count(counts->failed, text[3], sizeof text[3]));
}

/* The sum that always holds, in words. */
static void put_sum(struct pager *pager, const char *label, const char *acked,
                    const struct counts *counts)
{
    char received[UNITS_TEXT_SIZE], ackeds[UNITS_TEXT_SIZE], held[UNITS_TEXT_SIZE];

    if (pager->view->model->config.replay)
        pager_field(pager, label, STYLE_VALUE, "%s = %s acked + %s without a reply seen",
                    units_count(counts->received, received, sizeof received),
                    units_count(counts->acked, ackeds, sizeof ackeds),
                    units_count(counts->unseen, held, sizeof held));
    else
        put_settled(pager, label, acked, counts);
    for (int reason = 0; reason < HELD_REASONS; reason++)
        if (counts->held[reason] > 0)
            pager_field(pager, "Held", STYLE_HELD, "%s %s",
                        held_reason_name((enum held_reason)reason),
                        units_count(counts->held[reason], held, sizeof held));
    pager_field(pager, "Bytes", STYLE_NORMAL, "%s",
                units_count(counts->received_bytes, received, sizeof received));
}

/* How many, and what the latest says. */
static void put_icmp_errors(struct pager *pager, const struct row *row)
{
    const struct model *model = pager->view->model;
    const struct event_icmp *latest =
        relay_client_error(model, model->detail.slot, model->detail.generation);
    char count[UNITS_TEXT_SIZE], text[REASON_ICMP_SIZE];

    if (row->icmp_errors == 0)
        return;
    units_count(row->icmp_errors, count, sizeof count);
    if (latest != NULL)
        relayed_icmp_text(latest, model->config.zones, text, sizeof text);
    pager_field(pager, "ICMP errors", STYLE_WARNING, "%s%s%s", count,
                latest != NULL ? "; the latest: " : "", latest != NULL ? text : "");
}

/* Both directions of a relay's client, and what is known of its target. */
static void put_relayed_sums(struct pager *pager, const struct row *row)
{
    const struct zones *zones = pager->view->model->config.zones;
    const struct event_rtts *rtts = &row->rtts;
    char text[3][UNITS_TEXT_SIZE], target[ENDPOINT_TEXT_SIZE], session[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(&row->server, zones, target, sizeof target);
    endpoint_format_in(&row->session, zones, session, sizeof session);
    pager_field(pager, "Target", STYLE_NORMAL, "%s, from %s", target,
                row->session.family != ENDPOINT_NONE ? session
                                                     : "no socket: the session has ended");
    put_sum(pager, "To target", "forwarded", &row->counts);
    put_sum(pager, "To client", "forwarded", &row->back);
    put_icmp_errors(pager, row);
    if (rtts->count > 0)
        pager_field(pager, "RTT", STYLE_VALUE, "%s, at least %s, at most %s",
                    units_duration(event_rtts_mean_ns(rtts), text[0], sizeof text[0]),
                    units_duration(rtts->min_ns, text[1], sizeof text[1]),
                    units_duration(rtts->max_ns, text[2], sizeof text[2]));
}

static void put_when(struct pager *pager, const char *label, int64_t then_ns)
{
    const struct model *model = pager->view->model;
    int64_t age_ns = shown_now_ns(model) - then_ns;
    char clock[UNITS_TEXT_SIZE], ago[UNITS_TEXT_SIZE];

    age_ns = age_ns > 0 ? age_ns : 0;
    units_clock(model->wall_ns - (model->now_ns - then_ns), model->config.utc_offset_s, clock,
                sizeof clock);
    clock[8] = '\0'; /* whole seconds: it is calculated back from now */
    pager_field(pager, label, STYLE_NORMAL, "%s  %s", clock, units_ago(age_ns, ago, sizeof ago));
}

static void put_activity(struct pager *pager, const struct rates *rates)
{
    int64_t now_ns = shown_now_ns(pager->view->model);
    int width = pager->view->columns < 60 ? SPARK_MAX / 2 : SPARK_MAX;
    uint64_t top = view_spark_top(rates, now_ns, width);
    char rate[UNITS_TEXT_SIZE], label[UNITS_TEXT_SIZE];

    pager_field(pager, "Rate", STYLE_NORMAL, "%s, the mean of %d seconds",
                units_rate(rates_mean(rates, now_ns), rate, sizeof rate), RATES_MEAN_SECONDS);
    snprintf(label, sizeof label, "Last %d s", width);
    int row = pager_next(pager);
    if (row == PAGER_NOWHERE)
        return;
    frame_put(pager->view->frame, row, PAGER_MARGIN, pager->view->columns, STYLE_DIM, label);
    view_spark(pager->view, row, PAGER_MARGIN + PAGER_LABEL, width, rates, now_ns, top);
    snprintf(label, sizeof label, "at most %u a second", (unsigned)top);
    frame_put(pager->view->frame, row, PAGER_MARGIN + PAGER_LABEL + width + 2, pager->view->columns,
              STYLE_DIM, label);
}

/* The name if there is one, the address if it may be shown. */
static void put_identity(struct pager *pager, const struct row *row)
{
    const struct model *model = pager->view->model;
    const char *name = roster_name(model->roster, model->detail.slot, row->generation);
    char address[PEER_SIZE];

    if (name[0] != '\0')
        pager_field(pager, "Name", STYLE_VALUE, "%s", name);
    if (roster_private(model->roster)) {
        pager_field(pager, "Client", STYLE_NORMAL, "%s",
                    roster_address(model->roster, model->detail.slot, row->generation, &row->peer,
                                   address, sizeof address));
        return;
    }
    pager_field(
        pager, "Address", STYLE_NORMAL, "%s",
        endpoint_format_address_in(&row->peer, model->config.zones, address, sizeof address));
    const char *host = hostnames_find(model->config.hosts, &row->peer);
    if (host[0] != '\0')
        pager_field(pager, "Host", STYLE_NORMAL, "%s", host);
    pager_field(pager, "Port", STYLE_NORMAL, "%u", (unsigned)row->peer.port);
}

static void detail_put_client(struct pager *pager)
{
    const struct model *model = pager->view->model;
    const struct row *row =
        rows_find(shown_rows(model), model->detail.slot, model->detail.generation);

    if (row == NULL) {
        pager_field(pager, "Client", STYLE_WARNING, "no longer in the table");
        return;
    }
    put_identity(pager, row);
    put_when(pager, "First seen", row->first_ns);
    put_when(pager, "Last seen", row->last_ns);
    if (model->config.relay)
        put_relayed_sums(pager, row);
    else
        put_sum(pager, "Messages", "acked", &row->counts);
    put_activity(pager, &row->rates);
}

/* ---- either */

static void detail_put_body(struct pager *pager)
{
    if (pager->view->model->detail.of_message)
        detail_put_message(pager);
    else
        detail_put_client(pager);
}

static void format_title(const struct view *view, char *out, size_t size)
{
    const struct model *model = view->model;
    const struct detail *detail = &model->detail;
    const struct row *row = rows_find(shown_rows(model), detail->slot, detail->generation);
    char text[PEER_SIZE];

    if (detail->of_message && detail->event.status == ACK_MORE)
        snprintf(out, size, "More of message %s",
                 units_count(detail->event.number, text, sizeof text));
    else if (detail->of_message && event_is_unsent(&detail->event))
        snprintf(out, size, "Message by hand, not sent");
    else if (detail->of_message && detail->event.number == 0)
        snprintf(out, size, "Message %s",
                 detail->event.status == ACK_UNASKED ? "without a request" : "sent by hand");
    else if (detail->of_message)
        snprintf(out, size, "Message %s", units_count(detail->event.number, text, sizeof text));
    else
        snprintf(out, size, "Client%s %s", roster_is_kept(model->roster) ? ":" : "",
                 row != NULL ? view_peer(view, detail->slot, detail->generation, &row->peer, text,
                                         sizeof text)
                             : "");
}

void view_detail(const struct view *view)
{
    struct pager pager = {.view = view};
    char title[LINE_SIZE], position[FIGURE_SIZE] = "";
    int lines = view_detail_lines(view), seen = view->model->layout.body_rows - 1;

    format_title(view, title, sizeof title);
    if (lines > seen)
        snprintf(position, sizeof position, "line %d of %d", view->model->scroll + 1, lines);
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = title,
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = position,
                             .right_style = STYLE_DIM});
    detail_put_body(&pager);
}

int view_detail_lines(const struct view *view)
{
    struct view counting = *view;
    struct pager pager = {.view = &counting};

    counting.frame = NULL;
    detail_put_body(&pager);
    return pager.line;
}
