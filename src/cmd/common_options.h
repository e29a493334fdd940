/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common_options: rows that several commands' option tables share; offset: of an int in their
 * values (COMMON_PCAP: of a string). */
#ifndef UDPTUI_CMD_COMMON_OPTIONS_H
#define UDPTUI_CMD_COMMON_OPTIONS_H

#include "udptui/base/opts.h"
#include "udptui/output/line_time.h"
#include "udptui/proto/endpoint.h"

/* What netcat and its like have. */
static const struct opts_stranger common_client_strangers[] = {
    {'p', "port", "the port stands behind the host: HOST:PORT"},
    {'u', "udp", "everything here is UDP: leave this out"},
    {'l', "listen", "'udptui serve' listens"},
    {0, NULL, NULL},
};
static const struct opts_stranger common_server_strangers[] = {
    {'p', "port", "the port stands behind the address, or alone: ADDRESS:PORT or :PORT"},
    {'u', "udp", "everything here is UDP: leave this out"},
    {'l', "listen", "'udptui serve' listens always: leave this out"},
    {0, NULL, NULL},
};

#define COMMON_FLAG(word, short_name, field, stored, text)                                         \
    {                                                                                              \
        .name = word, .letter = short_name, .type = OPT_FLAG, .offset = field, .value = stored,    \
        .help = text                                                                               \
    }

#define COMMON_IPV4(offset)  COMMON_FLAG("ipv4", '4', offset, ENDPOINT_IPV4, "IPv4 only")
#define COMMON_IPV6(offset)  COMMON_FLAG("ipv6", '6', offset, ENDPOINT_IPV6, "IPv6 only")
#define COMMON_NO_UI(offset) COMMON_FLAG("no-ui", 0, offset, 1, "lines instead of the screen")
#define COMMON_JSON(offset)  COMMON_FLAG("json", 0, offset, 1, "one JSON object a line")
#define COMMON_FULL(offset)                                                                        \
    COMMON_FLAG("full", 0, offset, 1, "lines have all bytes of each datagram (else 240 characters)")
#define COMMON_CALLS(offset)                                                                       \
    COMMON_FLAG("calls", 0, offset, 1, "show the socket calls too, in lines and JSON")
#define COMMON_ASCII(offset) COMMON_FLAG("ascii", 0, offset, 1, "plain ASCII, whatever the locale")
#define COMMON_NO_MOUSE(offset)                                                                    \
    COMMON_FLAG("no-mouse", 0, offset, 1, "leave the mouse to the terminal")
#define COMMON_PCAP(offset_)                                                                       \
    {                                                                                              \
        .name = "pcap", .letter = 'w', .type = OPT_TEXT, .offset = offset_, .argument = "FILE",    \
        .help = "record all datagrams in a capture file that Wireshark reads"                      \
    }
#define COMMON_FORCE(offset)                                                                       \
    COMMON_FLAG("force", 0, offset, 1, "overwrite a --pcap FILE that is no capture")
#define COMMON_LOG(offset_)                                                                        \
    {                                                                                              \
        .name = "log", .type = OPT_TEXT, .offset = offset_, .argument = "FILE",                    \
        .help = "append JSON lines to a file, beside the screen or the lines"                      \
    }
#define COMMON_FILTER(field)                                                                       \
    {                                                                                              \
        .name = "filter", .type = OPT_TEXT, .offset = field, .argument = "EXPRESSION",             \
        .help = "only messages that pass: a text, from:10.0.0.0/8 port:53 size:>512 status:held "  \
                "/regex/, a|b, !a"                                                                 \
    }
#define COMMON_TIME(offset_)                                                                       \
    {                                                                                              \
        .name = "time", .type = OPT_CHOICE, .offset = offset_, .argument = "none|time|full",       \
        .choices = line_time_words,                                                                \
        .help = "begin each line with nothing, the time, or date and time"                         \
    }
#define COMMON_IMPAIR(field)                                                                       \
    {                                                                                              \
        .name = "impair", .letter = 'i', .type = OPT_TEXT, .offset = field, .argument = "LIST",    \
        .help = "a bad network: loss=30%,dup=5%,delay=80ms+-40ms or reorder= corrupt= "            \
                "rate=, in.loss= for one direction; kurose, wifi, satellite"                       \
    }
#define COMMON_SEED(field)                                                                         \
    {                                                                                              \
        .name = "seed", .type = OPT_INTEGER, .offset = field, .argument = "N", .minimum = 0,       \
        .maximum = INT64_MAX,                                                                      \
        .help = "for the impairments: the same seed, the same fates (random)"                      \
    }
#define COMMON_HELP                                                                                \
    {                                                                                              \
        .name = "help", .letter = 'h', .type = OPT_HELP, .help = "show this"                       \
    }

#endif
