/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: kernel stamps of any age, a wall clock that was set, and local time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

static const int64_t near_ns = 100 * UNITS_NS_PER_US;

static void an_old_stamp_keeps_its_age(void **state)
{
    const int64_t hour_ns = 3600 * UNITS_NS_PER_S;
    struct clock_pair pair = clock_pair_begin();
    int64_t wall_ns = clock_wall_ns();
    int64_t now_ns = clock_monotonic_ns();

    (void)state;
    assert_true(clock_pair_look(&pair));
    int64_t converted_ns = clock_pair_monotonic_ns(&pair, wall_ns - hour_ns);
    assert_true(converted_ns > now_ns - hour_ns - near_ns);
    assert_true(converted_ns <= now_ns - hour_ns + near_ns);
}

/* As a look finds it after the clock was set: what was known of the offset is wrong by that. */
static void a_clock_that_was_set_is_noticed(void **state)
{
    struct clock_pair pair = clock_pair_begin();

    (void)state;
    pair.offset_ns += 2 * UNITS_NS_PER_MS;
    assert_false(clock_pair_look(&pair));
    assert_false(clock_pair_look(&pair));
    pair.unsure_until_ns = clock_monotonic_ns();
    assert_true(clock_pair_look(&pair));
}

/* Stamps of before that are not comparable later either: a datagram may have waited in a queue. */
static void stamps_of_before_the_clock_was_set_are_too_old(void **state)
{
    struct clock_pair pair = clock_pair_begin();
    int64_t now_ns = clock_monotonic_ns(), wall_ns = now_ns + pair.offset_ns;

    (void)state;
    assert_true(clock_pair_oldest_ns(&pair, now_ns, wall_ns) == INT64_MIN);
    pair.offset_ns += 2 * UNITS_NS_PER_MS;
    assert_true(clock_pair_oldest_ns(&pair, now_ns, wall_ns) == INT64_MAX);
    pair.unsure_until_ns = now_ns;
    int64_t oldest_ns = clock_pair_oldest_ns(&pair, now_ns, now_ns + pair.offset_ns);
    assert_true(oldest_ns >= wall_ns - near_ns);
    assert_true(oldest_ns <= clock_wall_ns());
}

static void local_time_follows_the_zone(void **state)
{
    const char *given = getenv("TZ");
    char *before = given != NULL ? strdup(given) : NULL;

    (void)state;
    setenv("TZ", "XXX-5:30", 1); /* POSIX: the sign is that of what UTC is ahead */
    tzset();
    assert_int_equal(clock_utc_offset_s(), 5 * 3600 + 30 * 60);
    setenv("TZ", "UTC0", 1);
    tzset();
    assert_int_equal(clock_utc_offset_s(), 0);
    if (before != NULL)
        setenv("TZ", before, 1);
    else
        unsetenv("TZ");
    tzset();
    free(before);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_old_stamp_keeps_its_age),
    cmocka_unit_test(a_clock_that_was_set_is_noticed),
    cmocka_unit_test(stamps_of_before_the_clock_was_set_are_too_old),
    cmocka_unit_test(local_time_follows_the_zone),
};

const struct suite suite_clock = {
    .name = "clock", .tests = tests, .count = sizeof tests / sizeof *tests};
