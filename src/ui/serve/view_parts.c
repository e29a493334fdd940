/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_parts: shared by several parts of the screen. */
#include "view_parts_internal.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"
#include "udptui/ui/spark.h"

/* ---- rules and sparklines */

void view_rule(const struct view *view, int row, const struct rule *rule)
{
    rule_draw(rule, view->frame, row, view->charset);
}

/* The rates at a time, for struct spark. */
struct dated_rates {
    const struct rates *rates;
    int64_t now_ns;
};

static uint64_t view_count_at(const void *context, int age_s)
{
    const struct dated_rates *dated = context;

    return rates_at(dated->rates, dated->now_ns, age_s);
}

uint64_t view_spark_top(const struct rates *rates, int64_t now_ns, int width)
{
    const struct dated_rates dated = {.rates = rates, .now_ns = now_ns};
    const struct spark spark = {.count = view_count_at, .context = &dated, .newest_s = 1};

    return spark_top(&spark, width);
}

void view_spark(const struct view *view, int row, int column, int width, const struct rates *rates,
                int64_t now_ns, uint64_t top)
{
    const struct dated_rates dated = {.rates = rates, .now_ns = now_ns};
    const struct spark spark = {.count = view_count_at,
                                .context = &dated,
                                .top = top,
                                .newest_s = 1,
                                .charset = view->charset};

    spark_draw(&spark, view->frame, row, column, width);
}

/* ---- bars */

void view_gauge(const struct view *view, unsigned percent, char *out, size_t size)
{
    static const struct {
        const char *before, *full, *empty, *behind;
    } looks[] = {
        [TEXT_UTF8] = {"", "\xe2\x96\x93", "\xe2\x96\x91", ""},
        [TEXT_ASCII] = {"[", "#", ".", "]"},
    };
    const unsigned width = 8;
    unsigned filled = (percent * width + 50) / 100;

    if (percent > 0 && filled == 0) /* not empty */
        filled = 1;
    snprintf(out, size, "%s", looks[view->charset].before);
    for (unsigned i = 0; i < width; i++)
        builder_append(out, size, "%s",
                       i < filled ? looks[view->charset].full : looks[view->charset].empty);
    builder_append(out, size, "%s", looks[view->charset].behind);
}

/* ---- clients */

const char *view_peer(const struct view *view, uint32_t slot, uint32_t generation,
                      const struct endpoint *peer, char *out, size_t size)
{
    return peer_text(view->model, slot, generation, peer, out, size);
}

const char *view_peer_whole(const struct view *view, uint32_t slot, uint32_t generation,
                            const struct endpoint *peer, char *out, size_t size)
{
    const struct roster *roster = view->model->roster;
    const char *name = roster_name(roster, slot, generation);
    char address[PEER_SIZE];

    roster_address(roster, slot, generation, peer, address, sizeof address);
    if (name[0] == '\0')
        name = hostnames_find(view->model->config.hosts, peer);
    if (name[0] == '\0')
        snprintf(out, size, "%s", address);
    else
        snprintf(out, size, "%s (%s)", name, address);
    return out;
}

const char *view_marks(const struct event_message *event)
{
    bool cut = event->flags & MESSAGE_TRUNCATED;

    if (event->checksum.status == CHECKSUM_BAD)
        return cut ? "BAD CHECKSUM, CUT " : "BAD CHECKSUM ";
    return cut ? "CUT " : "";
}

/* ---- fates */

/* A loss in the simulated network is reported with its direction; other effects only if not
 * brief. */
static void format_held(const struct event_message *event, bool brief, char *out, size_t size)
{
    if (event->why_held == HELD_LOSS && fate_touched(&event->fate)) {
        if (event_is_relayed(event))
            fate_format_passed(&event->fate, out, size);
        else
            fate_format(&event->fate, out, size);
        if (brief)
            out[strcspn(out, ",")] = '\0';
        return;
    }
    snprintf(out, size, "HELD %s",
             event->why_held < HELD_REASONS ? held_reason_name((enum held_reason)event->why_held)
                                            : "?");
}

