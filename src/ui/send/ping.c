/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: /ping probes the target beside the prompt; with the lines of the command ping. */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "console_internal.h"
#include "udptui/base/units.h"
#include "udptui/output/ping.h"
#include "udptui/probe/prober.h"
#include "udptui/sys/clock.h"

static const int64_t ping_interval_ns = 200 * UNITS_NS_PER_MS, ping_tick_ns = UNITS_NS_PER_S;

struct console_ping {
    struct prober *prober;
    int event_fd;
    struct ping_output output;
    struct probe_figures figures;
};

static int ping_fd(const void *state)
{
    return ((const struct console_ping *)state)->event_fd;
}

static int64_t ping_get_deadline_ns(const void *state)
{
    (void)state;
    return INT64_MAX;
}

/* The descriptor is reset first: later records set it again. */
static bool console_ping_turn(struct console *console, void *state)
{
    struct console_ping *ping = state;
    struct prober_record record;
    eventfd_t count;

    (void)console;
    eventfd_read(ping->event_fd, &count);
    while (prober_next(ping->prober, &record)) {
        if (record.kind == PROBER_EVENT) {
            ping_lines.event(&ping->output, &record.event);
        } else if (record.kind == PROBER_FIGURES) {
            ping->figures = record.figures;
        } else {
            ping->output.stamp.wall_ns = clock_wall_ns();
            ping_lines.summary(&ping->output, &ping->figures);
            return true;
        }
    }
    return false;
}

/* The figures so far still follow. */
static bool ping_stop(struct console *console, void *state)
{
    struct console_ping *ping = state;

    (void)console;
    prober_stop(ping->prober);
    return false;
}

static void ping_close(void *state)
{
    struct console_ping *ping = state;

    prober_close(ping->prober);
    if (ping->event_fd >= 0)
        close(ping->event_fd);
    free(ping);
}

static const struct measurement_kind ping_kind = {.name = "/ping",
                                                  .fd = ping_fd,
                                                  .deadline_ns = ping_get_deadline_ns,
                                                  .turn = console_ping_turn,
                                                  .stop = ping_stop,
                                                  .close = ping_close};

static struct probe_config ping_config(const struct console *console, int64_t count)
{
    const struct session_options *options = &console->send->options.session;

    return (struct probe_config){.target = *session_target(console->session),
                                 .bind = session_bound_address(console->session),
                                 .size_bytes = PROBE_SIZE_MIN,
                                 .interval_ns = ping_interval_ns,
                                 .timeout_ns = options->timeout_ns,
                                 .count = (uint64_t)count,
                                 .interface = options->interface,
                                 .hop_limit = (int)options->ttl,
                                 .dscp = (int)options->dscp,
                                 .dont_fragment = options->df};
}

static struct ping_output ping_output_of(const struct console *console,
                                         const struct probe_config *config)
{
    return (struct ping_output){.file = console->stream,
                                .stamp = console->sink->output.stamp,
                                .zones = console->send->zones,
                                .target = config->target,
                                .size_bytes = config->size_bytes,
                                .interval_ns = config->interval_ns,
                                .timeout_ns = config->timeout_ns,
                                .first = true};
}

static bool ping_start(struct console_ping *ping, const struct probe_config *config, char *error)
{
    const struct prober_config wanted = {.targets = config,
                                         .count = 1,
                                         .tick_ns = ping_tick_ns,
                                         .events = true,
                                         .event_fd = ping->event_fd};

    ping->prober = prober_open(&wanted, error);
    return ping->prober != NULL && prober_start(ping->prober, error);
}

void console_ping(struct console *console, const struct command_line *line)
{
    const struct probe_config config = ping_config(console, line->number);
    struct console_ping *ping;
    char error[PROBE_ERROR_SIZE] = "not enough memory";

    if (!measurement_is_free(console) || !console_has_one_target(console, "/ping"))
        return;
    ping = calloc(1, sizeof *ping);
    if (ping != NULL)
        ping->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ping == NULL || !ping_start(ping, &config, error)) {
        console_say(console, "/ping: %s", error);
        if (ping != NULL)
            ping_close(ping);
        return;
    }
    ping->output = ping_output_of(console, &config);
    ping->output.stamp.wall_ns = clock_wall_ns();
    ping_lines.begin(&ping->output);
    measurement_begin(console, &ping_kind, ping);
}
