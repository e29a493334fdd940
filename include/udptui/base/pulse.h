/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse: counts a second of the latest seconds, from increases that each cover a span of time: what
 * came between two reports of a cumulative count is spread evenly over the time between them.
 *
 * One bucket a second. The passing of time costs nothing: seconds without an increase are cleared
 * with the next one, and read as zero until then. Pure: times are passed in, CLOCK_MONOTONIC in ns,
 * above 0 and within what a whole number of seconds may be.
 */
#ifndef UDPTUI_BASE_PULSE_H
#define UDPTUI_BASE_PULSE_H

#include <stddef.h>
#include <stdint.h>

struct pulse {
    uint64_t *buckets; /* of second s: buckets[s % seconds]; borrowed */
    int64_t seconds;   /* how many */
    int64_t second;    /* of the newest bucket; below 0: none yet */
};

/* Begins an empty one in so many buckets of the caller's. */
struct pulse pulse_begin(uint64_t *buckets, size_t seconds);

/* Spreads a count over [from_ns, until_ns); all in the second of until_ns if that is no span. What
 * is older than the buckets is left out. */
void pulse_add(struct pulse *pulse, uint64_t count, int64_t from_ns, int64_t until_ns);

/* The count of the second that is age_s seconds before that of now_ns. */
uint64_t pulse_at(const struct pulse *pulse, int64_t now_ns, int64_t age_s);

/* Per second: the mean over the ages [newest_s, newest_s + span_s). */
double pulse_mean(const struct pulse *pulse, int64_t now_ns, int64_t newest_s, int64_t span_s);

#endif
