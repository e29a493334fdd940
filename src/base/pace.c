/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/base/pace.h"

#include "udptui/base/units.h"

static const double catch_up_s = 0.1;

struct pace pace_begin(double per_s, int64_t now_ns)
{
    return (struct pace){.per_s = per_s, .since_ns = now_ns};
}

double pace_due(struct pace *pace, int64_t now_ns)
{
    double passed_s = (double)(now_ns - pace->since_ns) / (double)UNITS_NS_PER_S;
    double scheduled = 1 + passed_s * pace->per_s;
    double most = pace->per_s * catch_up_s > 1 ? pace->per_s * catch_up_s : 1;

    if (scheduled - pace->done > most + 1)
        pace->done = scheduled - most;
    return scheduled - pace->done;
}

void pace_take(struct pace *pace, uint64_t count)
{
    pace->done += (double)count;
}

int64_t pace_sleep_ns(struct pace *pace, int64_t now_ns)
{
    double missing = 1 - pace_due(pace, now_ns);

    double sleep_ns = missing / pace->per_s * (double)UNITS_NS_PER_S;

    return sleep_ns > PACE_SLEEP_MIN_NS ? (int64_t)sleep_ns : PACE_SLEEP_MIN_NS;
}