static void format_sent(const struct event_message *event, bool brief, char *out, size_t size)
{
    char time[UNITS_TEXT_SIZE], words[FATE_TEXT_SIZE];

    fate_format(&event->fate, words, sizeof words);
    snprintf(out, size, "acked%s", event->flags & MESSAGE_CUT ? " cut" : "");
    if (words[0] != '\0' && brief)
        snprintf(out, size, "%s", words);
    else if (words[0] != '\0')
        builder_append(out, size, "%s %s", words[0] == 'x' ? "" : ",", words);
    else if (event->flags & MESSAGE_AMBIGUOUS)
        builder_append(out, size, " ?");
    else if (!brief && event->service_ns >= 0)
        builder_append(out, size, " %s", units_duration(event->service_ns, time, sizeof time));
    if (event->ack_checksum.status == CHECKSUM_BAD)
        builder_append(out, size, brief ? ", BAD" : ", BAD SUM");
}

/* A reply's time is the target's; another datagram's is that within the relay. */
static void format_forwarded(const struct event_message *event, bool brief, char *out, size_t size)
{
    const struct event_relayed *relayed = &event->relayed;
    char time[UNITS_TEXT_SIZE], words[FATE_TEXT_SIZE];

    fate_format_passed(&event->fate, words, sizeof words);
    if (relayed->match != MATCH_NONE && relayed->rtt_ns >= 0)
        snprintf(out, size, "%s%s%s", brief ? "" : "RTT ",
                 units_duration(relayed->rtt_ns, time, sizeof time),
                 relayed->match == MATCH_ORDER ? "?" : "");
    else
        snprintf(out, size, "forwarded");
    if (words[0] != '\0' && brief)
        snprintf(out, size, "%s", words);
    else if (words[0] != '\0')
        builder_append(out, size, "%s %s", words[0] == 'x' ? "" : ",", words);
}

static enum style fate_style(const struct event_message *event)
{
    static const enum style styles[ACK_STATUSES] = {
        [ACK_SENT] = STYLE_ACKED,      [ACK_HELD] = STYLE_HELD,    [ACK_FAILED] = STYLE_FAILED,
        [ACK_MANUAL] = STYLE_COMMAND,  [ACK_WAITING] = STYLE_DIM,  [ACK_UNSEEN] = STYLE_HELD,
        [ACK_UNASKED] = STYLE_COMMAND, [ACK_MORE] = STYLE_COMMAND, [ACK_FORWARDED] = STYLE_ACKED,
    };

    if ((event->status == ACK_SENT || event->status == ACK_FORWARDED) &&
        (fate_corrupt(&event->fate) || event->ack_checksum.status == CHECKSUM_BAD))
        return STYLE_WARNING;
    return styles[event->status];
}

enum style view_fate(const struct event_message *event, bool brief, char *out, size_t size)
{
    const struct ack_status_row *row = &ack_status_rows[event->status];

    snprintf(out, size, "%s", brief ? row->brief : row->line);
    if (event->status == ACK_SENT)
        format_sent(event, brief, out, size);
    else if (event->status == ACK_FORWARDED)
        format_forwarded(event, brief, out, size);
    else if (event->status == ACK_HELD)
        format_held(event, brief, out, size);
    else if (event->status == ACK_WAITING && !(event->flags & MESSAGE_REPLAYED))
        snprintf(out, size, "on its way");
    else if (event->status == ACK_FAILED && !brief)
        builder_append(out, size, " %s%s", reason_brief(REASON_SEND, event->error),
                       event_is_unsent(event) ? ", by hand" : "");
    else if (event->status == ACK_MORE && !brief)
        builder_append(out, size, " of #%llu", (unsigned long long)event->number);
    return fate_style(event);
}

const char *view_way(const struct view *view, const struct event_message *event)
{
    static const char *const ways[][2] = {
        [TEXT_UTF8] = {"\xe2\x86\x92", "\xe2\x86\x90"},
        [TEXT_ASCII] = {"->", "<-"},
    };

    return ways[view->charset][relayed_goes_back(event)];
}

const char *view_going_on(const struct model *model)
{
    if (model->config.relay)
        return model->totals.acks_on ? "forwarding continues" : "forwarding is OFF";
    return model->totals.acks_on ? "acks continue" : "acks are OFF";
}

void view_join(const struct view *view, char *out, size_t size)
{
    const char *join = view->model->config.join;

    snprintf(out, size, "%s%s", join != NULL ? "udptui send " : "", join != NULL ? join : "");
}
