/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve: listen, acknowledge, show. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common_options.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/server/server.h"

#define FIELD(name) offsetof(struct server_options, name)

#define GROUP_REPLIES "Replies"

static const struct opt options[] = {
    {.name = "ack",
     .letter = 'a',
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .offset = FIELD(ack),
     .argument = "TEXT|echo|none",
     .help = "reply text; fields: {n} {bytes} {from} {text} {time} {hex:FF00}",
     .default_text = "'Message received'"},
    {.name = "on",
     .type = OPT_LIST,
     .group = GROUP_REPLIES,
     .offset = FIELD(on),
     .argument = "'FILTER => REPLY'",
     .help = "another reply for what matches; the first match wins"},
    {.name = "rules",
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(rules),
     .argument = "FILE",
     .help = "read more such rules from a file, one a line"},
    {.name = "ack-limit",
     .type = OPT_TEXT,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(ack_limit),
     .argument = "auto|off|RATE",
     .help = "most acks to one source; auto limits each public source to 50/s",
     .default_text = "auto"},
    {.name = "ack-acks",
     .type = OPT_FLAG,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(ack_acks),
     .help = "reply even to acks (two such servers keep replying to each other)"},
    {.name = "answer-all",
     .type = OPT_FLAG,
     .group = GROUP_REPLIES,
     .advanced = true,
     .offset = FIELD(answer_all),
     .help = "reply also to source ports 7 13 17 19 37 53 69 123 (nping sends from 53)"},
    {.name = "join",
     .letter = 'j',
     .type = OPT_LIST,
     .group = GROUP_NETWORK,
     .offset = FIELD(join),
     .argument = "GROUP[%IF]",
     .help = "join a multicast group; repeatable"},
    {.name = "reuse",
     .type = OPT_FLAG,
     .group = GROUP_NETWORK,
     .advanced = true,
     .offset = FIELD(reuse),
     .help = "share the port with programs that allow it: each gets every multicast and broadcast "
             "datagram, one of them gets a unicast datagram"},
    COMMON_IPV4(FIELD(family)),
    COMMON_IPV6(FIELD(family)),
    COMMON_IMPAIR(FIELD(impair)),
    COMMON_SEED(FIELD(seed)),
    {.name = "slow",
     .type = OPT_RATE,
     .group = GROUP_SIMULATE,
     .advanced = true,
     .offset = FIELD(slow_per_s),
     .argument = "RATE",
     .help = "read only RATE datagrams a second, so that the receive queue overflows"},
    COMMON_FILTER(FIELD(filter)),
    COMMON_CLASS(FIELD(roster)),
    COMMON_PRIVACY(FIELD(privacy)),
    COMMON_NAMES(FIELD(names)),
    COMMON_HISTORY(FIELD(history)),
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    COMMON_PCAP(FIELD(pcap)),
    COMMON_FORCE(FIELD(force)),
    COMMON_TIME(FIELD(time)),
    COMMON_FULL(FIELD(full)),
    COMMON_CALLS(FIELD(calls)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_NO_MOUSE(FIELD(no_mouse)),
    {.name = "count",
     .letter = 'c',
     .type = OPT_INTEGER,
     .group = GROUP_STOP,
     .offset = FIELD(count),
     .argument = "N",
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "stop after N datagrams"},
    COMMON_DURATION(FIELD(duration_ns)),
    {.name = "max-clients",
     .type = OPT_INTEGER,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = FIELD(max_clients),
     .argument = "N",
     .minimum = 1,
     .maximum = 1 << 24,
     .help = "most clients tracked; the least recently active is dropped",
     .default_text = "65536"},
    {.name = "rcvbuf",
     .type = OPT_SIZE,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = FIELD(receive_buffer_bytes),
     .argument = "SIZE",
     .minimum = 1,
     .maximum = 1 << 30,
     .help = "size of the kernel's receive queue to ask for",
     .default_text = "4Mi"},
    {.name = "buffer",
     .type = OPT_SIZE,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = FIELD(buffer_bytes),
     .argument = "SIZE",
     .minimum = 1,
     .maximum = 65536,
     .help = "receive at most SIZE bytes of a datagram, as recvfrom() does with such a buffer",
     .default_text = "65536"},
    {.name = "batch",
     .type = OPT_INTEGER,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = FIELD(batch),
     .argument = "N",
     .minimum = 1,
     .maximum = ENGINE_BATCH_MAX,
     .help = "most datagrams in one system call; 1 makes the calls easy to follow",
     .default_text = "64"},
    {.name = "threads",
     .type = OPT_INTEGER,
     .group = GROUP_PERFORMANCE,
     .advanced = true,
     .offset = FIELD(threads),
     .argument = "N",
     .minimum = 1,
     .maximum = SERVER_THREADS_MAX,
     .help = "threads that share the port",
     .default_text = "1"},
    COMMON_NO_GSO(FIELD(no_gso), "send each ack in a datagram of its own call (no UDP_SEGMENT)"),
    COMMON_NO_GRO(FIELD(no_gro), "receive each datagram separately (no UDP_GRO)"),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui serve                      every address, port 4010",
    "udptui serve 192.168.0.108:4010   one address",
    "udptui serve --ack echo :7777     send each datagram back",
    "udptui serve --json | jq .        for other programs",
    NULL,
};

static const struct opts_command spec = {
    .name = "serve",
    .summary = "Listen on a port, acknowledge every datagram and show what happens",
    .operands = "[ADDRESS][:PORT[-LAST]]...",
    .operands_max = ENGINE_SOCKETS_MAX,
    .strangers = common_server_strangers,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .examples = examples,
};

static int run(int argument_count, char *const arguments[])
{
    struct server_options values = server_default_options();
    struct opts_operands addresses;
    struct server server;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &addresses, &status))
        return status;
    if (!server_open(&server, &values, &addresses, &status))
        return status;
    status = server_run(&server);
    server_close(&server);
    return status;
}

const struct command command_serve = {.spec = &spec, .run = run};
