/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model: records in any order, several engines, eviction, pauses, a crowd, and what time does. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/serve/model_internal.h"
#include "scene.h"

enum { CROWD = 65536 };

static const int64_t second_ns = UNITS_NS_PER_S;

static int set_up(void **state)
{
    *state = scene_open(24, 80, TEXT_UTF8, CROWD);
    return 0;
}

static int tear_down(void **state)
{
    scene_close(*state);
    return 0;
}

/* ---- records */

static void counts_are_the_engines(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    assert_true(scene_shows(scene, " in 8 "));
    assert_true(scene_shows(scene, "acked 5  held 2 (loop 1, off 1)  failed 1"));
    model_apply(scene->model, &scene->totals, sizeof scene->totals); /* cumulative: twice is once */
    model_apply(scene->model, &scene->clients[0], sizeof scene->clients[0]);
    assert_true(scene_shows(scene, " in 8 "));
    assert_true(scene_shows(scene, "192.168.0.10:50000      4      3      0"));
}

static void short_and_unknown_records_are_left_out(void **state)
{
    struct scene *scene = *state;
    struct event_message message = {.kind = EVENT_MESSAGE, .size_bytes = 5, .stored_bytes = 5};
    uint8_t unknown[8] = {200};

    model_apply(scene->model, unknown, sizeof unknown);
    model_apply(scene->model, &message, sizeof message - 1);
    assert_true(scene_shows(scene, "Messages 0"));
    model_apply(scene->model, &message, sizeof message); /* claims a payload that is not there */
    assert_true(scene_shows(scene, "Messages 1"));
}

/* The way back in a replay: what comes then is counted from there on. */
static void a_snapshot_brings_the_rates_back(void **state)
{
    static const char rates[] = "40 bit/s ";
    struct scene *scene = *state;

    scene_resize(scene, 24, 120);
    for (int i = 0; i < 10; i++) {
        scene_say(scene, 0, "hello", ACK_SENT, 0);
        scene_tell_totals(scene);
        scene_wait(scene, second_ns);
    }
    assert_true(scene_shows(scene, rates));
    struct model_snapshot *snapshot = model_snapshot_take(scene->model);
    const struct event_totals totals = scene->totals;
    const int64_t now_ns = scene->now_ns;
    scene_wait(scene, second_ns);
    scene_say(scene, 0, "what is taken back", ACK_SENT, 0);
    scene_tell_totals(scene);
    assert_false(scene_shows(scene, rates));
    assert_true(model_snapshot_restore(scene->model, snapshot));
    model_snapshot_free(snapshot);
    scene->totals = totals;
    scene->now_ns = now_ns;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, rates));
}

static void slots_beyond_the_capacity_are_left_out(void **state)
{
    struct scene *scene = *state;
    struct event_client client = {.kind = EVENT_CLIENT, .slot = CROWD};

    model_apply(scene->model, &client, sizeof client);
    client.slot = UINT32_MAX;
    model_apply(scene->model, &client, sizeof client);
    assert_true(scene_shows(scene, "Nothing has arrived yet"));
}

static void engines_are_summed(void **state)
{
    struct scene *scene = *state;
    struct event_totals totals = {.kind = EVENT_TOTALS, .clients = 2, .acks_on = true};

    totals.counts = (struct counts){.received = 10, .acked = 7, .held = {[HELD_LIMIT] = 3}};
    totals.kernel_dropped = 5;
    for (int engine = 0; engine < 4; engine++) {
        totals.engine = (uint8_t)engine;
        model_apply(scene->model, &totals, sizeof totals);
        model_apply(scene->model, &totals, sizeof totals);
    }
    assert_true(scene_shows(scene, " in 40 "));
    assert_true(scene_shows(scene, "acked 28  held 12 (limit 12)  failed 0  dropped 20"));
    assert_true(scene_shows(scene, "Clients 8 "));
}

static void dropped_at_least(void **state)
{
    struct scene *scene = *state;

    scene->totals.kernel_dropped = 7;
    scene->totals.dropped_at_least = true;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "dropped 7+"));
}

static void evicted_clients_are_one_row(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene->totals.clients_evicted = 1234;
    scene->totals.evicted = (struct counts){.received = 5000, .acked = 4990, .held = {10}};
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "(evicted 1,234)     5,000  4,990     10"));
    scene_key(scene, 'G');
    assert_true(scene_shows(scene, " > 192.168.0.11"));
}

