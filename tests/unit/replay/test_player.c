/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * player: the speeds, gaps, seeking and steps, by a clock that the tests set, and a listener that
 * only counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "captures.h"
#include "udptui/base/units.h"
#include "udptui/replay/player.h"

enum { LONG = 50000, HISTORY = 10 }; /* LONG: datagrams enough for several kept states */

static const int64_t ms = UNITS_NS_PER_MS;

/* ---- the clock */

static int64_t now_ns, tick_ns; /* each look at the clock takes tick_ns */

static int64_t fake_clock_ns(void)
{
    return now_ns += tick_ns;
}

/* ---- the listener */

struct seen {
    uint64_t requests, acked; /* of the messages that were shown */
    uint64_t latest;          /* the number of the latest message */
};

struct watcher {
    struct seen seen;
    unsigned resets, kept, restored;
    uint64_t first_times;
    bool without_memory;
};

static void watch_record(void *context, const void *record, size_t size_bytes)
{
    struct watcher *watcher = context;
    const struct event_message *message = record;

    (void)size_bytes;
    if (event_kind_of(record) == EVENT_RESET) {
        watcher->seen = (struct seen){0};
        watcher->resets++;
    }
    if (event_kind_of(record) != EVENT_MESSAGE)
        return;
    watcher->seen.requests += !(message->flags & MESSAGE_UPDATE);
    watcher->seen.acked += message->status == ACK_SENT;
    if (message->number > watcher->seen.latest)
        watcher->seen.latest = message->number;
}

static void watch_first_time(void *context, const struct event_message *message)
{
    struct watcher *watcher = context;

    (void)message;
    watcher->first_times++;
}

static void *watch_keep(void *context)
{
    struct watcher *watcher = context;
    struct seen *kept = watcher->without_memory ? NULL : malloc(sizeof *kept);

    if (kept != NULL)
        *kept = watcher->seen;
    watcher->kept += kept != NULL;
    return kept;
}

static bool watch_restore(void *context, const void *kept)
{
    struct watcher *watcher = context;

    watcher->seen = *(const struct seen *)kept;
    watcher->restored++;
    return true;
}

static void watch_forget(void *context, void *kept)
{
    (void)context;
    free(kept);
}

static size_t watch_bytes(void *context, const void *kept)
{
    (void)context;
    return kept != NULL ? sizeof(struct seen) : 0;
}

/* ---- a player over the capture */

struct fixture {
    struct replay_source source;
    struct watcher watcher;
    struct player player;
};

static struct player_config config_of(struct fixture *fixture, double speed)
{
    return (struct player_config){
        .listener = {.record = watch_record,
                     .first_time = watch_first_time,
                     .keep = watch_keep,
                     .restore = watch_restore,
                     .forget = watch_forget,
                     .kept_bytes = watch_bytes,
                     .context = fixture != NULL ? &fixture->watcher : NULL},
        .history_messages = HISTORY,
        .speed = speed,
        .clock_ns = fake_clock_ns};
}

/* At the beginning, stopped, the first datagram played. */
static struct fixture *open_player(struct player_config *config, int64_t duration_ms)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    now_ns = 1000 * UNITS_NS_PER_S;
    tick_ns = 0;
    captures_open_source(&fixture->source);
    config->listener.context = &fixture->watcher;
    assert_true(player_open(&fixture->player, &fixture->source, config, captures_began_ns,
                            captures_began_ns + duration_ms * ms));
    assert_true(player_advance(&fixture->player, now_ns, ms));
    return fixture;
}

static struct fixture *open_at_speed(double speed, int64_t duration_ms)
{
    struct player_config config = config_of(NULL, speed);

    return open_player(&config, duration_ms);
}

static void close_player(struct fixture *fixture)
{
    player_close(&fixture->player);
    replay_cursor_close(&fixture->source.cursor);
    free(fixture);
}

static void pass(struct fixture *fixture, int64_t passed_ns)
{
    now_ns += passed_ns;
    assert_true(player_advance(&fixture->player, now_ns, ms));
}

static int64_t position_ms(const struct fixture *fixture)
{
    return (fixture->player.position_ns - captures_began_ns) / ms;
}

