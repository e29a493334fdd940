/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: measures paths with numbered probes. */
#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/net/resolve.h"
#include "udptui/proto/datagram.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/ui/ping/session.h"

struct ping_options {
    int mode; /* enum probe_mode */
    int64_t interval_ns, timeout_ns, count, duration_ns, deadline_ns, ttl, dscp;
    uint64_t size_bytes;
    const char *bind, *interface, *log, *metrics;
    int sandbox, family, json, csv, quiet, df, time, no_ui, ascii;
    struct look look;
    struct announcer_options publish;
};

#define FIELD(name) offsetof(struct ping_options, name)

#define GROUP_PROBES "Probes"

static const struct opt options[] = {
    {.name = "mode",
     .letter = 'm',
     .type = OPT_CHOICE,
     .group = GROUP_PROBES,
     .offset = FIELD(mode),
     .argument = "auto|stamp|echo|text",
     .choices = ping_mode_words,
     .help = "who replies: a STAMP reflector (RFC 8762), a server that echoes, any other",
     .default_text = "auto"},
    {.name = "interval",
     .letter = 'i',
     .type = OPT_DURATION,
     .group = GROUP_PROBES,
     .offset = FIELD(interval_ns),
     .argument = "TIME",
     .minimum = 10 * UNITS_NS_PER_US,
     .maximum = 3600 * UNITS_NS_PER_S,
     .help = "time from one probe to the next, on an absolute schedule",
     .default_text = "1s"},
    {.name = "timeout",
     .letter = 't',
     .type = OPT_DURATION,
     .group = GROUP_PROBES,
     .offset = FIELD(timeout_ns),
     .argument = "TIME",
     .minimum = UNITS_NS_PER_MS,
     .maximum = 3600 * UNITS_NS_PER_S,
     .help = "how long to wait for a reply before a probe counts as lost",
     .default_text = "1s"},
    {.name = "size",
     .letter = 's',
     .type = OPT_SIZE,
     .group = GROUP_PROBES,
     .offset = FIELD(size_bytes),
     .argument = "SIZE",
     .minimum = PROBE_SIZE_MIN,
     .maximum = DATAGRAM_PAYLOAD_MAX_IPV4,
     .help = "payload of each probe in bytes",
     .default_text = "44"},
    {.name = "count",
     .letter = 'c',
     .type = OPT_INTEGER,
     .group = GROUP_STOP,
     .offset = FIELD(count),
     .argument = "N",
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "stop after N probes to each target"},
    COMMON_DURATION(FIELD(duration_ns)),
    {.name = "deadline",
     .letter = 'w',
     .type = OPT_DURATION,
     .group = GROUP_STOP,
     .offset = FIELD(deadline_ns),
     .argument = "TIME",
     .minimum = 1,
     .maximum = INT64_MAX / 2,
     .help = "end after this time, whatever is still in flight"},
    {.name = "bind",
     .letter = 'b',
     .type = OPT_TEXT,
     .group = GROUP_NETWORK,
     .offset = FIELD(bind),
     .check = checks_endpoint,
     .argument = "ADDRESS",
     .help = "send from this address"},
    {.name = "interface",
     .type = OPT_TEXT,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(interface),
     .argument = "IF",
     .help = "use only this network interface, whatever the routes say"},
    {.name = "ttl",
     .type = OPT_INTEGER,
     .group = GROUP_NETWORK,
     .offset = FIELD(ttl),
     .argument = "N",
     .minimum = 1,
     .maximum = 255,
     .help = "time to live or hop limit of the probes",
     .default_text = "255"},
    {.name = "dscp",
     .type = OPT_INTEGER,
     .group = GROUP_NETWORK,
     .offset = FIELD(dscp),
     .argument = "N",
     .minimum = 0,
     .maximum = 63,
     .help = "DSCP of the probes"},
    COMMON_FLAG("df", 0, GROUP_NETWORK, true, FIELD(df), 1,
                "do not fragment: a probe that is too big for the path fails"),
    COMMON_IPV4(FIELD(family)),
    COMMON_IPV6(FIELD(family)),
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    COMMON_FLAG("csv", 0, GROUP_OUTPUT, false, FIELD(csv), 1,
                "print a row of comma-separated values for each probe"),
    COMMON_LOG(FIELD(log)),
    COMMON_METRICS(FIELD(metrics)),
    COMMON_PUBLISH(FIELD(publish)),
    COMMON_PUBLISH_AS(FIELD(publish)),
    COMMON_FLAG("quiet", 'q', GROUP_OUTPUT, false, FIELD(quiet), 1, "print the summary only"),
    COMMON_TIME(FIELD(time)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_THEME(FIELD(look)),
    COMMON_LARGE(FIELD(look)),
    COMMON_SANDBOX(FIELD(sandbox)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui ping 192.0.2.1:862           a STAMP reflector, once a second",
    "udptui ping -i 1ms -d 10s host      a thousand probes a second, ten seconds",
    "udptui ping -c 9 -q --json a b:7    two targets, the summaries as JSON",
    NULL,
};

static const struct opts_command spec = {
    .name = "ping",
    .summary = "Measure round-trip time and packet loss with numbered datagrams",
    .operands = "HOST[:PORT]...",
    .operands_min = 1,
    .operands_max = PROBER_TARGETS_MAX,
    .strangers = common_client_strangers,
    .options = options,
    .option_count = COUNT_OF(options),
    .words = ping_words,
    .examples = examples,
};

/* --bind: an address without a port. */
static bool parse_bind(const struct ping_options *values, struct endpoint *out, int *status)
{
    struct resolve_result result;

    *out = (struct endpoint){.family = ENDPOINT_NONE};
    if (values->bind == NULL)
        return true;
    if (!resolve_listen(values->bind, (enum endpoint_family)values->family, &result)) {
        report_error("--bind %s", result.error);
        *status = result.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    *out = result.endpoints[0];
    out->port = 0;
    return true;
}

static const struct ping_writer *writer_of(const struct ping_options *values)
{
    if (values->json)
        return &ping_json;
    return values->csv ? &ping_csv : &ping_lines;
}

static bool ping_wants_screen(const struct ping_options *values)
{
    return !values->json && !values->csv && !values->no_ui && !values->quiet &&
           tty_is_interactive();
}

static bool add_target(struct ping_config *config, const struct ping_options *values,
                       const char *text, int *status)
{
    struct probe_config *target = &config->targets[config->count++];

    *target = (struct probe_config){.mode = (enum probe_mode)values->mode,
                                    .size_bytes = values->size_bytes,
                                    .interval_ns = values->interval_ns,
                                    .timeout_ns = values->timeout_ns,
                                    .count = (uint64_t)values->count,
                                    .interface = values->interface,
                                    .hop_limit = (int)values->ttl,
                                    .dscp = (int)values->dscp,
                                    .dont_fragment = values->df};
    return common_resolve_target("", text, values->family, &target->target, status) &&
           parse_bind(values, &target->bind, status);
}

static int ping_command(int argument_count, char *const arguments[])
{
    struct ping_options values = {.interval_ns = UNITS_NS_PER_S,
                                  .timeout_ns = UNITS_NS_PER_S,
                                  .size_bytes = PROBE_SIZE_MIN,
                                  .ttl = 255,
                                  .time = LINE_TIME_DEFAULT};
    struct opts_operands operands;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (values.json && values.csv) {
        report_error("--json and --csv: give one of the two");
        return EXIT_USAGE;
    }
    if (!common_check_publish(&values.publish))
        return EXIT_USAGE;
    struct ping_config config = {.duration_ns = values.duration_ns,
                                 .deadline_ns = values.deadline_ns,
                                 .writer = writer_of(&values),
                                 .time = values.time,
                                 .log = values.log,
                                 .publish = values.publish,
                                 .metrics = values.metrics,
                                 .sandbox = values.sandbox,
                                 .zones = &interfaces_zones,
                                 .quiet = values.quiet,
                                 .screen = ping_wants_screen(&values),
                                 .ascii = values.ascii,
                                 .look = values.look};
    for (size_t i = 0; i < operands.count; i++)
        if (!add_target(&config, &values, operands.items[i], &status))
            return status;
    return ping_run(&config);
}

const struct command command_ping = {.spec = &spec, .run = ping_command};
