/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rtt: figures of round-trip times, in bounded memory.
 *
 * A log-linear histogram: 128 buckets to each power of two, so that a percentile is at most 1/128
 * above the true value; below 128 ns and at minimum and maximum it is exact. Jitter is the running
 * mean of RFC 3550 section 6.4.1 over consecutive times.
 */
#ifndef UDPTUI_BASE_RTT_H
#define UDPTUI_BASE_RTT_H

#include <stdint.h>

struct rtt;

/* Empty; NULL if memory is short. rtt_close frees (NULL allowed). */
struct rtt *rtt_open(void);
void rtt_close(struct rtt *rtt);

/* Adds one time, or the same `count` times. A time below 0 counts as 0, one above 2^41 ns (36 min)
 * as 2^41 ns. */
void rtt_add(struct rtt *rtt, int64_t rtt_ns);
void rtt_add_many(struct rtt *rtt, int64_t rtt_ns, uint64_t count);

/* Empty again. */
void rtt_clear(struct rtt *rtt);

/* Adds all times of from to into; the jitter of into is kept. */
void rtt_merge(struct rtt *into, const struct rtt *from);

/* All return -1 if there is no time yet (jitter: fewer than two). */
uint64_t rtt_count(const struct rtt *rtt);
int64_t rtt_min(const struct rtt *rtt);
int64_t rtt_max(const struct rtt *rtt);
int64_t rtt_mean(const struct rtt *rtt);
/* Of all times; 0 if there is none, INT64_MAX if it is more. */
int64_t rtt_sum(const struct rtt *rtt);
/* The standard deviation of all times (of the population, as ping's mdev is). */
int64_t rtt_stddev(const struct rtt *rtt);
/* The smallest time (as its bucket's upper end) that at least `percent` of all do not exceed. */
int64_t rtt_percentile(const struct rtt *rtt, double percent);
int64_t rtt_jitter(const struct rtt *rtt);

#endif
