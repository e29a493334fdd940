/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pulse: see the header. */
#include "udptui/base/pulse.h"

#include <stdbool.h>
#include <string.h>

#include "udptui/base/units.h"

struct pulse pulse_begin(uint64_t *buckets, size_t seconds)
{
    memset(buckets, 0, seconds * sizeof *buckets);
    return (struct pulse){.buckets = buckets, .seconds = (int64_t)seconds, .second = -1};
}

static uint64_t *pulse_bucket(const struct pulse *pulse, int64_t second)
{
    return &pulse->buckets[second % pulse->seconds];
}

static bool pulse_has(const struct pulse *pulse, int64_t second)
{
    return second >= 0 && second <= pulse->second && second > pulse->second - pulse->seconds;
}

/* Clears the seconds that passed without an increase. */
static void pulse_advance(struct pulse *pulse, int64_t second)
{
    if (second - pulse->second >= pulse->seconds) {
        memset(pulse->buckets, 0, (size_t)pulse->seconds * sizeof *pulse->buckets);
        pulse->second = second;
    }
    while (pulse->second < second)
        *pulse_bucket(pulse, ++pulse->second) = 0;
}

/* How much of the count had come at a time of the span: all of it at its end, so that nothing is
 * lost by rounding. */
static uint64_t pulse_share(uint64_t count, int64_t from_ns, int64_t until_ns, int64_t at_ns)
{
    if (at_ns >= until_ns)
        return count;
    return (uint64_t)((double)count * ((double)(at_ns - from_ns) / (double)(until_ns - from_ns)));
}

void pulse_add(struct pulse *pulse, uint64_t count, int64_t from_ns, int64_t until_ns)
{
    int64_t last = until_ns / UNITS_NS_PER_S, second = from_ns / UNITS_NS_PER_S;
    uint64_t before = 0;

    if (from_ns >= until_ns)
        second = last;
    pulse_advance(pulse, last);
    if (second <= last - pulse->seconds) {
        second = last - pulse->seconds + 1;
        before = pulse_share(count, from_ns, until_ns, second * UNITS_NS_PER_S);
    }
    for (; second <= last; second++) {
        uint64_t came = second < last
                            ? pulse_share(count, from_ns, until_ns, (second + 1) * UNITS_NS_PER_S)
                            : count;
        if (pulse_has(pulse, second))
            *pulse_bucket(pulse, second) += came - before;
        before = came;
    }
}

uint64_t pulse_at(const struct pulse *pulse, int64_t now_ns, int64_t age_s)
{
    int64_t second = now_ns / UNITS_NS_PER_S - age_s;

    return pulse_has(pulse, second) ? *pulse_bucket(pulse, second) : 0;
}

double pulse_mean(const struct pulse *pulse, int64_t now_ns, int64_t newest_s, int64_t span_s)
{
    double sum = 0;

    for (int64_t age_s = newest_s; age_s < newest_s + span_s; age_s++)
        sum += (double)pulse_at(pulse, now_ns, age_s);
    return span_s > 0 ? sum / (double)span_s : 0;
}
