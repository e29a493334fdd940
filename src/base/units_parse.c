/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * units_parse: a decimal number, then a suffix out of a table.
 *
 * Digits and at most one point: no sign, exponent, hex or locale. Durations and sizes are computed
 * in integers, exactly, whatever the number of digits; only a rate is a floating-point number.
 */
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"

/* The parts of "12.34ms", all pointing into the text. */
struct decimal {
    const char *whole, *fraction; /* digits; either may have none, not both */
    size_t whole_digits, fraction_digits;
    const char *suffix;
};

static size_t count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

static bool split_decimal(const char *text, struct decimal *out)
{
    size_t whole = count_digits(text);
    bool point = text[whole] == '.';
    const char *fraction = text + whole + point;
    size_t fraction_digits = point ? count_digits(fraction) : 0;

    *out = (struct decimal){.whole = text,
                            .whole_digits = whole,
                            .fraction = fraction,
                            .fraction_digits = fraction_digits,
                            .suffix = fraction + fraction_digits};
    return whole + fraction_digits > 0;
}

/* into = into * by + more; false if that is above maximum. */
static bool multiply_add(uint64_t *into, uint64_t by, uint64_t more, uint64_t maximum)
{
    if (more > maximum || *into > (maximum - more) / by)
        return false;
    *into = *into * by + more;
    return true;
}

/* ---- integers: what the number means in the smallest unit */

struct unit {
    const char *suffix;
    uint64_t factor; /* at most 2^60: ten times it has to fit */
};

/*
 * fraction * factor, rounded down. From the last digit to the first, x = (digit * factor + x) / 10:
 * rounding down at each step gives what rounding down at the end would. *exact: nothing was lost.
 */
static uint64_t scale_fraction(const struct decimal *decimal, uint64_t factor, bool *exact)
{
    uint64_t value = 0;

    *exact = true;
    for (size_t i = decimal->fraction_digits; i-- > 0;) {
        value += (uint64_t)(decimal->fraction[i] - '0') * factor;
        *exact = *exact && value % 10 == 0;
        value /= 10;
    }
    return value;
}

static bool scale_decimal(const struct decimal *decimal, uint64_t factor, uint64_t maximum,
                          uint64_t *out, bool *exact)
{
    uint64_t value = 0;

    for (size_t i = 0; i < decimal->whole_digits; i++)
        if (!multiply_add(&value, 10, (uint64_t)(decimal->whole[i] - '0'), maximum))
            return false;
    if (!multiply_add(&value, factor, scale_fraction(decimal, factor, exact), maximum))
        return false;
    *out = value;
    return true;
}

static bool parse_units(const char *text, const struct unit *units, size_t count, uint64_t maximum,
                        uint64_t *out, bool *exact)
{
    struct decimal decimal;

    if (!split_decimal(text, &decimal))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(decimal.suffix, units[i].suffix) == 0)
            return scale_decimal(&decimal, units[i].factor, maximum, out, exact);
    return false;
}

#define PARSE_UNITS(text, units, maximum, out, exact)                                              \
    parse_units(text, units, COUNT_OF(units), maximum, out, exact)

/* Half the range of the type, so that adding a time to a duration cannot overflow. */
#define DURATION_MAX_NS (UINT64_C(1) << 62)

bool units_parse_duration(const char *text, int64_t *out_ns)
{
    static const struct unit units[] = {
        {"ns", 1},
        {"us", UNITS_NS_PER_US},
        {"ms", UNITS_NS_PER_MS},
        {"s", UNITS_NS_PER_S},
        {"", UNITS_NS_PER_S},
        {"m", 60 * UNITS_NS_PER_S},
        {"min", 60 * UNITS_NS_PER_S},
        {"h", 3600 * UNITS_NS_PER_S},
    };
    uint64_t value_ns;
    bool exact; /* fractions of a nanosecond are rounded down */

    if (!PARSE_UNITS(text, units, DURATION_MAX_NS, &value_ns, &exact))
        return false;
    *out_ns = (int64_t)value_ns;
    return true;
}

bool units_parse_size(const char *text, uint64_t *out_bytes)
{
    static const struct unit units[] = {
        {"", 1},
        {"B", 1},
        {"k", 1000},
        {"kB", 1000},
        {"M", 1000000},
        {"MB", 1000000},
        {"G", 1000000000},
        {"GB", 1000000000},
        {"T", UINT64_C(1000000000000)},
        {"TB", UINT64_C(1000000000000)},
        {"Ki", UINT64_C(1) << 10},
        {"KiB", UINT64_C(1) << 10},
        {"Mi", UINT64_C(1) << 20},
        {"MiB", UINT64_C(1) << 20},
        {"Gi", UINT64_C(1) << 30},
        {"GiB", UINT64_C(1) << 30},
        {"Ti", UINT64_C(1) << 40},
        {"TiB", UINT64_C(1) << 40},
    };
    uint64_t value;
    bool exact;

    if (!PARSE_UNITS(text, units, UINT64_MAX, &value, &exact) || !exact)
        return false; /* there is no part of a byte */
    *out_bytes = value;
    return true;
}

/* ---- rates */

static double decimal_value(const struct decimal *decimal)
{
    double value = 0, divisor = 1;

    for (size_t i = 0; i < decimal->whole_digits; i++)
        value = value * 10 + (decimal->whole[i] - '0');
    /* Behind 15 digits a double has no room for more, and the divisor would pass all bounds. */
    for (size_t i = 0; i < decimal->fraction_digits && i < 15; i++) {
        value = value * 10 + (decimal->fraction[i] - '0');
        divisor *= 10;
    }
    return value / divisor;
}

