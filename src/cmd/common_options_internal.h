/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common_options: rows that several commands' option tables share; offset: of an int in their
 * values (COMMON_PCAP: of a string). */
#ifndef UDPTUI_CMD_COMMON_OPTIONS_INTERNAL_H
#define UDPTUI_CMD_COMMON_OPTIONS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "checks_internal.h"

#include "udptui/base/opts.h"
#include "udptui/output/line_time.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/filter.h"
#include "udptui/proto/impair.h"
#include "udptui/server/engine.h"
#include "udptui/server/options.h"
#include "udptui/sys/sandbox.h"
#include "udptui/ui/look.h"
#include "udptui/ui/serve/session.h"

/* Headings that several commands have. */
#define GROUP_NETWORK     "Network"
#define GROUP_SIMULATE    "Simulated network"
#define GROUP_DISPLAY     "Display"
#define GROUP_OUTPUT      "Output"
#define GROUP_STOP        "Stop"
#define GROUP_PERFORMANCE "Limits and performance"

/* Options that netcat and similar programs have. */
static const struct opts_stranger common_client_strangers[] = {
    {'p', "port", "write the port after the host: HOST:PORT"},
    {'u', "udp", "leave it out: udptui always uses UDP"},
    {'l', "listen", "use 'udptui serve' to listen"},
    {0, NULL, NULL},
};
static const struct opts_stranger common_server_strangers[] = {
    {'p', "port", "write the port after the address, or alone: ADDRESS:PORT or :PORT"},
    {'u', "udp", "leave it out: udptui always uses UDP"},
    {'l', "listen", "leave it out: 'udptui serve' always listens"},
    {0, NULL, NULL},
};

#define COMMON_FLAG(word, short_name, heading, rare, field, stored, text)                          \
    {                                                                                              \
        .name = word, .letter = short_name, .type = OPT_FLAG, .group = heading, .advanced = rare,  \
        .offset = field, .value = stored, .help = text                                             \
    }

#define COMMON_IPV4(offset)                                                                        \
    COMMON_FLAG("ipv4", '4', GROUP_NETWORK, true, offset, ENDPOINT_IPV4, "use IPv4 only")
#define COMMON_IPV6(offset)                                                                        \
    COMMON_FLAG("ipv6", '6', GROUP_NETWORK, true, offset, ENDPOINT_IPV6, "use IPv6 only")
#define COMMON_NO_GSO(offset, text)                                                                \
    COMMON_FLAG("no-gso", 0, GROUP_PERFORMANCE, true, offset, 1, text)
#define COMMON_NO_GRO(offset, text)                                                                \
    COMMON_FLAG("no-gro", 0, GROUP_PERFORMANCE, true, offset, 1, text)
#define COMMON_NO_UI(offset)                                                                       \
    COMMON_FLAG("no-ui", 0, GROUP_OUTPUT, false, offset, 1, "print lines instead of the screen")
#define COMMON_JSON(offset)                                                                        \
    COMMON_FLAG("json", 0, GROUP_OUTPUT, false, offset, 1, "print one JSON object a line")
#define COMMON_FULL(offset)                                                                        \
    COMMON_FLAG("full", 0, GROUP_OUTPUT, true, offset, 1,                                          \
                "print all bytes of each datagram (without: 240 characters)")
#define COMMON_CALLS(offset)                                                                       \
    COMMON_FLAG("calls", 0, GROUP_OUTPUT, true, offset, 1,                                         \
                "print the socket calls too, in lines and JSON")
#define COMMON_ASCII(offset)                                                                       \
    COMMON_FLAG("ascii", 0, GROUP_OUTPUT, true, offset, 1, "print ASCII only, whatever the locale")
#define COMMON_NO_MOUSE(offset)                                                                    \
    COMMON_FLAG("no-mouse", 0, GROUP_OUTPUT, true, offset, 1, "leave the mouse to the terminal")
#define COMMON_PCAP(offset_)                                                                       \
    {                                                                                              \
        .name = "pcap", .letter = 'w', .type = OPT_TEXT, .group = GROUP_OUTPUT, .offset = offset_, \
        .check = checks_written, .argument = "FILE",                                               \
        .help = "record all datagrams in a capture file for Wireshark"                             \
    }
#define COMMON_FORCE(offset)                                                                       \
    COMMON_FLAG("force", 0, GROUP_OUTPUT, true, offset, 1,                                         \
                "overwrite a --pcap FILE even if it is not a capture")
