/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: the two clocks, in ns. Durations come from the monotonic one only. */
#ifndef UDPTUI_NET_CLOCK_H
#define UDPTUI_NET_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC: for every duration and timeout. */
int64_t clock_monotonic_ns(void);

/* CLOCK_REALTIME: for showing only. */
int64_t clock_wall_ns(void);

/*
 * The monotonic time of a kernel receive timestamp (CLOCK_REALTIME, SO_TIMESTAMPNS): both clocks
 * are read now and the stamp's age is taken off. An age below 0 or above 10 s means that the wall
 * clock was set in between; then, and where wall_ns is 0 (no stamp), the answer is now.
 */
int64_t clock_monotonic_of_stamp(int64_t wall_ns);

#endif
