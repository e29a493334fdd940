/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series: single cases, and random networks with a reflector against what really happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/probe/series.h"

enum { TIMEOUT = 1000 };

static void assert_conserved(const struct series *series)
{
    struct series_counts counts = series_counts(series);

    assert_int_equal(counts.sent, counts.received + counts.late + counts.lost + counts.waiting);
}

static void an_answered_probe_has_its_time(void **state)
{
    struct series *series = series_open(8, TIMEOUT);
    struct series_reply reply;

    (void)state;
    series_sent(series, 100);
    assert_int_equal(series_deadline_ns(series), 100 + TIMEOUT);
    reply = series_replied(series, 0, 140);
    assert_int_equal(reply.outcome, SERIES_RECEIVED);
    assert_int_equal(reply.rtt_ns, 40);
    assert_int_equal(series_deadline_ns(series), INT64_MAX);
    assert_conserved(series);
    series_close(series);
}

static void the_kernel_s_time_replaces_ours(void **state)
{
    struct series *series = series_open(8, TIMEOUT);

    (void)state;
    series_sent(series, 100);
    series_stamped(series, 0, 117);
    series_stamped(series, 1, 5); /* not sent yet */
    assert_int_equal(series_replied(series, 0, 140).rtt_ns, 23);
    series_stamped(series, 0, 130); /* answered: too late to change anything */
    assert_int_equal(series_replied(series, 0, 150).rtt_ns, 33);
    assert_int_equal(series_replied(series, 0, 90).rtt_ns, -1); /* the wall clock was set back */
    series_close(series);
}

static void a_reply_comes_late_or_twice_or_for_nothing(void **state)
{
    struct series *series = series_open(8, TIMEOUT);
    struct series_counts counts;
    uint64_t number;

    (void)state;
    series_sent(series, 0);
    assert_false(series_expire(series, TIMEOUT - 1, &number));
    assert_true(series_expire(series, TIMEOUT, &number));
    assert_int_equal(number, 0);
    assert_false(series_expire(series, TIMEOUT * 2, &number));
    assert_int_equal(series_counts(series).lost, 1);
    assert_int_equal(series_replied(series, 0, TIMEOUT * 3).outcome, SERIES_LATE);
    assert_int_equal(series_replied(series, 0, TIMEOUT * 4).outcome, SERIES_DUPLICATE);
    assert_int_equal(series_replied(series, 1, TIMEOUT * 4).outcome, SERIES_UNKNOWN);
    assert_int_equal(series_replied(series, UINT32_MAX, TIMEOUT * 4).outcome, SERIES_UNKNOWN);
    counts = series_counts(series);
    assert_int_equal(counts.lost, 0);
    assert_int_equal(counts.late, 1);
    assert_int_equal(counts.duplicates, 1);
    assert_int_equal(counts.unknown, 2);
    assert_conserved(series);
    series_close(series);
}

static void order_is_that_of_the_numbers(void **state)
{
    static const uint32_t order[] = {0, 2, 1, 4, 3, 5};
    static const bool reordered[] = {false, false, true, false, true, false};
    struct series *series = series_open(8, TIMEOUT);

    (void)state;
    for (int i = 0; i < 6; i++)
        series_sent(series, i);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(series_replied(series, order[i], 100).reordered, reordered[i]);
    assert_int_equal(series_counts(series).reordered, 2);
    series_close(series);
}

/* Replies on several ports are taken port by port: their time of receipt decides. */
static void order_is_that_of_receipt(void **state)
{
    struct series *series = series_open(8, TIMEOUT);

    (void)state;
    for (int i = 0; i < 3; i++)
        series_sent(series, i);
    assert_false(series_replied(series, 2, 30).reordered);
    assert_false(series_replied(series, 0, 20).reordered);
    assert_true(series_replied(series, 1, 31).reordered);
    assert_int_equal(series_counts(series).reordered, 1);
    series_close(series);
}

