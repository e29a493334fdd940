/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates: a count a second against a list of all counts, over gaps, the wrap around and resets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../judge.h"
#include "../../suite.h"

#include "../../../../src/ui/serve/rates_internal.h"
#include "udptui/base/units.h"

static const int64_t second_ns = UNITS_NS_PER_S;

static void a_mean_is_of_whole_seconds(void **state)
{
    struct rates rates = {0};

    (void)state;
    assert_float_equal(rates_mean(&rates, 100 * second_ns), 0, 0);
    rates_update(&rates, 10, 100 * second_ns + 1);
    assert_float_equal(rates_mean(&rates, 100 * second_ns + 2), 10,
                       0); /* so far in its first second */
    assert_float_equal(rates_mean(&rates, 101 * second_ns), 10, 0.001);
    rates_update(&rates, 40, 101 * second_ns);
    assert_float_equal(rates_mean(&rates, 101 * second_ns + 999), 10, 0.001); /* it is not over */
    assert_float_equal(rates_mean(&rates, 102 * second_ns), 20, 0.001);
    assert_float_equal(rates_mean(&rates, 105 * second_ns), 8, 0.001);
    assert_float_equal(rates_mean(&rates, 106 * second_ns), 6, 0.001); /* the first one has left */
    assert_float_equal(rates_mean(&rates, 107 * second_ns), 0, 0);
}

static void a_smaller_total_starts_again(void **state)
{
    struct rates rates = {0};

    (void)state;
    rates_update(&rates, 1000, 50 * second_ns);
    rates_update(&rates, 3, 60 * second_ns);
    assert_int_equal(rates_at(&rates, 60 * second_ns, 0), 3);
    assert_int_equal(rates_at(&rates, 60 * second_ns, 10), 0);
    rates_update(&rates, 0, 61 * second_ns);
    assert_float_equal(rates_mean(&rates, 62 * second_ns), 0, 0);
    assert_int_equal(rates_at(&rates, 61 * second_ns, 1), 0);
}

static void what_is_too_old_is_0(void **state)
{
    struct rates rates = {0};

    (void)state;
    rates_update(&rates, 7, 100 * second_ns);
    assert_int_equal(rates_at(&rates, (99 + RATES_SECONDS) * second_ns, RATES_SECONDS - 1), 7);
    assert_int_equal(rates_at(&rates, (100 + RATES_SECONDS) * second_ns, RATES_SECONDS), 7);
    assert_int_equal(rates_at(&rates, (100 + RATES_SECONDS) * second_ns, 0), 0);
    assert_int_equal(rates_at(&rates, 100 * second_ns, RATES_SECONDS), 0);
    assert_int_equal(rates_at(&rates, 1 * second_ns, 2), 0);    /* before the clock began */
    rates_update(&rates, 9, (100 + RATES_SECONDS) * second_ns); /* it takes the same bucket */
    assert_int_equal(rates_at(&rates, (100 + RATES_SECONDS) * second_ns, 0), 2);
    assert_int_equal(rates_at(&rates, (100 + RATES_SECONDS) * second_ns, RATES_SECONDS), 0);
}

static void rates_are_those_of_a_list(void **state)
{
    enum { SECONDS = 400 };
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 50; round++) {
        uint64_t list[SECONDS + RATES_SECONDS] = {0}, total = 0;
        struct rates rates = {0};
        int64_t newest = 0;
        for (int64_t now_ns = 0; now_ns / second_ns < SECONDS;
             now_ns += judge_random(&seed) % 50 == 0
                           ? (int64_t)(judge_random(&seed) % 80) * second_ns
                           : judge_random(&seed) % second_ns) {
            uint64_t more = judge_random(&seed) % 5;
            int64_t second = now_ns / second_ns;
            total += more;
            list[second] += more;
            if (more > 0)
                newest = second;
            rates_update(&rates, total, now_ns);
            for (int age_s = 0; age_s < RATES_SECONDS; age_s++) {
                /* Kept are the last RATES_SECONDS up to the newest change. */
                int64_t at = second - age_s;
                uint64_t expected = at >= 0 && at > newest - RATES_SECONDS ? list[at] : 0;
                assert_int_equal(rates_at(&rates, now_ns, age_s), expected);
            }
        }
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_mean_is_of_whole_seconds),
    cmocka_unit_test(a_smaller_total_starts_again),
    cmocka_unit_test(what_is_too_old_is_0),
    cmocka_unit_test(rates_are_those_of_a_list),
};

const struct suite suite_serve_rates = {
    .name = "serve_rates", .tests = tests, .count = sizeof tests / sizeof *tests};
