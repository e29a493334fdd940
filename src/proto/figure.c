/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure: a row and a summary give a value. */
#include "udptui/proto/figure.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/counts.h"

static const void *figure_place(const struct figure *figure, const void *summary)
{
    return (const char *)summary + figure->offset;
}

bool figure_applies(const struct figure *figure, const void *summary)
{
    return figure->applies == NULL || figure->applies(summary);
}

const uint64_t *figure_counts(const struct figure *figure, const void *summary)
{
    return figure_place(figure, summary);
}

const struct counts *figure_held(const struct figure *figure, const void *summary)
{
    return figure_place(figure, summary);
}

static int64_t sum_counts(const struct figure *figure, const void *summary)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < figure->name_count; i++)
        sum += figure_counts(figure, summary)[i];
    return (int64_t)sum;
}

int64_t figure_whole(const struct figure *figure, const void *summary)
{
    const void *place = figure_place(figure, summary);

    if (figure->count != NULL)
        return (int64_t)figure->count(summary);
    switch (figure->unit) {
    case FIGURE_COUNT:
        return (int64_t) * (const uint64_t *)place;
    case FIGURE_COUNT_32:
        return *(const uint32_t *)place;
    case FIGURE_COUNTS:
        return sum_counts(figure, summary);
    case FIGURE_HELD:
        return (int64_t)counts_held(figure_held(figure, summary));
    case FIGURE_TIME:
    case FIGURE_RTT:
        return *(const int64_t *)place;
    case FIGURE_FLAG:
        return *(const bool *)place;
    case FIGURE_RATE:
    case FIGURE_BIT_RATE:
    case FIGURE_PERCENT:
        break;
    }
    return 0;
}

bool figure_is_floor(const struct figure *figure, const void *summary)
{
    return figure->at_least != 0 && *((const bool *)summary + figure->at_least);
}

double figure_real(const struct figure *figure, const void *summary)
{
    return figure->real != NULL ? figure->real(summary)
                                : *(const double *)figure_place(figure, summary);
}

bool figure_is_known(const struct figure *figure, const void *summary)
{
    switch (figure->unit) {
    case FIGURE_TIME:
    case FIGURE_RTT:
        return figure_whole(figure, summary) >= 0;
    case FIGURE_RATE:
    case FIGURE_BIT_RATE:
    case FIGURE_PERCENT:
        return figure_real(figure, summary) >= 0;
    case FIGURE_COUNT:
    case FIGURE_COUNT_32:
    case FIGURE_COUNTS:
    case FIGURE_HELD:
    case FIGURE_FLAG:
        break;
    }
    return true;
}

const char *figure_format(const struct figure *figure, const void *summary, char *out,
                          size_t size_bytes)
{
    if (!figure_is_known(figure, summary)) {
        snprintf(out, size_bytes, "-");
        return out;
    }
    switch (figure->unit) {
    case FIGURE_TIME:
    case FIGURE_RTT:
        return units_duration(figure_whole(figure, summary), out, size_bytes);
    case FIGURE_RATE:
        return units_rate(figure_real(figure, summary), out, size_bytes);
    case FIGURE_BIT_RATE:
        return units_bit_rate(figure_real(figure, summary), out, size_bytes);
    case FIGURE_PERCENT:
        snprintf(out, size_bytes, "%.1f%%", figure_real(figure, summary));
        return out;
    case FIGURE_COUNT:
    case FIGURE_COUNT_32:
    case FIGURE_COUNTS:
    case FIGURE_HELD:
    case FIGURE_FLAG:
        break;
    }
    snprintf(out, size_bytes, "%" PRIu64, (uint64_t)figure_whole(figure, summary));
    return out;
}

const struct figure *figures_find(const struct figures *figures, const char *key,
                                  size_t length_bytes)
{
    for (size_t i = 0; i < figures->count; i++) {
        const char *own = figures->rows[i].key;
        if (own != NULL && strlen(own) == length_bytes && memcmp(own, key, length_bytes) == 0)
            return &figures->rows[i];
    }
    return NULL;
}
