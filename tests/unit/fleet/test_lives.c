/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_lives: which life is the current one, which one is folded; random lives against a list that
 * keeps all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "../../../src/fleet/fleet_internal.h"
#include "udptui/base/array.h"

static struct snapshot snapshot_of(uint64_t boot, uint64_t resets, int64_t started_ns,
                                   uint64_t received)
{
    return (struct snapshot){.kind = SNAPSHOT_SERVE,
                             .life = {.boot = boot, .resets = resets},
                             .started_ns = started_ns,
                             .totals.counts.received = received};
}

/* A life with news, as fleet.c adds it: the later the call, the newer the news. */
static struct fleet_life *add(struct fleet_server *server, const struct snapshot *snapshot)
{
    struct fleet_life *life = fleet_life_add(server, snapshot);

    assert_non_null(life);
    fleet_life_set(life, snapshot);
    life->news_version = ++server->version;
    return life;
}

static uint64_t received_of(const struct fleet_server *server)
{
    uint64_t sum = server->folded.served.counts.received;

    for (size_t i = 0; i < server->life_count; i++)
        sum += fleet_received_of(&server->lives[i]);
    return sum;
}

static void a_life_is_a_boot_and_its_resets(void **state)
{
    static const struct {
        uint64_t boot, resets;
    } lives[] = {{1, 0}, {1, 1}, {2, 0}, {UINT64_MAX, UINT64_MAX}};
    struct fleet_server server = {0};

    (void)state;
    assert_null(fleet_life_find(&server, &(struct snapshot_life){.boot = 1}));
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        struct snapshot snapshot = snapshot_of(lives[i].boot, lives[i].resets, 0, i);
        assert_null(fleet_life_find(&server, &snapshot.life));
        add(&server, &snapshot);
    }
    for (size_t i = 0; i < COUNT_OF(lives); i++)
        assert_ptr_equal(
            fleet_life_find(
                &server, &(struct snapshot_life){.boot = lives[i].boot, .resets = lives[i].resets}),
            &server.lives[i]);
    assert_null(fleet_life_find(&server, &(struct snapshot_life){.boot = 2, .resets = 1}));
    fleet_lives_free(&server);
    assert_null(fleet_life_find(&server, &(struct snapshot_life){.boot = 1}));
}

/* The one without news for the longest time is folded for the seventeenth; the current one never. */
static void the_quietest_life_is_folded(void **state)
{
    struct fleet_server server = {0};
    struct snapshot snapshot;

    (void)state;
    for (uint64_t boot = 1; boot <= FLEET_LIVES_MAX; boot++) {
        snapshot = snapshot_of(boot, 0, 0, 1);
        add(&server, &snapshot);
    }
    assert_int_equal(server.folded_lives, 0);
    server.current = 0;                        /* the oldest, of boot 1 */
    server.lives[1].news_version = UINT64_MAX; /* of boot 2: it had news again */
    snapshot = snapshot_of(100, 0, 0, 1);
    add(&server, &snapshot);
    assert_int_equal(server.folded_lives, 1);
    assert_int_equal(server.life_count, FLEET_LIVES_MAX);
    assert_null(fleet_life_find(&server, &(struct snapshot_life){.boot = 3}));
    assert_non_null(fleet_life_find(&server, &(struct snapshot_life){.boot = 1}));
    assert_non_null(fleet_life_find(&server, &(struct snapshot_life){.boot = 2}));
    fleet_lives_free(&server);
}

/* The current life stays the current one if it moves in memory. */
static void the_current_life_may_be_the_last(void **state)
{
    struct fleet_server server = {0};
    struct snapshot snapshot;

    (void)state;
    for (uint64_t boot = 1; boot <= FLEET_LIVES_MAX; boot++) {
        snapshot = snapshot_of(boot, 0, 0, 1);
        add(&server, &snapshot);
    }
    server.current = FLEET_LIVES_MAX - 1;
    snapshot = snapshot_of(100, 0, 0, 1);
    add(&server, &snapshot);
    assert_int_equal(server.lives[server.current].id.boot, FLEET_LIVES_MAX);
    fleet_lives_free(&server);
}

static void a_folded_life_is_recognized_by_its_start(void **state)
{
    struct fleet_server server = {0};
    struct snapshot snapshot = snapshot_of(7, 2, 1000, 1);

    (void)state;
    assert_false(fleet_life_is_folded(&server, &snapshot)); /* none was folded */
    server.folded_lives = 1;
    server.folded_started_ns = 1000;
    server.folded_resets = 2;
    assert_true(fleet_life_is_folded(&server, &snapshot));
    snapshot.life.resets = 3;
    assert_false(fleet_life_is_folded(&server, &snapshot));
    snapshot.started_ns = 999;
    assert_true(fleet_life_is_folded(&server, &snapshot)); /* the start counts before the resets */
    snapshot = snapshot_of(7, 0, 1001, 1);
    assert_false(fleet_life_is_folded(&server, &snapshot));
    /* The broker says that it is running: its clock may be wrong. */
    snapshot.started_ns = 1;
    server.presence.boot = 7;
    assert_true(fleet_life_is_folded(&server, &snapshot));
    server.is_presence_known = true;
    assert_false(fleet_life_is_folded(&server, &snapshot));
    server.presence.boot = 8;
    assert_true(fleet_life_is_folded(&server, &snapshot));
}

