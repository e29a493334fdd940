/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impair_parse: impairments as a person writes them. */
#include <stdio.h>
#include <string.h>

#include "impair_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"

#define PROBABILITY_ONE ((uint64_t)IMPAIR_PROBABILITY_ONE)

/* ---- presets */

#define PRESET(word, setting_list) {word, setting_list},
static const struct preset {
    const char *name, *text;
} presets[] = {IMPAIR_EACH_PRESET(PRESET)};
#undef PRESET

static const struct preset *preset_row(size_t row)
{
    return row < COUNT_OF(presets) ? &presets[row] : NULL;
}

const char *impair_preset_name(size_t row)
{
    const struct preset *preset = preset_row(row);

    return preset != NULL ? preset->name : NULL;
}

/* ---- probabilities */

/* Reads digits; what is above maximum is maximum + 1. Returns their end, NULL if there are none. */
static const char *read_whole(const char *text, uint64_t maximum, uint64_t *value)
{
    const char *end = text + strspn(text, "0123456789");

    *value = 0;
    for (const char *digit = text; digit < end; digit++)
        if (*value <= maximum)
            *value = *value * 10 + (uint64_t)(*digit - '0');
    if (*value > maximum)
        *value = maximum + 1;
    return end > text ? end : NULL;
}

/* "4/11" */
static bool read_fraction(const char *text, double *probability)
{
    uint64_t above, below;
    const char *slash = read_whole(text, IMPAIR_FRACTION_MAX, &above);
    const char *end = slash != NULL && *slash == '/' ? slash + 1 : NULL;

    end = end != NULL ? read_whole(end, IMPAIR_FRACTION_MAX, &below) : NULL;
    if (end == NULL || *end != '\0' || below == 0 || below > IMPAIR_FRACTION_MAX || above > below)
        return false;
    *probability = (double)above / (double)below;
    return true;
}

/* "0.3" and "30%", counted in units of 1e-15; more digits than that are dropped. */
static bool read_decimal(const char *text, double *probability)
{
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';
    uint64_t units;
    const char *digit = read_whole(text, 100, &units);

    if (digit == NULL && text[0] == '.' && text[1] >= '0' && text[1] <= '9')
        digit = text; /* ".3" */
    if (digit == NULL)
        return false;
    digit += *digit == '.';
    for (int i = percent ? IMPAIR_PERCENT_DIGITS : IMPAIR_POINT_DIGITS; i > 0; i--) {
        bool more = *digit >= '0' && *digit <= '9';

        units = units * 10 + (more ? (uint64_t)(*digit++ - '0') : 0);
    }
    digit += strspn(digit, "0123456789");
    if (strcmp(digit, percent ? "%" : "") != 0 || units > PROBABILITY_ONE)
        return false;
    *probability = (double)units / IMPAIR_PROBABILITY_ONE;
    return true;
}

const char *impair_parse_probability(char *text, void *place)
{
    double *probability = place;

    if (!read_fraction(text, probability) && !read_decimal(text, probability))
        return "not a probability: write 30%, 0.3 or 4/11, at most 100%";
    return NULL;
}

/* ---- times */

static bool read_time(const char *text, int64_t *time_ns)
{
    return units_parse_duration(text, time_ns) && *time_ns <= IMPAIR_DELAY_MAX_NS;
}

/* "80ms", or "80ms+-40ms" */
const char *impair_parse_delay(char *text, struct impair_path *path)
{
    char *jitter = strstr(text, "+-");

    path->jitter_ns = 0;
    if (jitter != NULL)
        *jitter = '\0';
    if (!read_time(text, &path->delay_ns) ||
        (jitter != NULL && !read_time(jitter + 2, &path->jitter_ns)))
        return "not a delay: write 80ms or 80ms+-40ms, each at most 5m";
    return NULL;
}

const char *impair_parse_time(char *text, void *place)
{
    return read_time(text, place) ? NULL : "not a delay or jitter: write 40ms, at most 5m";
}

/* ---- rates */

static double settle_rate(double per_second)
{
    double per_hour = per_second * IMPAIR_PER_HOUR, whole = (double)impair_round(per_hour);
    double off = per_hour > whole ? per_hour - whole : whole - per_hour;

    if (off <= per_hour * 1e-12)
        return whole / IMPAIR_PER_HOUR;
    return (double)impair_round(per_second * IMPAIR_RATE_ONE) / IMPAIR_RATE_ONE;
}

