/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_lines: one line per tick, and a block of figures at the end. */
#include <errno.h>
#include <inttypes.h>

#include "udptui/base/units.h"
#include "udptui/output/figures.h"
#include "udptui/output/load.h"
#include "udptui/proto/reason.h"

const char *load_end_text(enum load_end end)
{
    static const char *const texts[] = {
        [LOAD_RUNNING] = "running",
        [LOAD_DONE] = "the time is over",
        [LOAD_STOPPED] = "stopped",
        [LOAD_SILENT] = "no more acks arrived",
    };

    if (end == LOAD_REFUSED)
        return reason_of_errno(REASON_RECEIVE, ECONNREFUSED, NULL, NULL).why;
    return texts[end];
}

static const char *load_doubt(const struct load_snapshot *snapshot)
{
    return snapshot->times_certain ? "" : " (uncertain: some acks came twice)";
}

/* The kernel's times of the sample, if the kernel gives any, and the program's. */
static void load_write_times(const struct load_output *output, const struct load_snapshot *snapshot)
{
    FILE *file = output->file;

    if (snapshot->rtt.count > 0) {
        stamp_write_now(file, &output->stamp);
        fprintf(file, "rtt%s of a sample of %" PRIu64 " acks:", load_doubt(snapshot),
                snapshot->rtt.count);
        figures_write_rtt(file, &load_figures, snapshot, true);
        fputc('\n', file);
    }
    stamp_write_now(file, &output->stamp);
    fprintf(file, "rtt as the program saw it%s", load_doubt(snapshot));
    if (snapshot->rtt_app.count < snapshot->acked)
        fprintf(file, " of %" PRIu64 " acks", snapshot->rtt_app.count);
    fputc(':', file);
    figures_write_rtt(file, &load_app_figures, snapshot, true);
    fputc('\n', file);
}

static bool load_write_progress_line(const struct load_output *output,
                                     const struct load_snapshot *snapshot)
{
    char uptime[UNITS_TEXT_SIZE];

    stamp_write_now(output->file, &output->stamp);
    fputs(units_uptime(snapshot->elapsed_ns, uptime, sizeof uptime), output->file);
    figures_write_sentence(output->file,
                           "  acked {acks_per_s}  {payload_bits_per_s}  lost {lost}"
                           "  in flight {in_flight}",
                           &load_figures, snapshot);
    if (snapshot->rtt.count > 0)
        figures_write_sentence(output->file, "  rtt p50 {rtt_p50_ns} p99 {rtt_p99_ns}",
                               &load_figures, snapshot);
    else
        figures_write_sentence(output->file,
                               "  rtt as the program saw it p50 {rtt_app_p50_ns} "
                               "p99 {rtt_app_p99_ns}",
                               &load_app_figures, snapshot);
    fputs(snapshot->times_certain ? "\n" : " ?\n", output->file);
    return fflush(output->file) == 0;
}

static bool load_write_summary_line(const struct load_output *output,
                                    const struct load_snapshot *snapshot)
{
    FILE *file = output->file;

    stamp_write_now(file, &output->stamp);
    figures_write_sentence(file,
                           "sent {sent}, acked {acked} (late {late}), lost {lost}, duplicates "
                           "{duplicates}, not sent {not_sent} in {elapsed_ns}: {acks_per_s} acked, "
                           "{payload_bits_per_s} of payload\n",
                           &load_figures, snapshot);
    load_write_times(output, snapshot);
    if (snapshot->not_logged > 0) {
        stamp_write_now(file, &output->stamp);
        fprintf(file, "not logged %" PRIu64 "\n", snapshot->not_logged);
    }
    if (snapshot->end != LOAD_DONE) {
        stamp_write_now(file, &output->stamp);
        fprintf(file, "ended early: %s\n", load_end_text(snapshot->end));
    }
    return fflush(file) == 0;
}

const struct load_writer load_lines = {.progress = load_write_progress_line,
                                       .summary = load_write_summary_line};