static void which_of_two_lives_is_current(void **state)
{
    enum { UNKNOWN = 0 };
    static const struct {
        uint64_t boot, resets;
        int64_t started_ns;
        uint64_t presence; /* the boot that runs */
        bool retained, is_current;
    } rows[] = {
        /* beside a current life of boot 5 with one reset, started at 100 */
        {5, 2, 100, UNKNOWN, true, true}, {5, 0, 100, UNKNOWN, false, false},
        {5, 0, 200, 5, false, false},     {6, 0, 100, UNKNOWN, false, true},
        {6, 0, 1, UNKNOWN, false, true},  {6, 0, 101, UNKNOWN, true, true},
        {6, 0, 99, UNKNOWN, true, false}, {6, 1, 100, UNKNOWN, true, false},
        {6, 2, 100, UNKNOWN, true, true}, {6, 0, 99, 6, true, true},
        {6, 0, 101, 5, true, false},      {6, 0, 101, 9, true, true},
        {6, 0, 99, 9, true, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fleet_server server = {.is_presence_known = rows[i].presence != UNKNOWN,
                                      .presence.boot = rows[i].presence};
        struct snapshot current = snapshot_of(5, 1, 100, 1);
        struct snapshot other = snapshot_of(rows[i].boot, rows[i].resets, rows[i].started_ns, 1);
        struct fleet_life *life = add(&server, &current);
        assert_true(fleet_life_is_current(&server, life, true)); /* the only one */
        life = add(&server, &other);
        if (fleet_life_is_current(&server, life, rows[i].retained) != rows[i].is_current)
            fail_msg("row %zu", i);
        assert_true(fleet_life_is_current(&server, &server.lives[0], rows[i].retained));
        fleet_lives_free(&server);
    }
}

/* ---- a list that keeps all of them */

enum { LIST_MAX = 200 };

struct list {
    uint64_t boots[LIST_MAX], news[LIST_MAX], received[LIST_MAX];
    bool is_folded[LIST_MAX];
    size_t count, current, folded;
    int64_t folded_started_ns;
};

static int64_t list_started_ns(const struct list *list, size_t life)
{
    return 1000 + (int64_t)list->boots[life] * 7 % 50;
}

static void list_fold_quietest(struct list *list)
{
    size_t quietest = LIST_MAX;

    for (size_t i = 0; i < list->count; i++)
        if (!list->is_folded[i] && i != list->current &&
            (quietest == LIST_MAX || list->news[i] < list->news[quietest]))
            quietest = i;
    list->is_folded[quietest] = true;
    list->folded++;
    if (list_started_ns(list, quietest) > list->folded_started_ns)
        list->folded_started_ns = list_started_ns(list, quietest);
}

static void list_compare(const struct list *list, struct fleet_server *server)
{
    uint64_t received = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct fleet_life *life =
            fleet_life_find(server, &(struct snapshot_life){.boot = list->boots[i]});
        assert_int_equal(life == NULL, list->is_folded[i]);
        if (life != NULL)
            assert_int_equal(fleet_received_of(life), list->received[i]);
        received += list->received[i];
    }
    assert_int_equal(received_of(server), received);
    assert_int_equal(fleet_lives_peak(server), received);
    assert_int_equal(server->folded_lives, list->folded);
    assert_int_equal(server->folded_started_ns, list->folded_started_ns);
    assert_int_equal(server->life_count, list->count - list->folded);
    assert_int_equal(server->lives[server->current].id.boot, list->boots[list->current]);
}

/* A new life; it may be the current one at once. */
static void list_add(struct list *list, struct fleet_server *server, uint64_t *seed)
{
    size_t index = list->count;
    struct snapshot snapshot;

    if (list->count - list->folded == FLEET_LIVES_MAX)
        list_fold_quietest(list);
    list->boots[index] = index + 1;
    list->received[index] = judge_random(seed) % 1000;
    snapshot = snapshot_of(index + 1, 0, list_started_ns(list, index), list->received[index]);
    list->count++;
    struct fleet_life *life = add(server, &snapshot);
    list->news[index] = life->news_version;
    if (index == 0 || judge_random(seed) % 2 == 0) {
        server->current = (size_t)(life - server->lives);
        list->current = index;
    }
}

static void list_report_again(struct list *list, struct fleet_server *server, uint64_t *seed)
{
    size_t index = judge_random(seed) % list->count;
    struct fleet_life *life =
        fleet_life_find(server, &(struct snapshot_life){.boot = list->boots[index]});
    struct snapshot snapshot;

    if (life == NULL)
        return;
    list->received[index] += judge_random(seed) % 1000;
    snapshot = snapshot_of(list->boots[index], 0, life->started_ns, list->received[index]);
    fleet_life_set(life, &snapshot);
    list->news[index] = life->news_version = ++server->version;
}

static void nothing_is_lost_whatever_is_folded(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fleet_server server = {0};
        struct list list = {0};
        uint64_t random = seed;
        while (list.count < LIST_MAX) {
            if (list.count == 0 || judge_random(&random) % 3 == 0)
                list_add(&list, &server, &random);
            else
                list_report_again(&list, &server, &random);
            list_compare(&list, &server);
        }
        fleet_lives_free(&server);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_life_is_a_boot_and_its_resets),
    cmocka_unit_test(the_quietest_life_is_folded),
    cmocka_unit_test(the_current_life_may_be_the_last),
    cmocka_unit_test(a_folded_life_is_recognized_by_its_start),
    cmocka_unit_test(which_of_two_lives_is_current),
    cmocka_unit_test(nothing_is_lost_whatever_is_folded),
};

const struct suite suite_lives = {
    .name = "lives", .tests = tests, .count = sizeof tests / sizeof *tests};
