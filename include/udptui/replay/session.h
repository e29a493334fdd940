/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: what the files of `udptui replay` share. */
#ifndef UDPTUI_REPLAY_SESSION_H
#define UDPTUI_REPLAY_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/output/replay.h"
#include "udptui/output/resend.h"
#include "udptui/replay/cursor.h"
#include "udptui/replay/replay.h"
#include "udptui/server/server.h"
#include "udptui/sys/signals.h"

struct replay_options {
    struct server_options
        look; /* history, max_clients, roster, privacy, json, no_ui, ascii, no_mouse */
    int64_t port;
    const char *server;
    const char *to;         /* NULL: only looked at */
    struct endpoint target; /* from to */
    int yes;
    const char *save; /* NULL: nothing is saved */
    int force;
    int64_t timeout_ns;
    int64_t idle_limit_ns; /* 0: none */
    const char *speed;
    struct endpoint given_server;    /* from server; ENDPOINT_NONE: not given */
    struct endpoint server_endpoint; /* that one, or one that was chosen on the screen */
    double times;                    /* from speed: 0 is as fast as it goes */
};

struct replay_run {
    struct replay_options options;
    struct replay_cursor cursor;
    struct signals signals;
    FILE *output; /* an outlet */
    struct server_log log;
    struct filter *filter;    /* of --filter, NULL: none */
    struct replay_save *save; /* of --save, NULL: none */
};

/* The pairing that the options ask for; hold_ns, emit, context: see replay/replay. NULL: memory is
 * short. */
struct replay *replay_make(const struct replay_run *run, int64_t hold_ns,
                           void (*emit)(void *context, const void *record, size_t size_bytes),
                           void *context);

/* The log (replay_log.c); without --log these do nothing. After the signals; false with the complaint
 * made and *status set. server_log_close must follow. */
bool replay_log_open(struct replay_run *run, int *status);

/* What --json would write of a message; and of the capture and all, after completing the totals with
 * what was not logged. */
void replay_log_message(struct replay_run *run, const struct event_message *message);
void replay_log_end(struct replay_run *run, const struct capture_counts *counts,
                    struct event_totals *totals);

/* The same of --to: of a request that was sent again, and of all. */
void replay_log_report(struct replay_run *run, const struct resend_report *report);
void replay_log_resent(struct replay_run *run, const struct resend_totals *totals);

/* Gives the cursor's datagram to the replay. False: it is none of the servers that were chosen, and
 * is counted as filtered. */
bool replay_feed(struct replay_run *run, struct replay *replay);

/* Lines or JSON, at once or, with --speed, in the capture's time. Exit status. */
int replay_run_lines(struct replay_run *run);

/* The screen until q. False if the terminal cannot show one. */
bool replay_run_screen(struct replay_run *run, int *status);

#endif
