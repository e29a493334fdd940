/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: see the header. */
#include "udptui/ui/ping/session.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/output/line_time.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/sandbox.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

const struct opts_word ping_words[] = {
    {"lost", "no reply came within the timeout, nor later"},
    {"late", "the reply came after the timeout; it is not lost any more"},
    {"duplicate", "a further reply to a probe that had one"},
    {"reordered", "the reply came after that to a later probe (RFC 4737)"},
    {"rtt", "round-trip time by the kernel: from the send to the reply"},
    {"program", "the same as the program saw it: with its own delays"},
    {"server", "time in the server: between receipt and reply there (STAMP)"},
    {"behind", "lateness: how long after its scheduled time a probe was sent"},
    {"ipdv", "change of the time from a probe to the one sent next (RFC 3393)"},
    {"jitter", "mean change from one round-trip time to the next (RFC 3550)"},
    {"p99", "99 of 100 times are not longer (p50, p90, p99.9: likewise)"},
    {NULL, NULL},
};

static const int64_t tick_ns = 100 * UNITS_NS_PER_MS;
static const int64_t publish_every_ns = UNITS_NS_PER_S;

void ping_check_output(struct ping_session *session, bool written)
{
    if (written || session->broken)
        return;
    session->broken = true;
    session->error = errno;
}

/* ---- the log */

static struct ping_output log_output(const struct ping_session *session, uint32_t target)
{
    struct ping_output output = session->targets[target].output;

    output.file = logfile_stream(session->log);
    return output;
}

static void log_beginnings(const struct ping_session *session)
{
    for (uint32_t i = 0; session->log != NULL && i < session->config.count; i++) {
        const struct ping_output output = log_output(session, i);
        logfile_commit(session->log, ping_json.begin(&output));
    }
}

static void log_event(const struct ping_session *session, const struct prober_record *record)
{
    if (session->log == NULL)
        return;
    const struct ping_output output = log_output(session, record->target);
    logfile_commit(session->log, ping_json.event(&output, &record->event));
}

static void log_summaries(const struct ping_session *session)
{
    for (uint32_t i = 0; session->log != NULL && i < session->config.count; i++) {
        const struct ping_output output = log_output(session, i);
        logfile_commit(session->log, ping_json.summary(&output, &session->targets[i].figures));
    }
}

/* ---- the broker */

static void ping_fill_target(const struct ping_session *session, size_t index,
                             struct snapshot_target *out)
{
    const struct probe_figures *figures = &session->targets[index].figures;
    const struct series_counts *counts = &figures->counts;
    const struct probe_times *rtt = &figures->times[PROBE_RTT];

    *out = (struct snapshot_target){
        .sent = counts->sent,
        .received = counts->received,
        .late = counts->late,
        .lost = counts->lost,
        .waiting = counts->waiting,
        .duplicates = counts->duplicates,
        .reordered = counts->reordered,
        .failed = figures->failed,
        .not_sent = figures->not_sent,
        .rtts = rtt->count,
        .rtt_min_ns = rtt->count > 0 ? rtt->min_ns : -1,
        .rtt_mean_ns = rtt->count > 0 ? rtt->mean_ns : -1,
        .rtt_p50_ns = rtt->count > 0 ? rtt->p50_ns : -1,
        .rtt_p90_ns = rtt->count > 0 ? rtt->p90_ns : -1,
        .rtt_p99_ns = rtt->count > 0 ? rtt->p99_ns : -1,
        .rtt_max_ns = rtt->count > 0 ? rtt->max_ns : -1,
        .rtt_sum_ns = rtt->sum_ns,
    };
    endpoint_format_in(&session->config.targets[index].target, session->config.zones, out->target,
                       sizeof out->target);
}

