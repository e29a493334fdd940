/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impair_format: impairments as text that can be read back, and for a person. */
#include <stdio.h>
#include <string.h>

#include "impair_internal.h"
#include "udptui/base/units.h"

/* ---- numbers */

/* mantissa / 10^digits, without zeros at the end. */
static void write_decimal(uint64_t mantissa, int digits, char *out, size_t size_bytes)
{
    uint64_t one = 1;

    for (; digits > 0 && mantissa % 10 == 0; digits--)
        mantissa /= 10;
    for (int i = 0; i < digits; i++)
        one *= 10;
    if (digits == 0)
        snprintf(out, size_bytes, "%llu", (unsigned long long)mantissa);
    else
        snprintf(out, size_bytes, "%llu.%0*llu", (unsigned long long)(mantissa / one), digits,
                 (unsigned long long)(mantissa % one));
}

/* ---- probabilities */

/* The fraction of small numbers that is this probability, the smallest first. */
static bool write_fraction(double probability, char *out, size_t size_bytes)
{
    for (unsigned below = 2; below <= IMPAIR_FRACTION_MAX; below++) {
        double above = (double)impair_round(probability * below);

        if (impair_quotient(above, below) == probability) {
            snprintf(out, size_bytes, "%u/%u", (unsigned)above, below);
            return true;
        }
    }
    return false;
}

/* All its digits, or a fraction if they would not be enough. */
void impair_format_probability(const void *place, char *out, size_t size_bytes)
{
    double probability = *(const double *)place;
    uint64_t units = impair_round(probability * IMPAIR_PROBABILITY_ONE);
    char text[UNITS_TEXT_SIZE];

    if (impair_quotient((double)units, IMPAIR_PROBABILITY_ONE) != probability &&
        write_fraction(probability, out, size_bytes))
        return;
    write_decimal(units, IMPAIR_PERCENT_DIGITS, text, sizeof text);
    snprintf(out, size_bytes, "%s%%", text);
}

/* "36.4%": three figures, and never 100% for what is less. */
void impair_show_probability(const void *place, char *out, size_t size_bytes)
{
    double probability = *(const double *)place;
    uint64_t units = impair_round(probability * IMPAIR_PROBABILITY_ONE), divisor = 1;
    int digits = IMPAIR_PERCENT_DIGITS;
    char text[UNITS_TEXT_SIZE];

    for (; units / divisor >= 1000 && digits > 0; digits--)
        divisor *= 10;
    write_decimal((units + divisor / 2) / divisor, digits, text, sizeof text);
    if (probability < 1 && strcmp(text, "100") == 0)
        snprintf(out, size_bytes, ">99.9%%");
    else
        snprintf(out, size_bytes, "%s%%", text);
}

/* ---- times and rates */

/* In the largest unit of which it is one or more, "1.5s", with all its digits. */
static void write_time(int64_t time_ns, const char *gap, char *out, size_t size_bytes)
{
    static const struct {
        int64_t unit_ns;
        int digits;
        const char *name;
    } units[] = {{UNITS_NS_PER_S, 9, "s"},
                 {UNITS_NS_PER_MS, 6, "ms"},
                 {UNITS_NS_PER_US, 3, "us"},
                 {1, 0, "ns"}};
    size_t row = 0;
    char text[UNITS_TEXT_SIZE];

    while (units[row].unit_ns > 1 && time_ns < units[row].unit_ns)
        row++;
    write_decimal((uint64_t)time_ns, units[row].digits, text, sizeof text);
    snprintf(out, size_bytes, "%s%s%s", text, gap, units[row].name);
}

void impair_format_time(const void *place, char *out, size_t size_bytes)
{
    write_time(*(const int64_t *)place, "", out, size_bytes);
}

void impair_show_time(const void *place, char *out, size_t size_bytes)
{
    write_time(*(const int64_t *)place, " ", out, size_bytes);
}

