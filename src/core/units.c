/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units: formatting. Parsing is in units_parse.c. */
#include "udptui/core/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

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
    step = scale(&scaled, sizeof suffixes / sizeof *suffixes);
    snprintf(out, size_bytes, "%.*f%s", decimals_for(scaled), scaled, suffixes[step]);
    return out;
}

const char *units_bytes(uint64_t value_bytes, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double scaled = (double)value_bytes;
    size_t step = scale(&scaled, sizeof suffixes / sizeof *suffixes);

    if (step == 0)
        snprintf(out, size_bytes, "%" PRIu64 " B", value_bytes);
    else
        snprintf(out, size_bytes, "%.*f %s", scaled < 99.95 ? 1 : 0, scaled, suffixes[step]);
    return out;
}

const char *units_rate(double per_second, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"/s", " k/s", " M/s", " G/s"};
    double scaled = per_second;
    size_t step = scale(&scaled, sizeof suffixes / sizeof *suffixes);

    if (per_second <= 0)
        snprintf(out, size_bytes, "0/s");
    else if (step == 0)
        snprintf(out, size_bytes, "%.*f/s", scaled < 99.95 ? 1 : 0, scaled);
    else
        snprintf(out, size_bytes, "%.*f%s", scaled < 99.95 ? 1 : 0, scaled, suffixes[step]);
    return out;
}

const char *units_duration(int64_t duration_ns, char *out, size_t size_bytes)
{
    static const char *const suffixes[] = {"ns", "us", "ms", "s"};
    double scaled = (double)duration_ns;
    size_t step;

    if (duration_ns < 0) {
        snprintf(out, size_bytes, "-");
        return out;
    }
    step = scale(&scaled, sizeof suffixes / sizeof *suffixes);
    snprintf(out, size_bytes, "%.*f %s", step < 2 ? 0 : decimals_for(scaled), scaled,
             suffixes[step]);
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
    int64_t seconds = duration_ns / UNITS_NS_PER_S;
    int64_t hours = seconds / 3600;

    if (hours < 100)
        snprintf(out, size_bytes, "%02" PRId64 ":%02" PRId64 ":%02" PRId64, hours,
                 seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, size_bytes, "%" PRId64 "d %02" PRId64 ":%02" PRId64 ":%02" PRId64, hours / 24,
                 hours % 24, seconds / 60 % 60, seconds % 60);
    return out;
}

/* Splits into whole seconds and nanoseconds of a second, also before 1970. */
static int64_t split_seconds(int64_t wall_ns, int64_t *rest_ns)
{
    int64_t seconds = wall_ns / UNITS_NS_PER_S;

    *rest_ns = wall_ns % UNITS_NS_PER_S;
    if (*rest_ns < 0) {
        *rest_ns += UNITS_NS_PER_S;
        seconds--;
    }
    return seconds;
}

const char *units_iso8601(int64_t wall_ns, char *out, size_t size_bytes)
{
    int64_t rest_ns;
    time_t seconds = (time_t)split_seconds(wall_ns, &rest_ns);
    struct tm utc;
    char date[32];

    gmtime_r(&seconds, &utc);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out, size_bytes, "%s.%09" PRId64 "Z", date, rest_ns);
    return out;
}

const char *units_clock(int64_t wall_ns, int32_t utc_offset_s, char *out, size_t size_bytes)
{
    const int64_t day_s = 86400;
    int64_t rest_ns;
    int64_t seconds = split_seconds(wall_ns, &rest_ns) + utc_offset_s;
    int64_t of_day = (seconds % day_s + day_s) % day_s;

    snprintf(out, size_bytes, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64, of_day / 3600,
             of_day / 60 % 60, of_day % 60, rest_ns / UNITS_NS_PER_MS);
    return out;
}
