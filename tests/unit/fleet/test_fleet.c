/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet: lives, sums, states, bounds; random messages against a simple model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/fleet/fleet.h"

static const int64_t second_ns = UNITS_NS_PER_S;

static struct fleet *open_fleet(uint32_t servers_max)
{
    struct fleet *fleet =
        fleet_open(&(struct fleet_config){.servers_max = servers_max, .charset = TEXT_ASCII});

    assert_non_null(fleet);
    fleet_set_connected(fleet, true, 0);
    return fleet;
}

static struct snapshot_topic topic_of(const char *name, enum snapshot_part part)
{
    struct snapshot_topic topic = {.place = "4010", .part = part};

    snprintf(topic.name, sizeof topic.name, "%s", name);
    return topic;
}

/* A server that has counted for so many seconds, and acknowledged everything. */
static struct snapshot served(uint64_t boot, int64_t started_s, int64_t counted_s, uint64_t count)
{
    return (struct snapshot){.kind = SNAPSHOT_SERVE,
                             .life = {.boot = boot},
                             .started_ns = started_s * second_ns,
                             .taken_ns = (started_s + counted_s) * second_ns,
                             .totals = {.counts = {.received = count, .acked = count},
                                        .clients = 3,
                                        .since_ns = counted_s > 0,
                                        .now_ns = counted_s > 0 ? 1 + counted_s * second_ns : 0}};
}

static enum fleet_taken take(struct fleet *fleet, const char *name, struct snapshot snapshot,
                             bool retained, int64_t now_s)
{
    struct snapshot_topic topic = topic_of(name, SNAPSHOT_STATS);

    return fleet_take_stats(fleet, &topic, &snapshot, retained, now_s * second_ns);
}

static enum fleet_taken take_state(struct fleet *fleet, const char *name, enum snapshot_state state,
                                   uint64_t boot, bool retained)
{
    struct snapshot_topic topic = topic_of(name, SNAPSHOT_STATE);
    const struct snapshot_presence presence = {.state = state, .boot = boot};

    return fleet_take_state(fleet, &topic, &presence, retained, 100 * second_ns);
}

static const struct fleet_server *server_of(const struct fleet *fleet, const char *name)
{
    struct snapshot_topic topic = topic_of(name, SNAPSHOT_STATS);

    return fleet_server(fleet, fleet_find(fleet, &topic));
}

static uint64_t received(const struct fleet *fleet)
{
    struct fleet_sums sums;

    fleet_sum(fleet, &sums);
    return sums.served.counts.received + sums.relayed.counts.received;
}

/* ---- lives */

static void adds_lives_up(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    assert_int_equal(take(fleet, "a", served(1, 1000, 10, 100), true, 50), FLEET_NEWS);
    assert_int_equal(take(fleet, "a", served(1, 1000, 11, 150), false, 51), FLEET_NEWS);
    assert_int_equal(take(fleet, "a", served(1, 1000, 10, 100), true, 52), FLEET_OLD);
    assert_int_equal(take(fleet, "a", served(1, 1000, 11, 150), true, 52), FLEET_OLD);
    assert_int_equal(take(fleet, "a", served(2, 2000, 1, 7), false, 60), FLEET_NEWS);
    assert_int_equal(received(fleet), 157);
    assert_int_equal(server_of(fleet, "a")->restarts, 1);
    assert_int_equal(server_of(fleet, "a")->latest->totals.counts.received, 7);
    assert_int_equal(take(fleet, "b", served(9, 1, 1, 1000), false, 60), FLEET_NEWS);
    assert_int_equal(received(fleet), 1157);
    assert_int_equal(fleet_taken(fleet, FLEET_OLD), 2);
    fleet_close(fleet);
}

