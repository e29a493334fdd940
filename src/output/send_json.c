/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_json: one object per result; reports that are not results have other event names. */
#include <string.h>

#include "udptui/output/call.h"
#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/output/send.h"

static void send_json_add_time(json_t *object, const char *key, int64_t value_ns)
{
    if (value_ns >= 0)
        json_object_set_new(object, key, json_integer(value_ns));
}

static void send_json_add_reason(json_t *object, const char *why)
{
    char text[1024];
    size_t length = 0;

    if (why == NULL)
        return;
    while (why[length] != '\0')
        length++;
    text_render(text, sizeof text, why, length, TEXT_UTF8);
    json_object_set_new(object, "why", json_string(text));
}

/* Names one of several targets. */
static void send_json_add_name(const struct send_output *output, json_t *object)
{
    char text[512];

    if (output->name == NULL)
        return;
    text_render(text, sizeof text, output->name, strlen(output->name), TEXT_UTF8);
    json_object_set_new(object, "target", json_string(text));
}

static bool send_json_write_result(const struct send_output *output, const struct result *result)
{
    bool beside = result->status >= RESULT_STATUSES;
    const char *name = result_status_name(result->status);
    json_t *object = json_event(beside ? name : "result");

    if (result->seq > 0)
        json_add_count(object, "seq", result->seq);
    if (result->last_seq > 0) {
        json_add_count(object, "last_seq", result->last_seq);
        json_add_count(object, "count", result->concerned);
    }
    json_add_time(object, result->wall_ns);
    send_json_add_name(output, object);
    json_add_endpoint(object, "to", &result->to, output->zones);
    if (result->from.family != ENDPOINT_NONE)
        json_add_endpoint(object, "from", &result->from, output->zones);
    if (result->seq > 0 && result->last_seq == 0 && result->status != RESULT_UNMET)
        json_add_count(object, "bytes", result->size_bytes);
    if (!beside)
        json_object_set_new(object, "status", json_string(name));
    send_json_add_time(object, "rtt_ns", result->rtt_ns);
    if (result->rtt_app_ns > 0)
        send_json_add_time(object, "rtt_app_ns", result->rtt_app_ns);
    if (result->ambiguous)
        json_object_set_new(object, "ambiguous", json_true());
    if (result->provisional)
        json_object_set_new(object, "provisional", json_true());
    if (result->expectation != EXPECTATION_NONE)
        json_object_set_new(object, "as_expected",
                            json_boolean(result->expectation == EXPECTATION_MET));
    if (result->resends > 0)
        json_add_count(object, "resends", result->resends);
    if (result->reply != NULL) {
        json_add_count(object, "reply_bytes", result->reply_bytes);
        json_add_payload(object, result->reply, result->reply_bytes);
    }
    send_json_add_reason(object, result->why);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool send_json_write_summary(const struct send_output *output,
                                    const struct send_totals *totals)
{
    json_t *object = json_event("summary");

    send_json_add_name(output, object);
    figures_add_json(object, &send_figures, totals);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool send_json_write_call(const struct send_output *output, const struct call *call)
{
    return call_write_json(output->file, call, true, output->zones);
}

const struct send_writer send_json = {.result = send_json_write_result,
                                      .call = send_json_write_call,
                                      .summary = send_json_write_summary};
