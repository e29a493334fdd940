/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_json: the same as relay_lines, one JSON object a line. */
#include <jansson.h>

#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/output/serve.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"

static void icmp_add_kind(json_t *object, const struct event_icmp *event)
{
    json_object_set_new(object, "ipv6", json_boolean(event->ipv6));
    json_add_count(object, "type", event->type);
    json_add_count(object, "code", event->code);
    if (event->mtu > 0)
        json_add_count(object, "mtu", event->mtu);
}

static bool relay_write_icmp_json(const struct serve_output *output, const struct event_icmp *event)
{
    json_t *object = json_event("icmp");
    char client[ROSTER_TEXT_SIZE], why[REASON_ICMP_SIZE];

    json_add_time(object, event->wall_ns);
    serve_format_client(output, event->slot, event->generation, &event->from, client,
                        sizeof client);
    json_object_set_new(object, "from", json_string(client));
    json_add_endpoint(object, "to", &event->target, output->zones);
    if (event->number > 0)
        json_add_count(object, "n", event->number);
    if (event->offender.family != ENDPOINT_NONE) {
        char offender[ENDPOINT_TEXT_SIZE];
        endpoint_format_address_in(&event->offender, output->zones, offender, sizeof offender);
        json_object_set_new(object, "offender", json_string(offender));
    }
    if (!event->local)
        icmp_add_kind(object, event);
    relayed_icmp_text(event, output->zones, why, sizeof why);
    json_object_set_new(object, "why", json_string(why));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool relay_write_target_json(const struct serve_output *output,
                                    const struct event_target *event)
{
    json_t *object = json_event("target");

    json_add_time(object, event->wall_ns);
    json_object_set_new(object, "found", json_boolean(event->found));
    json_add_endpoint(object, "before", &event->before, output->zones);
    if (event->found)
        json_add_endpoint(object, "target", &event->now, output->zones);
    else
        json_object_set_new(object, "why", json_string(event->why));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool relay_write_summary_json(const struct serve_output *output,
                                     const struct event_totals *totals)
{
    json_t *object = json_event("summary");

    figures_add_json(object, &relayed_figures, totals);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool relay_write_reset_json(const struct serve_output *output,
                                   const struct event_reset *event)
{
    return serve_write_figures_before_json(output, &relayed_figures, event);
}

const struct serve_writer relay_json = {.listening = serve_write_listening_json,
                                        .membership = serve_write_membership_json,
                                        .message = serve_write_message_json,
                                        .call = serve_write_call_json,
                                        .icmp = relay_write_icmp_json,
                                        .target = relay_write_target_json,
                                        .reset = relay_write_reset_json,
                                        .summary = relay_write_summary_json};
