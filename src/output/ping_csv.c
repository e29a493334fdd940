/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_csv: one row for the outcome of each probe (RFC 4180), with a header; unknown values are
 * empty. */
#include <inttypes.h>

#include "ping_internal.h"
#include "udptui/base/units.h"

static bool ping_csv_begin(const struct ping_output *output)
{
    if (!output->first)
        return true;
    fputs("time,target,seq,event,rtt_ns,rtt_app_ns,server_ns,there_ns,back_ns,hop_limit,bytes,ipdv_"
          "ns\n",
          output->file);
    return fflush(output->file) == 0;
}

static void write_known(FILE *file, bool known, int64_t value)
{
    if (known)
        fprintf(file, ",%" PRId64, value);
    else
        fputc(',', file);
}

static bool ping_csv_event(const struct ping_output *output, const struct probe_event *event)
{
    FILE *file = output->file;
    bool replied = event->kind == PROBE_REPLY;
    char time[UNITS_TEXT_SIZE], target[ENDPOINT_TEXT_SIZE];

    if (event->kind == PROBE_MODE)
        return true;
    fprintf(file, "%s,%s", units_iso8601(event->wall_ns, time, sizeof time),
            endpoint_format_in(&output->target, output->zones, target, sizeof target));
    write_known(file, event->kind != PROBE_STRAY && event->number != PROBE_UNKNOWN_NUMBER,
                (int64_t)event->number);
    fprintf(file, ",%s", ping_event_word(event));
    write_known(file, replied && event->reply.rtt_ns >= 0, event->reply.rtt_ns);
    write_known(file, replied && event->rtt_app_ns >= 0, event->rtt_app_ns);
    write_known(file, replied && event->server_ns >= 0, event->server_ns);
    write_known(file, replied && event->one_way && event->synchronised, event->there_ns);
    write_known(file, replied && event->one_way && event->synchronised, event->back_ns);
    write_known(file, replied && event->hop_limit >= 0, event->hop_limit);
    write_known(file, replied, (int64_t)event->size_bytes);
    write_known(file, replied && event->ipdv_ns != VARIATION_UNKNOWN, event->ipdv_ns);
    fputc('\n', file);
    return fflush(file) == 0;
}

static bool ping_csv_summary(const struct ping_output *output, const struct probe_figures *figures)
{
    (void)figures;
    return fflush(output->file) == 0;
}

const struct ping_writer ping_csv = {
    .begin = ping_csv_begin, .event = ping_csv_event, .summary = ping_csv_summary};
