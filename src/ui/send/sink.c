/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink: a session's listener. */
#include "sink_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot_internal.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"

enum { WHY_SIZE = 320 };

void sink_begin(struct sink *sink, const struct send_options *options, const struct zones *zones,
                char *scratch)
{
    sink->options = options;
    sink->writer = options->json ? &send_json : &send_lines;
    sink->output = (struct send_output){.file = stdout,
                                        .stamp = line_time_stamp(options->time),
                                        .zones = zones,
                                        .style = {.show = options->show, .full = options->full},
                                        .charset = locale_charset(options->ascii),
                                        .scratch = scratch};
}

void sink_check(struct sink *sink, bool written)
{
    if (written || sink->broken)
        return;
    sink->broken = true;
    sink->output_error = errno;
}

/* ---- the latest exchange */

static size_t sink_copy(uint8_t *out, size_t room, const uint8_t *bytes, size_t size_bytes)
{
    size_t copied = size_bytes < room ? size_bytes : room;

    if (copied > 0)
        memcpy(out, bytes, copied);
    return copied;
}

static void sink_keep_sent(struct sink *sink, uint64_t seq, const uint8_t *bytes, size_t size_bytes,
                           int64_t wall_ns)
{
    struct sink_exchange *exchange = sink->exchange;

    if (exchange == NULL)
        exchange = sink->exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return;
    exchange->sent_seq = seq;
    exchange->sent_wall_ns = wall_ns;
    exchange->sent_bytes = sink_copy(exchange->sent, sizeof exchange->sent, bytes, size_bytes);
}

static void sink_keep_reply(struct sink *sink, const struct result *result)
{
    struct sink_exchange *exchange = sink->exchange;

    if (exchange == NULL || result->reply == NULL)
        return;
    exchange->reply_seq = result->seq;
    exchange->reply_wall_ns = result->wall_ns;
    exchange->from = result->from;
    exchange->reply_bytes =
        sink_copy(exchange->reply, sizeof exchange->reply, result->reply, result->reply_bytes);
}

/* The reply to a typed name may give a code, which shows a class's server that this address is not
 * forged. */
static void sink_keep_code(struct sink *sink, const struct result *result)
{
    const struct sink_exchange *exchange = sink->exchange;

    if (exchange != NULL && result->status == RESULT_ACKED && result->seq == exchange->sent_seq &&
        quiz_command_read(exchange->sent, exchange->sent_bytes).verb == QUIZ_NAME &&
        !quiz_command_code(result->reply, result->reply_bytes, sink->code))
        sink->code[0] = '\0';
}

/* ---- what the session reports */

static void sink_take_sending(void *context, uint64_t seq, const uint8_t *bytes, size_t size_bytes,
                              int64_t wall_ns)
{
    struct sink *sink = context;

    if (sink->expect != NULL)
        expect_sent(sink->expect, seq, clock_monotonic_ns() + sink->options->session.timeout_ns);
    if (sink->prompt)
        sink_keep_sent(sink, seq, bytes, size_bytes, wall_ns);
    if (sink->prompt)
        legs_add_request(&sink->legs, sink->output.charset, seq, bytes, size_bytes, wall_ns);
}

/* "from another port: /to 192.0.2.1:5000" */
static const char *sink_name_sender(struct sink *sink, const struct result *result, char *out)
{
    char shown[ENDPOINT_TEXT_SIZE];

    if (!sink->prompt || result->why == NULL || result->origin == ORIGIN_TARGET ||
        result->origin == ORIGIN_OURSELVES)
        return result->why;
    if (result->origin == ORIGIN_OTHER_PORT)
        sink->other = result->from;
    snprintf(out, WHY_SIZE, "%s: /to %s", result->why,
             endpoint_format(&result->from, shown, sizeof shown));
    return out;
}

