/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * units: formatting. Parsing is in units_parse.c.
 *
 * A figure that is abbreviated is scaled by 1000 until fewer than four digits stand before the
 * point, counted after rounding: 999.6 k is 1.00 M, and no value shows more digits than intended.
 * Dates are computed here: gmtime_r(3) reads the time zone's file on its first call.
 */
#include "udptui/base/units.h"

#include "udptui/base/array.h"

#include <inttypes.h>
#include <stdio.h>

const char *units_count(uint64_t value, char *out, size_t size_bytes)
{
    char digits[24], grouped[32];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, value);
    int written = 0;

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            grouped[written++] = ',';
        grouped[written++] = digits[i];
    }
    grouped[written] = '\0';
    snprintf(out, size_bytes, "%s", grouped);
    return out;
}

/* Three significant figures: 1.23, 12.3, 123. Rounding must not make 9.995 into "10.00". */
static int decimals_for(double value)
{
    if (value < 9.995)
        return 2;
    return value < 99.95 ? 1 : 0;
}

/* The largest step of 1000 that value reaches, with rounding: 999.6 k is 1.00 M. */
static size_t scale(double *value, size_t steps)
{
    size_t step = 0;

    for (; step + 1 < steps && *value >= 999.5; step++)
        *value /= 1000;
    return step;
}

const char *units_count_short(uint64_t value, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"", "k", "M", "G", "T", "P", "E"};
    double scaled = (double)value;
    size_t step;

    if (value < 100000)
        return units_count(value, out, size_bytes);
    step = scale(&scaled, COUNT_OF(suffixes));
    snprintf(out, size_bytes, "%.*f%s", decimals_for(scaled), scaled, suffixes[step]);
    return out;
}

const char *units_bytes(uint64_t value_bytes, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double scaled = (double)value_bytes;
    size_t step = scale(&scaled, COUNT_OF(suffixes));

    if (step == 0)
        snprintf(out, size_bytes, "%" PRIu64 " B", value_bytes);
    else
        snprintf(out, size_bytes, "%.*f %s", scaled < 9.95 ? 1 : 0, scaled, suffixes[step]);
    return out;
}

const char *units_rate(double per_second, char *out, size_t size_bytes)
{
    static const struct {
        const char *suffix;
        int decimals; /* at most */
    } steps[] = {{"/s", 1}, {" k/s", 1}, {" M/s", 2}, {" G/s", 2}};
    double scaled = per_second > 0 ? per_second : 0; /* also NaN */
    size_t step = scale(&scaled, COUNT_OF(steps));
    int decimals = decimals_for(scaled);

    if (decimals > steps[step].decimals)
        decimals = steps[step].decimals;
    snprintf(out, size_bytes, "%.*f%s", scaled > 0 ? decimals : 0, scaled, steps[step].suffix);
    return out;
}

const char *units_bit_rate(double bits_per_second, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    double scaled = bits_per_second > 0 ? bits_per_second : 0; /* also NaN */
    size_t step = scale(&scaled, COUNT_OF(suffixes));

    snprintf(out, size_bytes, "%.*f %s", step > 0 ? decimals_for(scaled) : 0, scaled,
             suffixes[step]);
    return out;
}

const char *units_duration(int64_t duration_ns, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"ns", "us", "ms", "s"};
    enum { NANOSECONDS, MICROSECONDS };
    double scaled = (double)duration_ns;
    size_t step = scale(&scaled, COUNT_OF(suffixes));
    int decimals = decimals_for(scaled);

    if (step == NANOSECONDS || (step == MICROSECONDS && decimals < 2))
        decimals = 0;
    if (duration_ns < 0)
        snprintf(out, size_bytes, "-");
    else
        snprintf(out, size_bytes, "%.*f %s", decimals, scaled, suffixes[step]);
    return out;
}

const char *units_ago(int64_t age_ns, char *out, size_t size_bytes)
{
    static const struct {
        int64_t seconds, below;
        const char *unit;
    } steps[] = {{1, 60, "s"}, {60, 3600, "min"}, {3600, 86400, "h"}, {86400, INT64_MAX, "d"}};
    int64_t age_s = age_ns / UNITS_NS_PER_S;
    size_t step = 0;

    if (age_s < 1) {
        snprintf(out, size_bytes, "now");
        return out;
    }
    while (age_s >= steps[step].below)
        step++;
    snprintf(out, size_bytes, "%" PRId64 " %s ago", age_s / steps[step].seconds, steps[step].unit);
    return out;
}

