/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: clock_gettime(2) of clocks that always exist cannot fail. */
#include "udptui/net/clock.h"

#include <time.h>

#include "udptui/core/units.h"

static int64_t read_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * UNITS_NS_PER_S + now.tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_wall_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

int64_t clock_monotonic_of_stamp(int64_t wall_ns)
{
    const int64_t oldest_ns = 10 * UNITS_NS_PER_S;
    int64_t now_ns = clock_monotonic_ns();
    int64_t age_ns = clock_wall_ns() - wall_ns;

    if (wall_ns == 0 || age_ns < 0 || age_ns > oldest_ns)
        return now_ns;
    return now_ns - age_ns;
}
