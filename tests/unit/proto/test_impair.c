/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impair: what decides a fate and what does not, rates, and the steps of the keys. */
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
#define S  INT64_C(1000000000)

static const struct impair_path rough = {.loss = 0.3,
                                         .dup = 0.4,
                                         .reorder = 0.3,
                                         .corrupt = 0.5,
                                         .delay_ns = 80 * MS,
                                         .jitter_ns = 40 * MS};

static struct impair_config config_of(struct impair_path path, uint64_t seed)
{
    return (struct impair_config){.ways = {path, path}, .seed = seed};
}

/* ---- fates */

enum { MESSAGES = 5000 };

#define IGNORE_NOTHING IMPAIR_SETTINGS

/* All figures that both have, but for those of one setting. */
static void assert_same_fate(struct impair_fate one, struct impair_fate other,
                             enum impair_setting ignored)
{
    unsigned copies = one.copies < other.copies ? one.copies : other.copies;

    if (ignored != IMPAIR_LOSS)
        assert_int_equal(one.lost, other.lost);
    if (ignored != IMPAIR_DUP)
        assert_int_equal(one.copies, other.copies);
    if (ignored != IMPAIR_REORDER)
        assert_int_equal(one.gap, other.gap);
    for (unsigned copy = 0; copy < copies; copy++) {
        if (ignored != IMPAIR_DELAY && ignored != IMPAIR_JITTER)
            assert_int_equal(one.delay_ns[copy], other.delay_ns[copy]);
        if (ignored == IMPAIR_CORRUPT)
            continue;
        assert_int_equal(one.corrupt[copy], other.corrupt[copy]);
        assert_int_equal(one.bit[copy], other.bit[copy]);
    }
}

static void assert_same_fates(const struct impair_config *one, const struct impair_config *other,
                              enum impair_setting ignored)
{
    for (uint64_t number = 1; number <= MESSAGES; number++) {
        assert_same_fate(impair_fate(one, IMPAIR_IN, number, 0),
                         impair_fate(other, IMPAIR_IN, number, 0), ignored);
        for (unsigned branch = 0; branch < IMPAIR_COPIES_MAX; branch++)
            assert_same_fate(impair_fate(one, IMPAIR_OUT, number, branch),
                             impair_fate(other, IMPAIR_OUT, number, branch), ignored);
    }
}

/* How many of the messages are lost with one and not with the other. */
static unsigned count_differences(const struct impair_config *one, enum impair_way way,
                                  unsigned branch, const struct impair_config *other,
                                  enum impair_way other_way, unsigned other_branch)
{
    unsigned count = 0;

    for (uint64_t number = 1; number <= MESSAGES; number++)
        count += impair_fate(one, way, number, branch).lost !=
                 impair_fate(other, other_way, number, other_branch).lost;
    return count;
}

static void same_seed_same_fates(void **state)
{
    struct impair_config one = config_of(rough, 7), other = config_of(rough, 7);

    (void)state;
    assert_same_fates(&one, &other, IGNORE_NOTHING);
}

/* Two draws with 0.3 differ in 42 of 100. */
static void seed_way_and_branch_decide(void **state)
{
    struct impair_config one = config_of(rough, 7), other = config_of(rough, 8);

    (void)state;
    assert_true(count_differences(&one, IMPAIR_IN, 0, &other, IMPAIR_IN, 0) > MESSAGES / 3);
    assert_true(count_differences(&one, IMPAIR_IN, 0, &one, IMPAIR_OUT, 0) > MESSAGES / 3);
    assert_true(count_differences(&one, IMPAIR_OUT, 0, &one, IMPAIR_OUT, 1) > MESSAGES / 3);
}

/* Recorded once: a class that writes down a seed sees the same on each machine, and next year. */
static void fates_are_the_same_everywhere(void **state)
{
    static const char expected[] = "x.x.xx..x..x.x.....x.xx.xx..x..x.....x.x....";
    struct impair_config config = config_of((struct impair_path){.loss = 4.0 / 11}, 7);
    char seen[sizeof expected] = "";

    (void)state;
    for (unsigned i = 0; i < sizeof expected - 1; i++)
        seen[i] = impair_fate(&config, IMPAIR_IN, i + 1, 0).lost ? 'x' : '.';
    assert_string_equal(seen, expected);
}