static void a_reset_is_a_life(void **state)
{
    struct fleet *fleet = open_fleet(8);
    struct snapshot reset = served(1, 1000, 2, 5);

    (void)state;
    take(fleet, "a", served(1, 1000, 10, 100), false, 50);
    reset.life.resets = 1;
    assert_int_equal(take(fleet, "a", reset, false, 51), FLEET_NEWS);
    assert_int_equal(received(fleet), 105);
    /* What was under way before it is added to its own life, which is not the current one. */
    assert_int_equal(take(fleet, "a", served(1, 1000, 11, 101), false, 51), FLEET_NEWS);
    assert_int_equal(received(fleet), 106);
    assert_int_equal(server_of(fleet, "a")->latest->life.resets, 1);
    fleet_close(fleet);
}

/* The wall clock of a server may be set: what has counted for longer is newer. */
static void a_clock_that_is_set_changes_nothing(void **state)
{
    struct fleet *fleet = open_fleet(8);
    struct snapshot later = served(1, 1000, 11, 100);

    (void)state;
    take(fleet, "a", served(1, 1000, 10, 100), false, 50);
    later.taken_ns = 5 * second_ns;
    later.totals.counts.received = later.totals.counts.acked = 120;
    assert_int_equal(take(fleet, "a", later, false, 51), FLEET_NEWS);
    assert_int_equal(received(fleet), 120);
    fleet_close(fleet);
}

static void many_lives_stay_exact(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    for (uint64_t boot = 1; boot <= 100; boot++)
        assert_int_equal(take(fleet, "a", served(boot, (int64_t)boot * 10, 1, boot), false, 50),
                         FLEET_NEWS);
    assert_int_equal(received(fleet), 5050);
    assert_int_equal(server_of(fleet, "a")->restarts, 99);
    /* One of those that were added up: it would count twice. */
    assert_int_equal(take(fleet, "a", served(3, 30, 2, 3), false, 51), FLEET_OLD);
    assert_int_equal(received(fleet), 5050);
    fleet_forget(fleet, 0);
    assert_int_equal(received(fleet), 0);
    assert_int_equal(fleet_count(fleet), 0);
    assert_int_equal(take(fleet, "a", served(3, 30, 2, 3), false, 51), FLEET_NEWS);
    fleet_close(fleet);
}

static void notices_two_under_one_name(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    for (int64_t i = 1; i <= 4; i++) {
        assert_int_equal(fleet_is_doubled(server_of(fleet, "a") != NULL ? server_of(fleet, "a")
                                                                        : &(struct fleet_server){0},
                                          (50 + i) * second_ns),
                         i > 2);
        take(fleet, "a", served(1, 1000, i, (uint64_t)i), false, 50 + i);
        take(fleet, "a", served(2, 2000, i, 100 * (uint64_t)i), false, 50 + i);
    }
    assert_int_equal(received(fleet), 404);
    assert_true(fleet_is_doubled(server_of(fleet, "a"), 55 * second_ns));
    assert_false(fleet_is_doubled(server_of(fleet, "a"), 200 * second_ns));
    fleet_close(fleet);
}

/* ---- states */

static enum fleet_state state_of(const struct fleet *fleet, const char *name)
{
    return fleet_state(fleet, server_of(fleet, name));
}

static void states_follow_the_broker(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    take(fleet, "a", served(1, 1000, 10, 100), true, 50);
    assert_int_equal(state_of(fleet, "a"), FLEET_STALE);
    take_state(fleet, "a", SNAPSHOT_RUNNING, 1, true);
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    take_state(fleet, "a", SNAPSHOT_GONE, 2, false); /* of another boot */
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    take_state(fleet, "a", SNAPSHOT_GONE, 1, false);
    assert_int_equal(state_of(fleet, "a"), FLEET_GONE);
    take(fleet, "a", served(1, 1000, 11, 101), false, 51); /* it is back */
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    take_state(fleet, "a", SNAPSHOT_ENDED, 1, false);
    take(fleet, "a", served(1, 1000, 12, 102), false, 52); /* its last ones */
    assert_int_equal(state_of(fleet, "a"), FLEET_ENDED);
    take(fleet, "a", served(2, 2000, 1, 1), false, 53); /* another boot */
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    fleet_close(fleet);
}

