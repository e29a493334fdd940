/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_screen: a capture on the screen of serve: the reading of it, then the keys of a player. */
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/net/names.h"
#include "udptui/replay/player.h"
#include "udptui/replay/survey.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/ui/replay/session.h"
#include "udptui/ui/serve/picture.h"
#include "udptui/ui/term.h"

enum { TURN_MS = 50, LOOK_MS = 250 };

static const int64_t turn_ns = 40 * UNITS_NS_PER_MS;
static const int64_t seek_ns = 5 * UNITS_NS_PER_S;
/* What takes no longer is not drawn half-way. */
static const int64_t patience_ns = 200 * UNITS_NS_PER_MS;
static const double slowest = 1.0 / 64, fastest = 1024;

struct screen {
    struct replay_run *run;
    struct picture picture;
    struct names names; /* of addresses; none with --privacy */
    struct survey survey;
    struct player player;
    int64_t moving_since_ns; /* CLOCK_MONOTONIC; 0: it is not on its way */
    bool from_pipe, quit, terminal_gone, failed;
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

/* From now on that server alone, or all of them. */
static void choose_server(struct screen *screen, int index)
{
    struct endpoint *server = &screen->run->source.server;

    *server =
        index >= 0 ? screen->survey.overview.servers[index].endpoint : screen->run->given_server;
    screen->failed |= !player_restart(&screen->player);
    screen->player.playing = true;
}

/* What comes through a pipe is there once: only the display can stop. */
static void act_live(struct screen *screen, enum replay_wish wish)
{
    struct player *player = &screen->player;

    if (wish == REPLAY_PLAY && player->live) {
        player->playing = !player->playing;
        model_pause(screen->picture.model, !player->playing);
    } else if (wish != REPLAY_NOTHING) {
        model_notice(screen->picture.model,
                     player->live ? "A live capture cannot be seeked: record it to a file first"
                                  : "A capture from a pipe cannot be played again");
    }
}

static void act(struct screen *screen, const struct effects *effects)
{
    struct player *player = &screen->player;

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
        choose_server(screen, effects->server);
        break;
    case REPLAY_NOTHING:
        break;
    }
}

static void take_keys(struct screen *screen)
{
    struct effects effects;

    while (picture_key(&screen->picture, &effects)) {
        screen->quit |= effects.quit;
        if (screen->from_pipe)
            act_live(screen, effects.replay);
        else if (!screen->survey.overview.reading)
            act(screen, &effects);
    }
}

/* ---- waiting and drawing */

