/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: one run of the command: its targets, each with a sink, and their common state. */
#ifndef UDPTUI_UI_SEND_SEND_INTERNAL_H
#define UDPTUI_UI_SEND_SEND_INTERNAL_H

#include "packets_internal.h"
#include "sink_internal.h"
#include "udptui/client/feed.h"
#include "udptui/client/targets.h"
#include "udptui/sys/signals.h"

struct send {
    struct send_options options;
    const struct opts_operands *operands;
    struct opts_operands packets_target; /* the target alone, if it is not on the command line */
    const struct zones *zones;
    struct launcher *launcher; /* of the dissectors' program for /what, NULL: none */
    struct signals signals;
    struct targets targets;
    struct sink sinks[TARGETS_MAX]; /* by target */
    struct recorder *recorder;      /* of --pcap, NULL: none */
    struct logfile *log;            /* of --log, NULL: none */
    struct packets packets;         /* of --packets, or the user's own */
    bool recording_failed;
    char *scratch; /* of all sinks */
};

/* The packets of --packet, in their order, to out (OPTS_LIST_MAX). Returns their number. */
size_t send_list_packets(const struct send *send, struct feed_given *out);

/* Opens the log, after the signals. False with the error reported and *status set. */
bool send_open_log(struct send *send, int *status);

/* Writes the summaries and what is left to the log. Returns status, or EXIT_SETUP with the error
 * reported if lines are missing. */
int send_end_log(struct send *send, int status);

/* Closes the capture file and then the sockets: the summaries are final from now on. */
void send_hang_up(struct send *send);

/* The signal's status, or whether all of them have all their replies. */
int send_answered_status(const struct send *send);

/* The two ways to run: lines.c, prompt.c. Exit statuses. */
int send_run_lines(struct send *send);
int send_run_prompt(struct send *send);

#endif
