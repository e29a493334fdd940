/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impair, counted: 100,000 messages a setting, each rate within 4 standard deviations of what was
 * set, and no two figures that know of each other. The seeds are fixed: a pass is a pass for ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/impair.h"

#define MS INT64_C(1000000)

enum { MESSAGES = 100000 };

static const uint64_t seeds[] = {0, 1, 7, 2026, UINT64_MAX};

/* The three streams of fates that a message may draw from. */
static const struct source {
    enum impair_way way;
    unsigned branch;
} sources[] = {{IMPAIR_IN, 0}, {IMPAIR_OUT, 0}, {IMPAIR_OUT, 1}};

enum { SOURCES = sizeof sources / sizeof *sources, SEEDS = sizeof seeds / sizeof *seeds };

/* A binomial count: its variance is n p (1 - p). The half is for what is sure. */
static void assert_count(double count, double trials, double probability)
{
    double off = count - trials * probability;
    double variance = trials * probability * (1 - probability);

    if (off * off > 16 * variance + 0.25)
        fail_msg("%.0f of %.0f with a probability of %.4f", count, trials, probability);
}

/* Calls a check with each seed and source. */
static void check_everywhere(struct impair_path path,
                             void (*check)(const struct impair_config *, struct source))
{
    for (size_t seed = 0; seed < SEEDS; seed++)
        for (size_t source = 0; source < SOURCES; source++) {
            struct impair_config config = {.seed = seeds[seed]};

            config.ways[sources[source].way] = path;
            check(&config, sources[source]);
        }
}

/* ---- rates */

static void count_all(const struct impair_config *config, struct source source)
{
    const struct impair_path *path = &config->ways[source.way];
    unsigned lost = 0, doubled = 0, reordered = 0, copies = 0, corrupted = 0;

    for (uint64_t number = 1; number <= MESSAGES; number++) {
        struct impair_fate fate = impair_fate(config, source.way, number, source.branch);

        lost += fate.lost;
        doubled += fate.copies == 2;
        reordered += fate.gap > 0;
        copies += fate.copies;
        for (unsigned copy = 0; copy < fate.copies; copy++)
            corrupted += fate.corrupt[copy];
    }
    assert_count(lost, MESSAGES, path->loss);
    assert_count(doubled, MESSAGES, path->dup);
    assert_count(reordered, MESSAGES, path->reorder);
    assert_count(corrupted, copies, path->corrupt);
}

