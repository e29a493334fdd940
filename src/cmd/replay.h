/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: what the files of `udptui replay` share. */
#ifndef UDPTUI_CMD_REPLAY_H
#define UDPTUI_CMD_REPLAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "film.h"
#include "server.h"
#include "signals.h"
#include "udptui/core/replay.h"

struct replay_options {
    struct server_options
        look; /* history, max_clients, roster, privacy, json, no_ui, ascii, no_mouse */
    int64_t port;
    const char *speed;
    double times; /* from speed: 0 is as fast as it goes */
};

struct replay_run {
    struct replay_options options;
    struct film film;
    struct signals signals;
    FILE *output; /* an outlet */
};

/* The pairing that the options ask for; early, tell, context: see core/replay. NULL: memory is
 * short. */
struct replay *replay_make(const struct replay_run *run, bool early,
                           void (*tell)(void *context, const void *record, size_t size_bytes),
                           void *context);

/* Gives the film's datagram to the replay, and reads the next. */
void replay_feed(struct replay_run *run, struct replay *replay);

/* Lines or JSON, at once or, with --speed, in the capture's time. Exit status. */
int replay_run_lines(struct replay_run *run);

/* The screen until q. False where the terminal cannot show one. */
bool replay_run_screen(struct replay_run *run, int *status);

#endif
