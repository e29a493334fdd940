/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples: rounding, and counts against a plain model with random times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../src/lesson/samples_internal.h"
#include "../suite.h"

enum { TIMES = 12, RUNS = 500, RANGE = 9 };

static void milliseconds_are_the_nearest(void **state)
{
    static const struct {
        int64_t time_ns;
        int32_t time_ms;
    } rows[] = {
        {0, 0},
        {499999, 0},
        {500000, 1},
        {1499999, 1},
        {-499999, 0},
        {-500000, -1},
        {-460000000000, -460000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(samples_ms(rows[i].time_ns), rows[i].time_ms);
}

static void of_nothing_there_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(samples_below(NULL, 0, 5), 0);
    assert_int_equal(samples_overtaken(NULL, 0), 0);
    assert_int_equal(samples_median_ns(NULL, 0), 0);
}

static int32_t model_below(const int64_t *times, size_t count, int64_t limit)
{
    int32_t below = 0;

    for (size_t i = 0; i < count; i++)
        if (times[i] < limit)
            below++;
    return below;
}

static int32_t model_overtaken(const int64_t *times, size_t count)
{
    int32_t overtaken = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t later = i + 1; later < count; later++)
            if (times[later] < times[i]) {
                overtaken++;
                break;
            }
    return overtaken;
}

static void counts_agree_with_a_model(void **state)
{
    int64_t times[TIMES];

    (void)state;
    srand(1);
    for (int run = 0; run < RUNS; run++) {
        size_t count = 1 + (size_t)rand() % TIMES;
        for (size_t i = 0; i < count; i++)
            times[i] = rand() % RANGE;
        for (int64_t limit = 0; limit <= RANGE; limit++)
            assert_int_equal(samples_below(times, count, limit), model_below(times, count, limit));
        assert_int_equal(samples_overtaken(times, count), model_overtaken(times, count));
    }
}

/* Half of all at least do not exceed it, and of the next smaller time less than half. */
static void the_median_is_a_time_that_half_do_not_exceed(void **state)
{
    int64_t times[TIMES];

    (void)state;
    srand(2);
    for (int run = 0; run < RUNS; run++) {
        size_t count = 1 + (size_t)rand() % TIMES;
        for (size_t i = 0; i < count; i++)
            times[i] = rand() % RANGE;
        int64_t median = samples_median_ns(times, count);
        assert_true(2 * model_below(times, count, median + 1) >= (int32_t)count);
        assert_true(2 * model_below(times, count, median) < (int32_t)count);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(milliseconds_are_the_nearest),
    cmocka_unit_test(of_nothing_there_is_nothing),
    cmocka_unit_test(counts_agree_with_a_model),
    cmocka_unit_test(the_median_is_a_time_that_half_do_not_exceed),
};

const struct suite suite_samples = {
    .name = "samples", .tests = tests, .count = sizeof tests / sizeof *tests};