static void runs_of_loss(void **state)
{
    static const bool answered[] = {true, false, false, true, false, true, false, false, false};
    struct series *series = series_open(16, TIMEOUT);
    uint64_t number;

    (void)state;
    for (uint32_t i = 0; i < 9; i++) {
        series_sent(series, i);
        if (answered[i])
            series_replied(series, i, i);
    }
    for (int lost = 0; lost < 6; lost++)
        assert_true(series_expire(series, TIMEOUT * 2, &number));
    assert_false(series_expire(series, TIMEOUT * 2, &number));
    assert_int_equal(series_counts(series).loss_runs, 3);
    assert_int_equal(series_counts(series).longest_run, 3);
    series_close(series);
}

/* Whoever refuses a probe ends its waiting; a reply may still come. */
static void a_probe_that_is_given_up(void **state)
{
    struct series *series = series_open(8, TIMEOUT);
    uint64_t number;

    (void)state;
    for (int i = 0; i < 4; i++)
        series_sent(series, i);
    assert_true(series_give_up(series, 1));
    assert_false(series_give_up(series, 1));
    assert_false(series_give_up(series, 4));
    assert_int_equal(series_counts(series).lost, 1);
    assert_conserved(series);
    assert_true(series_give_up(series, 2));
    assert_int_equal(series_replied(series, 2, 50).outcome, SERIES_LATE);
    assert_int_equal(series_replied(series, 0, 50).outcome, SERIES_RECEIVED);
    assert_true(series_expire(series, TIMEOUT * 2, &number));
    assert_int_equal(number, 3); /* 1 was lost before */
    assert_false(series_expire(series, TIMEOUT * 2, &number));
    assert_int_equal(series_counts(series).lost, 2);
    assert_int_equal(series_counts(series).loss_runs, 2);
    assert_int_equal(series_ways(series).unplaced, 2);
    assert_conserved(series);
    series_close(series);
}

/* Memory is bounded: what is pushed out of the ring counts as lost, and is not found any more. */
static void more_than_the_ring_takes(void **state)
{
    struct series *series = series_open(4, TIMEOUT);
    uint64_t number;

    (void)state;
    for (int i = 0; i < 6; i++)
        series_sent(series, i);
    assert_int_equal(series_counts(series).lost, 2);
    assert_false(series_find(series, 1, &number));
    assert_true(series_find(series, 2, &number));
    assert_int_equal(series_replied(series, 1, 10).outcome, SERIES_UNKNOWN);
    assert_int_equal(series_replied(series, 5, 10).outcome, SERIES_RECEIVED);
    assert_conserved(series);
    series_close(series);
}

static void a_stateless_reflector_does_not_tell_the_way(void **state)
{
    struct series *series = series_open(8, TIMEOUT);
    struct series_reply reply;
    uint64_t number;

    (void)state;
    for (int i = 0; i < 3; i++)
        series_sent(series, i);
    reply = series_replied(series, 2, 10);
    series_reflected(series, &reply, 2);
    while (series_expire(series, TIMEOUT * 2, &number))
        ;
    assert_false(series_ways(series).known);
    assert_int_equal(series_ways(series).unplaced, 2);
    series_close(series);
}

/* One that goes on from an earlier session begins anywhere: nothing is made up then. */
static void a_reflector_that_began_before_tells_nothing(void **state)
{
    struct series *series = series_open(8, TIMEOUT);
    struct series_reply reply;

    (void)state;
    series_sent(series, 0);
    series_sent(series, 1);
    reply = series_replied(series, 1, 10);
    series_reflected(series, &reply, 77);
    assert_false(series_ways(series).known);
    series_close(series);
}

static void settle_all(struct series *series, int64_t now_ns)
{
    uint64_t number;

    while (series_expire(series, now_ns, &number))
        ;
}

/* Probes lost there, lost on the way back, or answered with the reflector's number. */
enum { LOST_THERE = -1, LOST_BACK = -2 };

static void exchange(struct series *series, int64_t reflected)
{
    uint32_t number = (uint32_t)series_next(series);
    int64_t now_ns = number * INT64_C(10);

    settle_all(series, now_ns);
    series_sent(series, now_ns);
    if (reflected < 0)
        return;
    const struct series_reply reply = series_replied(series, number, now_ns + 5);
    series_reflected(series, &reply, (uint32_t)reflected);
}

