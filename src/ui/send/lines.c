/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_batch: operands, files and pipes: the next datagram after the answer or the timeout, or at
 * --rate; the end after the last answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "udptui/base/units.h"
#include "udptui/capture/recorder.h"
#include "udptui/client/errors.h"
#include "udptui/client/session.h"
#include "udptui/client/targets.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"

/* Datagrams sent before the answers to them are taken: no receive queue overflows meanwhile. */
enum { BURST = 16 };

static const int64_t listen_min_ns = 100 * UNITS_NS_PER_MS;

struct batch {
    struct targets *targets;
    const struct send_options *options;
    struct signals *signals;
    struct send_source *source;
    struct pollfd *polled; /* room for all sockets of all targets */
    bool ended;            /* the source has no more */
    bool starving;         /* the source has nothing now */
    int64_t next_ns;       /* when the pace allows the next datagram */
    int64_t end_ns;        /* all is answered: how long to listen for second replies; 0: not yet */
};

/* What may hold for each of the targets. */
typedef bool session_condition(const struct session *session);

static bool holds_for_all(const struct batch *batch, session_condition *condition)
{
    for (size_t i = 0; i < batch->targets->count; i++)
        if (!condition(&batch->targets->sessions[i]))
            return false;
    return true;
}

static bool is_idle(const struct session *session)
{
    return pending_waiting(session->pending) == 0;
}

static bool has_room(const struct session *session)
{
    return pending_has_room(session->pending);
}

static bool can_write(const struct session *session)
{
    return !session->broken;
}

static bool is_certain(const struct session *session)
{
    return pending_shared(session->pending) == 0;
}

/* The pace: --rate counts from when the datagram was due, so that it holds on average. */
static void set_next(struct batch *batch, int64_t now_ns)
{
    const struct send_options *options = batch->options;

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
    if (batch->ended || batch->starving)
        return false;
    return holds_for_all(batch, batch->options->rate_per_s > 0 ? has_room : is_idle);
}

/* To all of them; what cannot be sent is told for each. */
static void send_to_all(struct batch *batch, const uint8_t *bytes, size_t size_bytes,
                        const char *why)
{
    for (size_t i = 0; i < batch->targets->count; i++) {
        struct session *session = &batch->targets->sessions[i];
        if (why == NULL)
            session_send(session, bytes, size_bytes);
        else
            send_report_failure(
                session, ++session->totals.sent, size_bytes,
                size_bytes >= SEND_PAYLOAD_SIZE - 2 ? RESULT_TOO_BIG : RESULT_FAILED, why);
    }
}

static void send_next(struct batch *batch, int64_t now_ns)
{
    const uint8_t *bytes;
    size_t size_bytes;
    const char *why;

    batch->starving = false;
    switch (source_next(batch->source, &bytes, &size_bytes, &why)) {
    case SOURCE_ITEM:
        send_to_all(batch, bytes, size_bytes, NULL);
        set_next(batch, now_ns);
        break;
    case SOURCE_BAD:
        send_to_all(batch, NULL, size_bytes, why);
        break;
    case SOURCE_WAIT:
        batch->starving = true;
        break;
    case SOURCE_END:
        batch->ended = true;
        break;
    }
}

static int64_t deadline_ns(const struct batch *batch)
{
    int64_t earliest_ns = INT64_MAX;

    for (size_t i = 0; i < batch->targets->count; i++) {
        int64_t its_ns = pending_deadline_ns(batch->targets->sessions[i].pending);
        earliest_ns = its_ns < earliest_ns ? its_ns : earliest_ns;
    }
    return earliest_ns;
}

/* Sleeps until something comes, a deadline passes or the pace allows the next. */
static void wait(struct batch *batch, size_t channels, int64_t now_ns)
{
    struct pollfd *polled = batch->polled;
    int64_t until_ns = deadline_ns(batch);
    struct timespec timeout = {.tv_sec = 0};

    polled[channels] = (struct pollfd){.fd = batch->signals->fd, .events = POLLIN};
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
static int64_t listening_ns(const struct batch *batch)
{
    int64_t wanted_ns = listen_min_ns;

    for (size_t i = 0; i < batch->targets->count; i++) {
        int64_t twice_ns = 2 * rtt_max(measured_figures(batch->targets->sessions[i].times));
        wanted_ns = twice_ns > wanted_ns ? twice_ns : wanted_ns;
    }
    return wanted_ns < batch->options->timeout_ns ? wanted_ns : batch->options->timeout_ns;
}

/* Whether all is answered, and no time can be taken back any more that could be soon. */
static bool is_settled(struct batch *batch)
{
    if (!batch->ended || !holds_for_all(batch, is_idle))
        return false;
    if (holds_for_all(batch, is_certain))
        return true;
    if (batch->end_ns == 0)
        batch->end_ns = clock_monotonic_ns() + listening_ns(batch);
    return clock_monotonic_ns() >= batch->end_ns;
}

static bool is_over(struct batch *batch)
{
    return !holds_for_all(batch, can_write) || signals_number(batch->signals) != 0 ||
           is_settled(batch);
}

/* Sends what is due. Returns the time when it was done. */
static int64_t send_due(struct batch *batch)
{
    int64_t now_ns = clock_monotonic_ns();

    batch->starving = false;
    for (int i = 0; i < BURST && holds_for_all(batch, can_write); i++) {
        if (!is_paced(batch) || now_ns < batch->next_ns)
            break;
        send_next(batch, now_ns);
        now_ns = clock_monotonic_ns();
    }
    return now_ns;
}

/* All sockets, one target's behind the other's. counts: of each. */
static size_t list_polled(struct batch *batch, size_t *counts)
{
    size_t total = 0;

    for (size_t i = 0; i < batch->targets->count; i++) {
        counts[i] = session_list_polled(&batch->targets->sessions[i], batch->polled + total);
        total += counts[i];
    }
    return total;
}

static void take_all(struct batch *batch, const size_t *counts)
{
    const struct pollfd *polled = batch->polled;

    for (size_t i = 0; i < batch->targets->count; polled += counts[i++])
        session_take(&batch->targets->sessions[i], polled, counts[i]);
}

static void expire_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->targets->count; i++)
        session_expire(&batch->targets->sessions[i], clock_monotonic_ns());
}