static void a_slot_that_changes_hands(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene->clients[0].generation = 1;
    scene->clients[0].peer.port = 6;
    scene->clients[0].counts = (struct counts){.received = 1, .acked = 1};
    scene->clients[0].first_ns = scene->clients[0].last_ns = scene->now_ns;
    model_apply(scene->model, &scene->clients[0], sizeof scene->clients[0]);
    assert_true(scene_shows(scene, "192.168.0.10:6 "));
    assert_false(scene_shows(scene, "192.168.0.10:50000      4"));
    assert_true(scene_shows(scene, "      1      1      0     0 B    1.0/s"));
}

static void reset_forgets_all(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene_key(scene, ' ');
    scene_reset(scene);
    assert_true(scene_shows(scene, " in 0 "));
    assert_true(scene_shows(scene, "Nothing has arrived yet"));
    assert_true(scene_shows(scene, "Messages 0"));
    assert_false(scene_shows(scene, "PAUSED"));
    scene_play(scene);
    assert_true(scene_shows(scene, "Clients 3"));
}

/* ---- a reset of several engines */

enum { ENGINE_SLOTS = 10 };

/* Client 1 of an engine said something, the engine's latest of so many. */
static void engine_says(struct scene *scene, uint8_t engine, uint32_t generation, uint64_t received)
{
    const struct event_message message = {.kind = EVENT_MESSAGE,
                                          .engine = engine,
                                          .slot = engine * ENGINE_SLOTS,
                                          .generation = generation,
                                          .number = received};
    const struct event_client client = {.kind = EVENT_CLIENT,
                                        .engine = engine,
                                        .slot = message.slot,
                                        .generation = generation,
                                        .counts = {.received = received, .acked = received},
                                        .first_ns = scene->now_ns,
                                        .last_ns = scene->now_ns};
    const struct event_totals totals = {.kind = EVENT_TOTALS,
                                        .engine = engine,
                                        .clients = 1,
                                        .counts = client.counts,
                                        .now_ns = scene->now_ns,
                                        .acks_on = true};

    model_apply(scene->model, &message, sizeof message);
    model_apply(scene->model, &client, sizeof client);
    model_apply(scene->model, &totals, sizeof totals);
}

static void engine_resets(struct scene *scene, uint8_t engine, uint64_t resets)
{
    const struct event_reset reset = {.kind = EVENT_RESET, .engine = engine, .resets = resets};

    model_apply(scene->model, &reset, sizeof reset);
}

/* The first engine's reset is everybody's: what the others report before theirs is of before. */
static void engines_reset_one_after_the_other(void **state)
{
    struct scene *scene = *state;

    scene_resize(scene, 24, 120);
    engine_says(scene, 0, 1, 300);
    engine_says(scene, 1, 1, 500);
    assert_true(scene_shows(scene, " in 800  800/s "));
    engine_resets(scene, 0, 1);
    assert_true(scene_shows(scene, " in 0 "));
    assert_true(scene_shows(scene, "Nothing has arrived yet"));
    engine_says(scene, 0, 2, 1);
    engine_says(scene, 1, 1, 501);
    assert_true(scene_shows(scene, " in 1  1.0/s "));
    assert_true(scene_shows(scene, "Clients 1 "));
    assert_true(scene_shows(scene, "Messages 1 "));
    engine_resets(scene, 1, 1);
    assert_true(scene_shows(scene, " in 1 "));
    assert_true(scene_shows(scene, "Clients 1 "));
    assert_true(scene_shows(scene, "Messages 1 "));
    engine_says(scene, 1, 2, 1);
    assert_true(scene_shows(scene, " in 2 "));
    assert_true(scene_shows(scene, "Clients 2 "));
    assert_true(scene_shows(scene, "Messages 2 "));
}

/* An engine may miss the first of two, and another may come to it after the second. */
static void the_latest_reset_counts(void **state)
{
    struct scene *scene = *state;

    engine_resets(scene, 0, 2);
    engine_says(scene, 0, 2, 1);
    engine_resets(scene, 1, 1);
    engine_says(scene, 1, 1, 7);
    assert_true(scene_shows(scene, " in 1 "));
    assert_true(scene_shows(scene, "Messages 1 "));
    engine_resets(scene, 1, 2);
    engine_says(scene, 1, 2, 1);
    assert_true(scene_shows(scene, " in 2 "));
    assert_true(scene_shows(scene, "Messages 2 "));
}

/* ---- time */

