/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impair_text: what is read, what is refused and how; what is written reads back the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"

#include "../judge.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/impair.h"

#define MS INT64_C(1000000)

/* ---- reading */

static const struct read_case {
    const char *text;
    struct impair_path in, out;
} read_cases[] = {
    {"loss=30%", {.loss = 0.3}, {.loss = 0.3}},
    {"loss=0.3", {.loss = 0.3}, {.loss = 0.3}},
    {"loss=.3", {.loss = 0.3}, {.loss = 0.3}},
    {"loss=3/10", {.loss = 0.3}, {.loss = 0.3}},
    {"loss=000030.000%", {.loss = 0.3}, {.loss = 0.3}},
    {"loss=100%", {.loss = 1}, {.loss = 1}},
    {"loss=1", {.loss = 1}, {.loss = 1}},
    {"loss=11/11", {.loss = 1}, {.loss = 1}},
    {"loss=9998/9999", {.loss = 9998.0 / 9999}, {.loss = 9998.0 / 9999}},
    {"loss=0", {.loss = 0}, {.loss = 0}},
    {"loss=0%", {.loss = 0}, {.loss = 0}},
    {"loss=0/7", {.loss = 0}, {.loss = 0}},
    {"in.loss=4/11", {.loss = 4.0 / 11}, {.loss = 0}},
    {"out.loss=4/11", {.loss = 0}, {.loss = 4.0 / 11}},
    {"loss=0.1234567890123456789", {.loss = 0.123456789012345}, {.loss = 0.123456789012345}},
    {"in.dup=5%", {.dup = 0.05}, {.dup = 0}},
    {"in.reorder=0.5%", {.reorder = 0.005}, {.reorder = 0}},
    {"out.corrupt=1%", {.corrupt = 0}, {.corrupt = 0.01}},
    {"in.delay=80ms", {.delay_ns = 80 * MS}, {.delay_ns = 0}},
    {"in.delay=80ms+-40ms", {.delay_ns = 80 * MS, .jitter_ns = 40 * MS}, {.delay_ns = 0}},
    {"in.delay=1.5", {.delay_ns = 1500 * MS}, {.delay_ns = 0}},
    {"in.delay=5m+-5m",
     {.delay_ns = IMPAIR_DELAY_MAX_NS, .jitter_ns = IMPAIR_DELAY_MAX_NS},
     {.delay_ns = 0}},
    {"in.jitter=40ms", {.jitter_ns = 40 * MS}, {.delay_ns = 0}},
    {"in.jitter=40ms,in.delay=80ms", {.delay_ns = 80 * MS}, {.delay_ns = 0}},
    {"in.delay=80ms,in.jitter=40ms", {.delay_ns = 80 * MS, .jitter_ns = 40 * MS}, {.delay_ns = 0}},
    {"in.delay=80ms+-40ms,in.delay=1ms", {.delay_ns = MS}, {.delay_ns = 0}},
    {"in.rate=20/s", {.rate_per_s = 20}, {.rate_per_s = 0}},
    {"in.rate=1.5k/s", {.rate_per_s = 1500}, {.rate_per_s = 0}},
    {"in.rate=100/m", {.rate_per_s = 100.0 / 60}, {.rate_per_s = 0}},
    {"in.rate=1/h", {.rate_per_s = 1.0 / 3600}, {.rate_per_s = 0}},
    {"rate=20/s,out.rate=0", {.rate_per_s = 20}, {.rate_per_s = 0}},
    {"loss=1%,loss=2%,in.loss=3%", {.loss = 0.03}, {.loss = 0.02}},
    {"off", {.loss = 0}, {.loss = 0}},
    {"kurose", {.loss = 4.0 / 11}, {.loss = 0}},
    {"loss=50%,dup=5%,kurose,out.dup=1%", {.loss = 4.0 / 11}, {.dup = 0.01}},
    {"wifi",
     {.loss = 0.02, .dup = 0.005, .reorder = 0.01, .delay_ns = 5 * MS, .jitter_ns = 4 * MS},
     {.loss = 0.02, .dup = 0.005, .reorder = 0.01, .delay_ns = 5 * MS, .jitter_ns = 4 * MS}},
    {"satellite",
     {.loss = 0.005, .delay_ns = 300 * MS, .jitter_ns = 10 * MS},
     {.loss = 0.005, .delay_ns = 300 * MS, .jitter_ns = 10 * MS}},
    {"loss=50%,satellite,off", {.loss = 0}, {.loss = 0}},
    {"loss=30%,dup=5%,delay=80ms+-40ms,reorder=10%,corrupt=1%,rate=20/s",
     {0.3, 0.05, 0.1, 0.01, 80 * MS, 40 * MS, 20},
     {0.3, 0.05, 0.1, 0.01, 80 * MS, 40 * MS, 20}},
};

