/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series: see the header for the model. */
#include "series_internal.h"

#include <string.h>

#include "udptui/base/units.h"

static int64_t second_of(int64_t now_ns)
{
    return now_ns / UNITS_NS_PER_S;
}

static uint64_t *bucket(struct series *series, int64_t second)
{
    return &series->buckets[(uint64_t)second % SERIES_SECONDS];
}

/* Clears the seconds that passed without a change. */
static void advance(struct series *series, int64_t second)
{
    if (second - series->second >= SERIES_SECONDS) {
        memset(series->buckets, 0, sizeof series->buckets);
        series->second = second;
    }
    while (series->second < second)
        *bucket(series, ++series->second) = 0;
}

void series_update(struct series *series, uint64_t total, int64_t now_ns)
{
    if (total < series->seen)
        *series = (struct series){0};
    if (total == series->seen)
        return;
    if (series->first_ns == 0)
        series->first_ns = now_ns;
    advance(series, second_of(now_ns));
    *bucket(series, series->second) += total - series->seen;
    series->seen = total;
}

uint64_t series_at(const struct series *series, int64_t now_ns, int age_s)
{
    int64_t second = second_of(now_ns) - age_s;

    if (second > series->second || second <= series->second - SERIES_SECONDS || second < 0)
        return 0;
    return series->buckets[(uint64_t)second % SERIES_SECONDS];
}

double series_rate(const struct series *series, int64_t now_ns)
{
    int64_t whole_ns = second_of(now_ns) * UNITS_NS_PER_S - series->first_ns;
    double seconds = (double)whole_ns / (double)UNITS_NS_PER_S;
    double sum = 0;

    if (series->first_ns == 0)
        return 0;
    if (whole_ns <= 0) /* it began within this second */
        return (double)series_at(series, now_ns, 0);
    for (int age_s = 1; age_s <= SERIES_RATE_SECONDS; age_s++)
        sum += (double)series_at(series, now_ns, age_s);
    if (seconds > SERIES_RATE_SECONDS)
        seconds = SERIES_RATE_SECONDS;
    return sum / (seconds < 1 ? 1 : seconds);
}
