/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pulse: increases spread over seconds, against a list of all seconds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/pulse.h"
#include "udptui/base/units.h"

enum { SECONDS = 8, ALL = 400 };

static const int64_t second_ns = UNITS_NS_PER_S;

static void spreads_by_time(void **state)
{
    uint64_t buckets[SECONDS];
    struct pulse pulse = pulse_begin(buckets, SECONDS);

    (void)state;
    pulse_add(&pulse, 100, 10 * second_ns + second_ns / 4, 11 * second_ns + second_ns / 4);
    assert_int_equal(pulse_at(&pulse, 11 * second_ns, 1), 75);
    assert_int_equal(pulse_at(&pulse, 11 * second_ns, 0), 25);
    pulse_add(&pulse, 7, 12 * second_ns, 12 * second_ns); /* no span */
    assert_int_equal(pulse_at(&pulse, 12 * second_ns, 0), 7);
    assert_float_equal(pulse_mean(&pulse, 12 * second_ns, 1, 2), 50, 0.001);
    assert_int_equal(pulse_at(&pulse, 30 * second_ns, 0), 0);
    assert_int_equal(pulse_at(&pulse, 30 * second_ns, 18), 7);
    assert_int_equal(pulse_at(&pulse, 2 * second_ns, 5), 0);
}

static void leaves_out_what_is_too_old(void **state)
{
    uint64_t buckets[SECONDS], sum = 0;
    struct pulse pulse = pulse_begin(buckets, SECONDS);

    (void)state;
    pulse_add(&pulse, 1600, 100 * second_ns, 116 * second_ns);
    for (int64_t age_s = 0; age_s < SECONDS; age_s++)
        sum += pulse_at(&pulse, 116 * second_ns, age_s);
    assert_int_equal(sum, 700); /* the second that begins has nothing yet */
    pulse_add(&pulse, 5, 90 * second_ns, 91 * second_ns); /* before all of them */
    assert_int_equal(pulse_at(&pulse, 116 * second_ns, 1), 100);
}

static void holds_the_greatest_counts(void **state)
{
    uint64_t buckets[SECONDS], sum = 0;
    struct pulse pulse = pulse_begin(buckets, SECONDS);

    (void)state;
    pulse_add(&pulse, UINT64_MAX, 10 * second_ns + 1, 14 * second_ns + 3);
    for (int64_t age_s = 0; age_s < SECONDS; age_s++)
        sum += pulse_at(&pulse, 14 * second_ns, age_s);
    assert_true(sum == UINT64_MAX);
}

/* Whole seconds, so that the simple model needs no rounding. */
static void agrees_with_a_list(void **state)
{
    uint64_t buckets[SECONDS], list[ALL + 32] = {0};
    struct pulse pulse = pulse_begin(buckets, SECONDS);
    uint32_t random = 1;

    (void)state;
    for (int64_t now_s = 16; now_s < ALL; now_s += random >> 16 & 1) {
        random = random * 1664525 + 1013904223;
        int64_t span_s = random >> 20 & 7;
        uint64_t each = random >> 8 & 255;
        pulse_add(&pulse, span_s == 0 ? each : each * (uint64_t)span_s,
                  (now_s - span_s) * second_ns, now_s * second_ns);
        for (int64_t at_s = now_s - span_s; at_s < now_s; at_s++)
            list[at_s] += each;
        list[now_s] += span_s == 0 ? each : 0;
        for (int64_t age_s = 0; age_s < SECONDS; age_s++)
            assert_int_equal(pulse_at(&pulse, now_s * second_ns, age_s), list[now_s - age_s]);
        random = random * 1664525 + 1013904223;
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(spreads_by_time),
    cmocka_unit_test(leaves_out_what_is_too_old),
    cmocka_unit_test(holds_the_greatest_counts),
    cmocka_unit_test(agrees_with_a_list),
};

const struct suite suite_pulse = {
    .name = "pulse", .tests = tests, .count = sizeof tests / sizeof *tests};