static void settings_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(read_cases); i++) {
        struct impair_config wanted = {.ways = {read_cases[i].in, read_cases[i].out}, .seed = 7};
        struct impair_config config = {.seed = 7};

        assert_null(impair_parse(read_cases[i].text, &config));
        if (!impair_equal(&config, &wanted))
            fail_msg("\"%s\" is read wrongly", read_cases[i].text);
    }
}

/* What is not named stays as it was. */
static void settings_are_read_over_others(void **state)
{
    struct impair_config config = {.seed = 7};

    (void)state;
    assert_null(impair_parse("loss=30%,rate=20/s", &config));
    assert_null(impair_parse("out.loss=10%", &config));
    assert_true(config.ways[IMPAIR_IN].loss == 0.3 && config.ways[IMPAIR_OUT].loss == 0.1);
    assert_true(config.ways[IMPAIR_OUT].rate_per_s == 20);
    assert_int_equal(config.seed, 7);
}

/* ---- refusing: the message holds this word */

static const struct refused {
    const char *word;
    const char *texts[24];
} refusals[] = {
    {"probability",
     {"loss=101%", "loss=1.01", "loss=12/11",      "loss=30",     "loss=-1",
      "loss=-30%", "loss=nan",  "loss=inf",        "loss=0x1p-2", "loss=1e-3",
      "loss=30%%", "loss=30% ", "loss= 30%",       "loss=30 %",   "loss=4/0",
      "loss=0/0",  "loss=4/",   "loss=/11",        "loss=4/11%",  "loss=1/99999999999999999999",
      "loss=.",    "loss=",     "loss=100.000001%"}},
    {"probability", {"dup=2", "reorder=x", "corrupt=%", "in.loss=18446744073709551617%"}},
    {"probability", {"loss=0.3.0", "loss=4/-11", "loss=+30%", "loss=30%=", "loss==1"}},
    {"delay",
     {"delay=80xs", "delay=-80ms", "delay=", "delay=nan", "delay=301s", "delay=80ms+-",
      "delay=+-40ms", "delay=80ms+-40ms+-4ms", "delay=80ms-40ms", "delay=80ms+-400s",
      "delay=99999999999999999999s", "delay=80ms junk"}},
    {"jitter", {"jitter=40ns+", "jitter=-4ms", "jitter=40ms+-1ms", "jitter=6m"}},
    {"rate", {"rate=-1", "rate=fast", "rate=20/x", "rate=", "rate=nan", "rate=0/s", "rate=inf"}},
    {"out of range", {"rate=0.5/h", "rate=1001M/s", "rate=0.0000001"}},
    {"empty", {"", ",", "loss=30%,", ",loss=30%", "loss=30%,,dup=5%", "off,"}},
    {"too long",
     {"loss=0.000000000000000000000000000000000000000000000000000000000000000000000000001"}},
    {"unknown setting",
     {"los=30%", "Loss=30%", "=30%", "in.=3%", "in.in.loss=3%", "up.loss=3%", "seed=7", " loss=3%",
      "in.kurose=1"}},
    {"unknown preset", {"30%", "loss=0,3", "wlan", "Kurose", "in.kurose", "none", " off"}},
    {"without a value", {"loss", "in.loss", "off,rate", "delay"}},
};