static void go_to(struct fixture *fixture, int64_t at_ms)
{
    player_seek(&fixture->player, captures_began_ns + at_ms * ms);
    while (player_is_moving(&fixture->player))
        assert_true(player_advance(&fixture->player, now_ns, ms));
    assert_int_equal(position_ms(fixture), at_ms);
}

static const struct captures_datagram seconds[] = {
    {.at_ms = 0, .payload = "one", .client = 1},
    {.at_ms = 100, .payload = "one", .client = 1, .is_reply = true},
    {.at_ms = 1000, .payload = "two", .client = 1},
    {.at_ms = 2000, .payload = "three", .client = 1},
};

/* ---- time */

static void it_plays_in_the_recorded_time(void **state)
{
    (void)state;
    captures_write(seconds, 4);
    struct fixture *fixture = open_at_speed(1, 2000);
    assert_int_equal(fixture->watcher.seen.requests, 1);
    assert_int_equal(fixture->watcher.seen.acked, 0);
    pass(fixture, 5000 * ms); /* it is stopped */
    assert_int_equal(position_ms(fixture), 0);
    fixture->player.playing = true;
    pass(fixture, 99 * ms);
    assert_int_equal(fixture->watcher.seen.acked, 0);
    pass(fixture, ms);
    assert_int_equal(fixture->watcher.seen.acked, 1);
    pass(fixture, 800 * ms);
    assert_int_equal(position_ms(fixture), 900);
    assert_int_equal(fixture->watcher.seen.requests, 1);
    pass(fixture, 100 * ms);
    assert_int_equal(fixture->watcher.seen.requests, 2);
    pass(fixture, 5000 * ms);
    assert_int_equal(position_ms(fixture), 2000); /* not beyond its end */
    assert_true(player_is_over(&fixture->player));
    assert_false(fixture->player.playing);
    assert_int_equal(fixture->watcher.first_times, 6); /* 3 requests, and what became of each */
    close_player(fixture);
}

static void twice_the_speed_takes_half_the_time(void **state)
{
    (void)state;
    captures_write(seconds, 4);
    struct fixture *fixture = open_at_speed(2, 2000);
    fixture->player.playing = true;
    pass(fixture, 499 * ms);
    assert_int_equal(fixture->watcher.seen.requests, 1);
    pass(fixture, ms);
    assert_int_equal(fixture->watcher.seen.requests, 2);
    close_player(fixture);
}

static void speeds_are_numbers_or_max(void **state)
{
    static const struct {
        const char *text;
        double speed; /* -1: refused */
    } rows[] = {{"max", 0}, {"1", 1},   {"0.01", 0.01},  {"1000", 1000}, {"2.5", 2.5},
                {"0", -1},  {"-1", -1}, {"0.009", -1},   {"1000.1", -1}, {"", -1},
                {"2x", -1}, {"x", -1},  {"maximum", -1}, {"nan", -1},    {"inf", -1}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double speed = -1;

        assert_int_equal(player_parse_speed(rows[i].text, &speed), rows[i].speed >= 0);
        assert_true(speed == rows[i].speed);
    }
}

static void without_a_speed_all_comes_at_once(void **state)
{
    (void)state;
    captures_write(seconds, 4);
    struct fixture *fixture = open_at_speed(0, 2000);
    fixture->player.playing = true;
    pass(fixture, 0);
    assert_int_equal(fixture->watcher.seen.requests, 3);
    assert_true(player_is_over(&fixture->player));
    close_player(fixture);
}

static void long_gaps_are_shortened(void **state)
{
    static const struct captures_datagram hour[] = {
        {.at_ms = 0, .payload = "one", .client = 1},
        {.at_ms = 3600000, .payload = "two", .client = 1},
    };
    struct player_config config = config_of(NULL, 1);

    (void)state;
    captures_write(hour, 2);
    config.idle_limit_ns = 500 * ms;
    struct fixture *fixture = open_player(&config, 3600000);
    fixture->player.playing = true;
    pass(fixture, 499 * ms);
    assert_int_equal(fixture->watcher.seen.requests, 1);
    pass(fixture, ms);
    assert_int_equal(fixture->watcher.seen.requests, 2);
    assert_int_equal(position_ms(fixture), 3600000);
    close_player(fixture);
}