static void figures_are_the_same_everywhere(void **state)
{
    struct impair_config config = {.seed = 7};
    struct impair_fate fate;

    (void)state;
    assert_null(impair_parse("dup=100%,delay=80ms+-40ms,reorder=100%,corrupt=100%", &config));
    fate = impair_fate(&config, IMPAIR_OUT, 1000, 1);
    assert_int_equal(fate.gap, 1);
    assert_int_equal(fate.delay_ns[0], 95345488);
    assert_int_equal(fate.delay_ns[1], 47516317);
    assert_true(fate.bit[0] == UINT64_C(7653123153010962931));
    assert_true(fate.bit[1] == UINT64_C(18405426420943057896));
}

static void a_setting_touches_no_other(void **state)
{
    struct impair_config before = config_of(rough, 7);

    (void)state;
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++)
        for (int up = 0; up <= 1; up++) {
            struct impair_config after = before;

            for (unsigned way = 0; way < IMPAIR_WAYS; way++)
                impair_step(&after.ways[way], setting, up != 0);
            assert_same_fates(&before, &after, setting);
        }
}

static void a_way_touches_not_the_other(void **state)
{
    struct impair_config before = config_of(rough, 7), after = before;

    (void)state;
    after.ways[IMPAIR_IN] = (struct impair_path){.loss = 0.9};
    for (uint64_t number = 1; number <= MESSAGES; number++)
        assert_same_fate(impair_fate(&before, IMPAIR_OUT, number, 1),
                         impair_fate(&after, IMPAIR_OUT, number, 1), IGNORE_NOTHING);
}

/* A higher loss loses the same datagrams as before, and more. */
static void more_loss_keeps_the_lost(void **state)
{
    struct impair_config few = config_of((struct impair_path){.loss = 0.1}, 7);
    struct impair_config many = config_of((struct impair_path){.loss = 0.3}, 7);

    (void)state;
    for (uint64_t number = 1; number <= MESSAGES; number++)
        assert_true(!impair_fate(&few, IMPAIR_IN, number, 0).lost ||
                    impair_fate(&many, IMPAIR_IN, number, 0).lost);
}

static void nothing_and_everything_are_sure(void **state)
{
    struct impair_config none = config_of((struct impair_path){.loss = 0}, 7);
    struct impair_config all = config_of(
        (struct impair_path){.loss = 1, .dup = 1, .reorder = 1, .corrupt = 1, .delay_ns = MS}, 7);

    (void)state;
    for (uint64_t number = 1; number <= MESSAGES; number++) {
        struct impair_fate fate = impair_fate(&none, IMPAIR_IN, number, 0);
        assert_same_fate(fate, (struct impair_fate){.copies = 1}, IGNORE_NOTHING);
        fate = impair_fate(&all, IMPAIR_OUT, number, 0);
        assert_true(fate.lost && fate.corrupt[0] && fate.corrupt[1]);
        assert_int_equal(fate.copies, 2);
        assert_in_range(fate.gap, 1, 3);
        assert_true(fate.delay_ns[0] == MS && fate.delay_ns[1] == MS);
    }
}

/* ---- rate */

static void departures_keep_their_distance(void **state)
{
    static const struct {
        double rate_per_s;
        int64_t spacing_ns;
    } cases[] = {{20, 50 * MS}, {1, S}, {3, 333333333}, {1e9, 1}, {1.0 / 3600, 3600 * S}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct impair_path path = {.rate_per_s = cases[i].rate_per_s};
        atomic_int_fast64_t free_ns = 0;
        int64_t now_ns = 1000 * S;

        for (int64_t n = 0; n < 100; n++) /* a burst */
            assert_int_equal(impair_depart_ns(&path, &free_ns, now_ns),
                             now_ns + n * cases[i].spacing_ns);
        now_ns += 100 * cases[i].spacing_ns; /* when the way has just become free */
        assert_int_equal(impair_depart_ns(&path, &free_ns, now_ns), now_ns);
        now_ns += cases[i].spacing_ns - 1; /* a nanosecond early */
        assert_int_equal(impair_depart_ns(&path, &free_ns, now_ns), now_ns + 1);
        now_ns += 10 * cases[i].spacing_ns + 1; /* a rest is not saved up */
        assert_int_equal(impair_depart_ns(&path, &free_ns, now_ns), now_ns);
        assert_int_equal(impair_depart_ns(&path, &free_ns, now_ns), now_ns + cases[i].spacing_ns);
    }
}

