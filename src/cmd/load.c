/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load: as many datagrams as the server acknowledges, and what that took. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common_options.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/net/resolve.h"
#include "udptui/net/udp.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/ui/load/screen.h"

#define FIELD(name) offsetof(struct load_options, name)

#define GROUP_LOAD "Load"

static const struct opt options[] = {
    {.name = "clients",
     .letter = 'c',
     .type = OPT_INTEGER,
     .group = GROUP_LOAD,
     .offset = FIELD(clients),
     .argument = "N",
     .minimum = 1,
     .maximum = LOAD_CLIENTS_MAX,
     .help = "number of clients, each with its own socket",
     .default_text = "8"},
    {.name = "window",
     .letter = 'w',
     .type = OPT_INTEGER,
     .group = GROUP_LOAD,
     .offset = FIELD(window),
     .argument = "N",
     .minimum = 1,
     .maximum = LOAD_WINDOW_MAX,
     .help = "most datagrams in flight for each client",
     .default_text = "64"},
    {.name = "size",
     .letter = 's',
     .type = OPT_SIZE,
     .group = GROUP_LOAD,
     .offset = FIELD(size_bytes),
     .argument = "SIZE",
     .minimum = 0,
     .maximum = UDP_PAYLOAD_MAX_IPV4,
     .help = "payload of each datagram in bytes",
     .default_text = "32"},
    {.name = "rate",
     .letter = 'r',
     .type = OPT_FLOW,
     .group = GROUP_LOAD,
     .offset = FIELD(rate),
     .argument = "RATE",
     .help = "most datagrams (20k/s) or payload bits (10Mbit/s) a second, all clients together"},
    {.name = "timeout",
     .letter = 't',
     .type = OPT_DURATION,
     .group = GROUP_LOAD,
     .offset = FIELD(timeout_ns),
     .argument = "TIME",
     .minimum = UNITS_NS_PER_MS,
     .maximum = 3600 * UNITS_NS_PER_S,
     .help = "how long to wait for an ack before a datagram counts as lost",
     .default_text = "1s"},
    {.name = "duration",
     .letter = 'd',
     .type = OPT_DURATION,
     .group = GROUP_LOAD,
     .offset = FIELD(duration_ns),
     .argument = "TIME",
     .minimum = 1,
     .maximum = INT64_MAX / 2,
     .help = "how long to send",
     .default_text = "10s"},
    COMMON_IPV4(FIELD(family)),
    COMMON_IPV6(FIELD(family)),
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    {.name = "quiet",
     .letter = 'q',
     .type = OPT_FLAG,
     .group = GROUP_OUTPUT,
     .offset = FIELD(quiet),
     .help = "print the summary only"},
    COMMON_TIME(FIELD(time)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_NO_GSO(FIELD(no_gso), "send each datagram separately (no UDP_SEGMENT)"),
    COMMON_NO_GRO(FIELD(no_gro), "receive each ack separately (no UDP_GRO)"),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui load 127.0.0.1                     ten seconds, as fast as acks arrive",
    "udptui load --rate 1k/s -d 1m host:4010   1,000 datagrams/s for a minute",
    "udptui load --rate 10Mbit/s -s 1k host    ten megabits of payload a second",
    NULL,
};

static const struct opts_command spec = {
    .name = "load",
    .summary = "Load a server as fast as it acknowledges, and measure it",
    .operands = "HOST[:PORT]",
    .operands_min = 1,
    .operands_max = 1,
    .strangers = common_client_strangers,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .examples = examples,
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

void load_log(struct load_run *run, struct load_snapshot *snapshot)
{
    struct load_output logged = {.file = run->log != NULL ? logfile_stream(run->log) : NULL};

    snapshot->not_logged = logfile_lost(run->log);
    if (run->log == NULL)
        return;
    if (snapshot->end == LOAD_RUNNING)
        load_json.progress(&logged, snapshot);
    else
        load_json.summary(&logged, snapshot);
    logfile_commit(run->log);
}

static void take_snapshots(struct load_run *run)
{
    while (load_next(run->load, &run->last)) {
        load_log(run, &run->last);
        run->output.stamp.wall_ns = clock_wall_ns();
        if (run->last.end == LOAD_RUNNING && !run->options->quiet)
            load_check_output(run, run->writer->progress(&run->output, &run->last));
    }
    if (run->last.end != LOAD_RUNNING)
        load_check_output(run, run->writer->summary(&run->output, &run->last));
}

void load_run_lines(struct load_run *run)
{
    struct pollfd polled[] = {{.fd = run->event_fd, .events = POLLIN},
                              {.fd = run->signals.fd, .events = POLLIN}};
    eventfd_t count;

    while (run->last.end == LOAD_RUNNING && !run->broken) {
        poll(polled, 2, LOAD_BEAT_MS);
        signals_beat(&run->signals);
        if (polled[1].revents != 0)
            polled[1].fd = -1; /* or the time is over, and the last acks may still come */
        if (signals_number(&run->signals) != 0)
            load_stop(run->load);
        eventfd_read(run->event_fd, &count);
        take_snapshots(run);
    }
}

static int status_of(const struct load_run *run)
{
    int number = signals_number(&run->signals);

    if (run->broken)
        return outlet_status(run->error);
    if (number != 0)
        return 128 + number;
    return run->last.sent == run->last.acked && run->last.sent > 0 ? EXIT_DONE : EXIT_UNANSWERED;
}

static bool wants_screen(const struct load_options *values)
{
    return !values->json && !values->no_ui && !values->quiet && isatty(STDIN_FILENO) &&
           isatty(STDOUT_FILENO);
}

static int run_load(struct load_run *run)
{
    char error[LOAD_ERROR_SIZE];
    int status = EXIT_SETUP;

    run->load = load_open(run->config, error);
    if (run->load != NULL && load_start(run->load, error)) {
        signals_end_at(&run->signals, clock_monotonic_ns() + run->config->duration_ns);
        if (!wants_screen(run->options) || !load_run_screen(run))
            load_run_lines(run);
        status = status_of(run);
    } else {
        report_error("%s", error);
    }
    load_close(run->load);
    return status;
}

static int run_with_signals(struct load_run *run)
{
    int status = EXIT_SETUP;

    if (!signals_open(&run->signals)) {
        report_error("cannot start a thread: %s", reason_text(errno));
        return status;
    }
    run->output = (struct load_output){.file = outlet_open(&run->signals),
                                       .stamp = line_time_stamp(run->options->time)};
    if (logfile_begin(&run->log, run->options->log, &run->signals, &status))
        status = logfile_end(run->log, run_load(run));
    outlet_close(run->output.file);
    signals_close(&run->signals);
    return status;
}

/* --rate in datagrams; bits are of payload. */
static double datagrams_per_s(const struct load_options *values)
{
    return values->rate.bits ? values->rate.per_second / (8 * (double)values->size_bytes)
                             : values->rate.per_second;
}

static bool check_rate(const struct load_options *values)
{
    double per_s = datagrams_per_s(values);

    if (values->rate.bits && values->size_bytes == 0)
        report_error("--rate in bits and --size 0: empty datagrams have no bits; give --rate "
                     "in datagrams, such as 20/s");
    else if (values->rate.bits && (per_s < UNITS_RATE_MIN || per_s > UNITS_RATE_MAX))
        report_error("--rate and --size: that is not from 1/day to 1000M/s datagrams");
    else
        return true;
    return false;
}

static int run_command(int argument_count, char *const arguments[])
{
    struct load_options values = {.clients = 8,
                                  .window = 64,
                                  .duration_ns = 10 * UNITS_NS_PER_S,
                                  .timeout_ns = UNITS_NS_PER_S,
                                  .size_bytes = 32,
                                  .time = LINE_TIME_DEFAULT};
    struct opts_operands operands;
    struct resolve_result target;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (!check_rate(&values))
        return EXIT_USAGE;
    if (!resolve_target(operands.items[0], (enum endpoint_family)values.family, &target)) {
        report_error("%s", target.error);
        return target.usage ? EXIT_USAGE : EXIT_SETUP;
    }
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    const struct load_config config = {
        .target = target.endpoints[0],
        .clients = (size_t)values.clients,
        .window = (uint32_t)values.window,
        .size_bytes = (size_t)values.size_bytes,
        .duration_ns = values.duration_ns,
        .timeout_ns = values.timeout_ns,
        .rate_per_s = datagrams_per_s(&values),
        .tick_ns = wants_screen(&values) ? screen_tick_ns : lines_tick_ns,
        .segment = !values.no_gso,
        .gro = !values.no_gro,
        .event_fd = event_fd,
    };
    struct load_run run = {.options = &values,
                           .config = &config,
                           .writer = values.json ? &load_json : &load_lines,
                           .event_fd = event_fd};
    status = run_with_signals(&run);
    close(event_fd);
    return status;
}

const struct command command_load = {.spec = &spec, .run = run_command};