#define COMMON_LOG(offset_)                                                                        \
    {                                                                                              \
        .name = "log", .type = OPT_TEXT, .group = GROUP_OUTPUT, .offset = offset_,                 \
        .check = checks_written, .argument = "FILE",                                               \
        .help = "append the JSON lines to a file as well"                                          \
    }
#define COMMON_METRICS(field)                                                                      \
    {                                                                                              \
        .name = "metrics", .type = OPT_TEXT, .group = GROUP_OUTPUT, .advanced = true,              \
        .offset = field, .check = checks_metrics, .argument = "FILE|ADDRESS:PORT",                 \
        .help = "metrics for Prometheus: in a file for a node exporter, or over HTTP"              \
    }
#define COMMON_FILTER(field)                                                                       \
    {                                                                                              \
        .name = "filter", .type = OPT_TEXT, .group = GROUP_DISPLAY, .offset = field,               \
        .check = checks_filter, .argument = "EXPRESSION", .words = FILTER_BEGINNINGS,              \
        .help = "show only what matches: text /regex/ port:53 size:>512 "                          \
                "from:10.0.0.0/8 status:held a|b !a"                                               \
    }
/* The filter of --filter. open: filter_open, or what knows more words. text: NULL for none (*filter
 * is NULL then). False with the error reported and *status set; filter_close frees. */
typedef struct filter *common_filter_opener(const char *text, size_t length_bytes,
                                            struct filter_problem *problem);
bool common_open_filter(common_filter_opener *open, const char *text, struct filter **filter,
                        int *status);

/* The target: the first address of what was typed. option: "", or the option it is the value of,
 * "--to ". False with the error reported and *status set. */
bool common_resolve_target(const char *option, const char *text, int family,
                           struct endpoint *target, int *status);

/* A struct display_options. */
#define COMMON_DISPLAY_DEFAULTS                                                                    \
    {                                                                                              \
        .history = 10000, .time = LINE_TIME_DEFAULT                                                \
    }

#define COMMON_TIME(offset_)                                                                       \
    {                                                                                              \
        .name = "time", .type = OPT_CHOICE, .group = GROUP_OUTPUT, .advanced = true,               \
        .offset = offset_, .argument = "none|time|full", .choices = line_time_words,               \
        .help = "start each line with nothing, the time, or date and time",                        \
        .default_text = "time on a terminal, else full"                                            \
    }
/* --color and --theme. offset_: of a struct look. */
#define COMMON_THEME(offset_)                                                                      \
    {.name = "color",                                                                              \
     .type = OPT_CHOICE,                                                                           \
     .group = GROUP_OUTPUT,                                                                        \
     .advanced = true,                                                                             \
     .offset = (offset_) + offsetof(struct look, colour),                                          \
     .argument = "auto|always|never",                                                              \
     .choices = look_colours,                                                                      \
     .help = "colours on the screen; auto: unless NO_COLOR is set",                                \
     .default_text = "auto"},                                                                      \
    {                                                                                              \
        .name = "theme", .type = OPT_CHOICE, .group = GROUP_OUTPUT, .advanced = true,              \
        .offset = (offset_) + offsetof(struct look, theme),                                        \
        .argument = "colour|contrast|dark|light|safe|safe-light", .choices = look_themes,          \
        .help = "the terminal's eight colours; its own two, bold, underlined and reversed text, "  \
                "for a projector; fixed colours for a dark or a light background; safe: also for " \
                "the colour-blind",                                                                \
        .default_text = "colour"                                                                   \
    }
#define COMMON_LARGE(offset_)                                                                      \
    COMMON_FLAG("large", 0, GROUP_OUTPUT, true, (offset_) + offsetof(struct look, large), 1,       \
                "begin with the main figures in large digits, fewer columns below them")
#define COMMON_IMPAIR(field)                                                                       \
    {                                                                                              \
        .name = "impair", .letter = 'i', .type = OPT_TEXT, .group = GROUP_SIMULATE,                \
        .offset = field, .check = checks_impair, .argument = "LIST", .words = IMPAIR_BEGINNINGS,   \
        .help = "preset:" IMPAIR_PRESET_WORDS "; or settings:" IMPAIR_SETTING_WORDS                \
                ", as in loss=30%,in.delay=80ms+-40ms (in., out.: one way)"                        \
    }