static void a_reflector_that_restarts_begins_a_session(void **state)
{
    enum { BEFORE = 100, MEANWHILE = 5, AFTER = 400 };
    struct series *series = series_open(1024, TIMEOUT);
    struct series_ways ways;

    (void)state;
    for (int i = 0; i < BEFORE; i++)
        exchange(series, i);
    for (int i = 0; i < MEANWHILE; i++)
        exchange(series, LOST_THERE);
    for (int i = 0; i < AFTER; i++)
        exchange(series, i % 2 == 0 ? i : LOST_BACK);
    settle_all(series, INT64_MAX);
    assert_int_equal(series_counts(series).lost, MEANWHILE + AFTER / 2);
    ways = series_ways(series);
    assert_true(ways.known);
    assert_int_equal(ways.there, 0);
    assert_int_equal(ways.back, AFTER / 2 - 1);
    assert_int_equal(ways.unplaced, MEANWHILE + 1); /* the last reply is one of those lost */
    series_close(series);
}

/* Its first reply may be lost as well, or more of them. */
static void a_session_begins_with_any_number(void **state)
{
    struct series *series = series_open(1024, TIMEOUT);
    struct series_ways ways;

    (void)state;
    for (int i = 0; i < 10; i++)
        exchange(series, i);
    for (int i = 0; i < 3; i++)
        exchange(series, LOST_BACK);
    exchange(series, 3);
    exchange(series, LOST_THERE);
    exchange(series, LOST_BACK);
    exchange(series, 5);
    settle_all(series, INT64_MAX);
    ways = series_ways(series);
    assert_true(ways.known);
    assert_int_equal(ways.there, 1);
    assert_int_equal(ways.back, 1);
    assert_int_equal(ways.unplaced, 3);
    series_close(series);
}

/* It may be on the way there as well as back. */
static void a_probe_that_waits_is_not_placed(void **state)
{
    struct series *series = series_open(8, TIMEOUT);
    uint64_t number;

    (void)state;
    exchange(series, 0);
    exchange(series, LOST_BACK);
    assert_true(series_expire(series, 10 + TIMEOUT, &number));
    exchange(series, LOST_THERE); /* as it turns out */
    exchange(series, 2);
    assert_true(series_ways(series).known);
    assert_int_equal(series_ways(series).there, 0);
    assert_int_equal(series_ways(series).back, 0);
    assert_int_equal(series_ways(series).unplaced, 1);
    assert_true(series_expire(series, 20 + TIMEOUT, &number));
    assert_int_equal(series_ways(series).there, 1);
    assert_int_equal(series_ways(series).back, 1);
    assert_int_equal(series_ways(series).unplaced, 0);
    series_close(series);
}

/* ---- random networks */

enum { PROBES = 3000, QUEUE = 3 * PROBES };

struct flight {
    int64_t due_ns;
    uint32_t number, reflected;
};

struct network {
    struct series *series;
    struct flight back[QUEUE];
    size_t flying;
    uint32_t reflected;                                   /* replies so far */
    unsigned loss_there, loss_back, doubled_back, spread; /* per thousand; ns */
    uint64_t lost_there, lost_back, doubled;
};

static bool chance(unsigned per_thousand)
{
    return (unsigned)(rand() % 1000) < per_thousand;
}

static void fly_back(struct network *network, uint32_t number, uint32_t reflected, int64_t now_ns)
{
    network->back[network->flying++] = (struct flight){
        .due_ns = now_ns + 10 + (network->spread > 0 ? rand() % (int)network->spread : 0),
        .number = number,
        .reflected = reflected};
}

static void probe_once(struct network *network, int64_t now_ns)
{
    uint32_t number = (uint32_t)series_next(network->series);
    uint32_t reflected;

    series_sent(network->series, now_ns);
    if (chance(network->loss_there)) {
        network->lost_there++;
        return;
    }
    reflected = network->reflected++;
    if (chance(network->loss_back)) {
        network->lost_back++;
        return;
    }
    fly_back(network, number, reflected, now_ns);
    if (chance(network->doubled_back)) {
        network->doubled++;
        fly_back(network, number, reflected, now_ns);
    }
}