static void ping_publish(struct ping_session *session, int64_t now_ns, bool last)
{
    _Static_assert((int)SNAPSHOT_TARGETS_MAX >= (int)PROBER_TARGETS_MAX, "every target fits");
    if (!session->announcer.wanted ||
        (!last && (!session->unpublished || now_ns < session->publish_ns)))
        return;
    struct snapshot snapshot = {.target_count = session->config.count};
    session->unpublished = false;
    session->publish_ns = now_ns + publish_every_ns;
    for (size_t i = 0; i < session->config.count; i++)
        ping_fill_target(session, i, &snapshot.targets[i]);
    announcer_publish_stats(&session->announcer, &snapshot);
}

/* ---- the metrics */

/* False if memory is short. */
static bool ping_fill_page(const struct ping_session *session, struct metrics_page *page)
{
    struct snapshot_target target;
    char labels[METRICS_LABELS_SIZE];
    bool whole = true;

    for (size_t i = 0; i < session->config.count; i++) {
        struct builder builder = builder_begin(labels, sizeof labels);
        ping_fill_target(session, i, &target);
        metrics_label(&builder, "target", target.target);
        whole &= metrics_page_add(page, &snapshot_target_figures, &target, sizeof target, labels);
    }
    return whole;
}

static void ping_measure(struct ping_session *session, int64_t now_ns, bool last)
{
    struct metrics_page *page = meter_page(&session->meter, session->figures_version, now_ns, last);

    if (page != NULL && ping_fill_page(session, page))
        meter_put(&session->meter);
}

static bool ping_open_meter(struct ping_session *session, int *status)
{
    const struct metrics_source source = {.command = "ping", .started_ns = clock_wall_ns()};
    struct metrics_page page = {.count = 0};
    bool opened;

    if (session->config.metrics != NULL)
        ping_fill_page(session, &page);
    opened = meter_open(&session->meter, session->config.metrics, &source, &page, status);
    metrics_page_free(&page);
    return opened;
}

/* ---- both */

void ping_share(struct ping_session *session, int64_t now_ns, bool last)
{
    ping_publish(session, now_ns, last);
    ping_measure(session, now_ns, last);
}

int64_t ping_share_due_ns(const struct ping_session *session)
{
    bool publishes = session->announcer.wanted && session->unpublished;

    return wait_earlier_ns(publishes ? session->publish_ns : INT64_MAX,
                           meter_due_ns(&session->meter, session->figures_version));
}

static bool ping_begin_publishing(struct ping_session *session)
{
    char target[ENDPOINT_TEXT_SIZE], place[SNAPSHOT_LEVEL_SIZE];

    endpoint_format_in(&session->config.targets[0].target, session->config.zones, target,
                       sizeof target);
    snprintf(place, sizeof place, "ping-%s", target);
    return announcer_begin(&session->announcer, SNAPSHOT_PING, place);
}

/* ---- the prober's records */

/* The descriptor is reset before the ring is looked at for the last time: nothing is missed. */
static bool next_record(struct ping_session *session, struct prober_record *record)
{
    eventfd_t count;

    if (prober_next(session->prober, record))
        return true;
    eventfd_read(session->event_fd, &count);
    return prober_next(session->prober, record);
}

bool ping_take(struct ping_session *session, struct prober_record *record)
{
    if (session->ended || !next_record(session, record))
        return false;
    switch (record->kind) {
    case PROBER_EVENT:
        log_event(session, record);
        break;
    case PROBER_FIGURES:
        session->targets[record->target].figures = record->figures;
        session->unpublished = true;
        session->figures_version++;
        break;
    case PROBER_END:
        session->ended = true;
        break;
    }
    return true;
}

/* ---- beginning and end */

static void fill_outputs(struct ping_session *session, FILE *file)
{
    const struct ping_config *config = &session->config;

    for (size_t i = 0; i < config->count; i++)
        session->targets[i].output =
            (struct ping_output){.file = file,
                                 .stamp = line_time_stamp(config->time),
                                 .zones = config->zones,
                                 .target = config->targets[i].target,
                                 .size_bytes = config->targets[i].size_bytes,
                                 .interval_ns = config->targets[i].interval_ns,
                                 .timeout_ns = config->targets[i].timeout_ns,
                                 .several = config->count > 1,
                                 .first = i == 0};
}

