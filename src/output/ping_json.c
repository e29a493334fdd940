/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_json: one object per event, and the summary. */
#include "ping_internal.h"
#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/proto/event.h"

static json_t *begin_object(const struct ping_output *output, const char *event)
{
    json_t *object = json_event(event);

    json_add_endpoint(object, "target", &output->target, output->zones);
    return object;
}

static bool end_object(const struct ping_output *output, json_t *object)
{
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool ping_json_begin(const struct ping_output *output)
{
    json_t *object = begin_object(output, "ping");

    json_add_count(object, "bytes", output->size_bytes);
    json_object_set_new(object, "interval_ns", json_integer(output->interval_ns));
    json_object_set_new(object, "timeout_ns", json_integer(output->timeout_ns));
    return end_object(output, object);
}

static void add_reply(json_t *object, const struct ping_output *output,
                      const struct probe_event *event)
{
    json_add_endpoint(object, "from", &event->from, output->zones);
    json_add_count(object, "bytes", event->size_bytes);
    if (event->hop_limit != EVENT_UNKNOWN)
        json_object_set_new(object, "hop_limit", json_integer(event->hop_limit));
    if (event->reply.rtt_ns >= 0)
        json_object_set_new(object, "rtt_ns", json_integer(event->reply.rtt_ns));
    if (event->rtt_app_ns >= 0)
        json_object_set_new(object, "rtt_app_ns", json_integer(event->rtt_app_ns));
    if (event->ipdv_ns != VARIATION_UNKNOWN)
        json_object_set_new(object, "ipdv_ns", json_integer(event->ipdv_ns));
    if (event->server_ns >= 0)
        json_object_set_new(object, "server_ns", json_integer(event->server_ns));
    if (event->one_way) {
        json_object_set_new(object, "there_ns", json_integer(event->there_ns));
        json_object_set_new(object, "back_ns", json_integer(event->back_ns));
        json_object_set_new(object, "synchronised", json_boolean(event->synchronised));
    }
    if (event->reply.reordered)
        json_object_set_new(object, "reordered", json_true());
    if (event->clock_stepped)
        json_object_set_new(object, "clock_stepped", json_true());
}

static bool ping_json_event(const struct ping_output *output, const struct probe_event *event)
{
    json_t *object = begin_object(output, ping_event_word(event));

    json_add_time(object, event->wall_ns);
    if (event->kind == PROBE_MODE)
        json_object_set_new(object, "mode", json_string(ping_mode_words[event->mode]));
    else if (event->kind != PROBE_STRAY && event->number != PROBE_UNKNOWN_NUMBER)
        json_add_count(object, "seq", event->number);
    if (event->kind == PROBE_REPLY || event->kind == PROBE_STRAY)
        add_reply(object, output, event);
    if (event->kind == PROBE_FAILED)
        json_object_set_new(object, "why", json_string(event->why));
    return end_object(output, object);
}

static json_t *times_object(const struct probe_times *times)
{
    json_t *object = json_object();

    json_add_count(object, "count", times->count);
    figures_add_json(object, &ping_quantiles, times);
    return object;
}

/* The figures of the last minute; of all, if there was no more. */
static json_t *rolling_object(const struct probe_rolling *rolling)
{
    json_t *object = times_object(&rolling->rtt);

    json_object_set_new(object, "covers_ns", json_integer(rolling->covers_ns));
    json_add_count(object, "received", rolling->received);
    json_add_count(object, "lost", rolling->lost);
    return object;
}

static bool ping_json_summary(const struct ping_output *output, const struct probe_figures *figures)
{
    json_t *object = begin_object(output, "summary");

    json_object_set_new(object, "mode", json_string(ping_mode_words[figures->mode]));
    json_object_set_new(object, "elapsed_ns", json_integer(figures->elapsed_ns));
    figures_add_json(object, &ping_counts, figures);
    json_add_count(object, "kernel_stamps", figures->kernel_stamps);
    if (figures->ways.known) {
        json_add_count(object, "lost_there", figures->ways.there);
        json_add_count(object, "lost_back", figures->ways.back);
        json_add_count(object, "lost_untold", figures->ways.unplaced);
    }
    for (size_t i = 0; i < PROBE_TIMES; i++)
        json_object_set_new(object, ping_times[i].key, times_object(&figures->times[i]));
    json_object_set_new(object, "last_minute", rolling_object(&figures->rolling));
    return end_object(output, object);
}

const struct ping_writer ping_json = {
    .begin = ping_json_begin, .event = ping_json_event, .summary = ping_json_summary};
