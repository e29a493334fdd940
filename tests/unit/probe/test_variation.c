/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* variation: pairs of known delays, in any order, and against a simple model. */
#include "udptui/probe/variation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

enum { CAPACITY = 16 };

static struct variation *open_variation(void)
{
    struct variation *variation = variation_open(CAPACITY);

    assert_non_null(variation);
    return variation;
}

static struct variation_delays round_trip(int64_t ns)
{
    return (struct variation_delays){{ns, VARIATION_UNKNOWN, VARIATION_UNKNOWN}};
}

static int64_t add(struct variation *variation, uint64_t number, int64_t rtt_ns)
{
    const struct variation_delays delays = round_trip(rtt_ns);

    return variation_add(variation, number, &delays).ns[VARIATION_ROUND_TRIP];
}

static void consecutive_probes_are_compared(void **state)
{
    struct variation *variation = open_variation();
    const struct rtt *times = variation_times(variation, VARIATION_ROUND_TRIP);

    (void)state;
    assert_true(add(variation, 0, 100) == VARIATION_UNKNOWN);
    assert_int_equal(add(variation, 1, 130), 30);
    assert_int_equal(add(variation, 2, 90), -40);
    assert_int_equal(rtt_count(times), 2);
    assert_int_equal(rtt_min(times), 30);
    assert_int_equal(rtt_max(times), 40);
    assert_int_equal(rtt_count(variation_times(variation, VARIATION_THERE)), 0);
    variation_close(variation);
}

/* Probe 1 is lost: neither of its pairs exists. */
static void a_lost_probe_has_no_pair(void **state)
{
    struct variation *variation = open_variation();

    (void)state;
    add(variation, 0, 100);
    assert_true(add(variation, 2, 500) == VARIATION_UNKNOWN);
    assert_int_equal(rtt_count(variation_times(variation, VARIATION_ROUND_TRIP)), 0);
    variation_close(variation);
}

static void a_reply_that_is_overtaken_closes_two_pairs(void **state)
{
    struct variation *variation = open_variation();
    const struct rtt *times = variation_times(variation, VARIATION_ROUND_TRIP);

    (void)state;
    add(variation, 0, 100);
    add(variation, 2, 130);
    assert_int_equal(add(variation, 1, 190), 90);
    assert_int_equal(rtt_count(times), 2);
    assert_int_equal(rtt_min(times), 60);
    assert_int_equal(rtt_max(times), 90);
    variation_close(variation);
}

/* The clock over there is hours ahead: the difference cancels out. */
static void one_way_delays_need_no_synchronised_clocks(void **state)
{
    const int64_t ahead_ns = INT64_C(8000000000000);
    const struct variation_delays first = {{100, ahead_ns + 40, 60 - ahead_ns}};
    const struct variation_delays second = {{150, ahead_ns + 45, 105 - ahead_ns}};
    struct variation *variation = open_variation();

    (void)state;
    variation_add(variation, 7, &first);
    const struct variation_delays found = variation_add(variation, 8, &second);
    assert_int_equal(found.ns[VARIATION_ROUND_TRIP], 50);
    assert_int_equal(found.ns[VARIATION_THERE], 5);
    assert_int_equal(found.ns[VARIATION_BACK], 45);
    variation_close(variation);
}

/* What a reflector claims may be anything. */
static void absurd_delays_are_survived(void **state)
{
    const struct variation_delays first = {{0, INT64_MAX, INT64_MIN + 1}};
    const struct variation_delays second = {{0, INT64_MIN + 1, INT64_MAX}};
    struct variation *variation = open_variation();

    (void)state;
    variation_add(variation, 0, &first);
    variation_add(variation, 1, &second);
    assert_int_equal(rtt_count(variation_times(variation, VARIATION_THERE)), 0);
    variation_close(variation);
}

/* Any order, losses, and more probes than are remembered. */
static void random_orders_agree_with_a_model(void **state)
{
    enum { PROBES = 2000, APART = CAPACITY / 2 };
    static int64_t delays_ns[PROBES];
    struct variation *variation = open_variation();
    int64_t sum_ns = 0, count = 0;

    (void)state;
    srand(3393);
    for (int i = 0; i < PROBES; i++)
        delays_ns[i] = rand() % 4 == 0 ? VARIATION_UNKNOWN : rand() % 100;
    for (int first = 0; first < PROBES; first += APART)
        for (int i = 0, step = 1 + 2 * (rand() % 4); i < APART; i++) { /* odd: visits all */
            int number = first + i * step % APART;
            if (delays_ns[number] != VARIATION_UNKNOWN)
                add(variation, (uint64_t)number, delays_ns[number]);
        }
    for (int i = 1; i < PROBES; i++) {
        if (delays_ns[i] == VARIATION_UNKNOWN || delays_ns[i - 1] == VARIATION_UNKNOWN)
            continue;
        sum_ns += llabs(delays_ns[i] - delays_ns[i - 1]);
        count++;
    }
    const struct rtt *times = variation_times(variation, VARIATION_ROUND_TRIP);
    assert_int_equal(rtt_count(times), count);
    assert_int_equal(rtt_mean(times), (sum_ns + count / 2) / count);
    variation_close(variation);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(consecutive_probes_are_compared),
    cmocka_unit_test(a_lost_probe_has_no_pair),
    cmocka_unit_test(a_reply_that_is_overtaken_closes_two_pairs),
    cmocka_unit_test(one_way_delays_need_no_synchronised_clocks),
    cmocka_unit_test(absurd_delays_are_survived),
    cmocka_unit_test(random_orders_agree_with_a_model),
};

const struct suite suite_variation = {
    .name = "variation", .tests = tests, .count = sizeof tests / sizeof *tests};
