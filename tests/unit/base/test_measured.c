/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured: against a plain rtt that was given only what is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/measured.h"

enum { TIMES = 5000, EPOCHS = 3 };

/* A time for each number, all over the histogram. */
static int64_t time_of(uint32_t number)
{
    return (int64_t)((number * UINT64_C(2654435761)) % (UINT64_C(1) << (10 + number % 20)));
}

static void expect_equal(struct measured *measured, const struct rtt *expected)
{
    const struct rtt *figures = measured_figures(measured);

    assert_int_equal(rtt_count(figures), rtt_count(expected));
    assert_int_equal(rtt_min(figures), rtt_min(expected));
    assert_int_equal(rtt_mean(figures), rtt_mean(expected));
    assert_int_equal(rtt_stddev(figures), rtt_stddev(expected));
    assert_int_equal(rtt_percentile(figures, 50), rtt_percentile(expected, 50));
    assert_int_equal(rtt_percentile(figures, 99), rtt_percentile(expected, 99));
    assert_int_equal(rtt_max(figures), rtt_max(expected));
    assert_int_equal(measured_jitter(measured), rtt_jitter(expected));
}

/* Kind 0 holds for good; 1 .. EPOCHS may be withdrawn. */
static struct measured *fill(uint32_t withdrawn, struct rtt *left)
{
    struct measured *measured = measured_open();

    assert_non_null(measured);
    for (uint32_t i = 0; i < TIMES; i++) {
        uint32_t kind = (i * 7 + i / 900) % (EPOCHS + 1);
        if (kind == 0)
            measured_add(measured, time_of(i));
        else
            assert_true(measured_add_shared(measured, kind, time_of(i)));
        if (kind != withdrawn)
            rtt_add(left, time_of(i));
    }
    return measured;
}

static void what_is_left_counts(void **state)
{
    (void)state;
    for (uint32_t withdrawn = 1; withdrawn <= EPOCHS + 1; withdrawn++) {
        struct rtt *left = rtt_open();
        struct measured *measured = fill(withdrawn, left);
        measured_withdraw(measured, withdrawn);
        expect_equal(measured, left);
        measured_withdraw(measured, withdrawn);
        expect_equal(measured, left);
        measured_close(measured);
        rtt_close(left);
    }
}

static void nothing_is_left(void **state)
{
    struct measured *measured = measured_open();
    struct rtt *left = rtt_open();

    (void)state;
    expect_equal(measured, left);
    assert_true(measured_add_shared(measured, 1, 5000));
    measured_withdraw(measured, 1);
    expect_equal(measured, left);
    measured_close(measured);
    rtt_close(left);
}

/* So many epochs later it cannot be withdrawn any more. */
static void an_old_epoch_holds_for_good(void **state)
{
    struct measured *measured = measured_open();
    struct rtt *left = rtt_open();

    (void)state;
    for (uint32_t i = 0; i < TIMES; i++) {
        assert_true(measured_add_shared(measured, i / 200, time_of(i)));
        rtt_add(left, time_of(i));
    }
    measured_withdraw(measured, 0);
    expect_equal(measured, left);
    measured_close(measured);
    rtt_close(left);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_left_counts),
    cmocka_unit_test(nothing_is_left),
    cmocka_unit_test(an_old_epoch_holds_for_good),
};

const struct suite suite_measured = {
    .name = "measured", .tests = tests, .count = sizeof tests / sizeof *tests};
