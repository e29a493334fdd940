/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units_parse: every suffix, exact values, and everything that is no figure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"

#define UNTOUCHED INT64_C(-4711)

/* Wrong wherever a figure is wanted. */
static const char *const no_figures[] = {
    "",    " ",  "x",   ".",   "s",     "-1",  "+1",  " 1",  "1 ",       "1..2", "1.2.3", "1,5",
    "1e3", "0x", "inf", "nan", "1 000", "--1", "1\n", "1_0", "\xd9\xa1", "1.-5", "1x",
};

static void test_duration(void **state)
{
    static const struct {
        const char *text;
        int64_t value_ns;
    } cases[] = {
        {"0", 0},
        {"5s", 5000000000},
        {"5", 5000000000},
        {"80ms", 80000000},
        {"250us", 250000},
        {"100ns", 100},
        {"2m", 120000000000},
        {"2min", 120000000000},
        {"1h", 3600000000000},
        {"1.5s", 1500000000},
        {".5s", 500000000},
        {"5.s", 5000000000},
        {"0.1", 100000000},
        {"0.3ms", 300000},
        {"1.000000001s", 1000000001},
        {"0.0000000019s", 1}, /* below a nanosecond: rounded down */
        {"0.9ns", 0},
        {"00080ms", 80000000},
        {"0.10000000000000000000000000000000000000000000000000000000000000000001h", 360000000000},
        {"4611686018427387904ns", INT64_C(1) << 62},
        {"4611686018.427387904s", INT64_C(1) << 62},
    };
    static const char *const wrong[] = {"5S",
                                        "5sec",
                                        "5 s",
                                        "5d",
                                        "1s2",
                                        "1/s",
                                        "4611686018427387905ns",
                                        "4611686018.427387905s",
                                        "18446744073709551616ns",
                                        "99999999999999999999999999h"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value_ns = UNTOUCHED;
        if (!units_parse_duration(cases[i].text, &value_ns) || value_ns != cases[i].value_ns)
            fail_msg("%s: %lld", cases[i].text, (long long)value_ns);
    }
    for (size_t i = 0; i < COUNT_OF(wrong) + COUNT_OF(no_figures); i++) {
        const char *text = i < COUNT_OF(wrong) ? wrong[i] : no_figures[i - COUNT_OF(wrong)];
        int64_t value_ns = UNTOUCHED;
        if (units_parse_duration(text, &value_ns) || value_ns != UNTOUCHED)
            fail_msg("accepted: %s", text);
    }
}

static void test_size(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } cases[] = {
        {"0", 0},
        {"4096", 4096},
        {"4096B", 4096},
        {"64k", 64000},
        {"64kB", 64000},
        {"4M", 4000000},
        {"4MB", 4000000},
        {"1G", 1000000000},
        {"2GB", 2000000000},
        {"3T", 3000000000000},
        {"3TB", 3000000000000},
        {"64Ki", 65536},
        {"64KiB", 65536},
        {"1Mi", 1048576},
        {"1.5MiB", 1572864},
        {"1Gi", 1073741824},
        {"1GiB", 1073741824},
        {"1Ti", 1099511627776},
        {"1TiB", 1099511627776},
        {"1.001k", 1001}, /* exact: 1.001 is no binary fraction */
        {"0.0009765625Ki", 1},
        {"18446744073709551615", UINT64_MAX},
        {"18446744073709551.615k", UINT64_MAX},
    };
    static const char *const wrong[] = {"0.5",
                                        "1.0001k",
                                        "64K",
                                        "64b",
                                        "64 k",
                                        "1kk",
                                        "5s",
                                        "18446744073709551616",
                                        "18446744073709551.616k",
                                        "16777216Ti",
                                        "99999999999999999999999"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t value = 4711;
        if (!units_parse_size(cases[i].text, &value) || value != cases[i].value)
            fail_msg("%s: %llu", cases[i].text, (unsigned long long)value);
    }
    for (size_t i = 0; i < COUNT_OF(wrong) + COUNT_OF(no_figures); i++) {
        const char *text = i < COUNT_OF(wrong) ? wrong[i] : no_figures[i - COUNT_OF(wrong)];
        uint64_t value = 4711;
        if (units_parse_size(text, &value) || value != 4711)
            fail_msg("accepted: %s", text);
    }
}

