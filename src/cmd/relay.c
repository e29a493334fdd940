/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay: stand between clients and a server, and show both directions. */
#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/cmd/commands.h"
#include "udptui/ui/relay/relayed.h"

#define FIELD(name)  offsetof(struct relay_session_options, name)
#define SERVER(name) FIELD(relay.server.name)

static const struct opt options[] = {
    COMMON_JOIN(SERVER(join)),
    COMMON_REUSE(SERVER(reuse)),
    COMMON_IPV4(SERVER(family)),
    COMMON_IPV6(SERVER(family)),
    {.name = "copy-ttl",
     .type = OPT_FLAG,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(relay.copy_ttl),
     .help = "send each datagram with the TTL or hop limit that it came with, less 1"},
    {.name = "copy-dscp",
     .type = OPT_FLAG,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(relay.copy_dscp),
     .help = "send each datagram with the DSCP that it came with"},
    {.name = "answer-all",
     .type = OPT_FLAG,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = SERVER(answer_all),
     .help = "serve also clients on ports 7 13 17 19 37 53 69 123"},
    COMMON_IMPAIR(SERVER(impair)),
    COMMON_SEED(SERVER(seed)),
    COMMON_FILTER(FIELD(session.display.filter)),
    COMMON_CLASS(FIELD(session.display.roster), COMMON_ROSTER_HELP),
    COMMON_PRIVACY(FIELD(session.display.privacy)),
    COMMON_NAMES(FIELD(session.display.names)),
    COMMON_DISSECT(FIELD(session.display.dissect)),
    COMMON_HISTORY(FIELD(session.display.history)),
    COMMON_NO_UI(FIELD(session.display.no_ui)),
    COMMON_JSON(FIELD(session.display.json)),
    COMMON_LOG(FIELD(session.display.log)),
    COMMON_METRICS(FIELD(session.metrics)),
    COMMON_PCAP(FIELD(session.pcap)),
    COMMON_FORCE(FIELD(session.force)),
    COMMON_PUBLISH(FIELD(session.publish)),
    COMMON_PUBLISH_AS(FIELD(session.publish)),
    COMMON_PUBLISH_MESSAGES(FIELD(session.publish)),
    COMMON_TIME(FIELD(session.display.time)),
    COMMON_FULL(FIELD(session.display.full)),
    COMMON_CALLS(FIELD(session.display.calls)),
    COMMON_ASCII(FIELD(session.display.ascii)),
    COMMON_THEME(FIELD(session.display.look)),
    COMMON_LARGE(FIELD(session.display.look)),
    COMMON_NO_MOUSE(FIELD(session.display.no_mouse)),
    COMMON_COUNT(FIELD(session.count)),
    COMMON_DURATION(FIELD(session.duration_ns)),
    {.name = "idle",
     .type = OPT_DURATION,
     .group = GROUP_PERFORMANCE,
     .offset = FIELD(relay.idle_ns),
     .argument = "TIME",
     .minimum = RELAY_IDLE_MIN_NS,
     .maximum = INT64_MAX / 2,
     .help = "forget a client and close its socket after so long without a datagram",
     .default_text = "2m"},
    {.name = "limit",
     .type = OPT_TEXT,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = SERVER(ack_limit),
     .check = checks_limit,
     .argument = "auto|off|RATE",
     .help = "most datagrams of one client to the target; auto limits each public one to 50/s",
     .default_text = "auto"},
    {.name = "max-clients",
     .type = OPT_INTEGER,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = SERVER(max_clients),
     .argument = "N",
     .minimum = 1,
     .maximum = RELAY_CLIENTS_MAX,
     .help = "most clients at a time; the one that was unused for the longest time is dropped",
     .default_text = "16384"},
    COMMON_RCVBUF(SERVER(receive_buffer_bytes)),
    COMMON_BUFFER(SERVER(buffer_bytes)),
    COMMON_BATCH(SERVER(batch)),
    COMMON_SANDBOX(FIELD(session.display.sandbox)),
    COMMON_NO_GSO(SERVER(no_gso), "send each datagram in a call of its own (no UDP_SEGMENT)"),
    COMMON_NO_GRO(SERVER(no_gro), "receive each datagram separately (no UDP_GRO)"),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui relay 127.0.0.1:5300 127.0.0.1:53      between dig and a name server",
    "udptui relay :5683 10.0.0.9:5683 -i wifi      the same on a bad network",
    "udptui relay :7001=10.0.0.9:7 :7002=[::1]:7   two targets",
    NULL,
};

static const struct opts_stranger strangers[] = {
    {'p', "port", "write the port after the address, or alone: ADDRESS:PORT or :PORT"},
    {'u', "udp", "leave it out: udptui always uses UDP"},
    {'l', "listen", "write what to listen on before the target: udptui relay LISTEN TARGET"},
    {0, NULL, NULL},
};

static const struct opts_command spec = {
    .name = "relay",
    .summary = "Stand between clients and a server, and show both directions",
    .operands = "[LISTEN] TARGET | LISTEN=TARGET...",
    .operands_min = 1,
    .operands_max = RELAY_TARGETS_MAX,
    .strangers = strangers,
    .options = options,
    .option_count = COUNT_OF(options),
    .examples = examples,
};

static struct relay_session_options relay_default_options(void)
{
    return (struct relay_session_options){.relay = {.server = {.ack_limit = "auto",
                                                               .seed = -1,
                                                               .max_clients = RELAY_DEFAULT_CLIENTS,
                                                               .batch = 64,
                                                               .threads = 1,
                                                               .buffer_bytes = 65536,
                                                               .family = ENDPOINT_NONE},
                                                    .idle_ns = RELAY_DEFAULT_IDLE_NS},
                                          .session.display = COMMON_DISPLAY_DEFAULTS};
}

static int relay_command(int argument_count, char *const arguments[])
{
    struct relay_session_options values = relay_default_options();
    struct opts_operands operands;
    struct relayed *relayed;
    struct filter *filter;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (!common_check_session(&values.session))
        return EXIT_USAGE;
    if (!common_open_filter(filter_open, values.session.display.filter, &filter, &status))
        return status;
    relayed = relayed_open(&values, filter, &operands, &status);
    if (relayed != NULL) {
        status = serve_session_run(&relayed->session);
        relayed_close(relayed);
    }
    filter_close(filter);
    return status;
}

const struct command command_relay = {.spec = &spec, .run = relay_command};
