/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: a capture on the screen of serve: first reading it, then the keys of a player. */
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "saving_internal.h"

#include "udptui/base/units.h"
#include "udptui/replay/player.h"
#include "udptui/replay/survey.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/replay/session.h"
#include "udptui/ui/screen.h"
#include "udptui/ui/serve/dissecting.h"
#include "udptui/ui/serve/keys.h"
#include "udptui/ui/serve/model.h"
#include "udptui/ui/serve/view.h"

#define AT_ONCE_NS INT64_MIN
#define TURN_NS    (50 * UNITS_NS_PER_MS)  /* minimum between two turns while it plays */
#define LOOK_NS    (250 * UNITS_NS_PER_MS) /* at most */

/* The maximum length of a turn. */
static const int64_t turn_ns = 40 * UNITS_NS_PER_MS;
static const int64_t seek_ns = 5 * UNITS_NS_PER_S;
/* Seeks that take no longer are not drawn half-way. */
static const int64_t patience_ns = 200 * UNITS_NS_PER_MS;
static const double slowest = 1.0 / 64, fastest = 1024;

struct replay_screen {
    struct replay_run *run;
    struct screen screen;
    struct model *model;
    struct survey survey;
    struct player player;
    struct saving *saving;               /* of the key w, NULL: none; from a pipe: */
    struct replay_saving *saving_frames; /* from a file */
    struct dissecting dissecting;
    int64_t moving_since_ns; /* CLOCK_MONOTONIC; 0: no seek */
    int64_t began_ns;        /* CLOCK_MONOTONIC of the reading */
    bool from_pipe, reading, failed;
};

/* ---- keys */

static void toggle_play(struct player *player)
{
    if (player_is_over(player))
        player_seek(player, player->first_ns);
    player->playing = !player->playing;
}

static void change_speed(struct player *player, double factor)
{
    double speed = (player->speed > 0 ? player->speed : fastest) * factor;

    if (speed >= slowest)
        player->speed = speed <= fastest ? speed : 0;
}

/* Shows only that server from now on, or all. */
static void choose_server(struct replay_screen *view, int index)
{
    struct endpoint *server = &view->run->source.server;

    *server = index >= 0 ? view->survey.overview.servers[index].endpoint : view->run->given_server;
    view->failed |= !player_restart(&view->player);
    view->player.playing = true;
}

/* Data from a pipe is read only once: only the display can be paused. */
static void act_live(struct replay_screen *view, enum replay_wish wish)
{
    struct player *player = &view->player;

    if (wish == REPLAY_PLAY && player->live) {
        player->playing = !player->playing;
        model_pause(view->model, !player->playing);
    } else if (wish != REPLAY_NOTHING) {
        model_notice(view->model,
                     player->live ? "A live capture cannot be rewound: record it to a file first"
                                  : "A capture from a pipe cannot be played again");
    }
}

static void replay_act(struct replay_screen *view, const struct effects *effects)
{
    struct player *player = &view->player;

    switch (effects->replay) {
    case REPLAY_PLAY:
        toggle_play(player);
        break;
    case REPLAY_ON:
        player_seek_by(player, seek_ns);
        break;
    case REPLAY_BACK:
        player_seek_by(player, -seek_ns);
        break;
    case REPLAY_START:
        player_seek(player, player->first_ns);
        break;
    case REPLAY_END:
        player_seek(player, player->last_ns);
        break;
    case REPLAY_STEP:
        player_step(player);
        break;
    case REPLAY_FASTER:
        change_speed(player, 2);
        break;
    case REPLAY_SLOWER:
        change_speed(player, 0.5);
        break;
    case REPLAY_CHOOSE:
        choose_server(view, effects->server);
        break;
    case REPLAY_NOTHING:
        break;
    }
}

static unsigned act_key(void *context, const struct key *key)
{
    struct replay_screen *view = context;
    struct effects effects = keys_apply(view->model, key);

    dissecting_act(&view->dissecting, &effects, view->model);

    if (view->from_pipe)
        act_live(view, effects.replay);
    else if (!view->reading)
        replay_act(view, &effects);
    if (view->from_pipe)
        saving_begin(&view->saving, view->model, &effects);
    else if (!view->reading)
        replay_saving_begin(&view->saving_frames, view->run, view->model, &effects);
    return effects.quit ? SCREEN_QUIT : 0;
}