static void deliver(struct network *network, int64_t now_ns)
{
    for (size_t i = 0; i < network->flying;) {
        struct flight flight = network->back[i];
        if (flight.due_ns > now_ns) {
            i++;
            continue;
        }
        struct series_reply reply = series_replied(network->series, flight.number, now_ns);
        series_reflected(network->series, &reply, flight.reflected);
        network->back[i] = network->back[--network->flying];
    }
}

/* What is placed is true at any time, if no reply comes late. */
static void assert_placed(const struct network *network)
{
    struct series_ways ways = series_ways(network->series);

    if (network->spread >= TIMEOUT)
        return;
    assert_true(ways.there <= network->lost_there && ways.back <= network->lost_back);
    assert_int_equal(ways.there + ways.back + ways.unplaced, series_counts(network->series).lost);
}

static void run_network(unsigned loss_there, unsigned loss_back, unsigned doubled, unsigned spread)
{
    struct network *network = calloc(1, sizeof *network);
    struct series_counts counts;
    struct series_ways ways;
    uint64_t number;
    int64_t now_ns = 0;

    *network = (struct network){.series = series_open(4096, TIMEOUT),
                                .loss_there = loss_there,
                                .loss_back = loss_back,
                                .doubled_back = doubled,
                                .spread = spread};
    for (unsigned i = 0; i < PROBES || network->flying > 0; i++) {
        now_ns += 7;
        if (i < PROBES)
            probe_once(network, now_ns);
        deliver(network, now_ns);
        while (series_expire(network->series, now_ns, &number))
            ;
        assert_conserved(network->series);
        assert_placed(network);
    }
    while (series_expire(network->series, now_ns + TIMEOUT * 2, &number))
        ;
    counts = series_counts(network->series);
    ways = series_ways(network->series);
    assert_int_equal(counts.lost, network->lost_there + network->lost_back);
    assert_int_equal(counts.received + counts.late, PROBES - counts.lost);
    assert_int_equal(counts.duplicates, network->doubled);
    assert_int_equal(counts.waiting, 0);
    assert_int_equal(ways.there + ways.back + ways.unplaced, counts.lost);
    if (ways.known) {
        assert_true(ways.there <= network->lost_there && ways.back <= network->lost_back);
        assert_true(ways.unplaced < 40);
    } else {
        assert_int_equal(network->lost_there, 0);
    }
    series_close(network->series);
    free(network);
}

static void random_networks(void **state)
{
    (void)state;
    srand(1);
    run_network(0, 0, 0, 0);
    run_network(100, 0, 0, 0);
    run_network(0, 100, 0, 0);
    run_network(100, 200, 0, 0);
    run_network(100, 200, 50, 0);
    run_network(100, 200, 50, 300);         /* reordered */
    run_network(100, 200, 50, 3 * TIMEOUT); /* late */
    run_network(500, 500, 300, 2000);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_answered_probe_has_its_time),
    cmocka_unit_test(the_kernel_s_time_replaces_ours),
    cmocka_unit_test(a_reply_comes_late_or_twice_or_for_nothing),
    cmocka_unit_test(order_is_that_of_the_numbers),
    cmocka_unit_test(order_is_that_of_receipt),
    cmocka_unit_test(runs_of_loss),
    cmocka_unit_test(a_probe_that_is_given_up),
    cmocka_unit_test(more_than_the_ring_takes),
    cmocka_unit_test(a_stateless_reflector_does_not_tell_the_way),
    cmocka_unit_test(a_reflector_that_began_before_tells_nothing),
    cmocka_unit_test(a_reflector_that_restarts_begins_a_session),
    cmocka_unit_test(a_session_begins_with_any_number),
    cmocka_unit_test(a_probe_that_waits_is_not_placed),
    cmocka_unit_test(random_networks),
};

const struct suite suite_series = {
    .name = "series", .tests = tests, .count = sizeof tests / sizeof *tests};
