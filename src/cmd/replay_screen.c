/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_screen: a capture on the screen of serve. The clock of the model is the capture's: it runs
 * while the cursor plays, stands while it is stopped, and is set by seeking; going back begins anew
 * and runs up to there.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "picture.h"
#include "replay.h"
#include "udptui/cmd/commands.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"
#include "udptui/output/serve.h"
#include "udptui/ui/term.h"

enum { DATAGRAMS_A_TURN = 20000, TURN_MS = 50 };

static const int64_t seek_ns = 5 * UNITS_NS_PER_S;
static const double slowest = 1.0 / 64, fastest = 1024;

struct player {
    struct replay_run *run;
    struct replay *replay;
    struct picture picture;
    int64_t first_ns, last_ns; /* of the capture's datagrams */
    int64_t position_ns;
    int64_t clock_ns;      /* CLOCK_MONOTONIC when position_ns was reckoned */
    double speed;          /* 0: as fast as it goes */
    uint64_t told, logged; /* messages since the beginning, and what the log has of them: the same
                              when played again */
    bool playing, quit, terminal_gone;
};

/* ---- the cursor */

static void take(void *context, const void *record, size_t size_bytes)
{
    struct player *player = context;

    if (event_kind_of(record) == EVENT_MESSAGE && ++player->told > player->logged) {
        replay_log_message(player->run, record);
        player->logged = player->told;
    }
    model_apply(player->picture.model, record, size_bytes);
}

/* How long it is can only be known by reading it. False where it cannot be read again. */
static bool measure(struct player *player)
{
    struct replay_cursor *cursor = &player->run->cursor;

    bool more = replay_cursor_next(cursor) == CURSOR_DATAGRAM;

    player->first_ns = player->last_ns = more ? cursor->wall_ns : 0;
    for (; more; more = replay_cursor_next(cursor) == CURSOR_DATAGRAM)
        player->last_ns = cursor->wall_ns;
    return replay_cursor_rewind(cursor);
}

static bool is_over(const struct player *player)
{
    return player->run->cursor.state == CURSOR_END && player->position_ns >= player->last_ns;
}

/* All datagrams up to a time, at most so many. */
static void feed(struct player *player, int64_t until_ns, int most)
{
    struct replay_cursor *cursor = &player->run->cursor;

    for (int i = 0; cursor->state == CURSOR_DATAGRAM && cursor->wall_ns <= until_ns && i < most;
         i++) {
        player->position_ns = cursor->wall_ns;
        replay_feed(player->run, player->replay);
        replay_cursor_next(cursor);
    }
    if (cursor->state == CURSOR_END || cursor->wall_ns > until_ns)
        player->position_ns = until_ns < player->last_ns ? until_ns : player->last_ns;
    replay_pass(player->replay, player->position_ns);
    if (is_over(player))
        replay_end(player->replay);
    replay_report(player->replay, player->position_ns);
    player->picture.changed = true;
}

/* False, with the player about to quit, where it cannot. */
static bool begin_anew(struct player *player)
{
    const struct event_reset reset = {.kind = EVENT_RESET};

    replay_close(player->replay);
    player->replay = replay_make(player->run, 0, take, player);
    if (player->replay == NULL || !replay_cursor_rewind(&player->run->cursor)) {
        player->quit = true;
        return false;
    }
    replay_cursor_next(&player->run->cursor);
    model_apply(player->picture.model, &reset, sizeof reset);
    player->position_ns = player->first_ns;
    player->told = 0;
    return true;
}

static void seek(struct player *player, int64_t to_ns)
{
    if (to_ns < player->first_ns)
        to_ns = player->first_ns;
    if (to_ns < player->position_ns && !begin_anew(player))
        return;
    feed(player, to_ns, INT32_MAX);
}

static void advance(struct player *player, int64_t now_ns)
{
    double passed_ns = (double)(now_ns - player->clock_ns) * player->speed;
    int64_t until_ns = player->speed > 0 ? player->position_ns + (int64_t)passed_ns : INT64_MAX;

    player->clock_ns = now_ns;
    if (!player->playing)
        return;
    feed(player, until_ns, DATAGRAMS_A_TURN);
    player->playing = !is_over(player);
}

/* ---- keys */

static void step(struct player *player)
{
    player->playing = false;
    if (player->run->cursor.state == CURSOR_DATAGRAM)
        feed(player, player->run->cursor.wall_ns, 1);
}

static void play(struct player *player)
{
    if (is_over(player))
        seek(player, player->first_ns);
    player->playing = !player->playing;
}

