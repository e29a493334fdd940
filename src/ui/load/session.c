/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_session: starts the generator and chooses how it is shown. */
#include "udptui/ui/load/session.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/output/line_time.h"
#include "udptui/output/logfile.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/sys/sandbox.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/tty.h"

const struct opts_word load_words[] = {
    {"acked", "acknowledged; late ones, too"},
    {"lost", "no ack came within the timeout, nor later"},
    {"late", "the ack came after the timeout; the datagram is not lost any more"},
    {"duplicates", "acks in excess of the datagrams sent"},
    {"not sent", "refused by the kernel"},
    {"in flight", "sent, neither acknowledged nor lost yet"},
    {"rtt", "round-trip time by the kernel: from the send to the ack"},
    {"program", "the same as the program saw it: with its own delays"},
    {"uncertain", "some acks came twice, so that times may be of other datagrams"},
    {"p99", "99 of 100 times are not longer (p50, p90, p99.9: likewise)"},
    {NULL, NULL},
};

static const int64_t lines_tick_ns = UNITS_NS_PER_S;
static const int64_t screen_tick_ns = 100 * UNITS_NS_PER_MS;

void load_check_output(struct load_run *run, bool written)
{
    if (written || run->broken)
        return;
    run->broken = true;
    run->error = errno;
}

/* ---- the metrics */

/* False if memory is short. */
static bool load_fill_page(struct metrics_page *page, const struct load_snapshot *snapshot)
{
    return metrics_page_add(page, &load_figures, snapshot, sizeof *snapshot, "") &&
           metrics_page_add(page, &load_app_figures, snapshot, sizeof *snapshot, "");
}

/* A snapshot comes once a second, or ten times on the screen. */
static void load_measure(struct load_run *run, const struct load_snapshot *snapshot)
{
    struct metrics_page *page = meter_page(&run->meter, run->meter.version + 1,
                                           clock_monotonic_ns(), snapshot->end != LOAD_RUNNING);

    if (page != NULL && load_fill_page(page, snapshot))
        meter_put(&run->meter);
}

static bool load_open_meter(struct load_run *run, int *status)
{
    const struct load_snapshot nothing = {
        .times_certain = true, .rtt = load_no_times, .rtt_app = load_no_times};
    struct metrics_source source = {.command = "load", .started_ns = clock_wall_ns()};
    struct builder labels = builder_begin(source.labels, sizeof source.labels);
    struct metrics_page page = {.count = 0};
    char target[ENDPOINT_TEXT_SIZE];
    bool opened;

    metrics_label(
        &labels, "target",
        endpoint_format_in(&run->config->target, &interfaces_zones, target, sizeof target));
    if (run->options->metrics != NULL)
        load_fill_page(&page, &nothing);
    opened = meter_open(&run->meter, run->options->metrics, &source, &page, status);
    metrics_page_free(&page);
    return opened;
}

/* ---- the log */

void load_log(struct load_run *run, struct load_snapshot *snapshot)
{
    struct load_output logged = {.file = run->log != NULL ? logfile_stream(run->log) : NULL};

    load_measure(run, snapshot);
    snapshot->not_logged = logfile_lost(run->log);
    if (run->log == NULL)
        return;
    logfile_commit(run->log, snapshot->end == LOAD_RUNNING ? load_json.progress(&logged, snapshot)
                                                           : load_json.summary(&logged, snapshot));
}

static int load_status(const struct load_run *run)
{
    int number = signals_number(&run->signals);

    if (run->broken)
        return report_lost_output(run->error);
    if (number != 0)
        return 128 + number;
    return run->last.sent == run->last.acked && run->last.sent > 0 ? EXIT_DONE : EXIT_UNANSWERED;
}

static bool load_wants_screen(const struct load_options *options)
{
    return !options->json && !options->no_ui && !options->quiet && tty_is_interactive();
}

static bool load_start(struct load_run *run)
{
    char error[GENERATOR_ERROR_SIZE];

    run->generator = generator_open(run->config, error);
    if (run->generator != NULL && !meter_begin(&run->meter)) /* it has reported why */
        return false;
    if (run->generator != NULL && generator_start(run->generator, error))
        return true;
    report_error("%s", error);
    return false;
}

static int load_run_generator(struct load_run *run)
{
    int status = EXIT_SETUP;

    if (load_start(run)) {
        signals_end_at(&run->signals, clock_monotonic_ns() + run->config->duration_ns);
        if (!load_wants_screen(run->options) || !load_run_screen(run))
            load_run_lines(run);
        status = load_status(run);
    }
    generator_close(run->generator);
    return status;
}

static bool load_enter_sandbox(const struct load_run *run)
{
    const struct load_options *options = run->options;
    struct sandbox_needs needs = {
        .command = SANDBOX_LOAD, .screen = load_wants_screen(options), .written = {options->log}};

    meter_add_needs(&run->meter, &needs);
    return sandbox_enter((enum sandbox_mode)options->sandbox, &needs);
}

static bool load_open_signals(struct load_run *run)
{
    if (signals_open(&run->signals))
        return true;
    report_error("cannot start a thread: %s", thread_failure(errno));
    return false;
}

static int load_run_with_signals(struct load_run *run)
{
    int status = EXIT_SETUP;

    outlet_open(&run->outlet, OUTLET_HOLDS, &run->signals);
    run->output = (struct load_output){.file = run->outlet.file,
                                       .stamp = line_time_stamp(run->options->time)};
    if (!load_enter_sandbox(run) || !load_open_signals(run))
        return outlet_close(&run->outlet, status);
    if (logfile_begin(&run->log, run->options->log, &run->signals, &status))
        status = logfile_end(run->log, outlet_finish(&run->outlet, load_run_generator(run)));
    outlet_report_left_out(run->not_shown);
    status = outlet_close(&run->outlet, status);
    signals_close(&run->signals);
    return status;
}

int load_run(const struct load_options *options, double rate_per_s, const struct endpoint *target)
{
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const struct generator_config config = {
        .target = *target,
        .clients = (size_t)options->clients,
        .window = (uint32_t)options->window,
        .size_bytes = (size_t)options->size_bytes,
        .duration_ns = options->duration_ns,
        .timeout_ns = options->timeout_ns,
        .rate_per_s = rate_per_s,
        .tick_ns = load_wants_screen(options) ? screen_tick_ns : lines_tick_ns,
        .segment = !options->no_gso,
        .gro = !options->no_gro,
        .event_fd = event_fd,
    };
    struct load_run run = {.options = options,
                           .config = &config,
                           .writer = options->json ? &load_json : &load_lines,
                           .event_fd = event_fd};
    int status;

    if (event_fd < 0) {
        report_error("cannot start: %s", reason_text(errno));
        return EXIT_SETUP;
    }
    if (load_open_meter(&run, &status))
        status = meter_close(&run.meter, load_run_with_signals(&run));
    close(event_fd);
    return status;
}