static int status_of_session(const struct ping_session *session)
{
    int number = signals_number(&session->signals);
    uint64_t sent = 0, answered = 0, not_sent = 0;

    for (size_t i = 0; i < session->config.count; i++) {
        const struct series_counts *counts = &session->targets[i].figures.counts;
        sent += counts->sent;
        answered += counts->received + counts->late;
        not_sent += session->targets[i].figures.not_sent;
    }
    if (number != 0 && number != SIGINT) /* a terminal that hung up takes no summary either */
        return 128 + number;
    if (session->broken)
        return report_lost_output(session->error);
    return sent > 0 && answered == sent && not_sent == 0 ? EXIT_DONE : EXIT_UNANSWERED;
}

static bool ping_begin_probing(struct ping_session *session)
{
    const struct ping_config *config = &session->config;
    const struct prober_config wanted = {.targets = config->targets,
                                         .count = config->count,
                                         .duration_ns = config->duration_ns,
                                         .deadline_ns = config->deadline_ns,
                                         .tick_ns = tick_ns,
                                         .events = !config->quiet || session->log != NULL ||
                                                   config->screen,
                                         .event_fd = session->event_fd};
    char error[PROBE_ERROR_SIZE];

    session->prober = prober_open(&wanted, error);
    if (session->prober != NULL && /* these report why */
        (!meter_begin(&session->meter) || !ping_begin_publishing(session)))
        return false;
    if (session->prober != NULL && prober_start(session->prober, error))
        return true;
    report_error("%s", error);
    return false;
}

static int session_run_prober(struct ping_session *session)
{
    int status = EXIT_SETUP;

    if (ping_begin_probing(session)) {
        log_beginnings(session);
        if (!session->config.screen || !ping_run_screen(session))
            ping_run_lines(session);
        log_summaries(session);
        ping_share(session, clock_monotonic_ns(), true);
        status = status_of_session(session);
    }
    prober_close(session->prober);
    announcer_end(&session->announcer);
    return status;
}

static bool ping_enter_sandbox(const struct ping_session *session)
{
    const struct ping_config *config = &session->config;
    struct sandbox_needs needs = {
        .command = SANDBOX_PING, .screen = config->screen, .written = {config->log}};

    announcer_add_needs(&session->announcer, &needs);
    meter_add_needs(&session->meter, &needs);
    return sandbox_enter((enum sandbox_mode)config->sandbox, &needs);
}

static bool ping_open_signals(struct ping_session *session)
{
    if (!signals_open(&session->signals)) {
        report_error("cannot start a thread: %s", thread_failure(errno));
        return false;
    }
    signals_count_quits(&session->signals);
    return true;
}

static int ping_run_with_signals(struct ping_session *session)
{
    int status = EXIT_SETUP;

    session->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (session->event_fd < 0) {
        report_error("cannot probe: %s", reason_text(errno));
        return status;
    }
    if (logfile_begin(&session->log, session->config.log, &session->signals, &status))
        status =
            logfile_end(session->log, outlet_finish(&session->outlet, session_run_prober(session)));
    close(session->event_fd);
    return status;
}

int ping_run(const struct ping_config *config)
{
    struct ping_session session = {.config = *config};
    struct problem problem;
    bool running;
    int status;

    if (!announcer_prepare(&session.announcer, &config->publish, &problem)) {
        report_error("%s", problem.text);
        return problem.usage ? EXIT_USAGE : EXIT_SETUP;
    }
    if (!ping_open_meter(&session, &status))
        return status;
    outlet_open(&session.outlet, OUTLET_HOLDS, &session.signals);
    fill_outputs(&session, session.outlet.file);
    running = ping_enter_sandbox(&session) && ping_open_signals(&session);
    status = running ? ping_run_with_signals(&session) : EXIT_SETUP;
    status = meter_close(&session.meter, status);
    status = outlet_close(&session.outlet, status);
    if (running)
        signals_close(&session.signals);
    return status;
}
