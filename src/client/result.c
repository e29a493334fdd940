/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_result: counting and writing what became of each datagram. */
#include <errno.h>

#include "udptui/capture/recorder.h"
#include "udptui/client/session.h"
#include "udptui/output/logfile.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"

void session_check_output(struct session *session, bool written)
{
    if (written || session->broken)
        return;
    session->broken = true;
    session->output_error = errno;
}

void session_report(struct session *session, const struct result *result)
{
    struct result stamped = *result;

    if (stamped.wall_ns == 0)
        stamped.wall_ns = clock_wall_ns();
    session->totals.counts[result->status] +=
        result->status == RESULT_UNCERTAIN ? result->concerned : 1;
    send_ladder_result(&session->ladder, &stamped);
    if (result->status == RESULT_ACKED && result->ambiguous)
        session->totals.ambiguous++;
    session_log_result(session, &stamped);
    if (!session->options.quiet)
        session_check_output(session, session->writer->result(&session->output, &stamped));
}

struct send_totals session_totals(const struct session *session)
{
    const struct rtt *rtt = measured_figures(session->times);
    struct send_totals totals = session->totals;

    totals.waiting = totals.sent;
    for (int i = 0; i < RESULT_STATUSES; i++)
        totals.waiting -= totals.counts[i];
    totals.not_logged = logfile_lost(session->log);
    totals.not_recorded += recorder_lost(session->recorder);
    totals.kernel_dropped = session_dropped(session);
    totals.rtt_min_ns = rtt_min(rtt);
    totals.rtt_mean_ns = rtt_mean(rtt);
    totals.rtt_stddev_ns = rtt_stddev(rtt);
    totals.rtt_p50_ns = rtt_percentile(rtt, 50);
    totals.rtt_p99_ns = rtt_percentile(rtt, 99);
    totals.rtt_max_ns = rtt_max(rtt);
    totals.rtt_jitter_ns = measured_jitter(session->times);
    return totals;
}

void session_summarise(struct session *session)
{
    struct send_totals totals = session_totals(session);

    session->output.stamp.wall_ns = clock_wall_ns();
    if (!session->options.quiet)
        session_check_output(session, session->writer->summary(&session->output, &totals));
}

int session_status(const struct session *session)
{
    int number = signals_number(&session->signals);

    if (number != 0)
        return 128 + number;
    const uint64_t *counts = session->totals.counts;
    bool done = counts[RESULT_ACKED] + counts[RESULT_NOT_AWAITED] == session->totals.sent &&
                counts[RESULT_INCOMPLETE] == 0;

    return done ? EXIT_DONE : EXIT_UNANSWERED;
}