static void an_old_boot_says_nothing_of_a_new_one(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    take_state(fleet, "a", SNAPSHOT_GONE, 1, true); /* by a broker that missed it late */
    assert_int_equal(state_of(fleet, "a"), FLEET_GONE);
    take(fleet, "a", served(2, 2000, 5, 50), true, 50);
    assert_int_equal(state_of(fleet, "a"), FLEET_STALE);
    take(fleet, "a", served(2, 2000, 6, 60), false, 51);
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    fleet_close(fleet);
}

static void what_is_known_gets_old_without_the_broker(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    take_state(fleet, "a", SNAPSHOT_RUNNING, 1, true);
    fleet_set_connected(fleet, false, 0);
    assert_int_equal(state_of(fleet, "a"), FLEET_STALE);
    fleet_set_connected(fleet, true, 0);
    assert_int_equal(state_of(fleet, "a"), FLEET_STALE);
    take_state(fleet, "a", SNAPSHOT_RUNNING, 1, true);
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    take_state(fleet, "a", SNAPSHOT_GONE, 1, false); /* says a broker that is being stopped */
    fleet_set_connected(fleet, false, 0);
    assert_int_equal(state_of(fleet, "a"), FLEET_STALE);
    fleet_close(fleet);
}

/* With the same connection: what the broker said before holds again once it answers. */
static void a_silent_broker_says_nothing_new(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    take(fleet, "a", served(1, 1000, 10, 100), false, 50);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 60 * second_ns) >= 0);
    fleet_set_silent(fleet, true, 60 * second_ns);
    assert_int_equal(state_of(fleet, "a"), FLEET_STALE);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 60 * second_ns) < 0);
    fleet_set_silent(fleet, false, 70 * second_ns);
    assert_int_equal(state_of(fleet, "a"), FLEET_UP);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 70 * second_ns) < 0);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 80 * second_ns) >= 0);
    fleet_close(fleet);
}

static void counts_servers_without_figures(void **state)
{
    struct fleet *fleet = open_fleet(8);

    (void)state;
    take_state(fleet, "a", SNAPSHOT_RUNNING, 1, true); /* at 0 s, or shortly after */
    take(fleet, "b", served(1, 1000, 10, 100), false, 50);
    assert_int_equal(fleet_count_unreported(fleet, 1000 * second_ns), 1);
    take(fleet, "a", served(1, 1000, 10, 100), false, 50);
    assert_int_equal(fleet_count_unreported(fleet, 1000 * second_ns), 0);
    take_state(fleet, "c", SNAPSHOT_RUNNING, 1, true);
    assert_int_equal(fleet_count_unreported(fleet, 2 * second_ns), 0); /* soon, perhaps */
    fleet_close(fleet);
}

/* Clients and queues are no counts: one that is gone has none. */
static void the_dead_have_no_clients(void **state)
{
    struct fleet *fleet = open_fleet(8);
    struct fleet_sums sums;

    (void)state;
    take(fleet, "a", served(1, 1000, 10, 100), false, 50);
    take(fleet, "b", served(1, 1000, 10, 100), false, 50);
    fleet_sum(fleet, &sums);
    assert_int_equal(sums.served.clients, 6);
    take_state(fleet, "a", SNAPSHOT_GONE, 1, false);
    fleet_sum(fleet, &sums);
    assert_int_equal(sums.served.clients, 3);
    assert_int_equal(sums.served.counts.received, 200);
    fleet_close(fleet);
}

/* ---- clients and messages */

static void clients_are_of_the_current_life(void **state)
{
    struct fleet *fleet = open_fleet(8);
    struct snapshot_topic topic = topic_of("a", SNAPSHOT_CLIENTS);
    struct snapshot_clients *clients = calloc(1, sizeof *clients);

    (void)state;
    assert_non_null(clients);
    *clients = (struct snapshot_clients){.life = {.boot = 1}, .taken_ns = 5, .count = 2};
    assert_int_equal(fleet_take_clients(fleet, &topic, clients, true, second_ns), FLEET_NEWS);
    assert_int_equal(server_of(fleet, "a")->client_count, 2);
    assert_int_equal(fleet_take_clients(fleet, &topic, clients, true, second_ns), FLEET_OLD);
    take(fleet, "a", served(2, 2000, 1, 1), false, 53);
    assert_int_equal(server_of(fleet, "a")->client_count, 0);
    clients->taken_ns = 9;
    clients->life.boot = 3;
    assert_int_equal(fleet_take_clients(fleet, &topic, clients, true, second_ns), FLEET_OLD);
    clients->life.boot = 2;
    clients->count = SNAPSHOT_CLIENTS_MAX;
    assert_int_equal(fleet_take_clients(fleet, &topic, clients, true, second_ns), FLEET_NEWS);
    assert_int_equal(server_of(fleet, "a")->client_count, SNAPSHOT_CLIENTS_MAX);
    free(clients);
    fleet_close(fleet);
}

