/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: the front end of `udptui send`: a prompt, or lines from operands, files and pipes. */
#ifndef UDPTUI_UI_SEND_SEND_H
#define UDPTUI_UI_SEND_SEND_H

#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/client/message.h"
#include "udptui/client/session.h"
#include "udptui/output/line_time.h"

/* What the command line says. */
struct send_options {
    struct session_options session;
    struct message_style message;
    struct opts_list files;
    int64_t count;       /* of each message; 1 .. */
    int64_t interval_ns; /* least time between two messages */
    const char *pcap, *log;
    int time; /* an enum stamp_style, or LINE_TIME_DEFAULT */
    int show; /* enum payload_show */
    int json, full, calls, quiet, no_history, no_ui, ascii, force;
};

/* operands: the target or targets, and messages. zones: how interfaces are called. Returns the exit
 * status, with what is wrong reported. */
int send_run(const struct send_options *options, const struct opts_operands *operands,
             const struct zones *zones);

#endif
