/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: a prompt, a pipe or one shot. */
#include "udptui/ui/send/send.h"

#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/output/payload.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"

#define FIELD(name) offsetof(struct send_options, name)

#define GROUP_MESSAGE "Message"
#define GROUP_REPLIES "Replies"
#define GROUP_PACE    "Pace"

static const struct opt options[] = {
    COMMON_FLAG("hex", 'x', GROUP_MESSAGE, false, FIELD(message.hex), 1,
                "messages are hex bytes: 'ff 01 00'"),
    COMMON_FLAG("escapes", 'e', GROUP_MESSAGE, false, FIELD(message.escapes), 1,
                "expand \\n \\r \\t \\0 \\\\ \\xHH \\u{HEX} in messages"),
    {.name = "file",
     .letter = 'f',
     .type = OPT_LIST,
     .group = GROUP_MESSAGE,
     .offset = FIELD(files),
     .check = checks_read,
     .argument = "FILE",
     .help = "send a file's bytes as one datagram; repeatable"},
    {.name = "packet",
     .type = OPT_LIST,
     .group = GROUP_MESSAGE,
     .advanced = true,
     .offset = FIELD(packet_names),
     .argument = "NAME",
     .help = "send the packet of that name, without HOST to its target; repeatable"},
    {.name = "packets",
     .type = OPT_TEXT,
     .group = GROUP_MESSAGE,
     .advanced = true,
     .offset = FIELD(packets),
     .check = checks_read,
     .argument = "FILE",
     .help = "a file of packets with names: JSON, or packets.ini of Packet Sender",
     .default_text = "those of /save"},
    {.name = "eol",
     .type = OPT_CHOICE,
     .group = GROUP_MESSAGE,
     .advanced = true,
     .offset = FIELD(message.eol),
     .argument = "none|lf|crlf|cr",
     .choices = message_eol_words,
     .help = "end each message with this",
     .default_text = "none"},
    COMMON_FLAG("fill", 0, GROUP_MESSAGE, true, FIELD(session.fill), 1,
                "fill in {n} (a running number), {time} and {random:N} (N bytes) in messages"),
    {.name = "timeout",
     .letter = 't',
     .type = OPT_DURATION,
     .group = GROUP_REPLIES,
     .offset = FIELD(session.timeout_ns),
     .argument = "TIME",
     .minimum = SESSION_TIMEOUT_MIN_NS,
     .maximum = SESSION_TIMEOUT_MAX_NS,
     .help = "how long to wait for a reply",
     .default_text = "1s"},
    {.name = "retry",
     .type = OPT_INTEGER,
     .group = GROUP_REPLIES,
     .offset = FIELD(session.retry),
     .argument = "N",
     .minimum = 0,
     .maximum = SESSION_RETRY_MAX,
     .help = "resend up to N times, doubling the timeout each time"},
    COMMON_FLAG("no-reply", 0, GROUP_REPLIES, false, FIELD(session.no_reply), 1,
                "do not wait for replies"),
    {.name = "wait",
     .type = OPT_DURATION,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(session.wait_ns),
     .argument = "TIME",
     .minimum = UNITS_NS_PER_MS,
     .maximum = SESSION_WAIT_MAX_NS,
     .help = "after a reply, wait this long for more replies to the same message"},
    {.name = "replies",
     .type = OPT_INTEGER,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(session.replies),
     .argument = "N",
     .minimum = 1,
     .maximum = SESSION_REPLIES_MAX,
     .help = "wait for N different replies to each message"},
    {.name = "expect",
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(expect),
     .check = checks_filter,
     .argument = "FILTER",
     .help = "exit status 0 only if each message gets a reply that matches, such as 'OK' or "
             "'/^temp [0-9]+$/'"},
    {.name = "match",
     .letter = 'm',
     .type = OPT_CHOICE,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(session.match),
     .argument = "auto|order|port|echo",
     .choices = pending_mode_words,
     .help = "how replies are matched to messages: by order on one port (order), by a port for "
             "each message (port), by equal content (echo), or by order with a new port when the "
             "order is in doubt (auto)",
     .default_text = "auto"},
    {.name = "count",
     .letter = 'c',
     .type = OPT_INTEGER,
     .group = GROUP_PACE,
     .offset = FIELD(count),
     .argument = "N",
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "send each message N times",
     .default_text = "1"},
    {.name = "interval",
     .letter = 'i',
     .type = OPT_DURATION,
     .group = GROUP_PACE,
     .offset = FIELD(interval_ns),
     .argument = "TIME",
     .minimum = 0,
     .maximum = 86400 * UNITS_NS_PER_S,
     .help = "least time between two messages"},
    {.name = "rate",
     .letter = 'r',
     .type = OPT_RATE,
     .group = GROUP_PACE,
     .offset = FIELD(session.rate_per_s),
     .argument = "RATE",
     .help = "send at this rate (20/s) without waiting for replies"},
    {.name = "bind",
     .letter = 'b',
     .type = OPT_TEXT,
     .group = GROUP_NETWORK,
     .offset = FIELD(session.bind),
     .check = checks_endpoint,
     .argument = "ADDRESS[:PORT]",
     .help = "send from this address and port"},
    COMMON_FLAG("broadcast", 0, GROUP_NETWORK, false, FIELD(session.broadcast), 1,
                "allow broadcast addresses; list every reply"),
    {.name = "interface",
     .type = OPT_TEXT,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(session.interface),
     .argument = "IF",
     .help = "use only this network interface, whatever the routes say"},
    {.name = "ttl",
     .type = OPT_INTEGER,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(session.ttl),
     .argument = "N",
     .minimum = 1,
     .maximum = 255,
     .help = "time to live (IPv4) or hop limit (IPv6) of unicast datagrams"},
    {.name = "multicast-ttl",
     .type = OPT_INTEGER,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(session.multicast_ttl),
     .argument = "N",
     .minimum = 1,
     .maximum = 255,
     .help = "the same of multicast datagrams; with 1, no router forwards them",
     .default_text = "1"},
    COMMON_FLAG("no-loop", 0, GROUP_NETWORK, true, FIELD(session.no_loop), 1,
                "do not deliver our multicast datagrams to programs on this machine"),
    {.name = "dscp",
     .type = OPT_INTEGER,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(session.dscp),
     .argument = "N",
     .minimum = 0,
     .maximum = 63,
     .help = "differentiated services code point"},
    COMMON_FLAG("df", 0, GROUP_NETWORK, true, FIELD(session.df), 1,
                "do not fragment: a datagram larger than the path's MTU is not sent, and reported"),
    COMMON_IPV4(FIELD(session.family)),
    COMMON_IPV6(FIELD(session.family)),
    COMMON_FLAG("no-ui", 0, GROUP_OUTPUT, false, FIELD(no_ui), 1,
                "read lines without the prompt, even from a terminal"),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    COMMON_PCAP(FIELD(pcap)),
    COMMON_FLAG("quiet", 'q', GROUP_OUTPUT, false, FIELD(quiet), 1,
                "print nothing; exit status 0 if all had replies"),
    {.name = "show",
     .type = OPT_CHOICE,
     .group = GROUP_OUTPUT,
     .offset = FIELD(show),
     .advanced = true,
     .argument = "auto|text|hex|both",
     .choices = payload_show_words,
     .help = "how replies are printed; auto: as hex if under three quarters are printable",
     .default_text = "auto"},
    COMMON_FORCE(FIELD(force)),
    COMMON_TIME(FIELD(time)),
    COMMON_FULL(FIELD(full)),
    COMMON_CALLS(FIELD(calls)),
    COMMON_FLAG("no-history", 0, GROUP_OUTPUT, true, FIELD(no_history), 1,
                "neither read nor write the prompt's history file"),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_SANDBOX(FIELD(sandbox)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui send 192.168.0.108                 a prompt; type /help there",
    "udptui send 192.168.0.108 hello           send one message, print the reply",
    "udptui send --hex dev:9999 'ff 01 00'     send bytes",
    "udptui send --expect OK lamp1:9000 on     exit status 0 if a reply contains OK",
    "udptui send lamp1:9000,lamp2:9000 hello   send one message to two targets",
    "printf 'a\\nb\\n' | udptui send ::1         send each line as a datagram",
    NULL,
};

static const struct opts_command spec = {
    .name = "send",
    .summary = "Send each line as a datagram, show reply and round-trip time",
    .operands = "HOST[:PORT][,HOST[:PORT]]... [MESSAGE]...",
    .operands_min = 0, /* send_run: with --packet, the packet may know its target */
    .operands_max = OPTS_OPERANDS_MAX,
    .strangers = common_client_strangers,
    .options = options,
    .option_count = COUNT_OF(options),
    .examples = examples,
};

/* Checks options that are valid alone but not together. */
static bool send_check_together(const struct send_options *values)
{
    const struct session_options *session = &values->session;
    const char *why = NULL;

    if (values->message.hex && values->message.escapes)
        why = "--hex and --escapes cannot be combined: hex bytes need no escapes";
    else if (session->no_reply &&
             (session->retry > 0 || session->wait_ns > 0 || session->replies > 0))
        why = "--no-reply does not wait for replies: leave out --retry, --wait, --replies";
    else if (session->no_reply && values->expect != NULL)
        why = "--no-reply and --expect cannot be combined: it does not wait for replies";
    else if (session->retry > 0 && session->rate_per_s > 0)
        why = "--retry and --rate cannot be combined: a retry waits for the reply";
    if (why != NULL)
        report_error("%s", why);
    return why == NULL;
}

static int send_command(int argument_count, char *const arguments[])
{
    struct send_options values = {
        .session.timeout_ns = UNITS_NS_PER_S, .count = 1, .time = LINE_TIME_DEFAULT};
    struct opts_operands operands;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (!send_check_together(&values))
        return EXIT_USAGE;
    return send_run(&values, &operands, &interfaces_zones);
}

const struct command command_send = {.spec = &spec, .run = send_command};
