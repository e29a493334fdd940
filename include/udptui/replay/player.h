/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_player: a capture as it goes through a model, forwards, and back.
 *
 * The clock of the model is the capture's: it runs while the capture plays, stands while it is
 * stopped, and is set by seeking. Going back takes up a state that was kept on the way, from which
 * so many datagrams lead to the place that the list of messages is full again.
 */
#ifndef UDPTUI_REPLAY_PLAYER_H
#define UDPTUI_REPLAY_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/replay/session.h"
#include "udptui/ui/serve/model.h"

enum { PLAYER_STATES_MAX = 64 };

/* All there is to know behind a datagram. */
struct player_state {
    struct cursor_place place;
    struct replay *replay;
    struct model_snapshot *snapshot;
    uint64_t messages, told; /* so far */
    int64_t position_ns;
};

struct player {
    struct replay_run *run;
    struct replay *replay;
    struct model *model;       /* borrowed */
    int64_t first_ns, last_ns; /* of the capture's datagrams; of a pipe so far */
    int64_t position_ns;
    int64_t reported_ns; /* of the last report of rows and totals */
    int64_t datagram_ns; /* of the last datagram */
    int64_t target_ns;   /* where it is going to, INT64_MAX: nowhere */
    int64_t clock_ns;    /* CLOCK_MONOTONIC when position_ns was calculated */
    double speed;        /* 0: as fast as it goes */
    bool playing, live, changed;
    unsigned steps; /* datagrams of the servers that were chosen, still to go on by */
    bool begun;     /* live: first_ns is known */
    uint64_t messages;
    uint64_t told, logged; /* records since the beginning, and what the log has of them */
    struct player_state states[PLAYER_STATES_MAX];
    size_t state_count, state_bytes;
    uint64_t state_step, state_due; /* datagrams between states, and to the next one */
};

/* At the beginning, stopped. first_ns, last_ns: of the datagrams. False if memory is short or the
 * file is gone. player_close frees. */
bool player_open(struct player *player, struct replay_run *run, struct model *model,
                 int64_t first_ns, int64_t last_ns);
/* The same for a pipe: plays what comes. */
bool player_open_live(struct player *player, struct replay_run *run, struct model *model);
void player_close(struct player *player);

/* Begins anew, after the options have changed. False: see player_open. */
bool player_restart(struct player *player);

/* Goes on by the time that has passed, or towards the place that was asked for, for at most about
 * so long. False if it cannot go back: see player_open. */
bool player_advance(struct player *player, int64_t now_ns, int64_t for_ns);

/* Asks for a place; player_advance goes there. */
void player_seek(struct player *player, int64_t to_ns);
/* So far from here, or from the place that it is on its way to. */
void player_seek_by(struct player *player, int64_t by_ns);

/* Asks for the next datagram of the servers that were chosen; player_advance goes there. */
void player_step(struct player *player);

/* Whether the last datagram has been played, and nothing more will come. */
bool player_is_over(const struct player *player);

/* Whether it is on its way to the place that was asked for. */
bool player_is_moving(const struct player *player);

#endif
