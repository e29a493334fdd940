/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtt against a sorted list of all times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/rtt.h"

static void empty_knows_nothing(void **state)
{
    struct rtt *rtt = rtt_open();

    (void)state;
    assert_int_equal(rtt_count(rtt), 0);
    assert_int_equal(rtt_min(rtt), -1);
    assert_int_equal(rtt_max(rtt), -1);
    assert_int_equal(rtt_mean(rtt), -1);
    assert_int_equal(rtt_percentile(rtt, 50), -1);
    assert_int_equal(rtt_jitter(rtt), -1);
    rtt_close(rtt);
}

static void one_time_is_every_figure(void **state)
{
    static const int64_t times[] = {0, 1, 127, 128, 255, 256, 257, 123456789, INT64_C(1) << 41};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct rtt *rtt = rtt_open();
        rtt_add(rtt, times[i]);
        assert_int_equal(rtt_min(rtt), times[i]);
        assert_int_equal(rtt_max(rtt), times[i]);
        assert_int_equal(rtt_mean(rtt), times[i]);
        assert_int_equal(rtt_percentile(rtt, 0), times[i]);
        assert_int_equal(rtt_percentile(rtt, 50), times[i]);
        assert_int_equal(rtt_percentile(rtt, 100), times[i]);
        assert_int_equal(rtt_jitter(rtt), -1);
        rtt_close(rtt);
    }
}

static void times_out_of_range_are_clamped(void **state)
{
    struct rtt *rtt = rtt_open();

    (void)state;
    rtt_add(rtt, -5);
    rtt_add(rtt, INT64_MAX);
    assert_int_equal(rtt_min(rtt), 0);
    assert_int_equal(rtt_max(rtt), INT64_C(1) << 41);
    rtt_close(rtt);
}

static void mean_and_deviation_are_exact(void **state)
{
    struct rtt *rtt = rtt_open();
    struct rtt *other = rtt_open();

    (void)state;
    assert_int_equal(rtt_stddev(rtt), -1);
    rtt_add(rtt, 2000);
    assert_int_equal(rtt_stddev(rtt), 0);
    rtt_add_many(rtt, 4000, 3);
    rtt_add_many(other, 5000, 2);
    rtt_add(other, 7000);
    rtt_add(other, 9000);
    rtt_merge(rtt, other); /* 2 4 4 4 5 5 7 9: mean 5, deviation 2 */
    assert_int_equal(rtt_mean(rtt), 5000);
    assert_int_equal(rtt_stddev(rtt), 2000);
    rtt_close(rtt);
    rtt_close(other);
}

/* Squares of long times that differ by nanoseconds: doubles would cancel out to nothing. */
static void the_deviation_of_long_times_is_exact(void **state)
{
    struct rtt *rtt = rtt_open();
    const int64_t long_ns = (INT64_C(1) << 41) - 10;

    (void)state;
    rtt_add_many(rtt, long_ns, UINT64_C(1) << 40);
    rtt_add_many(rtt, long_ns + 6, UINT64_C(1) << 40);
    assert_int_equal(rtt_mean(rtt), long_ns + 3);
    assert_int_equal(rtt_stddev(rtt), 3);
    rtt_close(rtt);
}

static void jitter_is_that_of_rfc_3550(void **state)
{
    struct rtt *rtt = rtt_open();

    (void)state;
    rtt_add(rtt, 1000);
    rtt_add(rtt, 2600); /* J = 0 + (1600 - 0) / 16 */
    assert_int_equal(rtt_jitter(rtt), 100);
    rtt_add(rtt, 2600); /* J = 100 + (0 - 100) / 16 = 93.75 */
    assert_int_equal(rtt_jitter(rtt), 94);
    rtt_close(rtt);
}

enum { TIMES = 20000 };

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* The smallest time that at least percent of all do not exceed. */
static int64_t exact_percentile(const int64_t *sorted, double percent)
{
    double wanted = TIMES * percent / 100;
    size_t rank = (size_t)wanted;

    rank += (double)rank < wanted;
    return sorted[rank > 0 ? rank - 1 : 0];
}

static void fill(struct rtt *rtt, int64_t *times, int bits)
{
    for (size_t i = 0; i < TIMES; i++) {
        times[i] = (((int64_t)rand() << 20) ^ rand()) & ((INT64_C(1) << (rand() % bits + 1)) - 1);
        rtt_add(rtt, times[i]);
    }
    qsort(times, TIMES, sizeof *times, compare);
}

static void percentiles_are_within_one_128th(void **state)
{
    static const double percents[] = {0, 1, 10, 25, 50, 75, 90, 99, 99.9, 100};
    static int64_t times[TIMES];

    (void)state;
    srand(4010);
    for (int bits = 4; bits <= 40; bits += 6) {
        struct rtt *rtt = rtt_open();
        fill(rtt, times, bits);
        for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
            int64_t exact = exact_percentile(times, percents[i]);
            int64_t told = rtt_percentile(rtt, percents[i]);
            assert_true(told >= exact);
            assert_true(told <= exact + exact / 128);
        }
        assert_int_equal(rtt_min(rtt), times[0]);
        assert_int_equal(rtt_max(rtt), times[TIMES - 1]);
        rtt_close(rtt);
    }
}

static void many_and_merge_count_as_one_by_one(void **state)
{
    struct rtt *single = rtt_open(), *many = rtt_open(), *half = rtt_open();

    (void)state;
    for (int i = 0; i < 500; i++)
        rtt_add(single, 1000);
    for (int i = 0; i < 300; i++)
        rtt_add(single, 90000);
    rtt_add_many(many, 1000, 500);
    rtt_add_many(many, 77, 0);
    rtt_add_many(half, 90000, 300);
    rtt_merge(many, half);
    assert_int_equal(rtt_count(many), 800);
    assert_int_equal(rtt_mean(many), rtt_mean(single));
    for (double percent = 0; percent <= 100; percent += 0.5)
        assert_int_equal(rtt_percentile(many, percent), rtt_percentile(single, percent));
    rtt_close(single);
    rtt_close(many);
    rtt_close(half);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(empty_knows_nothing),
    cmocka_unit_test(one_time_is_every_figure),
    cmocka_unit_test(times_out_of_range_are_clamped),
    cmocka_unit_test(mean_and_deviation_are_exact),
    cmocka_unit_test(the_deviation_of_long_times_is_exact),
    cmocka_unit_test(jitter_is_that_of_rfc_3550),
    cmocka_unit_test(percentiles_are_within_one_128th),
    cmocka_unit_test(many_and_merge_count_as_one_by_one),
};

const struct suite suite_rtt = {
    .name = "rtt", .tests = tests, .count = sizeof tests / sizeof *tests};