static void each_alone_at_its_rate(void **state)
{
    static const struct impair_path paths[] = {
        {.loss = 0.3},    {.loss = 4.0 / 11}, {.loss = 0.001},  {.dup = 0.05},
        {.dup = 0.5},     {.reorder = 0.1},   {.reorder = 0.7}, {.corrupt = 0.01},
        {.corrupt = 0.5}, {.corrupt = 0.999}, {.loss = 1},      {.delay_ns = 5 * MS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        check_everywhere(paths[i], count_all);
}

static void all_together_at_their_rates(void **state)
{
    (void)state;
    check_everywhere(
        (struct impair_path){.loss = 0.3, .dup = 0.05, .reorder = 0.1, .corrupt = 0.01}, count_all);
}

/* ---- what is drawn from several values */

enum { BITS = 48 };

static void count_gaps_and_bits(const struct impair_config *config, struct source source)
{
    unsigned gaps[4] = {0}, bits[2][BITS] = {{0}};

    for (uint64_t number = 1; number <= MESSAGES; number++) {
        struct impair_fate fate = impair_fate(config, source.way, number, source.branch);

        assert_in_range(fate.gap, 1, 3);
        gaps[fate.gap]++;
        for (unsigned copy = 0; copy < 2; copy++)
            bits[copy][fate.bit[copy] % BITS]++;
    }
    for (unsigned gap = 1; gap <= 3; gap++)
        assert_count(gaps[gap], MESSAGES, 1.0 / 3);
    for (unsigned bit = 0; bit < BITS; bit++) {
        assert_count(bits[0][bit], MESSAGES, 1.0 / BITS);
        assert_count(bits[1][bit], MESSAGES, 1.0 / BITS);
    }
}

static void gaps_and_bits_are_even(void **state)
{
    (void)state;
    check_everywhere((struct impair_path){.dup = 1, .reorder = 1, .corrupt = 1},
                     count_gaps_and_bits);
}

static int compare_times(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

/* Kolmogorov and Smirnov: the distance of the sorted times from a straight line, D sqrt(n) < 2.2
 * but in one of 8,000. */
static void assert_uniform(int64_t *times, size_t count, int64_t from, int64_t to)
{
    qsort(times, count, sizeof *times, compare_times);
    assert_true(times[0] >= from && times[count - 1] <= to);
    for (size_t i = 0; i < count; i++) {
        double expected = (double)(times[i] - from) / (double)(to - from);
        double off = expected - ((double)i + 0.5) / (double)count;

        if (off * off * (double)count > 2.2 * 2.2)
            fail_msg("delay %zu of %zu is %lld", i, count, (long long)times[i]);
    }
}

/* Of n uniform values between a and b: the variance of their mean is (b - a)^2 / 12 n. */
static void assert_mean(const int64_t *times, size_t count, double mean, double width)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double)times[i] - mean;
    sum /= (double)count;
    if (sum * sum > 16 * width * width / 12 / (double)count)
        fail_msg("the mean is off by %.0f ns", sum);
}

static void check_delays(const struct impair_config *config, struct source source)
{
    const struct impair_path *path = &config->ways[source.way];
    int64_t *times[2] = {malloc(MESSAGES * sizeof(int64_t)), malloc(MESSAGES * sizeof(int64_t))};

    assert_true(times[0] != NULL && times[1] != NULL);
    for (uint64_t number = 1; number <= MESSAGES; number++) {
        struct impair_fate fate = impair_fate(config, source.way, number, source.branch);

        for (unsigned copy = 0; copy < 2; copy++)
            times[copy][number - 1] = fate.delay_ns[copy];
    }
    for (unsigned copy = 0; copy < 2; copy++) {
        assert_mean(times[copy], MESSAGES, (double)path->delay_ns, 2 * (double)path->jitter_ns);
        assert_uniform(times[copy], MESSAGES, path->delay_ns - path->jitter_ns,
                       path->delay_ns + path->jitter_ns);
        free(times[copy]);
    }
}

static void delays_are_uniform(void **state)
{
    static const struct impair_path paths[] = {
        {.dup = 1, .delay_ns = 80 * MS, .jitter_ns = 40 * MS},
        {.dup = 1, .delay_ns = IMPAIR_DELAY_MAX_NS, .jitter_ns = IMPAIR_DELAY_MAX_NS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        check_everywhere(paths[i], check_delays);
}

/* 10 ms +- 30 ms: a third is drawn below nothing. */
static void check_clamped(const struct impair_config *config, struct source source)
{
    unsigned none = 0;

    for (uint64_t number = 1; number <= MESSAGES; number++) {
        struct impair_fate fate = impair_fate(config, source.way, number, source.branch);

        assert_true(fate.delay_ns[0] >= 0 && fate.delay_ns[0] <= 40 * MS);
        none += fate.delay_ns[0] == 0;
    }
    assert_count(none, MESSAGES, 1.0 / 3);
}

static void no_delay_is_below_nothing(void **state)
{
    (void)state;
    check_everywhere((struct impair_path){.delay_ns = 10 * MS, .jitter_ns = 30 * MS},
                     check_clamped);
}

/* ---- independence: each event has the probability CHANCE, two together its square */

#define CHANCE 0.3

enum { EVENTS = 6, STREAMS = 2 * SOURCES + 2, COLUMNS = EVENTS * STREAMS };

static const struct impair_path even = {.loss = CHANCE,
                                        .dup = CHANCE,
                                        .reorder = CHANCE,
                                        .corrupt = CHANCE,
                                        .delay_ns = 50 * MS,
                                        .jitter_ns = 50 * MS};

/* A bit an event. With a sure copy its figures take the place of the duplicate. */
static uint64_t events_of(const struct impair_fate *fate, bool sure_copy)
{
    const int64_t late_ns = 70 * MS;
    uint64_t bits = fate->lost | (uint64_t)(fate->gap > 0) << 1 | (uint64_t)fate->corrupt[0] << 2 |
                    (uint64_t)(fate->delay_ns[0] > late_ns) << 3;

    if (!sure_copy)
        return bits | (uint64_t)(fate->copies == 2) << 4;
    return bits | (uint64_t)fate->corrupt[1] << 4 | (uint64_t)(fate->delay_ns[1] > late_ns) << 5;
}

/* The events of a message, of the next one, and of the same with the next two seeds. */
static uint64_t events_around(const struct impair_config *config, uint64_t number, bool sure_copy)
{
    struct impair_config next = *config;
    struct impair_fate fate;
    uint64_t bits = 0;

    for (unsigned stream = 0; stream < 2 * SOURCES; stream++) {
        const struct source *source = &sources[stream % SOURCES];

        fate = impair_fate(config, source->way, number + stream / SOURCES, source->branch);
        bits = bits << EVENTS | events_of(&fate, sure_copy);
    }
    for (unsigned seed = 0; seed < 2; seed++) {
        next.seed++;
        fate = impair_fate(&next, IMPAIR_IN, number, 0);
        bits = bits << EVENTS | events_of(&fate, sure_copy);
    }
    return bits;
}

static void check_pairs(uint64_t seed, bool sure_copy)
{
    static unsigned joint[COLUMNS][COLUMNS];
    struct impair_config config = {.ways = {even, even}, .seed = seed};

    memset(joint, 0, sizeof joint);
    for (unsigned way = 0; way < IMPAIR_WAYS; way++)
        config.ways[way].dup = sure_copy ? 1 : CHANCE;
    for (uint64_t number = 1; number <= MESSAGES; number++) {
        uint64_t bits = events_around(&config, number, sure_copy);

        for (uint64_t left = bits; left != 0; left &= left - 1)
            for (uint64_t right = left & (left - 1); right != 0; right &= right - 1)
                joint[__builtin_ctzll(left)][__builtin_ctzll(right)]++;
    }
    for (unsigned one = 0; one < COLUMNS; one++)
        for (unsigned other = one + 1; other < COLUMNS; other++)
            if (sure_copy || (one % EVENTS < EVENTS - 1 && other % EVENTS < EVENTS - 1))
                assert_count(joint[one][other], MESSAGES, CHANCE * CHANCE);
}

static void no_two_figures_know_of_each_other(void **state)
{
    (void)state;
    for (size_t seed = 0; seed < SEEDS - 1; seed++) { /* the last has no next */
        check_pairs(seeds[seed], false);
        check_pairs(seeds[seed], true);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_alone_at_its_rate),
    cmocka_unit_test(all_together_at_their_rates),
    cmocka_unit_test(gaps_and_bits_are_even),
    cmocka_unit_test(delays_are_uniform),
    cmocka_unit_test(no_delay_is_below_nothing),
    cmocka_unit_test(no_two_figures_know_of_each_other),
};

const struct suite suite_impair_rates = {
    .name = "impair_rates", .tests = tests, .count = sizeof tests / sizeof *tests};