/* ---- drawing */

static void draw_reading(struct replay_screen *view, struct frame *frame)
{
    const struct model_progress progress = {.reading = true};

    model_set_progress(view->model, &progress);
    model_tick(view->model, 0, 0);
    view_draw(view->model, keys_serve(view->model), frame);
}

static void draw_playing(struct replay_screen *view, struct frame *frame)
{
    struct player *player = &view->player;
    const struct model_progress progress = {
        .position_ns = player->position_ns - player->first_ns,
        .duration_ns = player->last_ns - player->first_ns,
        .speed = player->speed,
        .playing = player->playing,
        .ended = player_is_over(player),
        .live = player->live,
        .moving = player_is_moving(player),
    };

    model_set_progress(view->model, &progress);
    model_tick(view->model, player->position_ns, player->position_ns);
    view_draw(view->model, keys_serve(view->model), frame);
}

static void replay_take_name(void *context, const struct endpoint *address, const char *name)
{
    struct replay_screen *view = context;

    model_take_host(view->model, address, name);
    view->screen.changed = true;
}

static void replay_take_names(void *context)
{
    struct replay_screen *view = context;

    names_turn(&view->run->names, replay_take_name, view);
}

static void replay_dissect(void *context)
{
    struct replay_screen *view = context;

    view->screen.changed |= dissecting_turn(&view->dissecting, view->model);
    view->screen.watches[2].fd = dissecting_fd(&view->dissecting);
}

static void replay_draw(void *context, struct frame *frame)
{
    struct replay_screen *view = context;

    model_resize(view->model, frame_rows(frame), frame_columns(frame));
    if (view->reading)
        draw_reading(view, frame);
    else
        draw_playing(view, frame);
    replay_take_names(view); /* names of the drawn addresses are wanted */
    replay_dissect(view);    /* and the dissection of what is drawn */
}

/* ---- from the player to the model and the log */

static void replay_take_record(void *context, const void *record, size_t size_bytes)
{
    const struct replay_screen *view = context;

    model_apply(view->model, record, size_bytes);
}

static void log_message(void *context, const struct event_message *message)
{
    const struct replay_screen *view = context;

    replay_log_message(view->run, message);
}

static void *keep_model(void *context)
{
    const struct replay_screen *view = context;

    return model_snapshot_take(view->model);
}

static bool restore_model(void *context, const void *kept)
{
    const struct replay_screen *view = context;

    return model_snapshot_restore(view->model, kept);
}

static void forget_model(void *context, void *kept)
{
    (void)context;
    model_snapshot_free(kept);
}

static size_t kept_bytes(void *context, const void *kept)
{
    (void)context;
    return model_snapshot_bytes(kept);
}

static struct player_config player_config_of(struct replay_screen *view)
{
    const struct replay_options *options = &view->run->options;

    return (struct player_config){
        .listener = {.record = replay_take_record,
                     .first_time = log_message,
                     .keep = keep_model,
                     .restore = restore_model,
                     .forget = forget_model,
                     .kept_bytes = kept_bytes,
                     .context = view},
        .history_messages = (uint64_t)options->look.history,
        .speed = options->times,
        .idle_limit_ns = options->idle_limit_ns,
        .clock_ns = clock_monotonic_ns,
    };
}

/* ---- reading it first */

/* A notable overview is shown until a key is pressed; else it plays at once. */
static bool open_player(struct replay_screen *view)
{
    const struct replay_overview *overview = &view->survey.overview;
    const struct player_config config = player_config_of(view);
    bool opened;

    if (view->from_pipe)
        opened = player_open_live(&view->player, &view->run->source, &config);
    else
        opened = player_open(&view->player, &view->run->source, &config, overview->first_ns,
                             overview->last_ns);
    if (!view->from_pipe)
        view->player.playing = opened && !survey_is_notable(&view->survey);
    view->player.clock_ns = clock_monotonic_ns();
    return opened;
}

