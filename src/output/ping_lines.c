/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_lines: one line per reply, as in ping(8), and a block of figures at the end. */
#include <inttypes.h>

#include "ping_internal.h"
#include "udptui/base/units.h"
#include "udptui/output/figures.h"
#include "udptui/proto/event.h"

static const char *format_endpoint(const struct ping_output *output,
                                   const struct endpoint *endpoint, char *out)
{
    return endpoint_format_in(endpoint, output->zones, out, ENDPOINT_TEXT_SIZE);
}

static bool ping_lines_begin(const struct ping_output *output)
{
    char target[ENDPOINT_TEXT_SIZE], interval[UNITS_TEXT_SIZE], timeout[UNITS_TEXT_SIZE];

    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "PING %s: %zu bytes of payload every %s, timeout %s\n",
            format_endpoint(output, &output->target, target), output->size_bytes,
            units_duration(output->interval_ns, interval, sizeof interval),
            units_duration(output->timeout_ns, timeout, sizeof timeout));
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

    fprintf(file, "%zu bytes from %s: seq %" PRIu64, event->size_bytes,
            format_endpoint(output, &event->from, from), event->number);
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

static void write_other(const struct ping_output *output, const struct probe_event *event)
{
    static const char *const answers[] = {[PROBE_AUTO] = "",
                                          [PROBE_STAMP] = "it is a STAMP reflector (RFC 8762)",
                                          [PROBE_ECHO] = "it echoes",
                                          [PROBE_TEXT] = "it replies with its own text"};
    char text[ENDPOINT_TEXT_SIZE];

    if (output->several)
        fprintf(output->file, "%s: ", format_endpoint(output, &output->target, text));
    switch (event->kind) {
    case PROBE_LOST:
        fprintf(output->file, "seq %" PRIu64 "  no reply within %s\n", event->number,
                units_duration(output->timeout_ns, text, sizeof text));
        break;
    case PROBE_FAILED:
        if (event->number != PROBE_UNKNOWN_NUMBER)
            fprintf(output->file, "seq %" PRIu64 "  ", event->number);
        fprintf(output->file, "%s\n", event->why);
        break;
    case PROBE_MODE:
        fprintf(output->file, "mode %s: %s\n", ping_mode_words[event->mode], answers[event->mode]);
        break;
    case PROBE_STRAY:
    case PROBE_REPLY:
        fprintf(output->file, "%zu bytes from %s: no reply to a probe of ours\n", event->size_bytes,
                format_endpoint(output, &event->from, text));
        break;
    }
}

static bool ping_lines_event(const struct ping_output *output, const struct probe_event *event)
{
    stamp_write(output->file, &output->stamp, event->wall_ns);
    if (event->kind == PROBE_REPLY && event->reply.outcome != SERIES_UNKNOWN)
        write_reply(output, event);
    else
        write_other(output, event);
    return fflush(output->file) == 0;
}

/* ---- the summary */

static void write_counts(FILE *file, const struct probe_figures *figures)
{
    char elapsed[UNITS_TEXT_SIZE];

    figures_write_list(file, &ping_counts, figures);
    if (figures->counts.sent > figures->counts.waiting)
        fprintf(file, ", loss %.2f%%", series_loss_percent(&figures->counts));
    fprintf(file, ", in %s\n", units_duration(figures->elapsed_ns, elapsed, sizeof elapsed));
}

static void write_ways(const struct ping_output *output, const struct probe_figures *figures)
{
    if (!figures->ways.known || figures->counts.lost == 0)
        return;
    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "lost towards the server %" PRIu64 ", on the way back %" PRIu64,
            figures->ways.there, figures->ways.back);
    if (figures->ways.untold > 0)
        fprintf(output->file, ", not known %" PRIu64, figures->ways.untold);
    fputc('\n', output->file);
}

static void write_times(const struct ping_output *output, const char *word,
                        const struct probe_times *times)
{
    if (times->count == 0)
        return;
    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "%s:", word);
    figures_write_rtt(output->file, &ping_quantiles, times, false);
    fputc('\n', output->file);
}

static bool ping_lines_summary(const struct ping_output *output,
                               const struct probe_figures *figures)
{
    char target[ENDPOINT_TEXT_SIZE];

    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "--- %s, mode %s ---\n", format_endpoint(output, &output->target, target),
            ping_mode_words[figures->mode]);
    stamp_write_now(output->file, &output->stamp);
    write_counts(output->file, figures);
    write_ways(output, figures);
    for (size_t i = 0; i < PROBE_TIMES; i++)
        write_times(output, ping_times[i].word, &figures->times[i]);
    return fflush(output->file) == 0;
}

const struct ping_writer ping_lines = {
    .begin = ping_lines_begin, .event = ping_lines_event, .summary = ping_lines_summary};