static void it_takes_no_longer_than_it_may(void **state)
{
    (void)state;
    captures_write_many(LONG / 2);
    struct fixture *fixture = open_at_speed(0, LONG / 2);
    fixture->player.playing = true;
    tick_ns = ms; /* as if each look at the clock had taken its time */
    pass(fixture, 0);
    assert_false(player_is_over(&fixture->player));
    assert_true(fixture->watcher.seen.requests > 1);
    assert_true(fixture->watcher.seen.requests < LONG / 4);
    player_seek(&fixture->player, fixture->player.last_ns);
    pass(fixture, 0);
    assert_true(player_is_moving(&fixture->player));
    close_player(fixture);
}

/* ---- places */

/* What a player has seen that went straight there. */
static struct seen seen_at(int64_t at_ms)
{
    struct fixture *fixture = open_at_speed(1, LONG / 2);
    struct seen seen;

    go_to(fixture, at_ms);
    seen = fixture->watcher.seen;
    close_player(fixture);
    return seen;
}

static void assert_same_as_straight(const struct fixture *fixture, int64_t at_ms)
{
    struct seen straight = seen_at(at_ms);

    assert_int_equal(fixture->watcher.seen.requests, straight.requests);
    assert_int_equal(fixture->watcher.seen.acked, straight.acked);
    assert_int_equal(fixture->watcher.seen.latest, straight.latest);
    assert_int_equal(straight.latest, at_ms + 1);
}

static void going_back_shows_what_was_there(void **state)
{
    (void)state;
    captures_write_many(LONG / 2);
    struct fixture *fixture = open_at_speed(1, LONG / 2);
    go_to(fixture, LONG / 2 - 1);
    assert_true(fixture->watcher.kept >= 2);
    uint64_t first_times = fixture->watcher.first_times;
    go_to(fixture, 20000); /* behind a state that was kept */
    assert_int_equal(fixture->watcher.restored, 1);
    assert_same_as_straight(fixture, 20000);
    go_to(fixture, 5); /* before the first of them */
    assert_int_equal(fixture->watcher.restored, 1);
    assert_int_equal(fixture->watcher.resets, 2);
    assert_same_as_straight(fixture, 5);
    go_to(fixture, LONG / 2 - 1);
    assert_int_equal(fixture->watcher.first_times, first_times); /* nothing for the first time */
    close_player(fixture);
}

static void without_memory_it_begins_anew(void **state)
{
    (void)state;
    captures_write_many(LONG / 2);
    struct fixture *fixture = open_at_speed(1, LONG / 2);
    fixture->watcher.without_memory = true;
    go_to(fixture, LONG / 2 - 1);
    go_to(fixture, 20000);
    assert_int_equal(fixture->watcher.kept + fixture->watcher.restored, 0);
    assert_same_as_straight(fixture, 20000);
    close_player(fixture);
}

static void places_beyond_the_ends_are_the_ends(void **state)
{
    (void)state;
    captures_write(seconds, 4);
    struct fixture *fixture = open_at_speed(1, 2000);
    player_seek_by(&fixture->player, 5000 * ms);
    pass(fixture, 0);
    assert_int_equal(position_ms(fixture), 2000);
    player_seek_by(&fixture->player, -500 * ms);
    player_seek_by(&fixture->player, -500 * ms); /* from the place that it is on its way to */
    pass(fixture, 0);
    assert_int_equal(position_ms(fixture), 1000);
    player_seek_by(&fixture->player, -5000 * ms);
    pass(fixture, 0);
    assert_int_equal(position_ms(fixture), 0);
    close_player(fixture);
}

static void a_file_that_is_gone_cannot_be_gone_back_in(void **state)
{
    (void)state;
    captures_write(seconds, 4);
    struct fixture *fixture = open_at_speed(1, 2000);
    go_to(fixture, 2000);
    unlink(captures_path());
    player_seek(&fixture->player, captures_began_ns);
    assert_false(player_advance(&fixture->player, now_ns, ms));
    assert_non_null(strstr(fixture->source.cursor.error, captures_path()));
    close_player(fixture);
}

