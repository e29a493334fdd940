/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines: operands, files and pipes: sends the next datagram after the reply or the timeout, or at
 * --rate; ends after the last reply.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "send_internal.h"
#include "udptui/base/units.h"
#include "udptui/client/exchange.h"
#include "udptui/client/feed.h"
#include "udptui/output/outlet.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

/* Datagrams sent before their replies are received: no receive queue overflows meanwhile. */
enum { BURST = 16 };

static const int64_t listen_min_ns = 100 * UNITS_NS_PER_MS;

struct send_loop {
    struct send *send;
    const struct targets *targets;
    const struct send_options *options;
    struct feed *feed;
    struct pollfd *polled; /* room for all sockets of all targets */
    bool ended;            /* the feed has no more */
    bool starving;         /* the feed has nothing now */
    int64_t next_ns;       /* when the pace allows the next datagram */
    int64_t end_ns;        /* all is answered: until when to wait for second replies; 0: not yet */
};

/* A condition on one target. */
typedef bool lines_condition(const struct session *session);

static bool lines_holds_for_all(const struct send_loop *lines, lines_condition *condition)
{
    for (size_t i = 0; i < lines->targets->count; i++)
        if (!condition(lines->targets->sessions[i]))
            return false;
    return true;
}

static bool lines_can_write(const struct send_loop *lines)
{
    for (size_t i = 0; i < lines->targets->count; i++)
        if (lines->send->sinks[i].broken)
            return false;
    return true;
}

/* Whether no message waits for the reply that --expect asks for. */
static bool lines_has_expected(const struct send_loop *lines)
{
    for (size_t i = 0; i < lines->targets->count; i++)
        if (!expect_is_settled(lines->send->sinks[i].expect))
            return false;
    return true;
}

/* The pace: --rate counts from when the datagram was due, so that it holds on average. */
static void lines_set_next(struct send_loop *lines, int64_t now_ns)
{
    const struct send_options *options = lines->options;

    if (options->session.rate_per_s > 0) {
        int64_t step_ns = units_rate_interval_ns(options->session.rate_per_s);
        int64_t behind_ns = now_ns - lines->next_ns;
        lines->next_ns = (behind_ns > UNITS_NS_PER_S / 10 ? now_ns : lines->next_ns) + step_ns;
    } else {
        lines->next_ns = now_ns + options->interval_ns;
    }
}

/* Whether only the pace holds the next one back. At --rate it may also be that the table is full of
 * requests that wait: it is sent once there is room. */
static bool lines_is_paced(const struct send_loop *lines)
{
    if (lines->ended || lines->starving)
        return false;
    if (lines->options->session.rate_per_s == 0 && !lines_has_expected(lines))
        return false;
    return lines_holds_for_all(lines, lines->options->session.rate_per_s > 0 ? exchange_has_room
                                                                             : exchange_is_idle);
}

/* To all of them. */
static void lines_send(struct send_loop *lines, const uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < lines->targets->count; i++)
        exchange_send(lines->targets->sessions[i], bytes, size_bytes);
}

static void lines_refuse(struct send_loop *lines, size_t size_bytes, const char *why)
{
    for (size_t i = 0; i < lines->targets->count; i++)
        exchange_refuse(lines->targets->sessions[i], size_bytes, why);
}

/* A packet with a name may expect another reply than the rest. */
static void lines_expect(struct send_loop *lines)
{
    const char *filter = feed_expected_reply(lines->feed);
    struct filter_problem problem;

    if (lines->options->packet_names.count == 0)
        return;
    if (filter == NULL)
        filter = lines->options->expect;
    for (size_t i = 0; i < lines->targets->count; i++)
        sink_expect(&lines->send->sinks[i], filter, filter != NULL ? strlen(filter) : 0, &problem);
}

