/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/relayed.h"

#include <stdio.h>

#include "udptui/proto/reason.h"

static const struct {
    const char *name, *text;
} relayed_matches[] = {
    [MATCH_NONE] = {"none", NULL},
    [MATCH_ALONE] = {"alone", "it was the only one that waited for a reply"},
    [MATCH_ID] = {"id", "both have the same transaction number"},
    [MATCH_ORDER] = {"order", "it was the oldest of several: this may be wrong"},
};

const struct endpoint *relayed_server(const struct event_message *event)
{
    return event_is_relayed(event) && !event_is_by_hand(event) ? &event->relayed.target
                                                               : &event->to;
}

bool relayed_goes_back(const struct event_message *event)
{
    return event_is_from_server(event) || event->relayed.direction == DIRECTION_TO_CLIENT;
}

const char *relayed_direction_name(enum event_direction direction)
{
    return direction == DIRECTION_TO_CLIENT ? "to_client" : "to_target";
}

const char *relayed_match_name(enum event_match match)
{
    return relayed_matches[match].name;
}

const char *relayed_match_text(enum event_match match)
{
    return relayed_matches[match].text;
}

/* ---- ICMP */

static struct reason_icmp relayed_reason(const struct event_icmp *event)
{
    return (struct reason_icmp){.ipv6 = event->ipv6,
                                .type = event->type,
                                .code = event->code,
                                .mtu = event->mtu,
                                .from = &event->offender};
}

const char *relayed_icmp_text(const struct event_icmp *event, const struct zones *zones, char *out,
                              size_t size)
{
    const struct reason_icmp icmp = relayed_reason(event);
    struct reason reason = reason_of_errno(REASON_SEND, event->error, NULL, &event->target);

    if (!event->local)
        return reason_icmp_sentence(&icmp, zones, out, size);
    return reason_sentence(&reason, out, size);
}

const char *relayed_icmp_brief(const struct event_icmp *event, const struct zones *zones, char *out,
                               size_t size)
{
    struct reason reason = reason_of_errno(REASON_SEND, event->error, NULL, &event->target);
    char who[ENDPOINT_TEXT_SIZE];

    if (event->local || event->offender.family == ENDPOINT_NONE)
        snprintf(out, size, "FAILED: %s", reason.brief);
    else
        snprintf(out, size, "%s, reported by %s", reason.brief,
                 endpoint_format_address_in(&event->offender, zones, who, sizeof who));
    return out;
}

/* ---- the target's name */

const char *relayed_target_text(const struct event_target *event, const struct zones *zones,
                                char *out, size_t size)
{
    char before[ENDPOINT_TEXT_SIZE], now[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(&event->before, zones, before, sizeof before);
    endpoint_format_in(&event->now, zones, now, sizeof now);
    if (!event->found)
        snprintf(out, size, "Target %s looked up again: %s", before, event->why);
    else if (endpoint_equal(&event->before, &event->now))
        snprintf(out, size, "Target %s looked up again: its address is the same", before);
    else
        snprintf(out, size, "Target %s looked up again: now %s", before, now);
    return out;
}
