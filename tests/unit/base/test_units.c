/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units: reading and writing figures, around each rounding boundary. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"

/* ---- formatting */

struct unsigned_case {
    uint64_t value;
    const char *text;
};

static void check_unsigned(const char *(*format)(uint64_t, char *, size_t),
                           const struct unsigned_case *cases, size_t count)
{
    char out[UNITS_TEXT_SIZE];

    for (size_t i = 0; i < count; i++)
        assert_string_equal(format(cases[i].value, out, sizeof out), cases[i].text);
}

struct signed_case {
    int64_t value;
    const char *text;
};

static void check_signed(const char *(*format)(int64_t, char *, size_t),
                         const struct signed_case *cases, size_t count)
{
    char out[UNITS_TIME_SIZE];

    for (size_t i = 0; i < count; i++)
        assert_string_equal(format(cases[i].value, out, sizeof out), cases[i].text);
}

static void test_count(void **state)
{
    static const struct unsigned_case cases[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1,000"},
        {12345, "12,345"},
        {100000, "100,000"},
        {1234567, "1,234,567"},
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };

    (void)state;
    check_unsigned(units_count, cases, COUNT_OF(cases));
}

static void test_count_short(void **state)
{
    static const struct unsigned_case cases[] = {
        {0, "0"},           {99999, "99,999"},    {100000, "100k"},
        {999499, "999k"},   {999500, "1.00M"},    {4560000, "4.56M"},
        {9994999, "9.99M"}, {9995001, "10.0M"},   {99949999, "99.9M"},
        {99950001, "100M"}, {999500000, "1.00G"}, {UINT64_MAX, "18.4E"},
    };

    (void)state;
    check_unsigned(units_count_short, cases, COUNT_OF(cases));
}

static void test_count_short_has_six_columns(void **state)
{
    uint64_t seed = 8;
    char out[UNITS_TEXT_SIZE];

    (void)state;
    for (int round = 0; round < 100000; round++) {
        uint64_t value = (uint64_t)judge_random(&seed) << 32 | judge_random(&seed);
        units_count_short(value >> judge_random(&seed) % 64, out, sizeof out);
        assert_in_range(strlen(out), 1, 6);
    }
}

static void test_bytes(void **state)
{
    static const struct unsigned_case cases[] = {
        {0, "0 B"},         {5, "5 B"},         {999, "999 B"},   {1000, "1.0 kB"},
        {3100, "3.1 kB"},   {9949, "9.9 kB"},   {9951, "10 kB"},  {12000000, "12 MB"},
        {999499, "999 kB"}, {999500, "1.0 MB"}, {65507, "66 kB"}, {UINT64_MAX, "18 EB"},
    };

    (void)state;
    check_unsigned(units_bytes, cases, COUNT_OF(cases));
}

static void test_rate(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0/s"},          {-1, "0/s"},           {-0.0, "0/s"},
        {0.25, "0.2/s"},     {2, "2.0/s"},          {99.94, "99.9/s"},
        {99.96, "100/s"},    {999.4, "999/s"},      {9.995, "10.0/s"},
        {99.95, "100/s"},    {999.5, "1.0 k/s"},    {999.6, "1.0 k/s"},
        {1234, "1.2 k/s"},   {51000, "51.0 k/s"},   {100000, "100 k/s"},
        {4.1e6, "4.10 M/s"}, {12.34e6, "12.3 M/s"}, {7.3e9, "7.30 G/s"},
        {5e12, "5000 G/s"},
    };
    char out[UNITS_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(units_rate(cases[i].value, out, sizeof out), cases[i].text);
    assert_string_equal(units_rate((double)NAN, out, sizeof out), "0/s");
    assert_ptr_equal(units_rate(DBL_MAX, out, sizeof out), out); /* cut, not more */
    assert_true(strlen(out) < sizeof out);
}

static void test_bit_rate(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0 bit/s"},        {-1, "0 bit/s"},         {820, "820 bit/s"},
        {1234, "1.23 kbit/s"}, {999.6, "1.00 kbit/s"},  {10e6, "10.0 Mbit/s"},
        {1e9, "1.00 Gbit/s"},  {123.4e9, "123 Gbit/s"}, {5e15, "5000 Tbit/s"},
    };
    char out[UNITS_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(units_bit_rate(cases[i].value, out, sizeof out), cases[i].text);
    assert_string_equal(units_bit_rate((double)NAN, out, sizeof out), "0 bit/s");
    assert_ptr_equal(units_bit_rate(DBL_MAX, out, sizeof out), out);
}

