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

static const struct opt options[] = {
    {.name = "ack",
     .letter = 'a',
     .type = OPT_TEXT,
     .offset = FIELD(ack),
     .argument = "TEXT",
     .help =
         "what to answer: a text with {n} {bytes} {from} {text} {time} {hex:ff00}, echo or none"},
    {.name = "on",
     .type = OPT_LIST,
     .offset = FIELD(on),
     .argument = "'FILTER => ANSWER'",
     .help =
         "give another answer to what passes the filter; of several rules, the first that fits"},
    {.name = "rules",
     .type = OPT_TEXT,
     .offset = FIELD(rules),
     .argument = "FILE",
     .help = "more of these rules, one a line"},
    {.name = "ack-limit",
     .type = OPT_TEXT,
     .offset = FIELD(ack_limit),
     .argument = "auto|off|RATE",
     .help = "acks a source gets: auto limits public addresses to 50/s"},
    {.name = "ack-acks",
     .type = OPT_FLAG,
     .offset = FIELD(ack_acks),
     .help = "answer even acks (two such servers answer each other for ever)"},
    {.name = "answer-all",
     .type = OPT_FLAG,
     .offset = FIELD(answer_all),
     .help = "answer also clients on ports 7 13 17 19 37 53 69 123 (nping sends from 53)"},
    COMMON_FILTER(FIELD(filter)),
    COMMON_IMPAIR(FIELD(impair)),
    COMMON_SEED(FIELD(seed)),
    {.name = "slow",
     .type = OPT_RATE,
     .offset = FIELD(slow_per_s),
     .argument = "RATE",
     .help = "read only so many datagrams a second: the kernel's queue fills and overflows"},
    {.name = "class",
     .type = OPT_FLAG,
     .offset = FIELD(roster),
     .help = "a class roster: 'hello NAME' names a client, silent ones are marked"},
    {.name = "privacy",
     .type = OPT_FLAG,
     .offset = FIELD(privacy),
     .help = "do not show the clients' addresses"},
    {.name = "names",
     .type = OPT_FLAG,
     .offset = FIELD(names),
     .help = "look up the names of addresses (DNS), in a thread of its own"},
    {.name = "join",
     .letter = 'j',
     .type = OPT_LIST,
     .offset = FIELD(join),
     .argument = "GROUP[%IF]",
     .help = "join a multicast group; may be given several times"},
    {.name = "reuse",
     .type = OPT_FLAG,
     .offset = FIELD(reuse),
     .help = "share the port with programs that allow it: all get multicasts and broadcasts, a "
             "unicast datagram reaches one of them"},
    {.name = "count",
     .letter = 'c',
     .type = OPT_INTEGER,
     .offset = FIELD(count),
     .argument = "N",
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "end after N datagrams"},
    {.name = "duration",
     .letter = 'd',
     .type = OPT_DURATION,
     .offset = FIELD(duration_ns),
     .argument = "TIME",
     .minimum = 1,
     .maximum = INT64_MAX / 2,
     .help = "end after this time: 10s, 500ms, 2m"},
    COMMON_PCAP(FIELD(pcap)),
    COMMON_FORCE(FIELD(force)),
    {.name = "max-clients",
     .type = OPT_INTEGER,
     .offset = FIELD(max_clients),
     .argument = "N",
     .minimum = 1,
     .maximum = 1 << 24,
     .help = "clients kept, the longest unused go first (65536)"},
    {.name = "history",
     .type = OPT_INTEGER,
     .offset = FIELD(history),
     .argument = "N",
     .minimum = 1,
     .maximum = 1 << 24,
     .help = "messages kept for the screen (10000)"},
    {.name = "rcvbuf",
     .type = OPT_SIZE,
     .offset = FIELD(receive_buffer_bytes),
     .argument = "SIZE",
     .minimum = 1,
     .maximum = 1 << 30,
     .help = "the kernel's receive queue to ask for (4Mi)"},
    {.name = "buffer",
     .type = OPT_SIZE,
     .offset = FIELD(buffer_bytes),
     .argument = "SIZE",
     .minimum = 1,
     .maximum = 65536,
     .help = "receive at most SIZE bytes of a datagram, as recvfrom(SIZE) does"},
    {.name = "batch",
     .type = OPT_INTEGER,
     .offset = FIELD(batch),
     .argument = "N",
     .minimum = 1,
     .maximum = ENGINE_BATCH_MAX,
     .help = "datagrams a system call (64); with 1 the calls are easy to follow"},
    {.name = "threads",
     .type = OPT_INTEGER,
     .offset = FIELD(threads),
     .argument = "N",
     .minimum = 1,
     .maximum = SERVER_THREADS_MAX,
     .help = "engines that share the port, one thread each (1)"},
    {.name = "no-gso",
     .type = OPT_FLAG,
     .offset = FIELD(no_gso),
     .help = "send each ack by itself (no UDP_SEGMENT)"},
    {.name = "no-gro",
     .type = OPT_FLAG,
     .offset = FIELD(no_gro),
     .help = "receive each datagram by itself (no UDP_GRO)"},
    COMMON_IPV4(FIELD(family)),
    COMMON_IPV6(FIELD(family)),
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    COMMON_TIME(FIELD(time)),
    COMMON_FULL(FIELD(full)),
    COMMON_CALLS(FIELD(calls)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_NO_MOUSE(FIELD(no_mouse)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui serve                      every address, port 4010",
    "udptui serve 192.168.0.108:4010   one address",
    "udptui serve --ack echo :7777     send back what comes",
    "udptui serve --json | jq .        for other programs",
    NULL,
};

static const struct opts_command spec = {
    .name = "serve",
    .summary = "Listen, acknowledge, show",
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
