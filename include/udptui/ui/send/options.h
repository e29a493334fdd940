/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options: the options of `udptui send`. Plain data; the strings are borrowed. */
#ifndef UDPTUI_UI_SEND_OPTIONS_H
#define UDPTUI_UI_SEND_OPTIONS_H

#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/client/message.h"
#include "udptui/client/session.h"
#include "udptui/output/line_time.h"

struct send_options {
    struct session_options session;
    struct message_style message;
    struct opts_list files;
    int64_t count;                 /* of each message; 1 .. */
    int64_t interval_ns;           /* least time between two messages */
    const char *packets;           /* a file of packets with names, NULL: the user's own */
    struct opts_list packet_names; /* those to send */
    const char *expect;            /* a filter for replies, NULL: any reply will do */
    const char *pcap, *log;
    int time;    /* an enum stamp_style, or LINE_TIME_DEFAULT */
    int show;    /* enum payload_show */
    int sandbox; /* enum sandbox_mode */
    int json, full, calls, quiet, no_history, no_ui, ascii, force;
};

#endif
