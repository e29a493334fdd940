/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch: many servers that publish to a broker, in one view. */
#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/cmd/commands.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/ui/watch/choosing.h"
#include "udptui/ui/watch/session.h"

struct watch_options {
    int64_t servers_max, duration_ns;
    const char *filter, *log, *metrics;
    int sandbox, json, time, no_ui, ascii, no_mouse;
    struct look look;
};

#define FIELD(name) offsetof(struct watch_options, name)

static const struct opt options[] = {
    {.name = "filter",
     .type = OPT_TEXT,
     .group = GROUP_DISPLAY,
     .offset = FIELD(filter),
     .check = checks_servers,
     .argument = "EXPRESSION",
     .words = FILTER_BEGINNINGS,
     .help = "show only what matches: name:room-3 port:4010 from:10.0.0.0/8 status:gone a|b !a"},
    COMMON_DURATION(FIELD(duration_ns)),
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    COMMON_METRICS(FIELD(metrics)),
    COMMON_TIME(FIELD(time)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_NO_MOUSE(FIELD(no_mouse)),
    COMMON_THEME(FIELD(look)),
    COMMON_LARGE(FIELD(look)),
    {.name = "max-servers",
     .type = OPT_INTEGER,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = FIELD(servers_max),
     .argument = "N",
     .minimum = 1,
     .maximum = 1 << 20,
     .help = "most servers that are kept; reports of further ones are counted",
     .default_text = "4096"},
    COMMON_SANDBOX(FIELD(sandbox)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui serve --publish mqtt://broker/school     on each server",
    "udptui watch mqtt://broker/school               all of them",
    "udptui watch --json mqtts://kim@broker/school   with TLS and a user, as JSON",
    NULL,
};

static const struct opts_command spec = {
    .name = "watch",
    .summary = "Show many servers that publish to an MQTT broker in one view",
    .operands = "URL",
    .operands_min = 1,
    .operands_max = 1,
    .operand_words = "mqtt:// mqtts://",
    .strangers = common_client_strangers,
    .options = options,
    .option_count = COUNT_OF(options),
    .words = watch_words,
    .examples = examples,
};

static bool watch_wants_screen(const struct watch_options *values)
{
    return !values->json && !values->no_ui && tty_is_interactive();
}

/* The broker, and what is needed to reach it. */
static bool watch_find_broker(const char *url, struct broker *broker, int *status)
{
    struct problem problem = {.usage = false};

    if (link_prepare(&problem) && broker_parse("", url, broker, &problem) &&
        broker_read_secrets(broker, &problem))
        return true;
    report_error("%s", problem.text);
    *status = problem.usage ? EXIT_USAGE : EXIT_SETUP;
    return false;
}

static int watch_command(int argument_count, char *const arguments[])
{
    struct watch_options values = {.servers_max = 4096, .time = LINE_TIME_DEFAULT};
    struct opts_operands operands;
    struct filter *filter;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    struct watch_config config = {.servers_max = values.servers_max,
                                  .duration_ns = values.duration_ns,
                                  .writer = values.json ? &watch_json : &watch_lines,
                                  .filter_text = values.filter,
                                  .time = values.time,
                                  .log = values.log,
                                  .metrics = values.metrics,
                                  .sandbox = values.sandbox,
                                  .screen = watch_wants_screen(&values),
                                  .ascii = values.ascii,
                                  .no_mouse = values.no_mouse,
                                  .look = values.look};
    if (!watch_find_broker(operands.items[0], &config.broker, &status))
        return status;
    if (!common_open_filter(choosing_open, values.filter, &filter, &status))
        return status;
    config.filter = filter;
    status = watch_run(&config);
    filter_close(filter);
    return status;
}

const struct command command_watch = {.spec = &spec, .run = watch_command};
