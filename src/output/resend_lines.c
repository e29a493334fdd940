/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend_lines: a line an answer, with the recorded one behind it if they differ. */
#include <inttypes.h>

#include "udptui/base/units.h"
#include "udptui/output/payload.h"
#include "udptui/output/resend.h"

const char *resend_format_client(const struct resend_output *output,
                                 const struct resend_report *report, char *out, size_t size_bytes)
{
    if (!output->privacy)
        return endpoint_format(&report->client, out, size_bytes);
    snprintf(out, size_bytes, "client %" PRIu32, report->client_number);
    return out;
}

static void write_bytes(const struct resend_output *output, const char *what, const uint8_t *bytes,
                        size_t kept_bytes, size_t size_bytes)
{
    const struct payload_style style = {.show = PAYLOAD_TEXT, .full = output->full};

    fprintf(output->file, "  %s %zu B  ", what, size_bytes);
    payload_write(output->file, &style, output->charset, output->scratch, bytes, kept_bytes);
}

static bool write_report(const struct resend_output *output, const struct resend_report *report)
{
    const struct resend_result *result = &report->result;
    char client[ENDPOINT_TEXT_SIZE];

    stamp_write(output->file, &output->stamp, report->wall_ns);
    fprintf(output->file, "#%" PRIu64 "  %s  %s", result->number,
            resend_format_client(output, report, client, sizeof client),
            resend_words[result->outcome]);
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

static bool write_summary(FILE *file, const struct resend_totals *totals)
{
    static const char *const words[RESEND_OUTCOMES] = {[RESEND_SAME] = "reply as recorded",
                                                       [RESEND_DIFFERENT] = "different reply",
                                                       [RESEND_SILENT] = "no reply",
                                                       [RESEND_NEW] = "reply, none recorded",
                                                       [RESEND_NONE] = "no reply, none recorded",
                                                       [RESEND_EXTRA] = "extra replies"};

    fprintf(file, "sent %" PRIu64, totals->sent);
    for (int i = 0; i < RESEND_OUTCOMES; i++)
        if (totals->counts[i] > 0 || i <= RESEND_SILENT)
            fprintf(file, ", %s %" PRIu64, words[i], totals->counts[i]);
    if (totals->incomplete > 0)
        fprintf(file, ", not sent (recorded only in part) %" PRIu64, totals->incomplete);
    if (totals->failed > 0)
        fprintf(file, ", could not be sent %" PRIu64, totals->failed);
    fputc('\n', file);
    return fflush(file) == 0 && !ferror(file);
}

const struct resend_writer resend_lines = {.report = write_report, .summary = write_summary};