const char *impair_parse_rate(char *text, void *place)
{
    double *rate_per_s = place;
    double rate = 0;

    if (strcmp(text, "0") != 0 && !units_parse_rate(text, &rate))
        return units_rate_problem(text);
    if (rate > 0 && rate * IMPAIR_PER_HOUR < 1)
        return "rate out of range: write 1/h to 1000M/s";
    *rate_per_s = settle_rate(rate);
    return NULL;
}

/* ---- the list */

static bool find_preset(const char *name, const char **text)
{
    for (size_t i = 0; preset_row(i) != NULL; i++)
        if (strcmp(name, presets[i].name) == 0) {
            *text = presets[i].text;
            return true;
        }
    return false;
}

static enum impair_setting find_setting(const char *name)
{
    enum impair_setting setting = 0;

    while (setting < IMPAIR_SETTINGS && strcmp(name, impair_setting_name(setting)) != 0)
        setting++;
    return setting;
}

/* Takes "in." or "out." off the name: the ways from first to last are meant. */
static const char *split_way(const char *name, unsigned *first, unsigned *last)
{
    *first = 0;
    *last = IMPAIR_WAYS - 1;
    for (unsigned way = 0; way < IMPAIR_WAYS; way++)
        if (strncmp(name, impair_way_prefixes[way], strlen(impair_way_prefixes[way])) == 0) {
            *first = *last = way;
            return name + strlen(impair_way_prefixes[way]);
        }
    return name;
}

static const char *parse_value(char *text, struct impair_path *path, enum impair_setting setting)
{
    const struct impair_row *row = &impair_rows[setting];

    return row->parse != NULL ? row->parse(text, path)
                              : row->kind->parse(text, impair_place(path, setting));
}

static const char unknown_setting[] =
    "unknown setting: use" IMPAIR_SETTING_WORDS ", with in. or out. before it for one direction";
static const char unknown_preset[] = "unknown preset: use" IMPAIR_PRESET_WORDS ", or loss=30%";

static const char *parse_setting(const char *name, const char *value, struct impair_config *config)
{
    unsigned first, last;
    enum impair_setting setting = find_setting(split_way(name, &first, &last));
    const char *error = NULL;

    if (setting == IMPAIR_SETTINGS)
        return unknown_setting;
    for (unsigned way = first; way <= last && error == NULL; way++) {
        char text[IMPAIR_VALUE_SIZE]; /* parsers cut it up */

        snprintf(text, sizeof text, "%s", value);
        error = parse_value(text, &config->ways[way], setting);
    }
    return error;
}

static const char *parse_list(const char *text, struct impair_config *config);

static const char *parse_preset(const char *name, struct impair_config *config)
{
    unsigned first, last;
    const char *text;

    if (!find_preset(name, &text))
        return find_setting(split_way(name, &first, &last)) == IMPAIR_SETTINGS
                   ? unknown_preset
                   : "setting without a value: write loss=30%, delay=80ms+-40ms or rate=20/s";
    *config = (struct impair_config){.seed = config->seed};
    return *text != '\0' ? parse_list(text, config) : NULL;
}

static const char *parse_item(const char *item, size_t length, struct impair_config *config)
{
    char name[IMPAIR_VALUE_SIZE];
    char *value;

    if (length == 0)
        return "empty setting: write loss=30%,delay=80ms or off";
    if (length >= sizeof name)
        return "setting too long: write loss=30%,delay=80ms";
    memcpy(name, item, length);
    name[length] = '\0';
    value = strchr(name, '=');
    if (value == NULL)
        return parse_preset(name, config);
    *value = '\0';
    return parse_setting(name, value + 1, config);
}

static const char *parse_list(const char *text, struct impair_config *config)
{
    const char *error;
    size_t length;

    do {
        length = strcspn(text, ",");
        error = parse_item(text, length, config);
        text += length + 1;
    } while (error == NULL && text[-1] != '\0');
    return error;
}

const char *impair_parse(const char *text, struct impair_config *config)
{
    struct impair_config parsed = *config;
    const char *error = parse_list(text, &parsed);

    if (error == NULL)
        *config = parsed;
    return error;
}
