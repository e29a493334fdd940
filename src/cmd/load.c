/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load: sends as many datagrams as the server acknowledges, and measures that. */
#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/proto/datagram.h"
#include "udptui/sys/report.h"
#include "udptui/ui/load/session.h"

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
     .maximum = GENERATOR_CLIENTS_MAX,
     .help = "number of clients, each with its own socket",
     .default_text = "8"},
    {.name = "window",
     .letter = 'w',
     .type = OPT_INTEGER,
     .group = GROUP_LOAD,
     .offset = FIELD(window),
     .argument = "N",
     .minimum = 1,
     .maximum = GENERATOR_WINDOW_MAX,
     .help = "most datagrams in flight for each client",
     .default_text = "64"},
    {.name = "size",
     .letter = 's',
     .type = OPT_SIZE,
     .group = GROUP_LOAD,
     .offset = FIELD(size_bytes),
     .argument = "SIZE",
     .minimum = 0,
     .maximum = DATAGRAM_PAYLOAD_MAX_IPV4,
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
    COMMON_METRICS(FIELD(metrics)),
    {.name = "quiet",
     .letter = 'q',
     .type = OPT_FLAG,
     .group = GROUP_OUTPUT,
     .offset = FIELD(quiet),
     .help = "print the summary only"},
    COMMON_TIME(FIELD(time)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_THEME(FIELD(look)),
    COMMON_LARGE(FIELD(look)),
    COMMON_SANDBOX(FIELD(sandbox)),
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
    .option_count = COUNT_OF(options),
    .words = load_words,
    .examples = examples,
};

/* --rate in datagrams; bits are of payload. */
static double load_datagrams_per_s(const struct load_options *values)
{
    return values->rate.bits ? values->rate.per_second / (8 * (double)values->size_bytes)
                             : values->rate.per_second;
}

static bool load_check_rate(const struct load_options *values)
{
    double per_s = load_datagrams_per_s(values);

    if (values->rate.bits && values->size_bytes == 0)
        report_error("--rate in bits and --size 0: empty datagrams have no bits: give --rate in "
                     "datagrams, such as 20/s");
    else if (values->rate.bits && (per_s < UNITS_RATE_MIN || per_s > UNITS_RATE_MAX))
        report_error(
            "--rate and --size: together they give a rate outside 1/day to 1000M/s datagrams");
    else
        return true;
    return false;
}

static int load_command(int argument_count, char *const arguments[])
{
    struct load_options values = {.clients = 8,
                                  .window = 64,
                                  .duration_ns = 10 * UNITS_NS_PER_S,
                                  .timeout_ns = UNITS_NS_PER_S,
                                  .size_bytes = 32,
                                  .time = LINE_TIME_DEFAULT};
    struct opts_operands operands;
    struct endpoint target;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (!load_check_rate(&values))
        return EXIT_USAGE;
    if (!common_resolve_target("", operands.items[0], values.family, &target, &status))
        return status;
    return load_run(&values, load_datagrams_per_s(&values), &target);
}

const struct command command_load = {.spec = &spec, .run = load_command};
