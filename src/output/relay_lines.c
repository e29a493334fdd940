/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay_lines: what a relay writes besides messages: ICMP errors, looked-up targets, the summary. */
#include <inttypes.h>

#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/output/serve.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"

/* "ICMP for #3, 127.0.0.1:50123 > 127.0.0.1:53: 127.0.0.1 reports port unreachable ..." */
static bool relay_write_icmp_line(const struct serve_output *output, const struct event_icmp *event)
{
    char client[ROSTER_TEXT_SIZE], target[ENDPOINT_TEXT_SIZE], why[REASON_ICMP_SIZE];

    struct fold fold;
    FILE *file = fold_begin_at(&fold, output->file, &output->stamp, event->wall_ns);

    fputs(event->local ? "Error for " : "ICMP for ", file);
    if (event->number > 0)
        fprintf(file, "#%" PRIu64 ", ", event->number);
    fprintf(file, "%s > %s: %s",
            serve_format_client(output, event->slot, event->generation, &event->from, client,
                                sizeof client),
            endpoint_format_in(&event->target, output->zones, target, sizeof target),
            relayed_icmp_text(event, output->zones, why, sizeof why));
    fold_end(&fold);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool relay_write_target_line(const struct serve_output *output,
                                    const struct event_target *event)
{
    char text[RELAYED_TARGET_SIZE];

    struct fold fold;

    fputs(relayed_target_text(event, output->zones, text, sizeof text),
          fold_begin_at(&fold, output->file, &output->stamp, event->wall_ns));
    fold_end(&fold);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool relay_write_summary_line(const struct serve_output *output,
                                     const struct event_totals *totals)
{
    struct fold fold;

    figures_write_list(fold_begin(&fold, output->file, &output->stamp), &relayed_figures, totals);
    fold_end(&fold);
    if (totals->rtts.count > 0) {
        FILE *file = fold_begin(&fold, output->file, &output->stamp);
        fputs("rtt of the target", file);
        figures_write_rtt(file, &relayed_figures, totals, false);
        fold_end(&fold);
    }
    return fflush(output->file) == 0 && !ferror(output->file);
}

const struct serve_writer relay_lines = {.listening = serve_write_listening_line,
                                         .membership = serve_write_membership_line,
                                         .message = serve_write_message_line,
                                         .call = serve_write_call_line,
                                         .icmp = relay_write_icmp_line,
                                         .target = relay_write_target_line,
                                         .summary = relay_write_summary_line};