static void test_rate(void **state)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"20/s", 20},   {"20", 20},          {"1.5k/s", 1500},       {"1.5k", 1500},
        {"2M/s", 2e6},  {"2M", 2e6},         {"90/m", 1.5},          {"90/min", 1.5},
        {"3600/h", 1},  {"0.1", 0.1},        {"0.3/s", 0.3},         {".25", 0.25},
        {"1000M", 1e9}, {"1/h", 1 / 3600.0}, {"1/day", 1 / 86400.0}, {"1/d", 1 / 86400.0},
    };
    static const char *const wrong[] = {"0",     "0/s",   "0.0k",     "20/w",         "20s",
                                        "/s",    "20 /s", "20/",      "1001M",        "20/ss",
                                        "0.9/d", "1bps",  "10Mbit/s", "0.000000001/h"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double value = -1;
        if (!units_parse_rate(cases[i].text, &value) || value < cases[i].value ||
            value > cases[i].value)
            fail_msg("%s: %.17g", cases[i].text, value);
    }
    for (size_t i = 0; i < COUNT_OF(wrong) + COUNT_OF(no_figures); i++) {
        const char *text = i < COUNT_OF(wrong) ? wrong[i] : no_figures[i - COUNT_OF(wrong)];
        double value = -1;
        if (units_parse_rate(text, &value) || value >= 0)
            fail_msg("accepted: %s", text);
    }
}

/* Far more digits than a double has: no overflow into infinity or nothing. */
static void test_rate_of_many_digits(void **state)
{
    char text[1000];
    double value;

    (void)state;
    memset(text, '0', sizeof text);
    memcpy(text, "1.5", 3);
    text[sizeof text - 1] = '\0';
    assert_true(units_parse_rate(text, &value));
    assert_true(value >= 1.5 && value <= 1.5);
    memset(text, '9', sizeof text - 1);
    assert_false(units_parse_rate(text, &value));
}

static void test_flow(void **state)
{
    static const struct {
        const char *text;
        struct units_flow flow;
    } cases[] = {
        {"20/s", {20, false}},     {"1.5k", {1500, false}},    {"10Mbit/s", {1e7, true}},
        {"64kbps", {64000, true}}, {"1.2MB/s", {9.6e6, true}}, {"1bit/s", {1, true}},
        {"0.5GB/s", {4e9, true}},  {"2Gbit/s", {2e9, true}},   {"300B/s", {2400, true}},
    };
    static const char *const wrong[] = {"0bit/s", "0.5bit/s", "2000Gbit/s", "10Mb/s", "bit/s", "0"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct units_flow flow;
        double off;
        if (!units_parse_flow(cases[i].text, &flow) || flow.bits != cases[i].flow.bits)
            fail_msg("%s: refused, or not the right unit", cases[i].text);
        off = flow.per_second - cases[i].flow.per_second;
        if (off > 1e-6 || off < -1e-6)
            fail_msg("%s: %.17g", cases[i].text, flow.per_second);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct units_flow flow;
        if (units_parse_flow(wrong[i], &flow))
            fail_msg("accepted: %s", wrong[i]);
    }
}

static void test_rate_problem(void **state)
{
    (void)state;
    assert_non_null(strstr(units_rate_problem("10Mbit/s"), "bits"));
    assert_non_null(strstr(units_rate_problem("0.000000001/h"), "1/day"));
    assert_non_null(strstr(units_rate_problem("2000M"), "1/day"));
    assert_non_null(strstr(units_rate_problem("quick"), "not a rate"));
}

