/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines: ping without a screen. The main loop sleeps until a probe is due or something comes; if
 * probes are due more often than a sleep is exact, it does not sleep.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

#include "udptui/base/units.h"
#include "udptui/output/outlet.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/ping/ping.h"

/* A sleep may end so much later than asked for; and a beat for the signals' watch. */
static const int64_t sleep_error_ns = 80 * UNITS_NS_PER_US;
static const int64_t beat_ns = 100 * UNITS_NS_PER_MS;

static void ping_check_output(struct ping_run *run, bool written)
{
    if (written || run->broken)
        return;
    run->broken = true;
    run->error = errno;
}

/* ---- records */

static struct ping_output log_output(const struct ping_target *target)
{
    struct ping_output output = target->output;

    output.file = logfile_stream(target->run->log);
    return output;
}

static void tell_event(void *context, const struct probe_event *event)
{
    struct ping_target *target = context;
    struct ping_run *run = target->run;
    enum probe_mode mode = probe_figures(target->probe).mode;

    if (run->log != NULL) {
        const struct ping_output logged = log_output(target);
        ping_json.event(&logged, event, mode);
        logfile_commit(run->log);
    }
    if (!run->quiet)
        ping_check_output(run, run->writer->event(&target->output, event, mode));
}

static void write_begin(struct ping_target *target)
{
    struct ping_run *run = target->run;

    if (run->log != NULL) {
        const struct ping_output logged = log_output(target);
        ping_json.begin(&logged);
        logfile_commit(run->log);
    }
    ping_check_output(run, run->writer->begin(&target->output));
}

static void write_summary(struct ping_target *target)
{
    struct ping_run *run = target->run;
    const struct probe_figures figures = probe_figures(target->probe);

    target->output.stamp.wall_ns = clock_wall_ns();
    if (run->log != NULL) {
        const struct ping_output logged = log_output(target);
        ping_json.summary(&logged, &figures);
        logfile_commit(run->log);
    }
    ping_check_output(run, run->writer->summary(&target->output, &figures));
}

static void write_summaries(struct ping_run *run)
{
    for (size_t i = 0; i < run->target_count; i++)
        write_summary(&run->targets[i]);
}

/* ---- the loop */

static bool open_targets(struct ping_run *run)
{
    char error[PROBE_ERROR_SIZE];

    for (size_t i = 0; i < run->target_count; i++) {
        struct ping_target *target = &run->targets[i];
        target->probe = probe_open(&target->config, tell_event, target, error);
        if (target->probe == NULL) {
            report_error("%s", error);
            return false;
        }
        write_begin(target);
    }
    return true;
}

static bool is_done(const struct ping_run *run)
{
    for (size_t i = 0; i < run->target_count; i++)
        if (!probe_is_done(run->targets[i].probe))
            return false;
    return true;
}

static void stop_targets(struct ping_run *run)
{
    for (size_t i = 0; i < run->target_count; i++)
        probe_stop(run->targets[i].probe);
}

/* When the next probe is due or runs out, or the run ends. */
static int64_t next_deadline(const struct ping_run *run, int64_t end_ns)
{
    int64_t deadline_ns = end_ns;

    for (size_t i = 0; i < run->target_count; i++)
        deadline_ns = wait_earlier_ns(deadline_ns, probe_deadline_ns(run->targets[i].probe));
    return deadline_ns;
}

static void wait_for_work(struct ping_run *run, int64_t end_ns)
{
    struct pollfd polled[PING_TARGETS_MAX * PROBE_PORTS + 1];
    int64_t now_ns = clock_monotonic_ns();
    int64_t deadline_ns = next_deadline(run, end_ns);
    size_t count = 0;

    if (deadline_ns - now_ns < sleep_error_ns)
        return;
    polled[count++] = (struct pollfd){.fd = run->signals.fd, .events = POLLIN};
    for (size_t i = 0; i < run->target_count; i++)
        count += probe_list_polled(run->targets[i].probe, polled + count);
    wait_until(polled, count, wait_earlier_ns(deadline_ns - sleep_error_ns / 2, now_ns + beat_ns));
}

/* Ctrl-C ends at once: what is on its way is not waited for, as in ping(8). Ctrl-\ writes the figures so
 * far, as there. */
static void run_loop(struct ping_run *run)
{
    unsigned quits = 0;
    int64_t began_ns = clock_monotonic_ns();
    int64_t stop_ns = run->duration_ns > 0 ? began_ns + run->duration_ns : INT64_MAX;
    int64_t end_ns = run->deadline_ns > 0 ? began_ns + run->deadline_ns : INT64_MAX;

    while (!run->broken && !is_done(run) && signals_number(&run->signals) == 0) {
        int64_t now_ns = clock_monotonic_ns();
        if (now_ns >= end_ns)
            return;
        if (now_ns >= stop_ns)
            stop_targets(run);
        signals_beat(&run->signals);
        for (size_t i = 0; i < run->target_count; i++)
            probe_turn(run->targets[i].probe);
        if (signals_quits(&run->signals) != quits) {
            quits = signals_quits(&run->signals);
            write_summaries(run);
        }
        wait_for_work(run, wait_earlier_ns(end_ns, stop_ns > now_ns ? stop_ns : INT64_MAX));
    }
}

static int status_of_run(const struct ping_run *run)
{
    int number = signals_number(&run->signals);
    uint64_t sent = 0, answered = 0;

    for (size_t i = 0; i < run->target_count; i++) {
        const struct series_counts counts = probe_figures(run->targets[i].probe).counts;
        sent += counts.sent;
        answered += counts.received + counts.late;
    }
    if (run->broken)
        return outlet_status(run->error);
    if (number != 0 && number != SIGINT)
        return 128 + number;
    return sent > 0 && answered == sent ? EXIT_DONE : EXIT_UNANSWERED;
}

int ping_run_lines(struct ping_run *run)
{
    int status = EXIT_SETUP;

    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    signals_count_quits(&run->signals);
    if (open_targets(run)) {
        run_loop(run);
        write_summaries(run);
        status = status_of_run(run);
    }
    for (size_t i = 0; i < run->target_count; i++)
        probe_close(run->targets[i].probe);
    return status;
}