#define COMMON_SEED(field)                                                                         \
    {                                                                                              \
        .name = "seed", .type = OPT_INTEGER, .group = GROUP_SIMULATE, .advanced = true,            \
        .offset = field, .argument = "N", .minimum = 0, .maximum = INT64_MAX,                      \
        .help = "seed for the impairments; the same seed gives the same losses and delays",        \
        .default_text = "random"                                                                   \
    }
#define COMMON_DURATION(field)                                                                     \
    {                                                                                              \
        .name = "duration", .letter = 'd', .type = OPT_DURATION, .group = GROUP_STOP,              \
        .offset = field, .argument = "TIME", .minimum = 1, .maximum = INT64_MAX / 2,               \
        .help = "stop after this time: 500ms, 10s, 2m"                                             \
    }
#define COMMON_JOIN(field)                                                                         \
    {                                                                                              \
        .name = "join", .letter = 'j', .type = OPT_LIST, .group = GROUP_NETWORK, .offset = field,  \
        .check = checks_group, .argument = "GROUP[%IF]",                                           \
        .help = "join a multicast group; repeatable"                                               \
    }
#define COMMON_COUNT(field)                                                                        \
    {                                                                                              \
        .name = "count", .letter = 'c', .type = OPT_INTEGER, .group = GROUP_STOP, .offset = field, \
        .argument = "N", .minimum = 1, .maximum = INT64_MAX, .help = "stop after N datagrams"      \
    }
#define COMMON_MAX_CLIENTS(field)                                                                  \
    {                                                                                              \
        .name = "max-clients", .type = OPT_INTEGER, .group = GROUP_PERFORMANCE, .advanced = true,  \
        .offset = field, .argument = "N", .minimum = 1, .maximum = 1 << 24,                        \
        .help = "most clients tracked; the least recently active is dropped",                      \
        .default_text = "65536"                                                                    \
    }
#define COMMON_RCVBUF(field)                                                                       \
    {                                                                                              \
        .name = "rcvbuf", .type = OPT_SIZE, .group = GROUP_PERFORMANCE, .advanced = true,          \
        .offset = field, .argument = "SIZE", .minimum = 1, .maximum = 1 << 30,                     \
        .help = "size of the kernel's receive queue to ask for", .default_text = "4Mi"             \
    }
#define COMMON_BATCH(field)                                                                        \
    {                                                                                              \
        .name = "batch", .type = OPT_INTEGER, .group = GROUP_PERFORMANCE, .advanced = true,        \
        .offset = field, .argument = "N", .minimum = 1, .maximum = ENGINE_BATCH_MAX,               \
        .help = "most datagrams in one system call; 1 makes the calls easy to follow",             \
        .default_text = "64"                                                                       \
    }
#define COMMON_THREADS(field)                                                                      \
    {                                                                                              \
        .name = "threads", .type = OPT_INTEGER, .group = GROUP_PERFORMANCE, .advanced = true,      \
        .offset = field, .argument = "N", .minimum = 1, .maximum = SERVER_THREADS_MAX,             \
        .help = "threads that share the port and its clients", .default_text = "1"                 \
    }
#define COMMON_BUFFER(field)                                                                       \
    {                                                                                              \
        .name = "buffer", .type = OPT_SIZE, .group = GROUP_PERFORMANCE, .advanced = true,          \
        .offset = field, .argument = "SIZE", .minimum = 1, .maximum = 65536,                       \
        .help = "receive at most SIZE bytes of a datagram, as recvfrom() does with such a buffer", \
        .default_text = "65536"                                                                    \
    }
#define COMMON_SANDBOX(field)                                                                      \
    {                                                                                              \
        .name = "sandbox", .type = OPT_CHOICE, .group = GROUP_PERFORMANCE, .advanced = true,       \
        .offset = field, .argument = "auto|off|on", .choices = sandbox_mode_words,                 \
        .help = "give up rights once it runs; on: an error unless files, system calls and "        \
                "capabilities can be given up",                                                    \
        .default_text = "auto"                                                                     \
    }
#define COMMON_REUSE(field)                                                                        \
    {                                                                                              \
        .name = "reuse", .type = OPT_FLAG, .group = GROUP_NETWORK, .advanced = true,               \
        .offset = field,                                                                           \
        .help =                                                                                    \
            "share the port with programs that allow it: each gets every multicast and broadcast " \
            "datagram, one of them gets a unicast datagram"                                        \
    }