static void change_speed(struct player *player, double factor)
{
    double speed = (player->speed > 0 ? player->speed : fastest) * factor;

    if (speed >= slowest)
        player->speed = speed <= fastest ? speed : 0;
}

static void obey(struct player *player, enum replay_wish wish)
{
    switch (wish) {
    case REPLAY_PLAY:
        play(player);
        break;
    case REPLAY_ON:
        seek(player, player->position_ns + seek_ns);
        break;
    case REPLAY_BACK:
        seek(player, player->position_ns - seek_ns);
        break;
    case REPLAY_START:
        seek(player, player->first_ns);
        break;
    case REPLAY_END:
        seek(player, player->last_ns);
        break;
    case REPLAY_STEP:
        step(player);
        break;
    case REPLAY_FASTER:
        change_speed(player, 2);
        break;
    case REPLAY_SLOWER:
        change_speed(player, 0.5);
        break;
    case REPLAY_NOTHING:
        break;
    }
}

static void take_keys(struct player *player)
{
    struct effects effects;

    while (picture_key(&player->picture, &effects)) {
        player->quit |= effects.quit;
        obey(player, effects.replay);
    }
}

/* ---- the loop */

static void draw(struct player *player, int64_t now_ns)
{
    const struct model_progress progress = {
        .position_ns = player->position_ns - player->first_ns,
        .duration_ns = player->last_ns - player->first_ns,
        .speed = player->speed,
        .playing = player->playing,
        .ended = is_over(player),
    };

    model_set_progress(player->picture.model, &progress);
    picture_draw_if_due(&player->picture, now_ns, player->position_ns, player->position_ns);
}

static void loop(struct player *player)
{
    struct signals *signals = &player->run->signals;
    struct pollfd polled[] = {{.fd = term_fd(), .events = POLLIN},
                              {.fd = signals->fd, .events = POLLIN}};

    player->clock_ns = clock_monotonic_ns();
    while (!player->quit && signals_number(signals) == 0) {
        int64_t now_ns = clock_monotonic_ns();
        signals_beat(signals);
        advance(player, now_ns);
        draw(player, now_ns);
        bool busy = player->playing || player->picture.changed || player->picture.key_pressed;
        if (poll(polled, 2, busy ? TURN_MS : -1) > 0 &&
            (polled[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
            player->quit = player->terminal_gone = true;
        if (!player->terminal_gone)
            take_keys(player);
    }
}

/* ---- beginning and end */

static struct model *make_model(const struct player *player)
{
    const struct server_options *look = &player->run->options.look;
    const char *path = player->run->cursor.path;
    char name[512];

    text_render(name, sizeof name, path, strlen(path), server_charset(look));
    return model_open(&(struct model_config){
        .title = "udptui replay",
        .listening = name,
        .clients_max = (uint32_t)look->max_clients,
        .history_messages = (size_t)look->history,
        .charset = server_charset(look),
        .utc_offset_s = server_utc_offset_s(),
        .started_ns = player->first_ns,
        .roster = look->roster,
        .privacy = look->privacy,
        .filter = look->filter,
        .replay = true,
    });
}

static int status_of(const struct player *player)
{
    int number = signals_number(&player->run->signals);

    if (player->terminal_gone)
        return 128 + SIGHUP;
    return number == 0 ? EXIT_DONE : 128 + number;
}

static void print_summary(const struct player *player)
{
    struct event_totals totals = replay_totals(player->replay, player->position_ns);
    struct capture_counts counts = replay_cursor_counts(&player->run->cursor);

    replay_log_end(player->run, &counts, &totals);
    if (player->terminal_gone)
        return;
    replay_lines.capture(player->run->output, &counts);
    replay_lines.summary(player->run->output, &totals);
}

static int run(struct player *player)
{
    if (!begin_anew(player)) {
        term_close();
        commands_complain("not enough memory");
        return EXIT_SETUP;
    }
    feed(player, player->first_ns, 1);
    loop(player);
    signals_ending(&player->run->signals);
    term_close();
    if (player->replay != NULL)
        print_summary(player);
    return status_of(player);
}

bool replay_run_screen(struct replay_run *replay_run, int *status)
{
    struct player player = {.run = replay_run, .speed = replay_run->options.times, .playing = true};

    *status = EXIT_SETUP;
    if (!measure(&player)) /* the error is told by whoever opened it */
        return true;
    if (!picture_take_terminal(!replay_run->options.look.no_mouse, replay_run->signals.fd))
        return false;
    if (picture_open(&player.picture, make_model(&player)))
        *status = run(&player);
    term_close();
    picture_close(&player.picture);
    replay_close(player.replay);
    return true;
}