static void ages_and_rates_pass(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < 30; i++) {
        scene_say(scene, 0, "tick", ACK_SENT, 0);
        scene_tell_totals(scene);
        scene_wait(scene, second_ns / 2);
        scene_screen(scene);
    }
    assert_true(scene_shows(scene, "   2.0/s "));
    assert_true(scene_shows(scene, "  now"));
    scene_wait(scene, 5 * second_ns);
    assert_true(scene_shows(scene, "  5 s ago"));
    scene_wait(scene, 5 * second_ns);
    assert_true(scene_shows(scene, "     0/s "));
}

static void wakes_by_the_second(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene_wait(scene, 10 * second_ns + 1);
    assert_true(model_tick(scene->model, scene->now_ns, scene->wall_ns));
    while (model_wake_ns(scene->model) <= scene->now_ns)
        model_tick(scene->model, scene->now_ns, scene->wall_ns);
    assert_false(model_tick(scene->model, scene->now_ns, scene->wall_ns));
    assert_int_equal(model_wake_ns(scene->model), scene->now_ns - 1 + second_ns);
    assert_false(model_tick(scene->model, scene->now_ns + 1000, scene->wall_ns));
    model_notice(scene->model, "look");
    assert_true(model_tick(scene->model, scene->now_ns + 1001, scene->wall_ns));
}

static void who_falls_silent_goes_down(void **state)
{
    struct scene *scene = *state;

    scene_play(scene); /* 10 spoke last */
    for (int i = 0; i < 12; i++) {
        scene_say(scene, 1, "still here", ACK_SENT, 0);
        scene_wait(scene, second_ns / 2);
        scene_screen(scene);
    }
    assert_int_equal(scene_row(scene, "192.168.0.11:50001     14"), 4);
    assert_true(scene_row(scene, "192.168.0.10:50000      4") > 4);
}

static void the_selected_client_stays_selected(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene_key(scene, 'G');
    assert_true(scene_shows(scene, " > 192.168.0.11"));
    for (int i = 0; i < 12; i++) {
        scene_say(scene, 1, "up we go", ACK_SENT, 0);
        scene_wait(scene, second_ns);
        scene_screen(scene);
    }
    assert_int_equal(scene_row(scene, " > 192.168.0.11"), 4);
}

/* ---- the pause */

static void a_pause_is_a_picture(void **state)
{
    struct scene *scene = *state;
    char before[SCENE_TEXT];
    const char *panes;

    scene_play(scene);
    scene_wait(scene, second_ns);
    scene_screen(scene);
    scene_key(scene, ' ');
    strcpy(before, strstr(scene_screen(scene), " Clients "));
    for (uint32_t i = 0; i < 2000; i++) /* more than the history keeps */
        scene_say(scene, i % 100, "flood", ACK_SENT, 0);
    scene_wait(scene, 3 * second_ns);
    panes = strstr(scene_screen(scene), " Clients ");
    assert_memory_equal(panes, before, (size_t)(strstr(before, " PAUSED") - before) - 30);
    assert_true(scene_shows(scene, "10:00:03.500"));
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "(2,000 new)"));
    assert_true(scene_shows(scene, " in 2,008 "));
    scene_key(scene, ' ');
    assert_true(scene_shows(scene, "Clients 100"));
    assert_true(scene_shows(scene, "Messages 1,000"));
    assert_false(scene_shows(scene, "10:00:03.500"));
}

static void a_pause_can_be_searched(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene_key(scene, ' ');
    scene_say(scene, 7, "hello from outside", ACK_SENT, 0);
    scene_key(scene, '/');
    scene_type(scene, "hello");
    assert_true(scene_shows(scene, "Clients 1 of 3"));
    assert_true(scene_shows(scene, "192.168.0.10:50000      4"));
    assert_false(scene_shows(scene, "hello from outside"));
    scene_key(scene, '\r');
    scene_key(scene, ' ');
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "Clients 2 of 4"));
    assert_true(scene_shows(scene, "hello from outside"));
}

/* ---- the filter */

static void a_filter_takes_what_is_shown(void **state)
{
    struct scene *scene = *state;

    scene_play(scene);
    scene_key(scene, '/');
    scene_type(scene, "\\x1B[31M"); /* as it is on the screen, in any case */
    assert_true(scene_shows(scene, "Messages 1 of 8"));
    assert_true(scene_shows(scene, "Clients 1 of 3"));
    for (int i = 0; i < 5; i++)
        scene_say(scene, 3, "a new \x1b[31mone", ACK_SENT, 0);
    scene_say(scene, 3, "not this", ACK_SENT, 0);
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "Messages 6 of 14"));
    assert_true(scene_shows(scene, "Clients 2 of 4"));
}

