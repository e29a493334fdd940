/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend: a reply as a line, followed by the recorded one if they differ, or as an object. */
#include "udptui/output/resend.h"

#include <inttypes.h>

#include "udptui/base/array.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/output/json.h"
#include "udptui/output/payload.h"

#define FIELD(name) offsetof(struct resend_totals, name)

static const struct figure resend_rows[] = {
    {.key = "sent", .words = "sent", .offset = FIELD(sent)},
    {.unit = FIGURE_COUNTS,
     .offset = FIELD(counts),
     .names = resend_names,
     .name_count = RESEND_OUTCOMES},
    {.key = "incomplete",
     .words = "not sent (recorded only in part)",
     .rare = true,
     .offset = FIELD(incomplete)},
    {.key = "failed", .words = "could not be sent", .rare = true, .offset = FIELD(failed)},
};

const struct figures resend_figures = {resend_rows, COUNT_OF(resend_rows)};

/* "192.0.2.1:4010", "client 3": by --privacy. out: ENDPOINT_TEXT_SIZE. */
static const char *format_client(const struct resend_output *output,
                                 const struct resend_report *report, char *out, size_t size_bytes)
{
    if (!output->privacy)
        return endpoint_format(&report->client, out, size_bytes);
    snprintf(out, size_bytes, "client %" PRIu32, report->client_number);
    return out;
}

/* ---- lines */

static void write_bytes(const struct resend_output *output, const char *what, const uint8_t *bytes,
                        size_t kept_bytes, size_t size_bytes)
{
    const struct payload_style style = {.show = PAYLOAD_TEXT, .full = output->full};

    fprintf(output->file, "  %s %zu B  ", what, size_bytes);
    payload_write(output->file, &style, output->charset, output->scratch, bytes, kept_bytes);
}

static bool write_report_line(const struct resend_output *output,
                              const struct resend_report *report)
{
    const struct resend_result *result = &report->result;
    char client[ENDPOINT_TEXT_SIZE];

    stamp_write(output->file, &output->stamp, report->wall_ns);
    fprintf(output->file, "#%" PRIu64 "  ", result->number);
    if (result->round > 1)
        fprintf(output->file, "round %" PRIu64 "  ", result->round);
    fprintf(output->file, "%s  %s", format_client(output, report, client, sizeof client),
            resend_names[result->outcome].key);
    if (result->outcome == RESEND_DIFFERENT)
        fprintf(output->file, " at byte %" PRId64,
                resend_differs_at(result, report->answer, report->answer_bytes) + 1);
    if (report->answer != NULL)
        write_bytes(output, "answered", report->answer, report->answer_bytes, report->answer_bytes);
    if (result->outcome == RESEND_DIFFERENT || result->outcome == RESEND_SILENT)
        write_bytes(output, "recorded", result->recorded, result->recorded_bytes,
                    result->recorded_size);
    if (report->why != NULL)
        fprintf(output->file, "  %s", report->why);
    fputc('\n', output->file);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool resend_write_summary_line(FILE *file, size_t columns,
                                      const struct resend_totals *totals)
{
    struct fold fold;

    figures_write_list(fold_begin_plain(&fold, file, columns), &resend_figures, totals);
    fold_end(&fold);
    return fflush(file) == 0 && !ferror(file);
}

/* ---- JSON */

static bool write_report_json(const struct resend_output *output,
                              const struct resend_report *report)
{
    const struct resend_result *result = &report->result;
    json_t *object = json_event("answer");
    char client[ENDPOINT_TEXT_SIZE];

    json_add_count(object, "n", result->number);
    if (result->round > 1)
        json_add_count(object, "round", result->round);
    json_add_time(object, report->wall_ns);
    json_object_set_new(object, "client",
                        json_string(format_client(output, report, client, sizeof client)));
    json_add_count(object, "bytes", result->size_bytes);
    json_object_set_new(object, "outcome", json_string(resend_names[result->outcome].key));
    if (report->answer != NULL) {
        json_add_count(object, "answer_bytes", report->answer_bytes);
        json_add_bytes(object, "answer_text", "answer_hex", report->answer, report->answer_bytes);
    }
    if (result->recorded != NULL) {
        json_add_count(object, "recorded_bytes", result->recorded_size);
        json_add_bytes(object, "recorded_text", "recorded_hex", result->recorded,
                       result->recorded_bytes);
    }
    if (result->outcome == RESEND_DIFFERENT)
        json_add_count(object, "differs_at",
                       (uint64_t)resend_differs_at(result, report->answer, report->answer_bytes));
    if (report->why != NULL)
        json_object_set_new(object, "why", json_string(report->why));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool resend_write_summary_json(FILE *file, size_t columns,
                                      const struct resend_totals *totals)
{
    json_t *object = json_event("summary");

    (void)columns;
    figures_add_json(object, &resend_figures, totals);
    return json_write_line(file, object) && fflush(file) == 0;
}

const struct resend_writer resend_lines = {.report = write_report_line,
                                           .summary = resend_write_summary_line};

const struct resend_writer resend_json = {.report = write_report_json,
                                          .summary = resend_write_summary_json};
