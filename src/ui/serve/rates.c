/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates: see the header for the model. */
#include "rates_internal.h"

#include <string.h>

#include "udptui/base/units.h"

static int64_t rates_second_of(int64_t now_ns)
{
    return now_ns / UNITS_NS_PER_S;
}

static uint64_t *rates_bucket(struct rates *rates, int64_t second)
{
    return &rates->buckets[(uint64_t)second % RATES_SECONDS];
}

/* Clears the seconds that passed without a change. */
static void rates_advance(struct rates *rates, int64_t second)
{
    if (second - rates->second >= RATES_SECONDS) {
        memset(rates->buckets, 0, sizeof rates->buckets);
        rates->second = second;
    }
    while (rates->second < second)
        *rates_bucket(rates, ++rates->second) = 0;
}

void rates_update(struct rates *rates, uint64_t total, int64_t now_ns)
{
    if (total < rates->seen)
        *rates = (struct rates){0};
    if (total == rates->seen)
        return;
    if (rates->first_ns == 0)
        rates->first_ns = now_ns;
    rates_advance(rates, rates_second_of(now_ns));
    *rates_bucket(rates, rates->second) += total - rates->seen;
    rates->seen = total;
}

uint64_t rates_at(const struct rates *rates, int64_t now_ns, int age_s)
{
    int64_t second = rates_second_of(now_ns) - age_s;

    if (second > rates->second || second <= rates->second - RATES_SECONDS || second < 0)
        return 0;
    return rates->buckets[(uint64_t)second % RATES_SECONDS];
}

double rates_mean(const struct rates *rates, int64_t now_ns)
{
    int64_t whole_ns = rates_second_of(now_ns) * UNITS_NS_PER_S - rates->first_ns;
    double seconds = (double)whole_ns / (double)UNITS_NS_PER_S;
    double sum = 0;

    if (rates->first_ns == 0)
        return 0;
    if (whole_ns <= 0) /* it began within this second */
        return (double)rates_at(rates, now_ns, 0);
    for (int age_s = 1; age_s <= RATES_MEAN_SECONDS; age_s++)
        sum += (double)rates_at(rates, now_ns, age_s);
    if (seconds > RATES_MEAN_SECONDS)
        seconds = RATES_MEAN_SECONDS;
    return sum / (seconds < 1 ? 1 : seconds);
}