static void the_newest_messages_are_kept(void **state)
{
    struct fleet *fleet = open_fleet(8);
    struct snapshot_topic topic = topic_of("a", SNAPSHOT_MESSAGES);
    struct snapshot_message message = {.boot = 1};

    (void)state;
    assert_null(fleet_message(fleet, 0));
    for (uint64_t i = 1; i <= FLEET_MESSAGES_MAX + 5; i++) {
        message.event.number = i;
        fleet_take_message(fleet, &topic, &message, second_ns);
    }
    assert_int_equal(fleet_message_count(fleet), FLEET_MESSAGES_MAX);
    assert_int_equal(fleet_message(fleet, 0)->message.event.number, FLEET_MESSAGES_MAX + 5);
    assert_int_equal(fleet_message(fleet, FLEET_MESSAGES_MAX - 1)->message.event.number, 6);
    assert_null(fleet_message(fleet, FLEET_MESSAGES_MAX));
    fleet_close(fleet);
}

/* ---- bounds */

static void one_server_too_many_is_counted(void **state)
{
    struct fleet *fleet = open_fleet(2);

    (void)state;
    assert_int_equal(take(fleet, "a", served(1, 1, 1, 1), false, 50), FLEET_NEWS);
    assert_int_equal(take(fleet, "b", served(1, 1, 1, 1), false, 50), FLEET_NEWS);
    assert_int_equal(take(fleet, "c", served(1, 1, 1, 1), false, 50), FLEET_FULL);
    assert_int_equal(fleet_taken(fleet, FLEET_FULL), 1);
    assert_int_equal(take(fleet, "a", served(1, 1, 2, 2), false, 50), FLEET_NEWS);
    fleet_forget(fleet, 0);
    assert_int_equal(take(fleet, "c", served(1, 1, 1, 1), false, 50), FLEET_NEWS);
    assert_int_equal(received(fleet), 2);
    fleet_close(fleet);
}

/* The greatest counts that a document may have, from as many programs as one likes. */
static void no_sum_overflows(void **state)
{
    struct fleet *fleet = open_fleet(1000);
    struct fleet_sums sums;
    uint64_t taken = 0;
    char name[32];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "s%d", i);
        struct snapshot snapshot = served(1, 1, 1, SNAPSHOT_COUNT_MAX);
        snapshot.totals.counts.acked = 0;
        for (int reason = 0; reason < 4; reason++)
            snapshot.totals.counts.held[reason] = SNAPSHOT_COUNT_MAX / 4;
        snapshot.totals.clients = UINT32_MAX;
        taken += take(fleet, name, snapshot, false, 50) == FLEET_NEWS;
    }
    fleet_sum(fleet, &sums);
    assert_true(taken > 100 && taken < 1000);
    assert_true(sums.served.counts.received == taken * SNAPSHOT_COUNT_MAX);
    assert_true(counts_conserved(&sums.served.counts));
    assert_int_equal(sums.served.clients, UINT32_MAX);
    assert_int_equal(fleet_taken(fleet, FLEET_TOO_LARGE), 1000 - taken);
    for (uint32_t slot = 0; slot < fleet_end(fleet); slot++) /* a refused one has no figures */
        assert_int_equal(fleet_server(fleet, slot)->latest != NULL, slot < taken);
    fleet_close(fleet);
}