/* Whatever the parser takes has an interval that neither overflows nor vanishes. */
static void test_rate_interval(void **state)
{
    static const struct {
        const char *text;
        int64_t interval_ns;
    } cases[] = {{"1/day", INT64_C(86400000000000)},
                 {"1/m", INT64_C(60000000000)},
                 {"0.3/s", INT64_C(3333333333)},
                 {"20/s", 50000000},
                 {"1000M", 1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        double per_second;
        assert_true(units_parse_rate(cases[i].text, &per_second));
        assert_int_equal(units_rate_interval_ns(per_second), cases[i].interval_ns);
    }
}

static void test_integer(void **state)
{
    static const struct {
        const char *text;
        int64_t minimum, maximum, value;
    } cases[] = {
        {"0", 0, 0, 0},
        {"-0", 0, 0, 0},
        {"10", 1, 10, 10},
        {"007", 1, 10, 7},
        {"-5", -5, 5, -5},
        {"0x1F", 0, 100, 31},
        {"0Xff", 0, 255, 255},
        {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN},
        {"0x7fffffffffffffff", INT64_MIN, INT64_MAX, INT64_MAX},
    };
    static const char *const wrong[] = {"101",
                                        "-1",
                                        "ff",
                                        "12a",
                                        "0x",
                                        "0xg",
                                        "-0x5",
                                        "0x-5",
                                        "0x0x5",
                                        "1.0",
                                        "5k",
                                        "--5",
                                        "-",
                                        "0b1",
                                        "0x 5",
                                        "9223372036854775808",
                                        "-9223372036854775809",
                                        "18446744073709551617",
                                        "0x8000000000000000",
                                        "0x10000000000000000",
                                        "99999999999999999999999999"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = UNTOUCHED;
        if (!units_parse_integer(cases[i].text, cases[i].minimum, cases[i].maximum, &value) ||
            value != cases[i].value)
            fail_msg("%s: %lld", cases[i].text, (long long)value);
    }
    for (size_t i = 0; i < COUNT_OF(wrong) + COUNT_OF(no_figures); i++) {
        const char *text = i < COUNT_OF(wrong) ? wrong[i] : no_figures[i - COUNT_OF(wrong)];
        int64_t value = UNTOUCHED;
        if (units_parse_integer(text, 0, 100, &value) || value != UNTOUCHED)
            fail_msg("accepted: %s", text);
    }
}

/* Overflow is refused even if every number is allowed. */
static void test_integer_without_bounds(void **state)
{
    static const char *const wrong[] = {"9223372036854775808", "-9223372036854775809",
                                        "18446744073709551617", "0x8000000000000000"};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(units_parse_integer(wrong[i], INT64_MIN, INT64_MAX, &value));
}

/* A bit of what the formatters write is what the parsers read. */
static void test_durations_read_back(void **state)
{
    static const int64_t values_ns[] = {0, 1, 870, 1000, 31000, 1250000, 2040000000, 95000000000};
    char text[UNITS_TEXT_SIZE], *blank;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values_ns); i++) {
        int64_t value_ns = UNTOUCHED;
        units_duration(values_ns[i], text, sizeof text);
        blank = strchr(text, ' ');
        assert_non_null(blank);
        memmove(blank, blank + 1, strlen(blank));
        assert_true(units_parse_duration(text, &value_ns));
        assert_true(value_ns == values_ns[i]);
    }
}

/* A time of every day, and each text with one character changed that is no time or another one. */
static void test_iso8601_both_ways(void **state)
{
    char text[UNITS_TIME_SIZE], again[UNITS_TIME_SIZE];
    int64_t wall_ns, other_ns;

    (void)state;
    for (int64_t day = 0; day < 106000; day++) {
        wall_ns = (day * 86400 + day % 86400) * UNITS_NS_PER_S + day * 7919 % UNITS_NS_PER_S;
        units_iso8601(wall_ns, text, sizeof text);
        assert_true(units_parse_iso8601(text, &other_ns));
        assert_int_equal(other_ns, wall_ns);
    }
    for (size_t i = 0; i < strlen(text); i++) {
        for (int byte = 0; byte < 256; byte++) {
            char kept = text[i];
            text[i] = (char)byte;
            if (units_parse_iso8601(text, &other_ns))
                assert_string_equal(units_iso8601(other_ns, again, sizeof again), text);
            text[i] = kept;
        }
    }
}

static void test_iso8601_that_is_no_time(void **state)
{
    static const char *const wrong[] = {"",
                                        "2024",
                                        "2024-02-29T23:59:59.000000001",
                                        "2024-02-29T23:59:59.000000001Z ",
                                        "2023-02-29T23:59:59.000000001Z",
                                        "2024-13-01T00:00:00.000000000Z",
                                        "2024-00-01T00:00:00.000000000Z",
                                        "2024-01-01T24:00:00.000000000Z",
                                        "2024-01-01T00:60:00.000000000Z",
                                        "1969-12-31T23:59:59.999999999Z",
                                        "9999-12-31T23:59:59.999999999Z",
                                        "2024-01-01 00:00:00.000000000Z"};
    int64_t wall_ns;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (units_parse_iso8601(wrong[i], &wall_ns))
            fail_msg("%s is read as a time", wrong[i]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_duration),
    cmocka_unit_test(test_size),
    cmocka_unit_test(test_rate),
    cmocka_unit_test(test_rate_of_many_digits),
    cmocka_unit_test(test_flow),
    cmocka_unit_test(test_rate_problem),
    cmocka_unit_test(test_rate_interval),
    cmocka_unit_test(test_integer),
    cmocka_unit_test(test_integer_without_bounds),
    cmocka_unit_test(test_durations_read_back),
    cmocka_unit_test(test_iso8601_both_ways),
    cmocka_unit_test(test_iso8601_that_is_no_time),
};

const struct suite suite_units_parse = {
    .name = "units_parse", .tests = tests, .count = sizeof tests / sizeof *tests};