static void lines_send_next(struct send_loop *lines, int64_t now_ns)
{
    const uint8_t *bytes;
    size_t size_bytes;
    const char *why;

    lines->starving = false;
    switch (feed_next(lines->feed, &bytes, &size_bytes, &why)) {
    case FEED_MESSAGE:
        lines_expect(lines);
        lines_send(lines, bytes, size_bytes);
        lines_set_next(lines, now_ns);
        break;
    case FEED_BAD:
        lines_refuse(lines, size_bytes, why);
        break;
    case FEED_WAIT:
        lines->starving = true;
        break;
    case FEED_END:
        lines->ended = true;
        break;
    }
}

static int64_t lines_deadline_ns(const struct send_loop *lines)
{
    int64_t earliest_ns = INT64_MAX;

    for (size_t i = 0; i < lines->targets->count; i++)
        earliest_ns = wait_earlier_ns(
            earliest_ns, wait_earlier_ns(exchange_deadline_ns(lines->targets->sessions[i]),
                                         expect_deadline_ns(lines->send->sinks[i].expect)));
    return earliest_ns;
}

/* Sleeps until something comes, a deadline passes or the pace allows the next. channels: how many
 * of the polled are sockets. */
static void lines_wait(struct send_loop *lines, size_t channels)
{
    struct pollfd *polled = lines->polled;
    int64_t until_ns = lines_deadline_ns(lines);

    polled[channels] = (struct pollfd){.fd = lines->send->signals.fd, .events = POLLIN};
    polled[channels + 1] =
        (struct pollfd){.fd = lines->starving ? feed_fd(lines->feed) : -1, .events = POLLIN};
    if (lines_is_paced(lines))
        until_ns = wait_earlier_ns(until_ns, lines->next_ns);
    if (lines->end_ns != 0)
        until_ns = wait_earlier_ns(until_ns, lines->end_ns);
    wait_until(polled, channels + 2, until_ns);
}

/* A second reply to any message would show that reported times are not certain: it mostly arrives
 * soon after the first. */
static int64_t lines_listening_ns(const struct send_loop *lines)
{
    int64_t wanted_ns = listen_min_ns;

    for (size_t i = 0; i < lines->targets->count; i++) {
        int64_t twice_ns = 2 * session_longest_rtt_ns(lines->targets->sessions[i]);
        wanted_ns = twice_ns > wanted_ns ? twice_ns : wanted_ns;
    }
    return wanted_ns < lines->options->session.timeout_ns ? wanted_ns
                                                          : lines->options->session.timeout_ns;
}

/* Whether all is answered, and no second reply is likely to withdraw a time. */
static bool lines_is_settled(struct send_loop *lines)
{
    if (!lines->ended || !lines_holds_for_all(lines, exchange_is_idle) ||
        !lines_has_expected(lines))
        return false;
    if (lines_holds_for_all(lines, exchange_is_certain))
        return true;
    if (lines->end_ns == 0)
        lines->end_ns = clock_monotonic_ns() + lines_listening_ns(lines);
    return clock_monotonic_ns() >= lines->end_ns;
}

static bool lines_is_over(struct send_loop *lines)
{
    return !lines_can_write(lines) || signals_number(&lines->send->signals) != 0 ||
           lines_is_settled(lines);
}

static void lines_send_due(struct send_loop *lines)
{
    int64_t now_ns = clock_monotonic_ns();

    lines->starving = false;
    for (int i = 0; i < BURST && lines_can_write(lines); i++) {
        if (!lines_is_paced(lines) || now_ns < lines->next_ns)
            break;
        lines_send_next(lines, now_ns);
        now_ns = clock_monotonic_ns();
    }
}

/* All sockets, target by target. counts: of each. */
static size_t lines_list_polled(struct send_loop *lines, size_t *counts)
{
    size_t total = 0;

    for (size_t i = 0; i < lines->targets->count; i++) {
        counts[i] = exchange_list_polled(lines->targets->sessions[i], lines->polled + total);
        total += counts[i];
    }
    return total;
}

static void lines_take_all(struct send_loop *lines, const size_t *counts)
{
    const struct pollfd *polled = lines->polled;

    for (size_t i = 0; i < lines->targets->count; polled += counts[i++])
        exchange_take(lines->targets->sessions[i], polled, counts[i]);
}