static void assert_refused(const char *text, const char *word)
{
    struct impair_config before = {.seed = 7}, config;
    const char *error;

    assert_null(impair_parse("wifi,out.rate=3/s", &before));
    config = before;
    error = impair_parse(text, &config);
    if (error == NULL)
        fail_msg("\"%s\" is not refused", text);
    if (strstr(error, word) == NULL)
        fail_msg("\"%s\" is refused as \"%s\"", text, error);
    assert_true(impair_equal(&config, &before));
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        for (size_t j = 0; j < COUNT_OF(refusals[i].texts) && refusals[i].texts[j] != NULL; j++)
            assert_refused(refusals[i].texts[j], refusals[i].word);
}

/* One wrong setting, and none of the list is taken. */
static void a_list_is_taken_whole_or_not(void **state)
{
    (void)state;
    assert_refused("loss=50%,dup=50%,rate=x", "rate");
    assert_refused("off,loss=150%", "probability");
}

/* ---- presets */

#define PRESET(name, text) {name, text},
static void presets_are_listed(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {IMPAIR_EACH_PRESET(PRESET)};
    const size_t count = sizeof rows / sizeof *rows;

    (void)state;
    for (size_t row = 0; row < count; row++) {
        struct impair_config by_name = {.seed = 7}, by_text = by_name;

        assert_string_equal(impair_preset_name(row), rows[row].name);
        assert_null(impair_parse(rows[row].name, &by_name));
        if (*rows[row].text != '\0')
            assert_null(impair_parse(rows[row].text, &by_text));
        assert_true(impair_equal(&by_name, &by_text));
    }
    assert_null(impair_preset_name(count));
    assert_null(impair_preset_name(SIZE_MAX));
}

/* ---- writing */

