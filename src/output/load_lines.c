/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_lines: a line a tick, and a block of figures at the end. */
#include <errno.h>
#include <inttypes.h>

#include "udptui/base/units.h"
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

static void write_rtt(FILE *file, const struct load_snapshot *snapshot)
{
    const struct {
        const char *name;
        int64_t value_ns;
    } figures[] = {
        {"min", snapshot->rtt_min_ns},    {"p50", snapshot->rtt_p50_ns},
        {"p90", snapshot->rtt_p90_ns},    {"p99", snapshot->rtt_p99_ns},
        {"p99.9", snapshot->rtt_p999_ns}, {"max", snapshot->rtt_max_ns},
    };
    char text[UNITS_TEXT_SIZE];

    fputs("rtt", file);
    if (!snapshot->times_certain)
        fputs(" (uncertain: some acks came twice)", file);
    if (snapshot->measured < snapshot->acked)
        fprintf(file, " of %" PRIu64 " acks:", snapshot->measured);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        fprintf(file, "%s %s %s", i > 0 ? "," : "", figures[i].name,
                units_duration(figures[i].value_ns, text, sizeof text));
    fputc('\n', file);
}

static bool write_progress(const struct load_output *output, const struct load_snapshot *snapshot)
{
    FILE *file = output->file;
    char uptime[UNITS_TEXT_SIZE], rate[UNITS_TEXT_SIZE], bits[UNITS_TEXT_SIZE];
    char p50[UNITS_TEXT_SIZE], p99[UNITS_TEXT_SIZE];

    stamp_write_now(file, &output->stamp);
    fprintf(
        file, "%s  acked %s  %s  lost %" PRIu64 "  in flight %" PRIu64 "  rtt p50 %s p99 %s%s\n",
        units_uptime(snapshot->elapsed_ns, uptime, sizeof uptime),
        units_rate(snapshot->acks_per_s, rate, sizeof rate),
        units_bit_rate(load_bits_per_s(snapshot), bits, sizeof bits), snapshot->lost,
        snapshot->sent - snapshot->acked - snapshot->lost,
        units_duration(snapshot->rtt_p50_ns, p50, sizeof p50),
        units_duration(snapshot->rtt_p99_ns, p99, sizeof p99), snapshot->times_certain ? "" : " ?");
    return fflush(file) == 0;
}

static bool write_summary(const struct load_output *output, const struct load_snapshot *snapshot)
{
    FILE *file = output->file;
    char duration[UNITS_TEXT_SIZE], rate[UNITS_TEXT_SIZE], bits[UNITS_TEXT_SIZE];

    stamp_write_now(file, &output->stamp);
    fprintf(file,
            "sent %" PRIu64 ", acked %" PRIu64 " (late %" PRIu64 "), lost %" PRIu64
            ", duplicates %" PRIu64 ", not sent %" PRIu64 " in %s: %s acked, %s of payload\n",
            snapshot->sent, snapshot->acked, snapshot->late, snapshot->lost, snapshot->duplicates,
            snapshot->send_errors, units_duration(snapshot->elapsed_ns, duration, sizeof duration),
            units_rate(snapshot->acks_per_s, rate, sizeof rate),
            units_bit_rate(load_bits_per_s(snapshot), bits, sizeof bits));
    stamp_write_now(file, &output->stamp);
    write_rtt(file, snapshot);
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

const struct load_writer load_lines = {.progress = write_progress, .summary = write_summary};