static void loop(struct batch *batch)
{
    struct session *first = &batch->targets->sessions[0];
    size_t counts[TARGETS_MAX];
    char problem[LOGFILE_ERROR_SIZE];

    while (!is_over(batch)) {
        expire_all(batch);
        int64_t now_ns = send_due(batch);
        session_check_output(first, fflush(first->output.file) == 0);
        if (is_over(batch))
            break;
        wait(batch, list_polled(batch, counts), now_ns);
        take_all(batch, counts);
        if (logfile_failed(first->log, problem))
            report_error("--log %s", problem);
    }
}

/* 0 if all of them have all their answers. */
static int answered_status(const struct batch *batch)
{
    int worst = EXIT_DONE;

    for (size_t i = 0; i < batch->targets->count && worst == EXIT_DONE; i++)
        worst = session_status(&batch->targets->sessions[i]);
    return worst;
}

static int status_of(const struct batch *batch)
{
    int error = source_error(batch->source);

    for (size_t i = 0; i < batch->targets->count; i++)
        if (batch->targets->sessions[i].broken)
            return outlet_status(batch->targets->sessions[i].output_error);
    if (error == 0 || signals_number(batch->signals) != 0)
        return answered_status(batch);
    report_error("cannot read standard input: %s", reason_text(error));
    return EXIT_SETUP;
}

/* The capture file is the first one's. */
static void hang_up_all(struct batch *batch)
{
    for (size_t i = batch->targets->count; i > 0; i--) {
        struct session *session = &batch->targets->sessions[i - 1];
        if (i > 1)
            session->recorder = NULL;
        session_hang_up(session);
    }
}

static void summarise_all(struct batch *batch)
{
    for (size_t i = 0; i < batch->targets->count && holds_for_all(batch, can_write); i++)
        session_summarise(&batch->targets->sessions[i]);
}

/* One log for all. */
static bool open_logs(struct batch *batch, int *status)
{
    struct session *sessions = batch->targets->sessions;

    if (!session_open_log(&sessions[0], status))
        return false;
    for (size_t i = 1; i < batch->targets->count; i++)
        session_share_log(&sessions[i], &sessions[0]);
    return true;
}

static int run_logged(struct batch *batch)
{
    struct session *sessions = batch->targets->sessions;

    loop(batch);
    hang_up_all(batch);
    recorder_finish(sessions[0].recorder); /* what could not be written is known then */
    summarise_all(batch);
    int status = session_end_recording(&sessions[0], status_of(batch));
    for (size_t i = 0; i < batch->targets->count; i++)
        session_log_summary(&sessions[i]);
    for (size_t i = 1; i < batch->targets->count; i++)
        sessions[i].log = NULL; /* the first one's */
    return session_end_log(&sessions[0], status);
}

int send_run_batch(struct targets *targets, struct send_source *source)
{
    struct session *first = &targets->sessions[0];
    struct batch batch = {
        .targets = targets,
        .options = &first->options,
        .signals = &first->signals,
        .source = source,
        .polled = calloc(targets->count * SEND_CHANNELS_MAX + 2, sizeof *batch.polled),
        .next_ns = clock_monotonic_ns(),
    };
    int status;

    if (batch.polled == NULL || !signals_open(batch.signals)) {
        report_error("cannot start: %s", reason_text(errno));
        free(batch.polled);
        return EXIT_SETUP;
    }
    session_check_output(first, fflush(first->output.file) == 0); /* the first --calls */
    first->output.file = outlet_open(batch.signals);
    for (size_t i = 1; i < targets->count; i++)
        targets->sessions[i].output.file = first->output.file;
    if (open_logs(&batch, &status))
        status = run_logged(&batch);
    outlet_close(first->output.file);
    signals_close(batch.signals);
    free(batch.polled);
    return status;
}