static void labels_are_safe_text(void **state)
{
    struct fleet *fleet = open_fleet(2);

    (void)state;
    take(fleet, "a\x1b[2J\xff", served(1, 1, 1, 1), false, 50);
    assert_string_equal(fleet_server(fleet, 0)->label, "a\\x1B[2J\\xFF:4010");
    fleet_close(fleet);
}

/* ---- rates */

static void rates_are_even_if_reports_are(void **state)
{
    struct fleet *fleet = open_fleet(2);

    (void)state;
    for (int64_t i = 0; i <= 20; i++) { /* reports that come a little late, now and then */
        struct snapshot_topic topic = topic_of("a", SNAPSHOT_STATS);
        struct snapshot snapshot = served(1, 1000, 1 + i, 50 * (uint64_t)i);
        fleet_take_stats(fleet, &topic, &snapshot, false,
                         (100 + i) * second_ns + (i % 3) * 10 * UNITS_NS_PER_MS);
    }
    assert_float_equal(fleet_rate(fleet, fleet_received(fleet), 120 * second_ns), 50, 1);
    assert_float_equal(fleet_rate(fleet, &server_of(fleet, "a")->acked, 120 * second_ns), 50, 1);
    for (int64_t age_s = FLEET_AGE_S; age_s < 10; age_s++)
        assert_in_range(pulse_at(fleet_received(fleet), 120 * second_ns, age_s), 48, 52);
    fleet_close(fleet);
}

static double rate_of(const struct fleet *fleet, const char *name)
{
    const struct fleet_server *server = server_of(fleet, name);

    return fleet_server_rate(fleet, server, &server->received, 107 * second_ns);
}

static void a_rate_that_nobody_reports_is_not_known(void **state)
{
    static const char *const names[] = {"up", "gone", "ended", "stale"};
    struct fleet *fleet = open_fleet(4);
    char text[UNITS_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (int64_t at_s = 1; at_s <= 7; at_s++)
            take(fleet, names[i], served(1, 100, at_s, 10 * (uint64_t)at_s),
                 strcmp(names[i], "stale") == 0, 100 + at_s);
    take_state(fleet, "up", SNAPSHOT_RUNNING, 1, false);
    take_state(fleet, "gone", SNAPSHOT_GONE, 1, false);
    take_state(fleet, "ended", SNAPSHOT_ENDED, 1, false);
    assert_true(rate_of(fleet, "up") > 0);
    assert_true(rate_of(fleet, "ended") > 0);
    assert_true(rate_of(fleet, "gone") < 0);
    assert_true(rate_of(fleet, "stale") < 0);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 107 * second_ns) > 0);
    fleet_set_connected(fleet, false, 0);
    assert_true(rate_of(fleet, "up") < 0);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 107 * second_ns) < 0);
    assert_string_equal(fleet_rate_text(FLEET_RATE_UNKNOWN, text, sizeof text), "-");
    assert_string_equal(fleet_rate_text(0, text, sizeof text), "0/s");
    fleet_close(fleet);
}

/* What the broker had kept was counted before we began to look; what comes after a silence came in
 * its last second. */
static void a_rate_is_known_once_a_second_is_seen(void **state)
{
    struct fleet *fleet = open_fleet(2);

    (void)state;
    fleet_set_connected(fleet, false, 0);
    fleet_set_connected(fleet, true, 100 * second_ns + 1);
    take(fleet, "a", served(1, 50, 50, 1000), false, 100);
    for (int64_t i = 1; i <= 8; i++)
        take(fleet, "a", served(1, 50, 50 + i, 1000 + 10 * (uint64_t)i), false, 100 + i);
    assert_true(fleet_rate(fleet, fleet_received(fleet), 102 * second_ns) < 0);
    for (int64_t at_s = 103; at_s <= 108; at_s++)
        assert_float_equal(fleet_rate(fleet, fleet_received(fleet), at_s * second_ns), 10, 0.001);
    fleet_close(fleet);
}