struct rate_unit {
    const char *suffix;
    double factor, divisor;
};

static const struct rate_unit event_units[] = {
    {"", 1, 1},      {"/s", 1, 1},     {"k/s", 1e3, 1},    {"M/s", 1e6, 1},
    {"k", 1e3, 1},   {"M", 1e6, 1},    {"/m", 1, 60},      {"/min", 1, 60},
    {"/h", 1, 3600}, {"/d", 1, 86400}, {"/day", 1, 86400},
};

static const struct rate_unit bit_units[] = {
    {"bit/s", 1, 1}, {"kbit/s", 1e3, 1}, {"Mbit/s", 1e6, 1}, {"Gbit/s", 1e9, 1},
    {"bps", 1, 1},   {"kbps", 1e3, 1},   {"Mbps", 1e6, 1},   {"Gbps", 1e9, 1},
    {"B/s", 8, 1},   {"kB/s", 8e3, 1},   {"MB/s", 8e6, 1},   {"GB/s", 8e9, 1},
};

enum { EVENT_UNITS = COUNT_OF(event_units) };
enum { BIT_UNITS = COUNT_OF(bit_units) };

/* The number in a unit of the table, -1 if its unit is not there. */
static double rate_value(const char *text, const struct rate_unit *units, size_t count)
{
    struct decimal decimal;

    if (!split_decimal(text, &decimal))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(decimal.suffix, units[i].suffix) == 0)
            return decimal_value(&decimal) * units[i].factor / units[i].divisor;
    return -1;
}

/* A comparison with what is no number is false. */
static bool is_rate(double per_second)
{
    const double rounding = 1 - 1e-9;

    return per_second >= UNITS_RATE_MIN * rounding && per_second <= UNITS_RATE_MAX;
}

bool units_parse_rate(const char *text, double *out_per_second)
{
    double value = rate_value(text, event_units, EVENT_UNITS);

    if (!is_rate(value))
        return false;
    *out_per_second = value;
    return true;
}

bool units_parse_flow(const char *text, struct units_flow *out)
{
    const double bits_max = 1e12;
    double bits_per_s = rate_value(text, bit_units, BIT_UNITS);

    *out = (struct units_flow){.per_second = bits_per_s, .bits = true};
    if (bits_per_s >= 1 && bits_per_s <= bits_max)
        return true;
    out->bits = false;
    return units_parse_rate(text, &out->per_second);
}

const char *units_rate_problem(const char *text)
{
    if (rate_value(text, bit_units, BIT_UNITS) >= 0)
        return "bits or bytes a second: write datagrams a second, such as 20/s";
    if (rate_value(text, event_units, EVENT_UNITS) >= 0)
        return "rate out of range: write 1/day to 1000M/s";
    return "not a rate such as 20/s or 1.5k/s";
}

int64_t units_rate_interval_ns(double per_second)
{
    int64_t interval_ns = (int64_t)((double)UNITS_NS_PER_S / per_second + 0.5);

    return interval_ns > 0 ? interval_ns : 1;
}

/* ---- plain integers */

static int digit_value(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

    return found != NULL ? (int)((found - digits) & 15) : 16;
}

bool units_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *out)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    bool negative = text[0] == '-';
    const char *digit = hex ? text + 2 : text + negative;
    uint64_t base = hex ? 16 : 10, magnitude = 0;
    int64_t value;

    if (*digit == '\0')
        return false;
    for (; *digit != '\0'; digit++)
        if ((uint64_t)digit_value(*digit) >= base ||
            !multiply_add(&magnitude, base, (uint64_t)digit_value(*digit),
                          (uint64_t)INT64_MAX + negative))
            return false;
    /* One less before the sign changes: the smallest number has no positive counterpart. */
    value = negative && magnitude > 0 ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
    if (value < minimum || value > maximum)
        return false;
    *out = value;
    return true;
}

/* ---- times */

/* So many digits. */
static int64_t units_digits(const char *text, size_t digits)
{
    int64_t value = 0;

    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/* Days since 1970-01-01 in the Gregorian calendar; a year begins in March, so that a leap day is
 * its last. */
static int64_t units_day_of(int64_t year, int64_t month, int64_t month_day)
{
    int64_t march_year = month > 2 ? year : year - 1, march_month = (month + 9) % 12;
    int64_t year_day = (153 * march_month + 2) / 5 + month_day - 1;

    return march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + year_day -
           719468;
}

/* A date that does not exist becomes another one, which is written in another way. */
bool units_parse_iso8601(const char *text, int64_t *out_wall_ns)
{
    static const char pattern[] = "0000-00-00T00:00:00.000000000Z";
    char again[UNITS_TIME_SIZE];
    int64_t seconds;

    for (size_t i = 0; i < sizeof pattern; i++)
        if (pattern[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != pattern[i])
            return false;
    if (units_digits(text, 4) < 1970 || units_digits(text, 4) > 2261)
        return false;
    seconds =
        units_day_of(units_digits(text, 4), units_digits(text + 5, 2), units_digits(text + 8, 2));
    seconds = seconds * 24 + units_digits(text + 11, 2);
    seconds = seconds * 60 + units_digits(text + 14, 2);
    seconds = seconds * 60 + units_digits(text + 17, 2);
    *out_wall_ns = seconds * UNITS_NS_PER_S + units_digits(text + 20, 9);
    return strcmp(units_iso8601(*out_wall_ns, again, sizeof again), text) == 0;
}