static void test_duration(void **state)
{
    static const struct signed_case cases[] = {
        {-1, "-"},
        {INT64_MIN, "-"},
        {0, "0 ns"},
        {7, "7 ns"},
        {870, "870 ns"},
        {999, "999 ns"},
        {1000, "1.00 us"},
        {1600, "1.60 us"},
        {9994, "9.99 us"},
        {9995, "10 us"},
        {9996, "10 us"},
        {31000, "31 us"},
        {31400, "31 us"},
        {999499, "999 us"},
        {999500, "1.00 ms"},
        {1250000, "1.25 ms"},
        {12340000, "12.3 ms"},
        {99949999, "99.9 ms"},
        {99950000, "100 ms"},
        {99960000, "100 ms"},
        {999500000, "1.00 s"},
        {2040000000, "2.04 s"},
        {95 * UNITS_NS_PER_S, "95.0 s"},
        {3600 * UNITS_NS_PER_S, "3600 s"},
        {INT64_MAX, "9223372037 s"},
    };

    (void)state;
    check_signed(units_duration, cases, COUNT_OF(cases));
}

static void test_ago(void **state)
{
    static const struct signed_case cases[] = {
        {INT64_MIN, "now"},
        {0, "now"},
        {UNITS_NS_PER_S - 1, "now"},
        {UNITS_NS_PER_S, "1 s ago"},
        {60 * UNITS_NS_PER_S - 1, "59 s ago"},
        {60 * UNITS_NS_PER_S, "1 min ago"},
        {5 * 60 * UNITS_NS_PER_S, "5 min ago"},
        {3600 * UNITS_NS_PER_S - 1, "59 min ago"},
        {3600 * UNITS_NS_PER_S, "1 h ago"},
        {86400 * UNITS_NS_PER_S - 1, "23 h ago"},
        {4 * 86400 * UNITS_NS_PER_S, "4 d ago"},
        {INT64_MAX, "106751 d ago"},
    };

    (void)state;
    check_signed(units_ago, cases, COUNT_OF(cases));
}

static void test_uptime(void **state)
{
    static const struct signed_case cases[] = {
        {-5 * UNITS_NS_PER_S, "00:00:00"},
        {0, "00:00:00"},
        {751 * UNITS_NS_PER_S, "00:12:31"},
        {86399 * UNITS_NS_PER_S, "23:59:59"},
        {(360000 - 1) * UNITS_NS_PER_S, "99:59:59"},
        {360000 * UNITS_NS_PER_S, "4d 04:00:00"},
        {(5 * 86400 + 11551) * UNITS_NS_PER_S, "5d 03:12:31"},
        {INT64_MAX, "106751d 23:47:16"},
    };

    (void)state;
    check_signed(units_uptime, cases, COUNT_OF(cases));
}

