/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend_json: an object an answer, and the summary. */
#include "udptui/output/json.h"
#include "udptui/output/resend.h"

static bool write_report(const struct resend_output *output, const struct resend_report *report)
{
    const struct resend_result *result = &report->result;
    json_t *object = json_event("answer");
    char client[ENDPOINT_TEXT_SIZE];

    json_add_count(object, "n", result->number);
    json_add_time(object, report->wall_ns);
    json_object_set_new(object, "client",
                        json_string(resend_format_client(output, report, client, sizeof client)));
    json_add_count(object, "bytes", result->size_bytes);
    json_object_set_new(object, "outcome", json_string(resend_words[result->outcome]));
    if (report->answer != NULL) {
        json_add_count(object, "answer_bytes", report->answer_bytes);
        json_add_bytes(object, "answer_text", "answer_hex", report->answer, report->answer_bytes);
    }
    if (result->recorded != NULL) {
        json_add_count(object, "recorded_bytes", result->recorded_size);
        json_add_bytes(object, "recorded_text", "recorded_hex", result->recorded,
                       result->recorded_bytes);
    }
    if (report->why != NULL)
        json_object_set_new(object, "why", json_string(report->why));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool write_summary(FILE *file, const struct resend_totals *totals)
{
    json_t *object = json_event("summary");

    json_add_count(object, "sent", totals->sent);
    for (int i = 0; i < RESEND_OUTCOMES; i++)
        json_add_count(object, resend_words[i], totals->counts[i]);
    json_add_count(object, "incomplete", totals->incomplete);
    json_add_count(object, "failed", totals->failed);
    return json_write_line(file, object) && fflush(file) == 0;
}

const struct resend_writer resend_json = {.report = write_report, .summary = write_summary};