static void without_a_rate_nothing_waits(void **state)
{
    struct impair_path path = {.loss = 1};
    atomic_int_fast64_t free_ns = 42;

    (void)state;
    assert_int_equal(impair_depart_ns(&path, &free_ns, 7), 7);
    assert_int_equal(free_ns, 42);
}

static void the_end_of_time_is_not_passed(void **state)
{
    struct impair_path path = {.rate_per_s = 1};
    atomic_int_fast64_t free_ns = INT64_MAX - 5;

    (void)state;
    assert_int_equal(impair_depart_ns(&path, &free_ns, 7), INT64_MAX - 5);
    assert_int_equal(impair_depart_ns(&path, &free_ns, 7), INT64_MAX);
}

/* ---- what a config says */

static void each_setting_is_seen(void **state)
{
    struct impair_config none = config_of((struct impair_path){.loss = 0}, 7), other = none;

    (void)state;
    assert_false(impair_active(&none));
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++)
        for (unsigned way = 0; way < IMPAIR_WAYS; way++) {
            struct impair_config one = none;

            impair_step(&one.ways[way], setting, true);
            assert_true(impair_active(&one));
            assert_true(impair_path_active(&one.ways[way]));
            assert_false(impair_path_active(&one.ways[1 - way]));
            assert_false(impair_equal(&one, &none));
            assert_true(impair_equal(&one, &one));
        }
    other.seed = 8;
    assert_false(impair_equal(&none, &other));
}

/* ---- steps */

struct walk {
    enum impair_setting setting;
    bool up;
    const char *from, *steps; /* as impair_parse reads it; as impair_format_setting shows it */
};

static const struct walk walks[] = {
    {IMPAIR_LOSS, true, "off", "1% 5% 10% 15% 20%"},
    {IMPAIR_LOSS, true, "loss=95%", "100% 100%"},
    {IMPAIR_LOSS, false, "loss=10%", "5% 1% - -"},
    {IMPAIR_LOSS, true, "loss=4/11", "40% 45%"},
    {IMPAIR_LOSS, false, "loss=4/11", "35% 30%"},
    {IMPAIR_LOSS, true, "loss=0.5%", "1% 5%"},
    {IMPAIR_LOSS, false, "loss=0.5%", "- -"},
    {IMPAIR_LOSS, false, "loss=3%", "1% -"},
    {IMPAIR_DUP, true, "loss=50%,dup=4%", "5% 10%"},
    {IMPAIR_REORDER, false, "reorder=57%", "55% 50%"},
    {IMPAIR_CORRUPT, true, "corrupt=57%", "60% 65%"},
    {IMPAIR_DELAY, true, "delay=80ms", "90 ms 100 ms 200 ms 300 ms"},
    {IMPAIR_DELAY, false, "delay=200ms", "100 ms 90 ms 80 ms"},
    {IMPAIR_DELAY, false, "delay=20ms", "10 ms - -"},
    {IMPAIR_DELAY, true, "delay=950ms", "1 s 1.1 s"},
    {IMPAIR_DELAY, true, "delay=299.95s", "300 s 300 s"},
    {IMPAIR_JITTER, false, "delay=1s+-83.5ms", "80 ms 70 ms"},
    {IMPAIR_JITTER, true, "delay=1s+-83.5ms", "90 ms 100 ms"},
    {IMPAIR_RATE, true, "off", "1/s 2/s 5/s 10/s 20/s 50/s"},
    {IMPAIR_RATE, true, "rate=500/s", "1000/s - 1/s"},
    {IMPAIR_RATE, false, "rate=2/s", "1/s - 1000/s 500/s"},
    {IMPAIR_RATE, true, "rate=30/s", "50/s"},
    {IMPAIR_RATE, false, "rate=1.5k/s", "1000/s"},
    {IMPAIR_RATE, true, "rate=1.5k/s", "- 1/s"},
};

static void take_walk(const struct walk *walk)
{
    struct impair_config config = {.seed = 1};
    struct impair_path untouched;
    char seen[200] = "", value[32];

    assert_null(impair_parse(walk->from, &config));
    untouched = config.ways[IMPAIR_OUT];
    while (strlen(seen) < strlen(walk->steps)) {
        impair_step(&config.ways[IMPAIR_IN], walk->setting, walk->up);
        impair_format_setting(&config.ways[IMPAIR_IN], walk->setting, value, sizeof value);
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s", *seen ? " " : "", value);
    }
    assert_string_equal(seen, walk->steps);
    assert_memory_equal(&config.ways[IMPAIR_OUT], &untouched, sizeof untouched);
}

