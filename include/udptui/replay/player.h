/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * player: plays a capture to a listener, forwards, and back.
 *
 * The listener's clock is the capture's: it runs while the capture plays, stands still while it is
 * stopped, and is set by seeking. To go back, the player restores a saved state, early enough that
 * a list of history_messages is full again at the wanted position.
 */
#ifndef UDPTUI_REPLAY_PLAYER_H
#define UDPTUI_REPLAY_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/event.h"
#include "udptui/replay/source.h"

enum { PLAYER_STATES_MAX = 64 };

/* The receiver of the records that are played. */
struct player_listener {
    /* Takes each record of proto/event, a message with its payloads behind it: again after going
     * back, EVENT_RESET when it starts again. */
    void (*record)(void *context, const void *record, size_t size_bytes);
    /* Takes each message, but only the first time that it is played. */
    void (*first_time)(void *context, const struct event_message *message);
    /* Saves the listener's own state: NULL if memory is short. restore goes back to it (false, with
     * nothing changed, if memory is short), forget frees it, kept_bytes is about how much memory it
     * takes. */
    void *(*keep)(void *context);
    bool (*restore)(void *context, const void *kept);
    void (*forget)(void *context, void *kept);
    size_t (*kept_bytes)(void *context, const void *kept);
    void *context;
};

struct player_config {
    struct player_listener listener;
    uint64_t history_messages; /* that the listener shows */
    double speed;              /* initial speed: multiple of the capture's, 0: as fast as
                                * possible */
    int64_t idle_limit_ns;     /* longer gaps are shortened to this, 0: none are */
    int64_t (*clock_ns)(void); /* clock_monotonic_ns */
};

/* The complete state after a datagram. */
struct player_state {
    struct cursor_place place;
    struct pairing *pairing;
    void *kept;                 /* by the listener */
    uint64_t messages, records; /* so far */
    int64_t position_ns;
};

struct player {
    struct player_config config;
    struct replay_source *source; /* borrowed */
    struct pairing *pairing;
    int64_t first_ns, last_ns; /* of the capture's datagrams; of a pipe so far */
    int64_t position_ns;
    int64_t reported_ns; /* of the last report of rows and totals */
    int64_t datagram_ns; /* of the last datagram */
    int64_t target_ns;   /* the time it seeks, INT64_MAX: nowhere */
    int64_t clock_ns;    /* of the clock, when position_ns was calculated */
    double speed;        /* 0: as fast as possible */
    bool playing, live, changed;
    unsigned steps; /* datagrams of the chosen server still to play */
    bool begun;     /* live: first_ns is known */
    uint64_t messages, resets;
    uint64_t records, records_most; /* message records since the beginning, now and at most */
    struct player_state states[PLAYER_STATES_MAX];
    size_t state_count, state_bytes;
    uint64_t state_step, state_due; /* datagrams between states, and to the next one */
};

/* Parses "max" (*speed is 0) or a number from 0.01 to 1000. False if it is neither, with nothing
 * stored. */
bool player_parse_speed(const char *text, double *speed);

/* Opens the player at the beginning, stopped. first_ns, last_ns: of the datagrams. False if memory
 * is short or the file is gone. player_close frees. */
bool player_open(struct player *player, struct replay_source *source,
                 const struct player_config *config, int64_t first_ns, int64_t last_ns);
/* The same for a pipe: plays what comes. */
bool player_open_live(struct player *player, struct replay_source *source,
                      const struct player_config *config);
void player_close(struct player *player);

/* Starts again, after the source's server has changed. False: see player_open. */
bool player_restart(struct player *player);

/* Plays up to the present time, or towards the position of a seek, working for at most about
 * for_ns. False if it cannot go back: see player_open. */
bool player_advance(struct player *player, int64_t now_ns, int64_t for_ns);

/* Seeks to a time; player_advance goes there. */
void player_seek(struct player *player, int64_t to_ns);
/* Seeks relative to this position, or to that of a seek in progress. */
void player_seek_by(struct player *player, int64_t by_ns);

/* Steps to the next datagram of the chosen server; player_advance goes there. */
void player_step(struct player *player);

/* Whether the last datagram has been played, and nothing more will come. */
bool player_is_over(const struct player *player);

/* Whether a seek is in progress. */
bool player_is_moving(const struct player *player);

#endif