const char *units_uptime(int64_t duration_ns, char *out, size_t size_bytes)
{
    int64_t seconds = duration_ns > 0 ? duration_ns / UNITS_NS_PER_S : 0;
    int64_t hours = seconds / 3600;

    if (hours < 100)
        snprintf(out, size_bytes, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, hours,
                 seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, size_bytes, "%" PRId64 "d %02" PRId64 ":%02" PRId64 ":%02" PRId64, hours / 24,
                 hours % 24, seconds / 60 % 60, seconds % 60);
    return out;
}

enum { DAY_S = 86400 };

/* floor(value / by): towards the past also before 1970. */
static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* What floor_divide leaves: 0 .. by - 1. (Multiplying back could overflow.) */
static int64_t floor_rest(int64_t value, int64_t by)
{
    int64_t rest = value % by;

    return rest < 0 ? rest + by : rest;
}

/*
 * The civil date of a day, counted from 1970-01-01, in the proleptic Gregorian calendar. Years are
 * counted from March, so that the leap day is the last; 400 years have 146,097 days.
 */
static void date_of(int64_t day, int *year, int *month, int *month_day)
{
    const int64_t era_days = 146097, march_0000 = 719468; /* days from 0000-03-01 to 1970-01-01 */
    int64_t era = floor_divide(day + march_0000, era_days);
    int64_t rest = floor_rest(day + march_0000, era_days);
    int64_t era_year = (rest - rest / 1460 + rest / 36524 - rest / (era_days - 1)) / 365;
    int64_t year_day = rest - (365 * era_year + era_year / 4 - era_year / 100);
    int64_t march_month = (5 * year_day + 2) / 153; /* five months have 153 days, from March */

    *month_day = (int)(year_day - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int)(era_year + era * 400 + (*month <= 2));
}

/* Writes value as exactly so many digits; returns the end. */
static char *put_digits(char *out, int64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

/* "2024-02-29" */
static char *put_date(char *out, int64_t day)
{
    int year, month, month_day;

    date_of(day, &year, &month, &month_day);
    out = put_digits(out, year, 4);
    *out++ = '-';
    out = put_digits(out, month, 2);
    *out++ = '-';
    return put_digits(out, month_day, 2);
}

/* "10:31:02" */
static char *units_put_time(char *out, int64_t second_of_day)
{
    out = put_digits(out, second_of_day / 3600, 2);
    *out++ = ':';
    out = put_digits(out, second_of_day / 60 % 60, 2);
    *out++ = ':';
    return put_digits(out, second_of_day % 60, 2);
}

/* Without snprintf: each message of a JSON stream has one of these. */
const char *units_iso8601(int64_t wall_ns, char *out, size_t size_bytes)
{
    int64_t seconds = floor_divide(wall_ns, UNITS_NS_PER_S);
    char text[UNITS_TIME_SIZE], *end = put_date(text, floor_divide(seconds, DAY_S));

    *end++ = 'T';
    end = units_put_time(end, floor_rest(seconds, DAY_S));
    *end++ = '.';
    end = put_digits(end, floor_rest(wall_ns, UNITS_NS_PER_S), 9);
    *end++ = 'Z';
    *end = '\0';
    snprintf(out, size_bytes, "%s", text);
    return out;
}

const char *units_date(int64_t wall_ns, int32_t utc_offset_s, char *out, size_t size_bytes)
{
    int64_t seconds = floor_divide(wall_ns, UNITS_NS_PER_S) + utc_offset_s;
    char text[UNITS_TEXT_SIZE];

    *put_date(text, floor_divide(seconds, DAY_S)) = '\0';
    snprintf(out, size_bytes, "%s", text);
    return out;
}

const char *units_clock(int64_t wall_ns, int32_t utc_offset_s, char *out, size_t size_bytes)
{
    int64_t seconds = floor_divide(wall_ns, UNITS_NS_PER_S) + utc_offset_s;
    char text[UNITS_TEXT_SIZE], *end = text;

    end = units_put_time(end, floor_rest(seconds, DAY_S));
    *end++ = '.';
    end = put_digits(end, floor_rest(wall_ns, UNITS_NS_PER_S) / UNITS_NS_PER_MS, 3);
    *end = '\0';
    snprintf(out, size_bytes, "%s", text);
    return out;
}

int units_share(int64_t passed_ns, int64_t whole_ns, int parts)
{
    if (whole_ns <= 0 || passed_ns >= whole_ns)
        return parts;
    return passed_ns > 0 ? (int)((double)passed_ns / (double)whole_ns * parts) : 0;
}
