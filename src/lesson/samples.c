/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples: see the header. */
#include "samples_internal.h"

#include <stdlib.h>

#include "udptui/base/units.h"

int32_t samples_ms(int64_t time_ns)
{
    int64_t half_ns = UNITS_NS_PER_MS / 2;

    return (int32_t)((time_ns < 0 ? time_ns - half_ns : time_ns + half_ns) / UNITS_NS_PER_MS);
}

int32_t samples_below(const int64_t *times_ns, size_t count, int64_t limit_ns)
{
    int32_t below = 0;

    for (size_t i = 0; i < count; i++)
        below += times_ns[i] < limit_ns;
    return below;
}

int32_t samples_overtaken(const int64_t *arrivals_ns, size_t count)
{
    int64_t earliest_ns = INT64_MAX;
    int32_t overtaken = 0;

    for (size_t i = count; i > 0; i--) {
        overtaken += arrivals_ns[i - 1] > earliest_ns;
        if (arrivals_ns[i - 1] < earliest_ns)
            earliest_ns = arrivals_ns[i - 1];
    }
    return overtaken;
}

static int samples_compare(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

int64_t samples_median_ns(int64_t *times_ns, size_t count)
{
    if (count == 0)
        return 0;
    qsort(times_ns, count, sizeof *times_ns, samples_compare);
    return times_ns[(count - 1) / 2];
}
