/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace: the rate holds on average, whatever the clock's steps; lateness is made up for, not all. */
#include "udptui/base/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"

/* Events in duration_ns, looked at at random times that are step_ns apart on average. */
static uint64_t run(double per_s, int64_t duration_ns, int64_t step_ns)
{
    const int64_t start_ns = 5 * UNITS_NS_PER_S;
    struct pace pace = pace_begin(per_s, start_ns);
    uint64_t events = 0;

    for (int64_t now_ns = start_ns; now_ns < start_ns + duration_ns;
         now_ns += 1 + rand() % (2 * step_ns)) {
        uint64_t due = (uint64_t)pace_due(&pace, now_ns);
        pace_take(&pace, due);
        events += due;
    }
    return events;
}

static void test_the_rate_holds(void **state)
{
    static const double rates[] = {1.0 / 60, 0.7, 3, 7.5, 33, 500, 999, 12345, 1e6, 3.3e7};

    (void)state;
    srand(4010);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        int64_t duration_ns = rates[i] < 10 ? 600 * UNITS_NS_PER_S : 20 * UNITS_NS_PER_S;
        double wanted = rates[i] * (double)duration_ns / (double)UNITS_NS_PER_S;
        double sent = (double)run(rates[i], duration_ns, 10 * UNITS_NS_PER_MS);
        if (sent > wanted + 1 || sent < wanted * 0.98 - 1)
            fail_msg("%f/s: %f of %f", rates[i], sent, wanted);
    }
}

static void test_the_first_is_due_at_once_and_the_next_in_its_time(void **state)
{
    struct pace pace = pace_begin(4, 100);

    (void)state;
    assert_true(pace_due(&pace, 100) >= 1);
    assert_int_equal(pace_sleep_ns(&pace, 100), PACE_SLEEP_MIN_NS);
    pace_take(&pace, 1);
    assert_true(pace_due(&pace, 100) < 1);
    assert_int_equal(pace_sleep_ns(&pace, 100), UNITS_NS_PER_S / 4);
    assert_int_equal(pace_sleep_ns(&pace, 100 + UNITS_NS_PER_S / 8), UNITS_NS_PER_S / 8);
    assert_int_equal(pace_sleep_ns(&pace, 100 + UNITS_NS_PER_S), PACE_SLEEP_MIN_NS);
}

/* Five events of 10 us share a wake-up; those of a millisecond have one each. */
static void test_a_high_rate_does_not_wake_up_for_each(void **state)
{
    struct pace fast = pace_begin(100000, 0), slow = pace_begin(1000, 0);

    (void)state;
    pace_take(&fast, 1);
    pace_take(&slow, 1);
    assert_int_equal(pace_sleep_ns(&fast, 0), PACE_SLEEP_MIN_NS);
    assert_true(pace_due(&fast, PACE_SLEEP_MIN_NS) >= 5);
    assert_int_equal(pace_sleep_ns(&slow, 0), UNITS_NS_PER_MS);
    assert_int_equal(pace_sleep_ns(&slow, UNITS_NS_PER_MS - 1), PACE_SLEEP_MIN_NS);
}

static void test_a_long_delay_is_not_made_up_for(void **state)
{
    struct pace fast = pace_begin(1000, 0), slow = pace_begin(2, 0);

    (void)state;
    assert_true(pace_due(&fast, 10 * UNITS_NS_PER_S) <= 101);
    assert_true(pace_due(&slow, 10 * UNITS_NS_PER_S) <= 2);
    pace_take(&fast, (uint64_t)pace_due(&fast, 10 * UNITS_NS_PER_S));
    assert_true(pace_due(&fast, 10 * UNITS_NS_PER_S) < 1);
    assert_true(pace_due(&fast, 11 * UNITS_NS_PER_S) <= 101);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_the_rate_holds),
    cmocka_unit_test(test_the_first_is_due_at_once_and_the_next_in_its_time),
    cmocka_unit_test(test_a_high_rate_does_not_wake_up_for_each),
    cmocka_unit_test(test_a_long_delay_is_not_made_up_for),
};

const struct suite suite_pace = {
    .name = "pace", .tests = tests, .count = sizeof tests / sizeof *tests};
