/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units_parse: a number, then a suffix out of a table. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/core/units.h"

struct suffix {
    const char *text;
    double factor;
};

/*
 * "1.5" at the beginning of text, digits and one point only: no sign, exponent, hex or locale. Returns
 * where it ends, or NULL.
 */
static const char *parse_decimal(const char *text, double *out)
{
    double value = 0, unit = 1;
    bool any = false;

    for (; isdigit((unsigned char)*text); text++, any = true)
        value = value * 10 + (*text - '0');
    if (*text == '.')
        for (text++; isdigit((unsigned char)*text); text++, any = true)
            value += (unit /= 10) * (*text - '0');
    *out = value;
    return any ? text : NULL;
}

static bool parse_scaled(const char *text, const struct suffix *suffixes, size_t count, double *out)
{
    double value;
    const char *rest = parse_decimal(text, &value);

    for (size_t i = 0; rest != NULL && i < count; i++) {
        if (strcmp(rest, suffixes[i].text) != 0)
            continue;
        *out = value * suffixes[i].factor;
        return true;
    }
    return false;
}

#define PARSE_SCALED(text, suffixes, out)                                                          \
    parse_scaled(text, suffixes, sizeof suffixes / sizeof *suffixes, out)

bool units_parse_duration(const char *text, int64_t *out_ns)
{
    static const struct suffix suffixes[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6},   {"s", 1e9},
                                             {"", 1e9}, {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}};
    double value_ns;

    if (!PARSE_SCALED(text, suffixes, &value_ns) || value_ns >= 0x1p62)
        return false;
    *out_ns = (int64_t)(value_ns + 0.5);
    return true;
}

bool units_parse_rate(const char *text, double *out_per_second)
{
    static const struct suffix suffixes[] = {
        {"", 1},    {"/s", 1},        {"k/s", 1e3},       {"M/s", 1e6},      {"k", 1e3},
        {"M", 1e6}, {"/m", 1.0 / 60}, {"/min", 1.0 / 60}, {"/h", 1.0 / 3600}};
    double value;

    if (!PARSE_SCALED(text, suffixes, &value) || value <= 0 || value > 1e12)
        return false;
    *out_per_second = value;
    return true;
}

bool units_parse_size(const char *text, uint64_t *out_bytes)
{
    static const struct suffix suffixes[] = {
        {"", 1},         {"B", 1},         {"k", 1e3},     {"kB", 1e3},    {"M", 1e6},
        {"MB", 1e6},     {"G", 1e9},       {"GB", 1e9},    {"Ki", 1024},   {"KiB", 1024},
        {"Mi", 1048576}, {"MiB", 1048576}, {"Gi", 0x1p30}, {"GiB", 0x1p30}};
    double value;

    if (!PARSE_SCALED(text, suffixes, &value) || value >= 0x1p53)
        return false;
    *out_bytes = (uint64_t)value;
    return (double)*out_bytes == value;
}

bool units_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *out)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text + (text[0] == '-');
    char *end;
    intmax_t value;

    if (!isxdigit((unsigned char)*digits))
        return false;
    errno = 0;
    value = strtoimax(hex ? digits : text, &end, hex ? 16 : 10);
    if (errno != 0 || *end != '\0' || value < minimum || value > maximum)
        return false;
    *out = value;
    return true;
}
