/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: clock_gettime(2) of clocks that always exist cannot fail. */
#include "udptui/sys/clock.h"

#include <sys/timex.h>
#include <time.h>

#include "udptui/base/units.h"

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

int32_t clock_utc_offset_s(void)
{
    time_t now = time(NULL);
    struct tm local;

    return localtime_r(&now, &local) != NULL ? (int32_t)local.tm_gmtoff : 0;
}

int64_t clock_of_stamp(int64_t now_ns, int64_t wall_now_ns, int64_t wall_ns)
{
    const int64_t oldest_ns = 10 * UNITS_NS_PER_S;
    int64_t age_ns = wall_now_ns - wall_ns;

    if (wall_ns == 0 || age_ns < 0 || age_ns > oldest_ns)
        return now_ns;
    return now_ns - age_ns;
}

/* ---- both at once */

enum { LOOKS = 8, NEAR_NS = 500 };

static const int64_t step_ns = UNITS_NS_PER_MS;

/* An interruption between the reads adds to the error of the offset, so the best attempt counts. */
static int64_t read_offset_ns(void)
{
    int64_t best_ns = INT64_MAX, offset_ns = 0;

    for (int i = 0; i < LOOKS && best_ns > NEAR_NS; i++) {
        int64_t before_ns = clock_monotonic_ns();
        int64_t wall_ns = clock_wall_ns();
        int64_t gap_ns = clock_monotonic_ns() - before_ns;
        if (gap_ns >= best_ns)
            continue;
        best_ns = gap_ns;
        offset_ns = wall_ns - before_ns - gap_ns / 2;
    }
    return offset_ns;
}

struct clock_pair clock_pair_begin(void)
{
    return (struct clock_pair){
        .offset_ns = read_offset_ns(), .unsure_until_ns = INT64_MIN, .since_ns = INT64_MIN};
}

bool clock_pair_look(struct clock_pair *pair)
{
    int64_t before_ns = pair->offset_ns;
    int64_t now_ns = clock_monotonic_ns();

    pair->offset_ns = read_offset_ns();
    if (pair->offset_ns - before_ns >= step_ns || before_ns - pair->offset_ns >= step_ns) {
        pair->since_ns = now_ns;
        pair->unsure_until_ns = now_ns + UNITS_NS_PER_S;
    }
    return now_ns >= pair->unsure_until_ns;
}

int64_t clock_pair_oldest_ns(struct clock_pair *pair, int64_t now_ns, int64_t wall_ns)
{
    int64_t off_ns = wall_ns - now_ns - pair->offset_ns;
    bool fits = off_ns < step_ns && off_ns > -step_ns && now_ns >= pair->unsure_until_ns;

    if (!fits && !clock_pair_look(pair))
        return INT64_MAX;
    return pair->since_ns == INT64_MIN ? INT64_MIN : pair->since_ns + pair->offset_ns;
}

int64_t clock_pair_monotonic_ns(const struct clock_pair *pair, int64_t wall_ns)
{
    return wall_ns - pair->offset_ns;
}

bool clock_is_synchronised(int64_t *error_ns)
{
    struct timex state = {.modes = 0};
    int result = adjtimex(&state);

    *error_ns = result >= 0 ? state.maxerror * UNITS_NS_PER_US : INT64_MAX;
    return result >= 0 && result != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}