static void matches_age_with_the_history(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '/');
    scene_type(scene, "odd");
    for (int i = 0; i < 3000; i++)
        scene_say(scene, 0, i % 2 != 0 ? "odd" : "even", ACK_SENT, 0);
    assert_true(scene_shows(scene, "Messages 500 of 1,000"));
    for (int i = 0; i < 1001; i++)
        scene_say(scene, 0, "even", ACK_SENT, 0);
    assert_true(scene_shows(scene, "Messages 0 of 1,000"));
}

static void history_is_bounded(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < 1500; i++)
        scene_say(scene, 0, "x", ACK_SENT, 0);
    scene->totals.messages_skipped = 4321;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "Messages 1,000; 4,321 counted but not shown"));
    scene_key(scene, '\t');
    scene_key(scene, 'g');
    for (int i = 0; i < 1500; i++) /* the selected one goes: the oldest kept is next */
        scene_say(scene, 0, "y", ACK_SENT, 0);
    assert_true(scene_shows(scene, "999 newer"));
}

static struct scene *open_short_history(size_t messages)
{
    struct model_config config = scene_config(TEXT_UTF8, CROWD);

    config.history_messages = messages;
    return scene_open_with(24, 80, &config);
}

/* Another datagram of an answer, which an impairment lost. */
static void lose_more(struct scene *scene)
{
    const struct event_message more = {.kind = EVENT_MESSAGE,
                                       .status = ACK_MORE,
                                       .number = 1,
                                       .fate = {.acks = {{.state = LEG_LOST}}}};

    model_apply(scene->model, &more, sizeof more);
}

static void what_is_not_kept_is_counted(void **state)
{
    struct scene *scene = open_short_history(3);

    (void)state;
    for (int i = 0; i < 3; i++)
        scene_say(scene, 0, "x", ACK_SENT, 0);
    scene_tell_totals(scene);
    assert_int_equal(messages_not_kept(scene->model), 0);
    scene_fail_by_hand(scene, 0, "y", EPERM);
    lose_more(scene);
    assert_int_equal(messages_not_kept(scene->model), 2);
    scene->totals.messages_skipped = 10;
    scene->totals.counts.received += 10;
    scene_tell_totals(scene);
    assert_int_equal(messages_not_kept(scene->model), 12);
    scene_key(scene, ' '); /* a pause, in which more come than are kept */
    for (int i = 0; i < 4; i++)
        scene_say(scene, 0, "z", ACK_SENT, 0);
    scene_tell_totals(scene);
    assert_int_equal(messages_not_kept(scene->model), 12);
    scene_key(scene, ' ');
    assert_int_equal(messages_not_kept(scene->model), 16);
    scene_reset(scene);
    assert_int_equal(messages_not_kept(scene->model), 0);
    scene_close(scene);
}

static struct scene *open_one_too_many_under_way(void)
{
    struct scene *scene = open_short_history(2);

    for (int i = 0; i < 3; i++)
        scene_say(scene, 0, "x", ACK_WAITING, 0);
    scene->totals.waiting = 3;
    scene_tell_totals(scene);
    return scene;
}

/* It was under way and no longer kept when it was settled: it is a row again. */
static void a_message_that_comes_back_is_kept(void **state)
{
    struct scene *scene = open_one_too_many_under_way();

    (void)state;
    assert_int_equal(messages_not_kept(scene->model), 1);
    scene_settle(scene, 0, "x", 1, ACK_SENT, 0);
    scene->totals.waiting = 2;
    scene_tell_totals(scene);
    assert_int_equal(messages_not_kept(scene->model), 1);
    scene_close(scene);
}

/* While the display is paused, its row is not in the history yet. */
static void a_message_that_comes_back_in_a_pause_is_kept_after_it(void **state)
{
    struct scene *scene = open_one_too_many_under_way();

    (void)state;
    scene_key(scene, ' ');
    scene_settle(scene, 0, "x", 1, ACK_SENT, 0);
    assert_int_equal(messages_not_kept(scene->model), 1);
    struct model_snapshot *snapshot = model_snapshot_take(scene->model);
    scene->totals.waiting = 2;
    scene_tell_totals(scene);
    scene_key(scene, ' ');
    assert_int_equal(messages_not_kept(scene->model), 1);
    assert_true(model_snapshot_restore(scene->model, snapshot));
    assert_int_equal(messages_not_kept(scene->model), 3);
    model_snapshot_free(snapshot);
    scene_close(scene);
}

