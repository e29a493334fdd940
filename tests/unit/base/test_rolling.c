/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rolling: what is in the span, at its edges, and against a simple model. */
#include "udptui/base/rolling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

enum { SLOT = 100, SPAN = SLOT * ROLLING_SLOTS };

static struct rolling *open_rolling(void)
{
    struct rolling *rolling = rolling_open(SPAN);

    assert_non_null(rolling);
    return rolling;
}

static void nothing_at_first(void **state)
{
    struct rolling *rolling = open_rolling();

    (void)state;
    assert_int_equal(rolling_covers_ns(rolling, 5000), 0);
    assert_int_equal(rtt_count(rolling_times(rolling, 5000)), 0);
    assert_int_equal(rolling_total(rolling, 5000, 0), 0);
    rolling_close(rolling);
}

static void what_is_older_than_the_span_is_gone(void **state)
{
    struct rolling *rolling = open_rolling();

    (void)state;
    rolling_add(rolling, 5 * SLOT + 10, 7);
    rolling_count(rolling, 5 * SLOT + 10, 1);
    rolling_add(rolling, 6 * SLOT, 9);
    assert_int_equal(rtt_count(rolling_times(rolling, 6 * SLOT)), 2);
    assert_int_equal(rtt_count(rolling_times(rolling, 5 * SLOT + SPAN - 1)), 2);
    assert_int_equal(rolling_total(rolling, 5 * SLOT + SPAN - 1, 1), 1);
    assert_int_equal(rolling_total(rolling, 5 * SLOT + SPAN - 1, 0), 0);
    assert_int_equal(rtt_count(rolling_times(rolling, 5 * SLOT + SPAN)), 1);
    assert_int_equal(rtt_min(rolling_times(rolling, 5 * SLOT + SPAN)), 9);
    assert_int_equal(rolling_total(rolling, 5 * SLOT + SPAN, 1), 0);
    rolling_add(rolling, 5 * SLOT + SPAN, 11); /* in the place of the first */
    assert_int_equal(rtt_count(rolling_times(rolling, 5 * SLOT + SPAN)), 2);
    assert_int_equal(rtt_max(rolling_times(rolling, 5 * SLOT + SPAN)), 11);
    assert_int_equal(rtt_count(rolling_times(rolling, 1000 * SPAN)), 0); /* after a long pause */
    rolling_close(rolling);
}

static void it_says_how_much_it_covers(void **state)
{
    struct rolling *rolling = open_rolling();

    (void)state;
    rolling_count(rolling, 5 * SLOT + 10, 0);
    assert_int_equal(rolling_covers_ns(rolling, 5 * SLOT + 10), 0);
    assert_int_equal(rolling_covers_ns(rolling, 5 * SLOT + 60), 50);
    for (int64_t now_ns = 5 * SLOT + 10 + SPAN; now_ns < 10 * SPAN; now_ns += 7) {
        int64_t covers_ns = rolling_covers_ns(rolling, now_ns);
        assert_true(covers_ns >= SPAN - SLOT && covers_ns < SPAN);
    }
    rolling_close(rolling);
}

/* The figures are those of all times that are no older than what it covers. */
static void random_times_agree_with_a_model(void **state)
{
    enum { TIMES = 3000 };
    static int64_t at_ns[TIMES];
    struct rolling *rolling = open_rolling();
    int64_t now_ns = 12345;

    (void)state;
    srand(60);
    for (int i = 0; i < TIMES; i++) {
        now_ns += rand() % 50 == 0 ? rand() % (2 * SPAN) : rand() % 30;
        at_ns[i] = now_ns;
        rolling_add(rolling, now_ns, i % 100);
        rolling_count(rolling, now_ns, (size_t)i % 2);
        int64_t first_ns = now_ns - rolling_covers_ns(rolling, now_ns);
        uint64_t count = 0, odd = 0;
        for (int k = i; k >= 0 && at_ns[k] >= first_ns; k--) {
            count++;
            odd += (uint64_t)k % 2;
        }
        assert_int_equal(rtt_count(rolling_times(rolling, now_ns)), count);
        assert_int_equal(rolling_total(rolling, now_ns, 1), odd);
    }
    rolling_close(rolling);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_at_first),
    cmocka_unit_test(what_is_older_than_the_span_is_gone),
    cmocka_unit_test(it_says_how_much_it_covers),
    cmocka_unit_test(random_times_agree_with_a_model),
};

const struct suite suite_rolling = {
    .name = "rolling", .tests = tests, .count = sizeof tests / sizeof *tests};
