/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_session: shared by the front ends of `udptui replay`: the screen, the lines, --to. */
#ifndef UDPTUI_UI_REPLAY_SESSION_H
#define UDPTUI_UI_REPLAY_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/output/outlet.h"
#include "udptui/output/replay.h"
#include "udptui/output/resend.h"
#include "udptui/proto/filter.h"
#include "udptui/replay/save.h"
#include "udptui/replay/source.h"
#include "udptui/sys/names.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/serve/display.h"
#include "udptui/ui/serve/log.h"

struct replay_options {
    struct display_options look;
    int64_t max_clients;
    int64_t port;
    const char *server;
    const char *to; /* NULL: nothing is sent */
    int yes;
    int64_t loop;     /* how often it is sent */
    const char *save; /* NULL: nothing is saved */
    int force;
    int64_t timeout_ns;
    int64_t idle_limit_ns; /* 0: none */
    const char *speed;
    double times; /* from speed: 0 is as fast as possible */
};

struct replay_run {
    struct replay_options options;
    struct endpoint target;       /* of --to */
    struct endpoint given_server; /* of --server; ENDPOINT_NONE: not given */
    struct filter *filter;        /* of --filter, NULL: none */
    struct replay_source source;
    struct replay_save *save;  /* of --save, NULL: none */
    struct launcher *launcher; /* of the dissectors' program, NULL: none */
    struct names names;        /* of addresses on the screen; none with --privacy */
    struct signals signals;
    struct outlet outlet; /* standard output */
    FILE *output;         /* its stream */
    struct serve_log log;
};

/* Opens the capture at path ("-": standard input) and plays it: as lines, on the screen, or to
 * another server. Exit status. */
int replay_run(struct replay_run *run, const char *path);

/* ---- the front ends, for replay_run */

/* Lines or JSON, at once or, with --speed, in the capture's time. Exit status. */
int replay_run_lines(struct replay_run *run);

/* The screen until q. False if the terminal cannot show one. */
bool replay_run_screen(struct replay_run *run, int *status);

/* Sends the requests again, with a screen or as lines or JSON. Exit status. */
int replay_run_resend(struct replay_run *run, bool screen);

/* ---- the log (log.c); without --log these do nothing */

/* After the signals. On true serve_log_close must follow; false with the error reported and *status
 * set. */
bool replay_log_open(struct replay_run *run, int *status);

/* Writes a message as --json does; and of the capture and all, after completing the totals with
 * what was not logged. */
void replay_log_message(struct replay_run *run, const struct event_message *message);
void replay_log_end(struct replay_run *run, const struct replay_counts *counts,
                    struct event_totals *totals);

/* The same of --to: of a request that was sent again, and of all. */
void replay_log_report(struct replay_run *run, const struct resend_report *report);
void replay_log_resent(struct replay_run *run, const struct resend_totals *totals);

#endif