static void what_a_snapshot_had_is_not_kept(void **state)
{
    struct scene *scene = open_short_history(3);

    (void)state;
    for (int i = 0; i < 5; i++)
        scene_say(scene, 0, "x", ACK_SENT, 0);
    scene_tell_totals(scene);
    struct model_snapshot *snapshot = model_snapshot_take(scene->model);
    const struct event_totals totals = scene->totals;
    scene_say(scene, 0, "x", ACK_SENT, 0);
    scene_tell_totals(scene);
    assert_int_equal(messages_not_kept(scene->model), 3);
    assert_true(model_snapshot_restore(scene->model, snapshot));
    scene->totals = totals;
    assert_int_equal(messages_not_kept(scene->model), 5);
    scene_say(scene, 0, "x", ACK_SENT, 0);
    scene_tell_totals(scene);
    assert_int_equal(messages_not_kept(scene->model), 5);
    model_snapshot_free(snapshot);
    scene_close(scene);
}

/* ---- a crowd */

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void everybody_comes(struct scene *scene)
{
    for (uint32_t slot = 0; slot < CROWD; slot++)
        scene_say(scene, slot, "x", ACK_SENT, 0);
    scene_tell_totals(scene);
}

static void a_crowd_is_cheap(void **state)
{
    struct scene *scene = *state;
    double begin;

    everybody_comes(scene);
    scene_screen(scene);
    begin = cpu_seconds();
    for (uint32_t frame = 0; frame < 90; frame++) { /* 3 s at 30 frames a second */
        for (uint32_t i = 0; i < 100; i++)
            scene_say(scene, (frame * 7919 + i * 31) % CROWD, "y", ACK_SENT, 0);
        scene_tell_totals(scene);
        scene_wait(scene, second_ns / 30);
        scene_screen(scene);
    }
    assert_true(cpu_seconds() - begin < 6); /* far less; sanitizers are slow */
    assert_true(scene_shows(scene, "Clients 65,536"));
}

static void a_crowd_is_walked_and_filtered(void **state)
{
    struct scene *scene = *state;

    everybody_comes(scene);
    scene_screen(scene);
    for (int i = 0; i < 4; i++) /* to the order of addresses */
        scene_key(scene, 's');
    scene_key(scene, 'G');
    assert_true(scene_shows(scene, " > 192.168.255.255:"));
    scene_key(scene, 'g');
    assert_true(scene_shows(scene, " > 192.168.0.0:"));
    scene_key(scene, '/');
    scene_type(scene, ".77.5:");
    assert_true(scene_shows(scene, "Clients 1 of 65,536"));
    scene_key(scene, 0x1b);
    scene_key(scene, ' ');
    assert_true(scene_shows(scene, "PAUSED"));
    scene_key(scene, ' ');
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    CASE(counts_are_the_engines),
    CASE(short_and_unknown_records_are_left_out),
    CASE(a_snapshot_brings_the_rates_back),
    CASE(slots_beyond_the_capacity_are_left_out),
    CASE(engines_are_summed),
    CASE(dropped_at_least),
    CASE(evicted_clients_are_one_row),
    CASE(a_slot_that_changes_hands),
    CASE(reset_forgets_all),
    CASE(engines_reset_one_after_the_other),
    CASE(the_latest_reset_counts),
    CASE(ages_and_rates_pass),
    CASE(wakes_by_the_second),
    CASE(who_falls_silent_goes_down),
    CASE(the_selected_client_stays_selected),
    CASE(a_pause_is_a_picture),
    CASE(a_pause_can_be_searched),
    CASE(a_filter_takes_what_is_shown),
    CASE(matches_age_with_the_history),
    CASE(history_is_bounded),
    cmocka_unit_test(what_is_not_kept_is_counted),
    cmocka_unit_test(a_message_that_comes_back_is_kept),
    cmocka_unit_test(a_message_that_comes_back_in_a_pause_is_kept_after_it),
    cmocka_unit_test(what_a_snapshot_had_is_not_kept),
    CASE(a_crowd_is_cheap),
    CASE(a_crowd_is_walked_and_filtered),
};

const struct suite suite_serve_model = {
    .name = "serve_model", .tests = tests, .count = sizeof tests / sizeof *tests};
