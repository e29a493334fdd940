/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sampler: how many it takes at which rate, and that each datagram has the same chance. */
#include "udptui/load/sampler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"

enum { BATCH = 64, SECONDS = 5 };

/* The number of samples at so many datagrams a second, in batches. by_place: counts their places. */
static uint64_t take(uint64_t seed, uint64_t per_s, uint32_t batch, uint64_t *by_place)
{
    struct sampler sampler = sampler_begin(seed, 0);
    uint64_t taken = 0;
    uint32_t place;

    for (uint64_t sent = 0; sent < per_s * SECONDS; sent += batch) {
        int64_t now_ns = (int64_t)(sent * (uint64_t)UNITS_NS_PER_S / per_s);
        if (!sampler_choose(&sampler, sent, batch, now_ns, &place))
            continue;
        assert_true(place < batch);
        by_place[place]++;
        taken++;
        assert_true(taken <= 2 * (uint64_t)now_ns * SAMPLER_PER_S / (uint64_t)UNITS_NS_PER_S +
                                 SAMPLER_BURST);
    }
    return taken;
}

static void a_slow_load_is_sampled_whole(void **state)
{
    static const uint64_t rates[] = {1, 20, 500, 1000};
    uint64_t by_place[BATCH] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        assert_int_equal(take(4010, rates[i], 1, by_place), rates[i] * SECONDS);
}

static void a_fast_load_has_a_thousand_a_second(void **state)
{
    static const uint64_t rates[] = {10000, 200000, 6000000};
    uint64_t by_place[BATCH] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        uint64_t taken = take(4010, rates[i], 1, by_place);
        print_message("%llu/s: %llu\n", (unsigned long long)rates[i], (unsigned long long)taken);
        assert_true(taken > SAMPLER_PER_S * SECONDS * 9 / 10);
        assert_true(taken <= SAMPLER_PER_S * SECONDS * 11 / 10);
    }
}

/* Within 5 standard deviations of the mean. */
static void each_place_of_a_batch_is_as_likely(void **state)
{
    uint64_t by_place[BATCH] = {0}, all = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        all += take(seed << 32, 1000003, BATCH, by_place);
    for (size_t i = 0; i < BATCH; i++) {
        double mean = (double)all / BATCH, off = (double)by_place[i] - mean;
        assert_true(off * off < 25 * mean);
    }
}

/* A server that wakes up, and then takes a hundred times as much. */
static void a_rate_that_rises_is_limited(void **state)
{
    struct sampler sampler = sampler_begin(1, 0);
    uint64_t sent = 0, taken = 0;
    uint32_t place;

    (void)state;
    for (int64_t ms = 0; ms < 2000; ms++) {
        uint32_t count = ms < 1000 ? 10 : 1000;
        for (uint32_t i = 0; i < count; i++)
            taken += sampler_choose(&sampler, sent++, 1, ms * UNITS_NS_PER_MS, &place);
    }
    assert_true(taken > 1900);
    assert_true(taken <= 2500);
}

/* A tenth of the usual rate in the first 50 ms: about one of an interval then, too. */
static void the_beginning_is_not_sampled_more(void **state)
{
    struct sampler sampler = sampler_begin(1, 0);
    uint64_t sent = 0, early = 0;
    uint32_t place;

    (void)state;
    for (int64_t ms = 0; ms < 1000; ms++)
        for (uint32_t i = 0; i < (ms < 50 ? 100 : 1000); i++) {
            int64_t now_ns = ms * UNITS_NS_PER_MS + i * (ms < 50 ? 10000 : 1000);
            early += sampler_choose(&sampler, sent++, 1, now_ns, &place) && ms < 50;
        }
    assert_true(sampler.taken > 900 && sampler.taken <= 1200);
    assert_true(early <= 70);
}

/* From 1000 in an interval to one in two: the next one is not 1000 intervals away. */
static void a_rate_that_falls_is_followed(void **state)
{
    struct sampler sampler = sampler_begin(1, 0);
    uint64_t sent = 0, late = 0;
    uint32_t place;

    (void)state;
    for (int64_t ms = 0; ms < 2000; ms++)
        for (uint32_t i = 0; i < (ms < 1000 ? 1000 : (uint32_t)ms % 2); i++)
            late += sampler_choose(&sampler, sent++, 1, ms * UNITS_NS_PER_MS, &place) && ms >= 1000;
    assert_true(late > 300 && late <= 500);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_slow_load_is_sampled_whole),
    cmocka_unit_test(a_fast_load_has_a_thousand_a_second),
    cmocka_unit_test(each_place_of_a_batch_is_as_likely),
    cmocka_unit_test(a_rate_that_rises_is_limited),
    cmocka_unit_test(the_beginning_is_not_sampled_more),
    cmocka_unit_test(a_rate_that_falls_is_followed),
};

const struct suite suite_sampler = {
    .name = "sampler", .tests = tests, .count = sizeof tests / sizeof *tests};