/* ---- steps */

static void a_step_is_a_datagram_of_the_chosen_server(void **state)
{
    static const struct captures_datagram mixed[] = {
        {.at_ms = 0, .payload = "one", .client = 1},
        {.at_ms = 10, .payload = "elsewhere", .client = 1, .server_port = 5000},
        {.at_ms = 20, .payload = "two", .client = 1},
        {.at_ms = 30, .payload = "three", .client = 1},
    };

    (void)state;
    captures_write(mixed, 4);
    struct fixture *fixture = open_at_speed(1, 30);
    fixture->source.port = CAPTURES_PORT;
    assert_true(player_restart(&fixture->player));
    pass(fixture, 0);
    assert_int_equal(fixture->watcher.seen.requests, 1);
    fixture->player.playing = true;
    player_step(&fixture->player);
    assert_false(fixture->player.playing);
    pass(fixture, 0);
    assert_int_equal(fixture->watcher.seen.requests, 2);
    assert_int_equal(position_ms(fixture), 20);
    assert_int_equal(fixture->source.cursor.filtered, 1);
    player_step(&fixture->player);
    player_step(&fixture->player); /* there is only one */
    pass(fixture, 0);
    assert_int_equal(fixture->watcher.seen.requests, 3);
    assert_false(player_is_moving(&fixture->player));
    assert_true(player_is_over(&fixture->player));
    close_player(fixture);
}

/* ---- live */

static void a_pipe_is_played_as_it_comes(void **state)
{
    uint8_t bytes[4096];
    struct fixture *fixture = calloc(1, sizeof *fixture);
    const struct player_config config = config_of(fixture, 1);

    (void)state;
    captures_write(seconds, 4);
    int file = open(captures_path(), O_RDONLY | O_CLOEXEC);
    ssize_t size = read(file, bytes, sizeof bytes);
    close(file);
    assert_true(size > 0);
    unlink(captures_path());
    assert_int_equal(mkfifo(captures_path(), 0600), 0);
    int pipe = open(captures_path(), O_RDWR | O_CLOEXEC);
    assert_int_equal(write(pipe, bytes, (size_t)size), size);
    captures_open_source(&fixture->source);
    assert_true(player_open_live(&fixture->player, &fixture->source, &config));
    pass(fixture, 0);
    assert_int_equal(fixture->watcher.seen.requests, 3);
    assert_int_equal(fixture->player.first_ns, captures_began_ns);
    assert_int_equal(fixture->watcher.kept, 0);
    pass(fixture, 1000 * ms); /* nothing comes: the capture's time goes on as ours */
    assert_int_equal(fixture->player.position_ns, captures_began_ns + 3000 * ms);
    player_step(&fixture->player);
    assert_false(player_is_moving(&fixture->player)); /* it cannot */
    close(pipe);
    pass(fixture, 0);
    assert_false(fixture->player.live);
    assert_true(player_is_over(&fixture->player));
    close_player(fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_plays_in_the_recorded_time),
    cmocka_unit_test(twice_the_speed_takes_half_the_time),
    cmocka_unit_test(speeds_are_numbers_or_max),
    cmocka_unit_test(without_a_speed_all_comes_at_once),
    cmocka_unit_test(long_gaps_are_shortened),
    cmocka_unit_test(it_takes_no_longer_than_it_may),
    cmocka_unit_test(going_back_shows_what_was_there),
    cmocka_unit_test(without_memory_it_begins_anew),
    cmocka_unit_test(places_beyond_the_ends_are_the_ends),
    cmocka_unit_test(a_file_that_is_gone_cannot_be_gone_back_in),
    cmocka_unit_test(a_step_is_a_datagram_of_the_chosen_server),
    cmocka_unit_test(a_pipe_is_played_as_it_comes),
};

const struct suite suite_player = {.name = "player",
                                   .tests = tests,
                                   .count = sizeof tests / sizeof *tests,
                                   .setup = captures_open,
                                   .teardown = captures_close};