#define COMMON_HISTORY(field)                                                                      \
    {                                                                                              \
        .name = "history", .type = OPT_INTEGER, .advanced = true, .offset = field,                 \
        .argument = "N", .minimum = 1, .maximum = 1 << 24, .help = "messages kept for the screen", \
        .default_text = "10000", .group = GROUP_DISPLAY                                            \
    }
#define COMMON_CLASS(field, help) COMMON_FLAG("class", 0, GROUP_DISPLAY, false, field, 1, help)
#define COMMON_ROSTER_HELP        "class roster: 'hello NAME' names a client"
#define COMMON_NAMES(field)                                                                        \
    COMMON_FLAG("names", 0, GROUP_DISPLAY, true, field, 1,                                         \
                "look up the names of client addresses (DNS) in the background")
#define COMMON_DISSECT(field)                                                                      \
    COMMON_FLAG("dissect", 0, GROUP_DISPLAY, true, field, 1,                                       \
                "show protocol and summary of each datagram (with Wireshark's sharkd)")
/* Struct report_conflicts; display: a struct display_options *. */
#define COMMON_DISSECT_CONFLICT(display)                                                           \
    {                                                                                              \
        (display)->privacy && (display)->dissect, "--privacy and --dissect",                       \
            "the dissectors name ports and addresses"                                              \
    }
#define COMMON_NAMES_CONFLICT(display)                                                             \
    {                                                                                              \
        (display)->privacy && (display)->names, "--privacy and --names",                           \
            "a name identifies a client as its address does"                                       \
    }
/* Whether --publish is given if an option for it is, else reported. */
bool common_check_publish(const struct announcer_options *publish);
/* Whether the options of a session go together, else reported. */
bool common_check_session(const struct serve_session_options *session);

/* offset_: of a struct announcer_options. */
#define COMMON_PUBLISH(offset_)                                                                    \
    {                                                                                              \
        .name = "publish", .type = OPT_TEXT, .group = GROUP_OUTPUT, .advanced = true,              \
        .offset = (offset_) + offsetof(struct announcer_options, url), .check = checks_broker,     \
        .argument = "URL",                                                                         \
        .help = "publish the counts through a broker: mqtt://[USER@]HOST[:PORT]/PREFIX, mqtts://"  \
    }
#define COMMON_PUBLISH_AS(offset_)                                                                 \
    {                                                                                              \
        .name = "publish-as", .type = OPT_TEXT, .group = GROUP_OUTPUT, .advanced = true,           \
        .offset = (offset_) + offsetof(struct announcer_options, as), .argument = "NAME",          \
        .help = "the name to publish under", .default_text = "the host's name"                     \
    }
#define COMMON_PUBLISH_MESSAGES(offset_)                                                           \
    {                                                                                              \
        .name = "publish-messages", .type = OPT_INTEGER, .group = GROUP_OUTPUT, .advanced = true,  \
        .offset = (offset_) + offsetof(struct announcer_options, messages), .argument = "N",       \
        .minimum = 1, .maximum = 1000,                                                             \
        .help = "publish also samples of messages with their payload, at most N a second"          \
    }
#define COMMON_PRIVACY(field)                                                                      \
    COMMON_FLAG("privacy", 0, GROUP_DISPLAY, true, field, 1, "hide client addresses")
/* Of each command that has options; they are stored nowhere (config_open finds them). */
#define COMMON_CONFIG                                                                              \
    {                                                                                              \
        .name = "config",                                                                          \
        .type = OPT_CONFIG,                                                                        \
        .advanced = true,                                                                          \
        .argument = "FILE",                                                                        \
        .help = "read this config file instead of yours (udptui help config)",                     \
    },                                                                                             \
    {                                                                                              \
        .name = "no-config", .type = OPT_NO_CONFIG, .advanced = true,                              \
        .help = "read no config file"                                                              \
    }
#define COMMON_HELP COMMON_CONFIG, COMMON_HELP_ALONE
#define COMMON_HELP_ALONE                                                                          \
    {                                                                                              \
        .name = "help", .letter = 'h', .type = OPT_HELP, .argument = "[all]",                      \
        .help = "show help; 'all': every option"                                                   \
    }

#endif