void impair_format_delay(const struct impair_path *path, char *out, size_t size_bytes)
{
    char delay[UNITS_TEXT_SIZE / 2], jitter[UNITS_TEXT_SIZE / 2];

    write_time(path->delay_ns, "", delay, sizeof delay);
    write_time(path->jitter_ns, "", jitter, sizeof jitter);
    if (path->jitter_ns > 0)
        snprintf(out, size_bytes, "%s+-%s", delay, jitter);
    else
        snprintf(out, size_bytes, "%s", path->delay_ns > 0 ? delay : "");
}

void impair_format_jitter(const struct impair_path *path, char *out, size_t size_bytes)
{
    (void)path;
    (void)size_bytes;
    out[0] = '\0';
}

void impair_format_rate(const void *place, char *out, size_t size_bytes)
{
    double rate = *(const double *)place;
    uint64_t parts = impair_round(rate * IMPAIR_RATE_ONE), minute = impair_round(rate * 60);
    char text[UNITS_TEXT_SIZE];

    if (impair_quotient((double)parts, IMPAIR_RATE_ONE) == rate) {
        write_decimal(parts, IMPAIR_RATE_DIGITS, text, sizeof text);
        snprintf(out, size_bytes, "%s/s", text);
    } else if (impair_quotient((double)minute, 60) == rate) {
        snprintf(out, size_bytes, "%llu/m", (unsigned long long)minute);
    } else {
        snprintf(out, size_bytes, "%llu/h",
                 (unsigned long long)impair_round(rate * IMPAIR_PER_HOUR));
    }
}

/* ---- the list */

/* A text that grows, and how long it would be. */
struct writer {
    char *out;
    size_t size_bytes, length;
};

static void impair_append_text(struct writer *writer, const char *text)
{
    size_t room = writer->length < writer->size_bytes ? writer->size_bytes - writer->length : 0;

    if (room > 0)
        snprintf(writer->out + writer->length, room, "%s", text);
    writer->length += strlen(text);
}

/* What stands behind "loss=" for a way, "" if the setting is off. */
static void write_value(const struct impair_path *path, enum impair_setting setting, char *out,
                        size_t size_bytes)
{
    const struct impair_row *row = &impair_rows[setting];

    out[0] = '\0';
    if (row->format != NULL)
        row->format(path, out, size_bytes);
    else if (row->kind->is_on(impair_value(path, setting)))
        row->kind->format(impair_value(path, setting), out, size_bytes);
}

static void append_item(struct writer *writer, const char *prefix, enum impair_setting setting,
                        const char *value)
{
    if (*value == '\0')
        return;
    impair_append_text(writer, writer->length > 0 ? "," : "");
    impair_append_text(writer, prefix);
    impair_append_text(writer, impair_setting_name(setting));
    impair_append_text(writer, "=");
    impair_append_text(writer, value);
}

size_t impair_format(const struct impair_config *config, char *out, size_t size_bytes)
{
    struct writer writer = {.out = out, .size_bytes = size_bytes};
    char in[IMPAIR_VALUE_SIZE], back[IMPAIR_VALUE_SIZE];

    for (enum impair_setting setting = 0; setting < IMPAIR_SETTINGS; setting++) {
        write_value(&config->ways[IMPAIR_IN], setting, in, sizeof in);
        write_value(&config->ways[IMPAIR_OUT], setting, back, sizeof back);
        if (strcmp(in, back) == 0) {
            append_item(&writer, "", setting, in);
        } else {
            append_item(&writer, impair_way_prefixes[IMPAIR_IN], setting, in);
            append_item(&writer, impair_way_prefixes[IMPAIR_OUT], setting, back);
        }
    }
    if (writer.length == 0)
        impair_append_text(&writer, "off");
    return writer.length;
}

const char *impair_format_setting(const struct impair_path *path, enum impair_setting setting,
                                  char *out, size_t size_bytes)
{
    const struct impair_kind *kind = impair_rows[setting].kind;
    const void *value = impair_value(path, setting);

    if (kind->is_on(value))
        kind->show(value, out, size_bytes);
    else
        snprintf(out, size_bytes, "-");
    return out;
}
