/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_json: one object a tick, and the summary. */
#include "udptui/output/json.h"
#include "udptui/output/load.h"

static void add_figures(json_t *object, const struct load_snapshot *snapshot)
{
    const struct {
        const char *key;
        int64_t value_ns;
    } times[] = {
        {"rtt_min_ns", snapshot->rtt_min_ns},   {"rtt_p50_ns", snapshot->rtt_p50_ns},
        {"rtt_p90_ns", snapshot->rtt_p90_ns},   {"rtt_p99_ns", snapshot->rtt_p99_ns},
        {"rtt_p999_ns", snapshot->rtt_p999_ns}, {"rtt_max_ns", snapshot->rtt_max_ns},
    };

    json_object_set_new(object, "elapsed_ns", json_integer(snapshot->elapsed_ns));
    json_add_count(object, "sent", snapshot->sent);
    json_add_count(object, "acked", snapshot->acked);
    json_add_count(object, "lost", snapshot->lost);
    json_add_count(object, "late", snapshot->late);
    json_add_count(object, "duplicates", snapshot->duplicates);
    json_add_count(object, "not_sent", snapshot->send_errors);
    json_object_set_new(object, "acks_per_s", json_real(snapshot->acks_per_s));
    json_object_set_new(object, "payload_bits_per_s", json_real(load_bits_per_s(snapshot)));
    json_add_count(object, "rtt_samples", snapshot->measured);
    json_object_set_new(object, "rtt_uncertain", json_boolean(!snapshot->times_certain));
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (times[i].value_ns >= 0)
            json_object_set_new(object, times[i].key, json_integer(times[i].value_ns));
}

static bool write_progress(const struct load_output *output, const struct load_snapshot *snapshot)
{
    json_t *object = json_event("progress");

    add_figures(object, snapshot);
    json_add_count(object, "in_flight", snapshot->sent - snapshot->acked - snapshot->lost);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool write_summary(const struct load_output *output, const struct load_snapshot *snapshot)
{
    json_t *object = json_event("summary");

    add_figures(object, snapshot);
    json_add_count(object, "not_logged", snapshot->not_logged);
    json_object_set_new(object, "end", json_string(load_end_text(snapshot->end)));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

const struct load_writer load_json = {.progress = write_progress, .summary = write_summary};
