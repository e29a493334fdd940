/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines: ping without a screen: writes the prober's records as they come. */
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/ping/session.h"

/* Signs of progress for the signals' watch. */
static const int64_t beat_ns = 100 * UNITS_NS_PER_MS;

static void write_record(struct ping_session *session, const struct prober_record *record)
{
    struct ping_target *target = &session->targets[record->target];
    bool fits = !outlet_is_full(&session->outlet), written;

    if (record->kind != PROBER_EVENT || session->config.quiet || session->broken)
        return;
    written = fits && session->config.writer->event(&target->output, &record->event);
    if (!fits || (!written && outlet_lacks_record(&session->outlet)))
        target->not_shown++;
    else
        ping_check_output(session, written);
}

void ping_write_summaries(struct ping_session *session)
{
    for (size_t i = 0; i < session->config.count; i++) {
        struct ping_target *target = &session->targets[i];
        struct probe_figures figures = target->figures;
        figures.not_shown += target->not_shown;
        target->output.stamp.wall_ns = clock_wall_ns();
        ping_check_output(session, session->config.writer->summary(&target->output, &figures));
    }
}

static void write_beginnings(struct ping_session *session)
{
    for (size_t i = 0; i < session->config.count; i++) {
        session->targets[i].output.stamp.wall_ns = clock_wall_ns();
        ping_check_output(session, session->config.writer->begin(&session->targets[i].output));
    }
}

/* What happens between us and the broker, and the metrics. */
static void ping_check_sharing(struct ping_session *session)
{
    char news[ANNOUNCER_NEWS_SIZE], error[EXPORTER_ERROR_SIZE];

    while (announcer_turn(&session->announcer, news))
        report_news("%s", news);
    ping_share(session, clock_monotonic_ns(), false);
    if (meter_failed(&session->meter, error))
        report_news("--metrics %s", error);
}

/* Ctrl-C ends at once, without waiting for probes in flight, as in ping(8), and so does a reader that
 * goes away: the log has all until then. Ctrl-\ writes the figures so far, as in ping(8). */
void ping_run_lines(struct ping_session *session)
{
    struct pollfd polled[] = {{.fd = session->event_fd, .events = POLLIN},
                              {.fd = session->signals.fd, .events = POLLIN},
                              {.events = POLLOUT}};
    struct prober_record record;
    unsigned quits = 0;

    write_beginnings(session);
    while (!session->ended) {
        polled[2].fd = session->broken ? -1 : outlet_fd(&session->outlet);
        wait_until(polled, COUNT_OF(polled), clock_monotonic_ns() + beat_ns);
        signals_beat(&session->signals);
        if (session->broken || signals_number(&session->signals) != 0) {
            prober_stop(session->prober);
            polled[1].fd = -1;
        }
        while (ping_take(session, &record))
            write_record(session, &record);
        if (!session->broken)
            ping_check_output(session, outlet_turn(&session->outlet));
        ping_check_sharing(session);
        if (signals_quits(&session->signals) != quits && !outlet_is_full(&session->outlet)) {
            quits = signals_quits(&session->signals);
            ping_write_summaries(session);
        }
    }
    ping_write_summaries(session);
}