/* Reads a piece of the file; after the last one it plays. False if that fails. */
static bool read_on(struct replay_screen *view, int64_t now_ns)
{
    const struct replay_overview *overview = &view->survey.overview;
    bool patient = now_ns - view->began_ns <= patience_ns;

    if (survey_read(&view->survey, &view->run->source, turn_ns)) {
        model_show_overview(view->model, overview, !patient);
        view->screen.changed = !patient;
        return true;
    }
    model_show_overview(view->model, overview, survey_is_notable(&view->survey));
    view->reading = false;
    return open_player(view);
}

/* ---- playing */

static bool is_waiting_for_more(const struct replay_screen *view)
{
    return view->player.live && view->player.source->cursor.state == CURSOR_WAIT;
}

/* Short seeks are not drawn. */
static void freeze_if_moving(struct replay_screen *view, int64_t now_ns)
{
    bool moving = player_is_moving(&view->player);

    if (!moving)
        view->moving_since_ns = 0;
    else if (view->moving_since_ns == 0)
        view->moving_since_ns = now_ns;
    view->screen.frozen = moving && now_ns - view->moving_since_ns <= patience_ns;
}

static bool play_on(struct replay_screen *view, int64_t now_ns)
{
    struct player *player = &view->player;
    bool idle;

    if (!player_advance(player, now_ns, turn_ns))
        return false;
    freeze_if_moving(view, now_ns);
    view->screen.changed |= player->changed || player->position_ns >= model_wake_ns(view->model);
    player->changed = false;
    idle = view->from_pipe && is_waiting_for_more(view);
    view->screen.watches[0].fd = idle ? replay_cursor_fd(&view->run->source.cursor) : -1;
    return true;
}

static bool replay_turn(void *context, int64_t now_ns)
{
    struct replay_screen *view = context;

    if (view->failed || view->screen.gone || signals_number(&view->run->signals) != 0)
        return false;
    view->failed = view->reading ? !read_on(view, now_ns) : !play_on(view, now_ns);
    view->screen.changed |= saving_turn(&view->saving) || replay_saving_turn(&view->saving_frames);
    if (now_ns >= dissecting_due_ns(&view->dissecting))
        replay_dissect(view);
    return !view->failed;
}

/* When the next datagram is due; or earlier, because the position in the capture and requests
 * without a reply are updated regularly. */
static int64_t next_datagram_ns(const struct player *player)
{
    const struct replay_cursor *cursor = &player->source->cursor;
    double until_ns = (double)LOOK_NS;

    if (player->speed <= 0)
        return AT_ONCE_NS;
    if (cursor->state == CURSOR_BUSY)
        until_ns = 0;
    else if (cursor->state == CURSOR_DATAGRAM)
        until_ns = (double)(cursor->wall_ns - player->position_ns) / player->speed;
    if (until_ns > (double)LOOK_NS)
        until_ns = (double)LOOK_NS;
    return player->clock_ns + (until_ns > (double)TURN_NS ? (int64_t)until_ns : TURN_NS);
}

/* When the capture goes on. */
static int64_t replay_due_ns(const struct replay_screen *view)
{
    const struct player *player = &view->player;

    if (view->reading || player_is_moving(player) || view->saving != NULL ||
        view->saving_frames != NULL)
        return AT_ONCE_NS;
    if (is_waiting_for_more(view))
        return clock_monotonic_ns() + LOOK_NS;
    if (!player->playing)
        return INT64_MAX;
    return player->live ? clock_monotonic_ns() + TURN_NS : next_datagram_ns(player);
}

static int64_t replay_deadline_ns(void *context)
{
    const struct replay_screen *view = context;

    return wait_earlier_ns(replay_due_ns(view), dissecting_due_ns(&view->dissecting));
}

static void replay_figures(const void *context, struct large_figures *out)
{
    const struct replay_screen *view = context;

    view_figures(view->model, out);
}

static const struct screen_ops replay_ops = {.draw = replay_draw,
                                             .figures = replay_figures,
                                             .draw_small = replay_draw,
                                             .act = act_key,
                                             .turn = replay_turn,
                                             .deadline_ns = replay_deadline_ns};

/* ---- beginning and end */

