/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_lines: one line per reply, as in ping(8), and a block of figures at the end. */
#include <inttypes.h>

#include "ping_internal.h"
#include "udptui/base/units.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/proto/event.h"

static const char *format_endpoint(const struct ping_output *output,
                                   const struct endpoint *endpoint, char *out)
{
    return endpoint_format_in(endpoint, output->zones, out, ENDPOINT_TEXT_SIZE);
}

static bool ping_lines_begin(const struct ping_output *output)
{
    char target[ENDPOINT_TEXT_SIZE], interval[UNITS_TEXT_SIZE], timeout[UNITS_TEXT_SIZE];

    struct fold fold;
    FILE *file = fold_begin(&fold, output->file, &output->stamp);
    fprintf(file, "PING %s: %zu bytes every %s, timeout %s",
            format_endpoint(output, &output->target, target), output->size_bytes,
            units_duration(output->interval_ns, interval, sizeof interval),
            units_duration(output->timeout_ns, timeout, sizeof timeout));
    fold_end(&fold);
    return fflush(output->file) == 0;
}

/* ---- one event */

static void write_one_way(FILE *file, const struct probe_event *event)
{
    char there[UNITS_TEXT_SIZE], back[UNITS_TEXT_SIZE];

    if (event->server_ns >= 0)
        fprintf(file, "  server %s", units_duration(event->server_ns, there, sizeof there));
    if (event->one_way && event->synchronised)
        fprintf(file, "  there %s  back %s", units_duration(event->there_ns, there, sizeof there),
                units_duration(event->back_ns, back, sizeof back));
}

static void write_reply(const struct ping_output *output, const struct probe_event *event)
{
    FILE *file = output->file;
    char from[ENDPOINT_TEXT_SIZE], rtt[UNITS_TEXT_SIZE];

    if (output->several || !endpoint_equal(&event->from, &output->target))
        fprintf(file, "%s  ", format_endpoint(output, &event->from, from));
    fprintf(file, "seq %" PRIu64, event->number);
    if (event->size_bytes != output->size_bytes)
        fprintf(file, "  %zu B", event->size_bytes);
    if (event->hop_limit != EVENT_UNKNOWN)
        fprintf(file, "  ttl %d", event->hop_limit);
    if (event->reply.rtt_ns >= 0)
        fprintf(file, "  rtt %s", units_duration(event->reply.rtt_ns, rtt, sizeof rtt));
    write_one_way(file, event);
    if (event->reply.outcome != SERIES_RECEIVED)
        fprintf(file, "  %s", ping_event_word(event));
    if (event->reply.reordered)
        fputs("  reordered", file);
    if (event->clock_stepped)
        fputs("  no time: the clock was set", file);
    fputc('\n', file);
}

static void write_other(const struct ping_output *output, FILE *file,
                        const struct probe_event *event)
{
    static const char *const answers[] = {[PROBE_AUTO] = "",
                                          [PROBE_STAMP] = "it is a STAMP reflector (RFC 8762)",
                                          [PROBE_ECHO] = "it echoes",
                                          [PROBE_TEXT] = "it replies with its own text"};
    char text[ENDPOINT_TEXT_SIZE];

    if (output->several)
        fprintf(file, "%s: ", format_endpoint(output, &output->target, text));
    switch (event->kind) {
    case PROBE_LOST:
        fprintf(file, "seq %" PRIu64 "  no reply within %s", event->number,
                units_duration(output->timeout_ns, text, sizeof text));
        break;
    case PROBE_FAILED:
        if (event->number != PROBE_UNKNOWN_NUMBER)
            fprintf(file, "seq %" PRIu64 "  ", event->number);
        fprintf(file, "%s", event->why);
        break;
    case PROBE_MODE:
        fprintf(file, "mode %s: %s", ping_mode_words[event->mode], answers[event->mode]);
        break;
    case PROBE_STRAY:
    case PROBE_REPLY:
        fprintf(file, "%zu bytes from %s: no reply to a probe of ours", event->size_bytes,
                format_endpoint(output, &event->from, text));
        break;
    }
}

static bool ping_lines_event(const struct ping_output *output, const struct probe_event *event)
{
    if (event->kind == PROBE_REPLY && event->reply.outcome != SERIES_UNKNOWN) {
        stamp_write(output->file, &output->stamp, event->wall_ns);
        write_reply(output, event);
    } else {
        struct fold fold;
        write_other(output, fold_begin_at(&fold, output->file, &output->stamp, event->wall_ns),
                    event);
        fold_end(&fold);
    }
    return fflush(output->file) == 0;
}

/* ---- the summary */

static void write_counts(const struct ping_output *output, const struct probe_figures *figures)
{
    char elapsed[UNITS_TEXT_SIZE];
    struct fold fold;
    FILE *file = fold_begin(&fold, output->file, &output->stamp);

    figures_write_list(file, &ping_counts, figures);
    if (figures->counts.sent > figures->counts.waiting)
        fprintf(file, ", loss %.2f%%", series_loss_percent(&figures->counts));
    fprintf(file, ", in %s", units_duration(figures->elapsed_ns, elapsed, sizeof elapsed));
    fold_end(&fold);
}

static void write_ways(const struct ping_output *output, const struct probe_figures *figures)
{
    struct fold fold;

    if (!figures->ways.known || figures->counts.lost == 0)
        return;
    FILE *file = fold_begin(&fold, output->file, &output->stamp);
    fprintf(file, "lost towards the server %" PRIu64 ", on the way back %" PRIu64,
            figures->ways.there, figures->ways.back);
    if (figures->ways.unplaced > 0)
        fprintf(file, ", not known %" PRIu64, figures->ways.unplaced);
    fold_end(&fold);
}

static void write_times(const struct ping_output *output, const char *word,
                        const struct probe_times *times)
{
    struct fold fold;

    if (times->count == 0)
        return;
    FILE *file = fold_begin(&fold, output->file, &output->stamp);
    fprintf(file, "%s:", word);
    figures_write_rtt(file, &ping_quantiles, times, false);
    fold_end(&fold);
}

/* Of a run that is longer. */
static void write_rolling(const struct ping_output *output, const struct probe_figures *figures)
{
    const struct probe_rolling *rolling = &figures->rolling;
    char covers[UNITS_TEXT_SIZE];

    if (!probe_is_past_rolling(figures))
        return;
    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "in the last %s: received %" PRIu64 ", lost %" PRIu64,
            units_duration(rolling->covers_ns, covers, sizeof covers), rolling->received,
            rolling->lost);
    if (rolling->rtt.count > 0) {
        fputs(", rtt:", output->file);
        figures_write_rtt(output->file, &ping_quantiles, &rolling->rtt, false);
    }
    fputc('\n', output->file);
}

static bool ping_lines_summary(const struct ping_output *output,
                               const struct probe_figures *figures)
{
    char target[ENDPOINT_TEXT_SIZE];

    struct fold fold;

    fprintf(fold_begin(&fold, output->file, &output->stamp), "--- %s, mode %s ---",
            format_endpoint(output, &output->target, target), ping_mode_words[figures->mode]);
    fold_end(&fold);
    write_counts(output, figures);
    write_ways(output, figures);
    for (size_t i = 0; i < PROBE_TIMES; i++)
        write_times(output, ping_times[i].word, &figures->times[i]);
    write_rolling(output, figures);
    return fflush(output->file) == 0;
}

const struct ping_writer ping_lines = {
    .begin = ping_lines_begin, .event = ping_lines_event, .summary = ping_lines_summary};