static void lines_expire_all(struct send_loop *lines)
{
    for (size_t i = 0; i < lines->targets->count; i++) {
        exchange_expire(lines->targets->sessions[i], clock_monotonic_ns());
        sink_expire(&lines->send->sinks[i], clock_monotonic_ns());
    }
}

static void lines_loop(struct send_loop *lines)
{
    struct send *send = lines->send;
    struct sink *first = &send->sinks[0];
    size_t counts[TARGETS_MAX];
    char problem[LOGFILE_ERROR_SIZE];

    while (!lines_is_over(lines)) {
        lines_expire_all(lines);
        lines_send_due(lines);
        sink_check(first, fflush(first->output.file) == 0);
        if (lines_is_over(lines))
            break;
        lines_wait(lines, lines_list_polled(lines, counts));
        lines_take_all(lines, counts);
        if (logfile_failed(send->log, problem))
            report_error("--log %s", problem);
    }
}

static int lines_status(const struct send_loop *lines)
{
    const struct send *send = lines->send;
    int error = feed_error(lines->feed);

    for (size_t i = 0; i < send->targets.count; i++)
        if (send->sinks[i].broken)
            return report_lost_output(send->sinks[i].output_error);
    if (error == 0 || signals_number(&send->signals) != 0)
        return send_answered_status(send);
    report_error("cannot read standard input: %s", reason_text(error));
    return EXIT_SETUP;
}

static int lines_run(struct send_loop *lines)
{
    struct send *send = lines->send;

    lines_loop(lines);
    send_hang_up(send);
    for (size_t i = 0; i < send->targets.count && lines_can_write(lines); i++)
        sink_summarise(&send->sinks[i], send->targets.sessions[i]);
    return send_end_log(send, lines_status(lines));
}

static void lines_set_output(struct send *send, FILE *file)
{
    for (size_t i = 0; i < send->targets.count; i++)
        send->sinks[i].output.file = file;
}

static int lines_run_with_signals(struct send_loop *lines)
{
    struct send *send = lines->send;
    struct sink *first = &send->sinks[0];
    struct outlet outlet;
    int status;

    sink_check(first, fflush(first->output.file) == 0); /* the first --calls */
    outlet_open(&outlet, OUTLET_WAITS, &send->signals);
    lines_set_output(send, outlet.file);
    if (send_open_log(send, &status))
        status = lines_run(lines);
    status = outlet_close(&outlet, status);
    lines_set_output(send, stdout);
    return status;
}

static int lines_run_feed(struct send *send, struct feed *feed)
{
    struct send_loop lines = {
        .send = send,
        .targets = &send->targets,
        .options = &send->options,
        .feed = feed,
        .polled = calloc(send->targets.count * SESSION_CHANNELS_MAX + 2, sizeof *lines.polled),
        .next_ns = clock_monotonic_ns(),
    };
    int status = EXIT_SETUP;

    if (lines.polled != NULL && signals_open(&send->signals)) {
        status = lines_run_with_signals(&lines);
        signals_close(&send->signals);
    } else {
        report_error("cannot start a thread: %s", thread_failure(errno));
    }
    free(lines.polled);
    return status;
}

int send_run_lines(struct send *send)
{
    struct feed_given given[OPTS_LIST_MAX];
    const struct feed_options options = {.style = send->options.message,
                                         .count = send->options.count,
                                         .given = given,
                                         .given_count = send_list_packets(send, given),
                                         .texts = send->operands->items + 1,
                                         .text_count = send->operands->count - 1,
                                         .files = &send->options.files,
                                         .lines_fd = STDIN_FILENO};
    struct problem problem;
    struct feed *feed = feed_open(&options, &problem);
    int status;

    if (feed == NULL) {
        report_error("%s", problem.text);
        return problem.usage ? EXIT_USAGE : EXIT_SETUP;
    }
    status = lines_run_feed(send, feed);
    feed_close(feed);
    return status;
}