static struct model *replay_make_model(const struct replay_run *run, struct hostnames *hosts)
{
    const struct display_options *look = &run->options.look;
    const char *path =
        strcmp(run->source.cursor.path, "-") == 0 ? "standard input" : run->source.cursor.path;
    char name[512];

    text_render(name, sizeof name, path, strlen(path), locale_charset(look->ascii));
    return model_open(&(struct model_config){
        .title = "udptui replay",
        .listening = name,
        .clients_max = (uint32_t)run->options.max_clients,
        .history_messages = (size_t)look->history,
        .charset = locale_charset(look->ascii),
        .utc_offset_s = clock_utc_offset_s(),
        .roster = look->roster,
        .privacy = look->privacy,
        .hosts = hosts,
        .dissect = look->dissect,
        .filter = look->filter,
        .replay = true,
    });
}

static int replay_status_of(const struct replay_screen *view)
{
    int number = signals_number(&view->run->signals);

    if (view->screen.gone)
        return 128 + SIGHUP;
    if (view->failed)
        return EXIT_SETUP;
    return number == 0 ? EXIT_DONE : 128 + number;
}

/* Of all that was read, and all that was played. */
static void replay_print_summary(const struct replay_screen *view)
{
    struct replay_counts counts = replay_cursor_counts(&view->run->source.cursor);
    size_t columns = tty_columns(STDOUT_FILENO);
    struct event_totals totals = {.kind = EVENT_TOTALS};

    if (!view->from_pipe)
        counts.packets = view->survey.overview.packets;
    if (view->player.pairing != NULL)
        totals = pairing_totals(view->player.pairing, view->player.position_ns);
    replay_log_end(view->run, &counts, &totals);
    if (view->screen.gone)
        return;
    replay_lines.capture(view->run->output, columns, &counts);
    if (view->player.pairing != NULL)
        replay_lines.summary(view->run->output, columns, &totals);
}

static int replay_screen_run(struct replay_screen *view)
{
    const struct model_progress progress = {.reading = true};

    view->began_ns = clock_monotonic_ns();
    view->reading = !view->from_pipe;
    if (view->reading)
        model_set_progress(view->model, &progress);
    else
        view->failed = !open_player(view);
    view->screen.changed = view->from_pipe; /* else once there is something to show */
    view->screen.watches[1] =
        (struct screen_watch){.fd = names_fd(&view->run->names), .ready = replay_take_names};
    view->screen.watches[2] = (struct screen_watch){.fd = -1, .ready = replay_dissect};
    screen_run(&view->screen);
    signals_ending(&view->run->signals);
    screen_close(&view->screen);
    if (view->failed && view->run->source.cursor.error[0] == '\0')
        report_error("not enough memory");
    replay_print_summary(view);
    return replay_status_of(view);
}

/* The tables of a saved state have room for all clients, but few are used: as separate mappings
 * they only take the pages that are touched (mallopt(3): otherwise the threshold grows). */
static void keep_large_blocks_apart(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 1 << 17);
#endif
}

bool replay_run_screen(struct replay_run *replay_run, int *status)
{
    struct replay_screen view = {.run = replay_run,
                                 .dissecting = {.launcher = replay_run->launcher},
                                 .from_pipe = replay_cursor_fd(&replay_run->source.cursor) >= 0};
    const struct screen_config config = {.ops = &replay_ops,
                                         .context = &view,
                                         .signals = &replay_run->signals,
                                         .mouse = !replay_run->options.look.no_mouse,
                                         .look = replay_run->options.look.look,
                                         .own_keys =
                                             strcmp(replay_run->source.cursor.path, "-") == 0};

    *status = EXIT_SETUP;
    keep_large_blocks_apart();
    if (!screen_open(&view.screen, &config))
        return false;
    if (survey_open(&view.survey, &replay_run->source))
        view.model = replay_make_model(replay_run, replay_run->names.hosts);
    if (view.model != NULL)
        *status = replay_screen_run(&view);
    screen_close(&view.screen);
    if (view.model == NULL)
        report_error("not enough memory for the screen: use a smaller --history");
    saving_close(view.saving);
    dissecting_close(&view.dissecting);
    replay_saving_close(view.saving_frames);
    player_close(&view.player);
    model_close(view.model);
    survey_close(&view.survey);
    return true;
}
