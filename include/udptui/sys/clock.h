/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: the two clocks, in ns. Durations come from the monotonic one only. */
#ifndef UDPTUI_SYS_CLOCK_H
#define UDPTUI_SYS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* CLOCK_MONOTONIC: for every duration and timeout. */
int64_t clock_monotonic_ns(void);

/* CLOCK_REALTIME: for showing only. */
int64_t clock_wall_ns(void);

/* How far local time is ahead of UTC now, for times of day (localtime_r(3), TZ). */
int32_t clock_utc_offset_s(void);

/* Whether CLOCK_REALTIME follows an external source (adjtimex(2)), and its maximum error:
 * *error_ns, INT64_MAX if that is not known. */
bool clock_is_synchronised(int64_t *error_ns);

/*
 * The monotonic time of a kernel receive timestamp (CLOCK_REALTIME, SO_TIMESTAMPNS): the clocks show
 * now_ns and wall_now_ns, and the stamp's age is taken off. An age below 0 or above 10 s means that
 * the wall clock was set in between; then, and if wall_ns is 0 (no stamp), the result is now_ns.
 */
int64_t clock_of_stamp(int64_t now_ns, int64_t wall_now_ns, int64_t wall_ns);

/*
 * The difference between the two clocks: constant (the kernel slews both alike), unless the wall
 * clock is set or the machine sleeps. After that, earlier stamps can no longer be converted.
 */
struct clock_pair {
    int64_t offset_ns;       /* CLOCK_REALTIME less CLOCK_MONOTONIC */
    int64_t unsure_until_ns; /* CLOCK_MONOTONIC */
    int64_t since_ns;        /* the same: when it was noticed that the wall clock had been set */
};

/* Reads both clocks: two reads of one around a read of the other, repeated while they are too far
 * apart, so that the offset is correct within a microsecond. */
struct clock_pair clock_pair_begin(void);

/* Reads them again. False if the wall clock was set (by a millisecond or more) since the last read,
 * and for the second after that, while queued datagrams are received. */
bool clock_pair_look(struct clock_pair *pair);

/*
 * The oldest kernel stamp that can be compared with the wall clock as it is now: INT64_MIN any,
 * INT64_MAX none. A datagram may have waited in a queue since before the clock was set. now_ns,
 * wall_ns: reads of CLOCK_MONOTONIC, and right after it of CLOCK_REALTIME; the clocks are read
 * again only if these do not fit the latest look.
 */
int64_t clock_pair_oldest_ns(struct clock_pair *pair, int64_t now_ns, int64_t wall_ns);

/* The monotonic time of a kernel stamp of any age, by the latest read. */
int64_t clock_pair_monotonic_ns(const struct clock_pair *pair, int64_t wall_ns);

#endif
