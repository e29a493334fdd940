/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measurement: the one that runs beside the prompt, by the functions of its kind. */
#include "console_internal.h"

bool measurement_is_free(struct console *console)
{
    if (console->measurement.kind == NULL)
        return true;
    console_say(console, "%s is running: Ctrl-C stops it", console->measurement.kind->name);
    return false;
}

bool console_has_one_target(struct console *console, const char *command)
{
    if (!console->send->options.session.broadcast &&
        !endpoint_is_multicast(session_target(console->session)))
        return true;
    console_say(console, "%s measures the path to one host, not to a group or a broadcast address",
                command);
    return false;
}

struct trial_config measurement_trial(const struct console *console)
{
    const struct session_options *options = &console->send->options.session;

    return (struct trial_config){.target = *session_target(console->session),
                                 .bind = session_bound_address(console->session),
                                 .interface = options->interface,
                                 .hop_limit = (int)options->ttl,
                                 .dscp = (int)options->dscp,
                                 .timeout_ns = options->timeout_ns};
}

void measurement_begin(struct console *console, const struct measurement_kind *kind, void *state)
{
    console->measurement = (struct measurement){.kind = kind, .state = state};
}

void measurement_end(struct console *console)
{
    if (console->measurement.kind != NULL)
        console->measurement.kind->close(console->measurement.state);
    console->measurement = (struct measurement){.kind = NULL};
}

struct pollfd measurement_polled(const struct console *console)
{
    const struct measurement *measurement = &console->measurement;

    return (struct pollfd){
        .fd = measurement->kind != NULL ? measurement->kind->fd(measurement->state) : -1,
        .events = POLLIN};
}

int64_t measurement_deadline_ns(const struct console *console)
{
    const struct measurement *measurement = &console->measurement;

    return measurement->kind != NULL ? measurement->kind->deadline_ns(measurement->state)
                                     : INT64_MAX;
}

void measurement_turn(struct console *console)
{
    struct measurement *measurement = &console->measurement;

    if (measurement->kind != NULL && measurement->kind->turn(console, measurement->state))
        measurement_end(console);
}

bool measurement_stop(struct console *console)
{
    if (console->measurement.kind == NULL)
        return false;
    console_say(console, "%s is stopped", console->measurement.kind->name);
    if (console->measurement.kind->stop(console, console->measurement.state))
        measurement_end(console);
    return true;
}