static void test_iso8601(void **state)
{
    static const struct signed_case cases[] = {
        {0, "1970-01-01T00:00:00.000000000Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {INT64_C(1709251199000000001), "2024-02-29T23:59:59.000000001Z"},
        {INT64_C(1709251200000000000), "2024-03-01T00:00:00.000000000Z"},
        {INT64_C(951782400) * UNITS_NS_PER_S, "2000-02-29T00:00:00.000000000Z"},
        {INT64_C(4107542400) * UNITS_NS_PER_S, "2100-03-01T00:00:00.000000000Z"}, /* no leap year */
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
    };

    (void)state;
    check_signed(units_iso8601, cases, COUNT_OF(cases));
}

/* Every day that 64 bits of nanoseconds reach, as gmtime_r(3) has it. */
static void test_iso8601_of_every_day(void **state)
{
    const int64_t last = INT64_MAX / UNITS_NS_PER_S / 86400;

    (void)state;
    for (int64_t day = -last; day <= last; day++) {
        char out[UNITS_TIME_SIZE], wanted[UNITS_TIME_SIZE];
        time_t seconds = (time_t)(day * 86400);
        struct tm utc;
        gmtime_r(&seconds, &utc);
        strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.000000000Z", &utc);
        assert_string_equal(units_iso8601(day * 86400 * UNITS_NS_PER_S, out, sizeof out), wanted);
    }
}

static void test_date(void **state)
{
    static const struct {
        int64_t wall_ns;
        int32_t offset_s;
        const char *text;
    } cases[] = {
        {0, 0, "1970-01-01"},
        {0, -1, "1969-12-31"},
        {INT64_C(951782399) * UNITS_NS_PER_S, 0, "2000-02-28"},
        {INT64_C(951782399) * UNITS_NS_PER_S, 1, "2000-02-29"},
        {INT64_C(1709251199) * UNITS_NS_PER_S, 3600, "2024-03-01"},
        {INT64_C(1767225599) * UNITS_NS_PER_S, -43200, "2025-12-31"},
    };
    char out[UNITS_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(units_date(cases[i].wall_ns, cases[i].offset_s, out, sizeof out),
                            cases[i].text);
}

static void test_clock(void **state)
{
    static const struct {
        int64_t wall_ns;
        int32_t offset_s;
        const char *text;
    } cases[] = {
        {0, 0, "00:00:00.000"},
        {-1, 0, "23:59:59.999"},
        {INT64_C(37862114999999), 0, "10:31:02.114"}, /* not rounded into the future */
        {0, 7200, "02:00:00.000"},
        {0, -12600, "20:30:00.000"},
        {-UNITS_NS_PER_S / 2, -1, "23:59:58.500"},
        {86399 * UNITS_NS_PER_S, 1, "00:00:00.000"},
        {INT64_MAX, 50400, "13:47:16.854"},
        {INT64_MIN, -43200, "12:12:43.145"},
    };
    char out[UNITS_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(units_clock(cases[i].wall_ns, cases[i].offset_s, out, sizeof out),
                            cases[i].text);
}

static void test_small_buffers(void **state)
{
    (void)state;
    for (size_t size = 1; size < UNITS_TIME_SIZE; size++) {
        char out[UNITS_TIME_SIZE + 1];
        memset(out, '#', sizeof out);
        units_count(UINT64_MAX, out, size);
        units_bytes(1234, out, size);
        units_duration(1234567, out, size);
        units_clock(0, 0, out, size);
        units_iso8601(0, out, size);
        assert_int_equal(out[size], '#');
        assert_true(strlen(out) < size);
        assert_memory_equal(out, "1970-01-01T00:00:00.000000000Z", strlen(out));
    }
}

/* Of times as long as there are: a capture of forty years, the whole range of the type. */
static void shares(void **state)
{
    const int64_t year_ns = 31556952 * UNITS_NS_PER_S;
    static const struct {
        int64_t passed, whole;
        int parts, expected;
    } cases[] = {{0, 10, 100, 0},
                 {5, 10, 100, 50},
                 {10, 10, 100, 100},
                 {11, 10, 100, 100},
                 {-1, 10, 100, 0},
                 {0, 0, 100, 100},
                 {INT64_MAX / 4, INT64_MAX / 2, 1000, 500},
                 {INT64_MAX, INT64_MAX, 100, 100},
                 {INT64_MIN, INT64_MAX, 100, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(units_share(cases[i].passed, cases[i].whole, cases[i].parts),
                         cases[i].expected);
    for (int year = 0; year <= 40; year++)
        assert_int_equal(units_share(year * year_ns, 40 * year_ns, 40), year);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_count),
    cmocka_unit_test(test_count_short),
    cmocka_unit_test(test_count_short_has_six_columns),
    cmocka_unit_test(test_bytes),
    cmocka_unit_test(test_rate),
    cmocka_unit_test(test_bit_rate),
    cmocka_unit_test(test_duration),
    cmocka_unit_test(test_ago),
    cmocka_unit_test(test_uptime),
    cmocka_unit_test(test_iso8601),
    cmocka_unit_test(test_iso8601_of_every_day),
    cmocka_unit_test(test_date),
    cmocka_unit_test(test_clock),
    cmocka_unit_test(test_small_buffers),
    cmocka_unit_test(shares),
};

const struct suite suite_units = {
    .name = "units", .tests = tests, .count = sizeof tests / sizeof *tests};