/* Waits for a key, a signal, or what comes through the pipe. */
static void wait_for_events(struct screen *screen, int timeout_ms)
{
    const struct player *player = &screen->player;
    bool idle = screen->from_pipe && player->live && player->source->cursor.state == CURSOR_WAIT;
    struct pollfd polled[] = {
        {.fd = term_fd(), .events = POLLIN},
        {.fd = screen->run->signals.fd, .events = POLLIN},
        {.fd = idle ? replay_cursor_fd(&screen->run->source.cursor) : -1, .events = POLLIN},
        {.fd = names_fd(&screen->names), .events = POLLIN}};

    if (poll(polled, 4, timeout_ms) > 0 && (polled[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
        screen->quit = screen->terminal_gone = true;
    if (!screen->terminal_gone)
        take_keys(screen);
    signals_beat(&screen->run->signals);
}

static bool is_going(const struct screen *screen)
{
    return !screen->quit && !screen->failed && signals_number(&screen->run->signals) == 0;
}

static void draw(struct screen *screen, int64_t now_ns)
{
    struct player *player = &screen->player;
    const struct model_progress progress = {
        .position_ns = player->position_ns - player->first_ns,
        .duration_ns = player->last_ns - player->first_ns,
        .speed = player->speed,
        .playing = player->playing,
        .ended = player_is_over(player),
        .live = player->live,
        .moving = player_is_moving(player),
    };

    screen->picture.changed |= player->changed;
    player->changed = false;
    model_set_progress(screen->picture.model, &progress);
    picture_draw_if_due(&screen->picture, now_ns, player->position_ns, player->position_ns);
}

/* ---- reading it first */

/* False if that was left. */
static bool read_all(struct screen *screen)
{
    const struct model_progress progress = {.reading = true};
    int64_t began_ns = clock_monotonic_ns();

    model_set_progress(screen->picture.model, &progress);
    model_show_overview(screen->picture.model, &screen->survey.overview, false);
    while (is_going(screen) && survey_read(&screen->survey, &screen->run->source, turn_ns)) {
        int64_t now_ns = clock_monotonic_ns();
        if (now_ns - began_ns > patience_ns)
            model_show_overview(screen->picture.model, &screen->survey.overview, true);
        screen->picture.changed = now_ns - began_ns > patience_ns;
        picture_draw_if_due(&screen->picture, now_ns, 0, 0);
        wait_for_events(screen, 0);
    }
    model_show_overview(screen->picture.model, &screen->survey.overview,
                        survey_is_notable(&screen->survey));
    return is_going(screen);
}

/* ---- what the player plays goes to the model, and to the log */

static void take_record(void *context, const void *record, size_t size_bytes)
{
    const struct screen *screen = context;

    model_apply(screen->picture.model, record, size_bytes);
}

static void log_message(void *context, const struct event_message *message)
{
    const struct screen *screen = context;

    replay_log_message(screen->run, message);
}

static void *keep_model(void *context)
{
    const struct screen *screen = context;

    return model_snapshot_take(screen->picture.model);
}

static bool restore_model(void *context, const void *kept)
{
    const struct screen *screen = context;

    return model_snapshot_restore(screen->picture.model, kept);
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

static struct player_config player_config_of(struct screen *screen)
{
    const struct replay_options *options = &screen->run->options;

    return (struct player_config){
        .listener = {.record = take_record,
                     .first_time = log_message,
                     .keep = keep_model,
                     .restore = restore_model,
                     .forget = forget_model,
                     .kept_bytes = kept_bytes,
                     .context = screen},
        .history_messages = (uint64_t)options->look.history,
        .speed = options->times,
        .idle_limit_ns = options->idle_limit_ns,
        .clock_ns = clock_monotonic_ns,
    };
}

/* Something to choose, or to know, is shown until a key is pressed; else it plays at once. */
static bool open_player(struct screen *screen)
{
    const struct replay_overview *overview = &screen->survey.overview;
    const struct player_config config = player_config_of(screen);

    if (screen->from_pipe)
        return player_open_live(&screen->player, &screen->run->source, &config);
    if (!player_open(&screen->player, &screen->run->source, &config, overview->first_ns,
                     overview->last_ns))
        return false;
    screen->player.playing = !survey_is_notable(&screen->survey);
    return true;
}

/* ---- the loop */

static void take_name(void *context, const struct endpoint *address, const char *name)
{
    struct screen *screen = context;

    model_take_host(screen->picture.model, address, name);
    screen->picture.changed = true;
}

static void loop(struct screen *screen)
{
    struct player *player = &screen->player;

    player->clock_ns = clock_monotonic_ns();
    while (is_going(screen)) {
        int64_t now_ns = clock_monotonic_ns();
        screen->failed |= !player_advance(player, now_ns, turn_ns);
        bool moving = player_is_moving(player);
        if (!moving)
            screen->moving_since_ns = 0;
        else if (screen->moving_since_ns == 0)
            screen->moving_since_ns = now_ns;
        if (!moving || now_ns - screen->moving_since_ns > patience_ns)
            draw(screen, clock_monotonic_ns());
        names_turn(&screen->names, take_name, screen); /* what was drawn is wanted */
        bool busy = player->playing || screen->picture.changed || screen->picture.key_pressed;
        bool waiting = player->live && player->source->cursor.state == CURSOR_WAIT;
        wait_for_events(screen, moving ? 0 : waiting ? LOOK_MS : busy ? TURN_MS : -1);
    }
}

/* ---- beginning and end */

static struct model *make_model(const struct replay_run *run, struct hostnames *hosts)
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
        .filter = look->filter,
        .replay = true,
    });
}

static int status_of(const struct screen *screen)
{
    int number = signals_number(&screen->run->signals);

    if (screen->terminal_gone)
        return 128 + SIGHUP;
    if (screen->failed)
        return EXIT_SETUP;
    return number == 0 ? EXIT_DONE : 128 + number;
}

/* Of all that was read, and all that was played. */
static void print_summary(const struct screen *screen)
{
    struct replay_counts counts = replay_cursor_counts(&screen->run->source.cursor);

    struct event_totals totals = {.kind = EVENT_TOTALS};

    if (!screen->from_pipe)
        counts.packets = screen->survey.overview.packets;
    if (screen->player.pairing != NULL)
        totals = pairing_totals(screen->player.pairing, screen->player.position_ns);
    replay_log_end(screen->run, &counts, &totals);
    if (screen->terminal_gone)
        return;
    replay_lines.capture(screen->run->output, &counts);
    if (screen->player.pairing != NULL)
        replay_lines.summary(screen->run->output, &totals);
}

static int run(struct screen *screen)
{
    bool read = screen->from_pipe || read_all(screen);

    if (read && open_player(screen))
        loop(screen);
    else if (read)
        screen->failed = true;
    signals_ending(&screen->run->signals);
    term_close();
    if (screen->failed && screen->run->source.cursor.error[0] == '\0')
        report_error("not enough memory");
    print_summary(screen);
    return status_of(screen);
}

/* The tables of a kept state have room for all clients, and few are used: as mappings of their own
 * they take only the pages that are touched (mallopt(3): by itself the threshold grows). */
static void keep_large_blocks_apart(void)
{
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, 1 << 17);
#endif
}

bool replay_run_screen(struct replay_run *replay_run, int *status)
{
    struct screen screen = {.run = replay_run,
                            .from_pipe = replay_cursor_fd(&replay_run->source.cursor) >= 0};
    bool own_keys = strcmp(replay_run->source.cursor.path, "-") == 0;

    *status = EXIT_SETUP;
    keep_large_blocks_apart();
    if (!picture_take_terminal(!replay_run->options.look.no_mouse, own_keys,
                               replay_run->signals.fd))
        return false;
    if (!replay_run->options.look.privacy) /* without them the key says so */
        names_open(&screen.names, replay_run->options.look.names);
    bool opened = survey_open(&screen.survey, &replay_run->source);
    if (opened && picture_open(&screen.picture, make_model(replay_run, screen.names.hosts)))
        *status = run(&screen);
    term_close();
    if (!opened)
        report_error("not enough memory");
    player_close(&screen.player);
    picture_close(&screen.picture);
    names_close(&screen.names);
    survey_close(&screen.survey);
    return true;
}
