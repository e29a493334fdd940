/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* samples: figures of a lesson's few times, in ns. Pure. (Many times: base/rtt.) */
#ifndef UDPTUI_LESSON_SAMPLES_INTERNAL_H
#define UDPTUI_LESSON_SAMPLES_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* The nearest whole millisecond, half a one away from 0. */
int32_t samples_ms(int64_t time_ns);

/* How many are below the limit. */
int32_t samples_below(const int64_t *times_ns, size_t count, int64_t limit_ns);

/* How many are above a later one of the list: of arrivals in the order of sending, those that were
 * overtaken. */
int32_t samples_overtaken(const int64_t *arrivals_ns, size_t count);

/* The smallest time that at least half of all do not exceed; 0: there are none. Sorts them. */
int64_t samples_median_ns(int64_t *times_ns, size_t count);

#endif
