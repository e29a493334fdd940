/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_batch: operands, files and pipes: the next datagram after the answer or the timeout, or at
 * --rate; the end after the last answer.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "outlet.h"
#include "send.h"
#include "send_errors.h"
#include "udptui/cmd/commands.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"

/* Datagrams sent before the answers to them are taken: no receive queue overflows meanwhile. */
enum { BURST = 16 };

static const int64_t listen_min_ns = 100 * UNITS_NS_PER_MS;

struct batch {
    struct session *session;
    struct send_source *source;
    bool ended;      /* the source has no more */
    bool starving;   /* the source has nothing now */
    int64_t next_ns; /* when the pace allows the next datagram */
    int64_t end_ns;  /* all is answered: how long to listen for second replies; 0: not yet */
};

/* The pace: --rate counts from when the datagram was due, so that it holds on average. */
static void set_next(struct batch *batch, int64_t now_ns)
{
    const struct send_options *options = &batch->session->options;

    if (options->rate_per_s > 0) {
        int64_t step_ns = units_rate_interval_ns(options->rate_per_s);
        int64_t behind_ns = now_ns - batch->next_ns;
        batch->next_ns = (behind_ns > UNITS_NS_PER_S / 10 ? now_ns : batch->next_ns) + step_ns;
    } else {
        batch->next_ns = now_ns + options->interval_ns;
    }
}

/* Whether only the pace holds the next one back. At --rate it may also be that the table is full of
 * requests that wait: it is sent once there is room. */
static bool is_paced(const struct batch *batch)
{
    const struct pending *pending = batch->session->pending;

    if (batch->ended || batch->starving)
        return false;
    return batch->session->options.rate_per_s > 0 ? pending_has_room(pending)
                                                  : pending_waiting(pending) == 0;
}

static void send_next(struct batch *batch, int64_t now_ns)
{
    struct session *session = batch->session;
    const uint8_t *bytes;
    size_t size_bytes;
    const char *why;

    batch->starving = false;
    switch (source_next(batch->source, &bytes, &size_bytes, &why)) {
    case SOURCE_ITEM:
        session_send(session, bytes, size_bytes);
        set_next(batch, now_ns);
        break;
    case SOURCE_BAD:
        send_report_failure(session, ++session->totals.sent, size_bytes,
                            size_bytes >= SEND_PAYLOAD_SIZE - 2 ? RESULT_TOO_BIG : RESULT_FAILED,
                            why);
        break;
    case SOURCE_WAIT:
        batch->starving = true;
        break;
    case SOURCE_END:
        batch->ended = true;
        break;
    }
}

/* Sleeps until something comes, a deadline passes or the pace allows the next. */
static void wait(struct batch *batch, struct pollfd *polled, size_t channels, int64_t now_ns)
{
    struct session *session = batch->session;
    int64_t until_ns = pending_deadline_ns(session->pending);
    struct timespec timeout = {.tv_sec = 0};

    polled[channels] = (struct pollfd){.fd = session->signals.fd, .events = POLLIN};
    polled[channels + 1] =
        (struct pollfd){.fd = batch->starving ? source_fd(batch->source) : -1, .events = POLLIN};
    if (is_paced(batch) && batch->next_ns < until_ns)
        until_ns = batch->next_ns;
    if (batch->end_ns != 0 && batch->end_ns < until_ns)
        until_ns = batch->end_ns;
    if (until_ns > now_ns && until_ns != INT64_MAX) {
        timeout.tv_sec = (until_ns - now_ns) / UNITS_NS_PER_S;
        timeout.tv_nsec = (until_ns - now_ns) % UNITS_NS_PER_S;
    }
    ppoll(polled, channels + 2, until_ns == INT64_MAX ? NULL : &timeout, NULL);
}

/* A second reply to any message would show that times which stand are not certain: it mostly comes
 * soon after the first, if at all. */
static int64_t listening_ns(const struct session *session)
{
    int64_t wanted_ns = 2 * rtt_max(measured_figures(session->times));

    if (wanted_ns < listen_min_ns)
        wanted_ns = listen_min_ns;
    return wanted_ns < session->options.timeout_ns ? wanted_ns : session->options.timeout_ns;
}

/* Whether all is answered, and no time can be taken back any more that could be soon. */
static bool is_settled(struct batch *batch)
{
    const struct pending *pending = batch->session->pending;

    if (!batch->ended || pending_waiting(pending) > 0)
        return false;
    if (pending_shared(pending) == 0)
        return true;
    if (batch->end_ns == 0)
        batch->end_ns = clock_monotonic_ns() + listening_ns(batch->session);
    return clock_monotonic_ns() >= batch->end_ns;
}

static bool is_over(struct batch *batch)
{
    const struct session *session = batch->session;

    return session->broken || signals_number(&session->signals) != 0 || is_settled(batch);
}

/* Sends what is due. Returns the time when it was done. */
static int64_t send_due(struct batch *batch)
{
    int64_t now_ns = clock_monotonic_ns();

    batch->starving = false;
    for (int i = 0; i < BURST && !batch->session->broken; i++) {
        if (!is_paced(batch) || now_ns < batch->next_ns)
            break;
        send_next(batch, now_ns);
        now_ns = clock_monotonic_ns();
    }
    return now_ns;
}

static void loop(struct batch *batch)
{
    struct pollfd polled[SEND_CHANNELS_MAX + 2];

    while (!is_over(batch)) {
        session_expire(batch->session, clock_monotonic_ns());
        int64_t now_ns = send_due(batch);
        session_check_output(batch->session, fflush(batch->session->output.file) == 0);
        if (is_over(batch))
            break;
        size_t channels = session_list_polled(batch->session, polled);
        wait(batch, polled, channels, now_ns);
        session_take(batch->session, polled, channels);
    }
}

static int status_of(const struct batch *batch)
{
    const struct session *session = batch->session;
    int error = source_error(batch->source);

    if (session->broken)
        return outlet_status(session->output_error);
    if (error == 0 || signals_number(&session->signals) != 0)
        return session_status(session);
    commands_complain("cannot read standard input: %s", strerror(error));
    return EXIT_SETUP;
}

int send_run_batch(struct session *session, struct send_source *source)
{
    struct batch batch = {.session = session, .source = source, .next_ns = clock_monotonic_ns()};
    int status;

    if (!signals_open(&session->signals)) {
        commands_complain("cannot start a thread: %s", strerror(errno));
        return EXIT_SETUP;
    }
    session->output.file = outlet_open(&session->signals);
    loop(&batch);
    session_hang_up(session);
    if (!session->broken)
        session_summarise(session);
    status = session_end_recording(session, status_of(&batch));
    outlet_close(session->output.file);
    signals_close(&session->signals);
    return status;
}