static void sink_write_result(struct sink *sink, const struct result *result)
{
    sink_log_result(sink, result);
    if (!sink->options->quiet)
        sink_check(sink, sink->writer->result(&sink->output, result));
}

static void sink_take_result(void *context, const struct result *result)
{
    struct sink *sink = context;
    const int64_t wait_ns = sink->options->session.wait_ns;
    struct result named = *result;
    char why[WHY_SIZE];

    named.why = sink_name_sender(sink, result, why);
    if (sink->expect != NULL)
        expect_take(sink->expect, &named, wait_ns > 0 ? clock_monotonic_ns() + wait_ns : 0);
    if (sink->prompt) {
        sink_keep_reply(sink, &named);
        sink_keep_code(sink, &named);
        legs_add_result(&sink->legs, sink->output.charset, &named);
        plot_add_result(&sink->points, &named);
    }
    sink->target = named.to;
    sink_write_result(sink, &named);
}

/* ---- what is expected */

bool sink_expect(struct sink *sink, const char *filter, size_t length_bytes,
                 struct filter_problem *problem)
{
    if (sink->expect != NULL)
        return expect_change(sink->expect, filter, length_bytes, problem);
    if (filter != NULL)
        sink->expect = expect_open(filter, length_bytes, problem);
    return filter == NULL || sink->expect != NULL;
}

void sink_expire(struct sink *sink, int64_t now_ns)
{
    struct expect_unmet unmet;
    char why[WHY_SIZE] = "no reply is as expected";

    while (sink->expect != NULL && expect_next_unmet(sink->expect, now_ns, &unmet)) {
        if (unmet.others > 0)
            snprintf(why, sizeof why, "no reply is as expected: %" PRIu64 " other%s came",
                     unmet.others, unmet.others == 1 ? "" : "s");
        sink_write_result(sink, &(struct result){.status = RESULT_UNMET,
                                                 .seq = unmet.seq,
                                                 .to = sink->target,
                                                 .wall_ns = clock_wall_ns(),
                                                 .rtt_ns = -1,
                                                 .why = why});
    }
}

void sink_end(struct sink *sink)
{
    expect_close(sink->expect);
    free(sink->exchange);
    sink->expect = NULL;
    sink->exchange = NULL;
}

static void sink_take_call(void *context, const struct call *call)
{
    struct sink *sink = context;

    sink->calls[sink->call_count++ % SINK_CALLS_MAX] = *call;
    sink_log_call(sink, call);
    if (sink->options->calls && !sink->options->quiet)
        sink_check(sink, sink->writer->call(&sink->output, call));
}

static void sink_take_datagram(void *context, const struct record *record, const uint8_t *payload)
{
    struct sink *sink = context;

    if (sink->recorder != NULL && !recorder_put(sink->recorder, 0, record, payload))
        sink->not_recorded++;
}

struct session_listener sink_listener(struct sink *sink)
{
    return (struct session_listener){
        .context = sink,
        .sending =
            sink->prompt || sink->options->expect != NULL || sink->options->packet_names.count > 0
                ? sink_take_sending
                : NULL,
        .result = sink_take_result,
        .call = sink_take_call,
        .datagram = sink->options->pcap != NULL ? sink_take_datagram : NULL,
    };
}

/* ---- the summary */

struct send_totals sink_totals(const struct sink *sink, const struct session *session)
{
    struct send_totals totals = session_totals(session);

    totals.as_expected = expect_met(sink->expect);
    totals.counts[RESULT_UNMET] = expect_unmet(sink->expect);
    totals.not_logged = logfile_lost(sink->log);
    totals.not_recorded = sink->not_recorded + recorder_lost(sink->recorder);
    return totals;
}

void sink_summarise(struct sink *sink, const struct session *session)
{
    struct send_totals totals = sink_totals(sink, session);

    sink->output.stamp.wall_ns = clock_wall_ns();
    if (!sink->options->quiet)
        sink_check(sink, sink->writer->summary(&sink->output, &totals));
}