static void keys_step_through_round_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
        take_walk(&walks[i]);
}

/* ---- prepared */

static void prepared_draws_are_the_same(void **state)
{
    struct impair_config config = config_of(rough, 7);
    struct impair_fate thrown;
    struct impair_dice dice;

    (void)state;
    impair_prepare(&dice, &config);
    for (uint64_t number = 1; number < MESSAGES; number++)
        for (unsigned branch = 0; branch < 2; branch++)
            for (enum impair_way way = 0; way < IMPAIR_WAYS; way++) {
                impair_throw(&dice, way, number, branch, &thrown);
                assert_same_fate(thrown, impair_fate(&config, way, number, branch), IGNORE_NOTHING);
            }
}

/* ---- loss alone */

static void losses_are_those_of_the_fates(void **state)
{
    static const double chances[] = {0, 1e-15, 0.1, 4.0 / 11, 0.5, 1 - 0x1p-53, 1};

    (void)state;
    for (size_t in = 0; in < sizeof chances / sizeof *chances; in++)
        for (size_t out = 0; out < sizeof chances / sizeof *chances; out++) {
            struct impair_config config = {.ways = {{.loss = chances[in]}, {.loss = chances[out]}},
                                           .seed = in * 7 + out};
            struct impair_losses losses = impair_losses_of(&config);
            for (uint64_t number = 1; number < MESSAGES; number++) {
                enum impair_way way = number % 2 ? IMPAIR_IN : IMPAIR_OUT;
                uint64_t lost = impair_lost_messages(&losses, way, number, 64);
                assert_int_equal(lost & 1, impair_fate(&config, way, number, 0).lost);
                assert_int_equal(lost >> 63, impair_fate(&config, way, number + 63, 0).lost);
                assert_int_equal(impair_lost_messages(&losses, way, number, 1), lost & 1);
            }
        }
}

static void loss_alone_is_nothing_else(void **state)
{
    static const struct {
        const char *text;
        bool alone, waits;
    } rows[] = {
        {"off", false, false},
        {"loss=10%", true, false},
        {"in.loss=10%", true, false},
        {"out.loss=1%", true, false},
        {"loss=10%,dup=1%", false, false},
        {"loss=10%,out.corrupt=1%", false, false},
        {"loss=10%,delay=1ms", false, true},
        {"loss=10%,in.jitter=1ms", false, true},
        {"loss=10%,reorder=1%", false, true},
        {"loss=10%,rate=5/s", false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct impair_config config = {.seed = 0};
        assert_null(impair_parse(rows[i].text, &config));
        assert_int_equal(impair_is_loss_alone(&config), rows[i].alone);
        assert_int_equal(impair_path_waits(&config.ways[IMPAIR_IN]), rows[i].waits);
    }
}

/* Whoever adds a setting must say so there. */
static void every_other_setting_is_more_than_loss(void **state)
{
    (void)state;
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++) {
        struct impair_config config = {.ways = {{.loss = 0.1}}};
        impair_step(&config.ways[IMPAIR_OUT], setting, true);
        assert_int_equal(impair_is_loss_alone(&config), setting == IMPAIR_LOSS);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(same_seed_same_fates),
    cmocka_unit_test(seed_way_and_branch_decide),
    cmocka_unit_test(fates_are_the_same_everywhere),
    cmocka_unit_test(figures_are_the_same_everywhere),
    cmocka_unit_test(a_setting_touches_no_other),
    cmocka_unit_test(a_way_touches_not_the_other),
    cmocka_unit_test(more_loss_keeps_the_lost),
    cmocka_unit_test(nothing_and_everything_are_sure),
    cmocka_unit_test(departures_keep_their_distance),
    cmocka_unit_test(without_a_rate_nothing_waits),
    cmocka_unit_test(the_end_of_time_is_not_passed),
    cmocka_unit_test(each_setting_is_seen),
    cmocka_unit_test(prepared_draws_are_the_same),
    cmocka_unit_test(losses_are_those_of_the_fates),
    cmocka_unit_test(loss_alone_is_nothing_else),
    cmocka_unit_test(every_other_setting_is_more_than_loss),
    cmocka_unit_test(keys_step_through_round_values),
};

const struct suite suite_impair = {
    .name = "impair", .tests = tests, .count = sizeof tests / sizeof *tests};