static void rates_are_of_the_time_that_is_seen(void **state)
{
    struct fleet *fleet = open_fleet(2);

    (void)state;
    take(fleet, "a", served(1, 1000, 10, 100000), true, 100);
    assert_float_equal(pulse_mean(fleet_received(fleet), 101 * second_ns, 0, 60), 0, 0.001);
    take(fleet, "a", served(1, 1000, 40, 100010), false, 130);
    assert_int_equal(pulse_at(fleet_received(fleet), 130 * second_ns, 1), 10);
    fleet_close(fleet);
}

/* ---- a simple model: each life counts as far as any of its messages said */

enum { NAMES = 4, BOOTS = 8, ROUNDS = 3000 };

struct simple {
    uint64_t counted[NAMES][BOOTS]; /* what the life has reached */
    uint64_t known[NAMES][BOOTS];   /* the greatest that was delivered */
    uint64_t boot[NAMES];           /* that runs now */
};

static uint32_t simple_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void simple_play(uint32_t seed)
{
    static const char *const names[NAMES] = {"a", "b", "c", "d"};
    struct fleet *fleet = open_fleet(NAMES);
    struct simple simple = {0};
    uint64_t sum;

    for (int round = 0; round < ROUNDS; round++) {
        uint32_t name = simple_random(&seed) % NAMES;
        uint64_t *boot = &simple.boot[name];
        if (simple_random(&seed) % 400 == 0 && *boot + 1 < BOOTS)
            ++*boot; /* it starts again */
        simple.counted[name][*boot] += simple_random(&seed) % 50;
        if (simple_random(&seed) % 4 == 0)
            continue; /* lost */
        /* Now and then an older one again, of any life so far, in any order. */
        uint64_t of = simple_random(&seed) % 3 == 0 ? simple_random(&seed) % (*boot + 1) : *boot;
        uint64_t count = simple.counted[name][of];
        if (simple_random(&seed) % 3 == 0)
            count -= count > 0 ? simple_random(&seed) % count : 0;
        bool retained = simple_random(&seed) % 2;
        enum fleet_taken taken = take(
            fleet, names[name],
            served(of + 1, 1000 * (int64_t)(of + 1), count > 0 ? 1 + (int64_t)count : 0, count),
            retained, 100 + round);
        assert_true(taken == FLEET_NEWS || taken == FLEET_OLD);
        if (count > simple.known[name][of])
            simple.known[name][of] = count;
        sum = 0;
        for (size_t i = 0; i < NAMES; i++)
            for (size_t life = 0; life < BOOTS; life++)
                sum += simple.known[i][life];
        assert_true(received(fleet) == sum);
    }
    fleet_close(fleet);
}

static void agrees_with_a_simple_model(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++)
        simple_play(seed);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(adds_lives_up),
    cmocka_unit_test(a_reset_is_a_life),
    cmocka_unit_test(a_clock_that_is_set_changes_nothing),
    cmocka_unit_test(many_lives_stay_exact),
    cmocka_unit_test(notices_two_under_one_name),
    cmocka_unit_test(states_follow_the_broker),
    cmocka_unit_test(an_old_boot_says_nothing_of_a_new_one),
    cmocka_unit_test(what_is_known_gets_old_without_the_broker),
    cmocka_unit_test(a_silent_broker_says_nothing_new),
    cmocka_unit_test(counts_servers_without_figures),
    cmocka_unit_test(the_dead_have_no_clients),
    cmocka_unit_test(clients_are_of_the_current_life),
    cmocka_unit_test(the_newest_messages_are_kept),
    cmocka_unit_test(one_server_too_many_is_counted),
    cmocka_unit_test(no_sum_overflows),
    cmocka_unit_test(labels_are_safe_text),
    cmocka_unit_test(rates_are_even_if_reports_are),
    cmocka_unit_test(a_rate_that_nobody_reports_is_not_known),
    cmocka_unit_test(a_rate_is_known_once_a_second_is_seen),
    cmocka_unit_test(rates_are_of_the_time_that_is_seen),
    cmocka_unit_test(agrees_with_a_simple_model),
};

const struct suite suite_fleet = {
    .name = "fleet", .tests = tests, .count = sizeof tests / sizeof *tests};
