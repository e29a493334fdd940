/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_lines: one line per tick, and a block of figures at the end. */
#include <errno.h>
#include <inttypes.h>

#include "udptui/base/units.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
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
    struct fold fold;
    FILE *file;

    if (snapshot->rtt.count > 0) {
        file = fold_begin(&fold, output->file, &output->stamp);
        fprintf(file, "rtt%s of a sample of %" PRIu64 " acks:", load_doubt(snapshot),
                snapshot->rtt.count);
        figures_write_rtt(file, &load_figures, snapshot, true);
        fold_end(&fold);
    }
    file = fold_begin(&fold, output->file, &output->stamp);
    fprintf(file, "rtt as the program saw it%s", load_doubt(snapshot));
    if (snapshot->rtt_app.count < snapshot->acked)
        fprintf(file, " of %" PRIu64 " acks", snapshot->rtt_app.count);
    fputc(':', file);
    figures_write_rtt(file, &load_app_figures, snapshot, true);
    fold_end(&fold);
}

static bool load_write_progress_line(const struct load_output *output,
                                     const struct load_snapshot *snapshot)
{
    char uptime[UNITS_TEXT_SIZE];
    struct fold fold;
    FILE *file = fold_begin(&fold, output->file, &output->stamp);

    if (output->stamp.style == STAMP_NONE)
        fprintf(file, "%s  ", units_uptime(snapshot->elapsed_ns, uptime, sizeof uptime));
    figures_write_sentence(file, "acked {acks_per_s}  {payload_bits_per_s}  lost {lost}",
                           &load_figures, snapshot);
    if (snapshot->rtt.count > 0)
        figures_write_sentence(file, "  rtt p50 {rtt_p50_ns} p99 {rtt_p99_ns}", &load_figures,
                               snapshot);
    else
        figures_write_sentence(file,
                               "  rtt as the program saw it p50 {rtt_app_p50_ns} "
                               "p99 {rtt_app_p99_ns}",
                               &load_app_figures, snapshot);
    if (!snapshot->times_certain)
        fputs(" ?", file);
    fold_end(&fold);
    return fflush(output->file) == 0;
}

static bool load_write_summary_line(const struct load_output *output,
                                    const struct load_snapshot *snapshot)
{
    FILE *file = output->file;
    struct fold fold;

    figures_write_sentence(fold_begin(&fold, file, &output->stamp),
                           "sent {sent}, acked {acked} (late {late}), lost {lost}, duplicates "
                           "{duplicates}, not sent {not_sent} in {elapsed_ns}: {acks_per_s} acked, "
                           "{payload_bits_per_s} of payload",
                           &load_figures, snapshot);
    fold_end(&fold);
    load_write_times(output, snapshot);
    if (snapshot->not_logged > 0) {
        stamp_write_now(file, &output->stamp);
        fprintf(file, "not logged %" PRIu64 "\n", snapshot->not_logged);
    }
    if (snapshot->end != LOAD_DONE) {
        fprintf(fold_begin(&fold, file, &output->stamp), "ended early: %s",
                load_end_text(snapshot->end));
        fold_end(&fold);
    }
    return fflush(file) == 0;
}

const struct load_writer load_lines = {.progress = load_write_progress_line,
                                       .summary = load_write_summary_line};