static void texts_are_short(void **state)
{
    static const struct {
        const char *read, *written;
    } cases[] = {
        {"off", "off"},
        {"loss=0", "off"},
        {"loss=0.3", "loss=30%"},
        {"kurose", "in.loss=4/11"},
        {"loss=8/22", "loss=4/11"},
        {"loss=12.5%", "loss=12.5%"},
        {"loss=1/8", "loss=12.5%"},
        {"loss=1/9999", "loss=1/9999"},
        {"loss=100%", "loss=100%"},
        {"loss=0.000000000000001", "loss=0.0000000000001%"},
        {"dup=5%,loss=30%", "loss=30%,dup=5%"},
        {"in.loss=30%,out.loss=30%", "loss=30%"},
        {"out.loss=10%,in.loss=30%", "in.loss=30%,out.loss=10%"},
        {"wifi", "loss=2%,dup=0.5%,delay=5ms+-4ms,reorder=1%"},
        {"satellite", "loss=0.5%,delay=300ms+-10ms"},
        {"delay=1.5s", "delay=1.5s"},
        {"delay=1500us+-3ns", "delay=1.5ms+-3ns"},
        {"delay=80ms,in.jitter=40ms", "in.delay=80ms+-40ms,out.delay=80ms"},
        {"jitter=40ms", "delay=0ns+-40ms"},
        {"rate=20", "rate=20/s"},
        {"rate=100/m", "rate=100/m"},
        {"rate=7/h", "rate=7/h"},
        {"rate=90/m", "rate=1.5/s"},
        {"rate=1.5k/s", "rate=1500/s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct impair_config config = {.seed = 7};
        char text[IMPAIR_TEXT_SIZE];

        assert_null(impair_parse(cases[i].read, &config));
        assert_int_equal(impair_format(&config, text, sizeof text), strlen(cases[i].written));
        assert_string_equal(text, cases[i].written);
    }
}

static void what_has_no_room_is_cut(void **state)
{
    static const char whole[] = "in.loss=4/11,out.rate=20/s";
    struct impair_config config = {.seed = 7};
    char text[sizeof whole + 1];

    (void)state;
    assert_null(impair_parse(whole, &config));
    for (size_t size = 0; size <= sizeof whole; size++) {
        memset(text, '#', sizeof text);
        assert_int_equal(impair_format(&config, text, size), sizeof whole - 1);
        if (size > 0) {
            assert_int_equal(strlen(text), size - 1);
            assert_memory_equal(text, whole, size - 1);
        }
        assert_int_equal(text[size], '#');
    }
    assert_int_equal(impair_format(&config, NULL, 0), sizeof whole - 1);
}

static void values_are_shown(void **state)
{
    static const struct {
        const char *text;
        enum impair_setting setting;
        const char *shown;
    } cases[] = {
        {"off", IMPAIR_LOSS, "-"},
        {"off", IMPAIR_DELAY, "-"},
        {"off", IMPAIR_JITTER, "-"},
        {"off", IMPAIR_RATE, "-"},
        {"loss=30%", IMPAIR_LOSS, "30%"},
        {"kurose", IMPAIR_LOSS, "36.4%"},
        {"dup=0.5%", IMPAIR_DUP, "0.5%"},
        {"dup=0.12345%", IMPAIR_DUP, "0.123%"},
        {"reorder=99.94%", IMPAIR_REORDER, "99.9%"},
        {"reorder=99.99%", IMPAIR_REORDER, ">99.9%"},
        {"corrupt=100%", IMPAIR_CORRUPT, "100%"},
        {"delay=80ms+-40ms", IMPAIR_DELAY, "80 ms"},
        {"delay=80ms+-40ms", IMPAIR_JITTER, "40 ms"},
        {"delay=83.5ms", IMPAIR_DELAY, "83.5 ms"},
        {"delay=1.5s", IMPAIR_DELAY, "1.5 s"},
        {"rate=20/s", IMPAIR_RATE, "20/s"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct impair_config config = {.seed = 7};
        char text[UNITS_TEXT_SIZE];

        assert_null(impair_parse(cases[i].text, &config));
        assert_string_equal(
            impair_format_setting(&config.ways[IMPAIR_IN], cases[i].setting, text, sizeof text),
            cases[i].shown);
    }
}

/* ---- round trip: random configs, made of what can be read */

static double random_probability(uint64_t *random)
{
    uint64_t below = 1 + judge_random(random) % 9999, parts = 1;

    switch (judge_random(random) % 4) {
    case 0:
        return (double)(judge_random(random) % (below + 1)) / (double)below;
    case 1:
        return (double)(judge_random(random) % 1001) / 1000;
    case 2: /* any of the 10^15 that have 15 digits */
        parts = (uint64_t)judge_random(random) << 32 | judge_random(random);
        return (double)(parts % UINT64_C(1000000000000001)) / 1e15;
    default:
        return 0;
    }
}

static int64_t random_time(uint64_t *random)
{
    static const int64_t units_ns[] = {0, 1, 1000, MS, 10 * MS, 1000 * MS};
    int64_t unit_ns = units_ns[judge_random(random) % COUNT_OF(units_ns)];

    return judge_random(random) % 300 * unit_ns + judge_random(random) % 2 * unit_ns / 1000;
}

/* As a text, since the parser settles what a rate is. */
static void read_random_rate(uint64_t *random, const char *name, struct impair_config *config)
{
    static const char *const units[] = {"/s", "k/s", "M/s", "/m", "/h"};
    char text[64];

    snprintf(text, sizeof text, "%s=%u.%0*u%s", name, 1 + judge_random(random) % 999,
             (int)(judge_random(random) % 9), judge_random(random) % 1000,
             units[judge_random(random) % COUNT_OF(units)]);
    assert_null(impair_parse(text, config));
}

static void random_configs_read_back(void **state)
{
    static const char *const rates[IMPAIR_WAYS] = {"in.rate", "out.rate"};
    uint64_t random = 88172645463325252U;
    size_t longest = 0;

    (void)state;
    for (int run = 0; run < 20000; run++) {
        struct impair_config config = {.seed = 7}, again = {.seed = 7};
        char text[IMPAIR_TEXT_SIZE];

        for (unsigned way = 0; way < IMPAIR_WAYS; way++) {
            config.ways[way] = (struct impair_path){.loss = random_probability(&random),
                                                    .dup = random_probability(&random),
                                                    .reorder = random_probability(&random),
                                                    .corrupt = random_probability(&random),
                                                    .delay_ns = random_time(&random),
                                                    .jitter_ns = random_time(&random)};
            if (judge_random(&random) % 2 == 0)
                read_random_rate(&random, rates[way], &config);
        }
        if (judge_random(&random) % 4 == 0)
            config.ways[IMPAIR_OUT] = config.ways[IMPAIR_IN];
        size_t length = impair_format(&config, text, sizeof text);
        longest = length > longest ? length : longest;
        assert_in_range(length, 1, sizeof text - 1);
        assert_null(impair_parse(text, &again));
        if (!impair_equal(&config, &again))
            fail_msg("\"%s\" reads back otherwise", text);
    }
    assert_true(longest > 200);
}

/* Whatever the keys make of a preset. */
static void stepped_configs_read_back(void **state)
{
    uint64_t random = 1;

    (void)state;
    for (size_t row = 0; impair_preset_name(row) != NULL; row++)
        for (int step = 0; step < 2000; step++) {
            struct impair_config config = {.seed = 7}, again = {.seed = 7};
            char text[IMPAIR_TEXT_SIZE];

            assert_null(impair_parse(impair_preset_name(row), &config));
            for (int i = 0; i < 20; i++)
                impair_step(&config.ways[judge_random(&random) % IMPAIR_WAYS],
                            judge_random(&random) % IMPAIR_SETTINGS, judge_random(&random) % 3 > 0);
            impair_format(&config, text, sizeof text);
            assert_null(impair_parse(text, &again));
            assert_true(impair_equal(&config, &again));
        }
}

/* ---- the rows */

/* One step up and one back: what a setting is called, how it is read and written, and its
 * clearing. */
static void each_setting_goes_through_its_row(void **state)
{
    (void)state;
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++) {
        struct impair_config config = {.seed = 7}, again = {.seed = 7};
        char text[IMPAIR_TEXT_SIZE], value[UNITS_TEXT_SIZE];

        impair_step(&config.ways[IMPAIR_IN], setting, true);
        assert_true(impair_path_active(&config.ways[IMPAIR_IN]));
        impair_format(&config, text, sizeof text);
        assert_null(impair_parse(text, &again));
        assert_true(impair_equal(&config, &again));
        impair_format_setting(&config.ways[IMPAIR_IN], setting, value, sizeof value);
        assert_string_not_equal(value, "-");
        impair_clear(&config.ways[IMPAIR_IN], setting);
        assert_false(impair_active(&config));
    }
}

static void assert_refusal_names(const char *refused, const char *word)
{
    struct impair_config config = {.seed = 7};
    const char *error = impair_parse(refused, &config);

    assert_non_null(error);
    assert_non_null(strstr(error, word));
}

static void settings_are_named_everywhere(void **state)
{
    (void)state;
    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++) {
        const char *name = impair_setting_name(setting);
        char value[UNITS_TEXT_SIZE];

        assert_true(strlen(impair_setting_help(setting)) > 0);
        assert_refusal_names("colour=1", name);
        snprintf(value, sizeof value, " %s=", name);
        assert_non_null(strstr(IMPAIR_BEGINNINGS, value));
        manual_assert_names("udptui-impair.7", "DESCRIPTION", name);
    }
    for (size_t row = 0; impair_preset_name(row) != NULL; row++) {
        assert_refusal_names("wlan", impair_preset_name(row));
        assert_non_null(strstr(IMPAIR_BEGINNINGS, impair_preset_name(row)));
        manual_assert_names("udptui-impair.7", "DESCRIPTION", impair_preset_name(row));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_setting_goes_through_its_row),
    cmocka_unit_test(settings_are_named_everywhere),
    cmocka_unit_test(settings_are_read),
    cmocka_unit_test(settings_are_read_over_others),
    cmocka_unit_test(nonsense_is_refused),
    cmocka_unit_test(a_list_is_taken_whole_or_not),
    cmocka_unit_test(presets_are_listed),
    cmocka_unit_test(texts_are_short),
    cmocka_unit_test(what_has_no_room_is_cut),
    cmocka_unit_test(values_are_shown),
    cmocka_unit_test(random_configs_read_back),
    cmocka_unit_test(stepped_configs_read_back),
};

const struct suite suite_impair_text = {
    .name = "impair_text", .tests = tests, .count = sizeof tests / sizeof *tests};
