/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtt: see the header for the histogram's shape. */
#include "udptui/base/rtt.h"

#include <math.h>
#include <stdlib.h>

enum {
    SUB_BITS = 7, /* 128 buckets to a power of two */
    SUBS = 1 << SUB_BITS,
    TOP_BIT = 41,
    BUCKETS = (TOP_BIT - SUB_BITS + 2) * SUBS,
};

static const uint64_t largest_ns = UINT64_C(1) << TOP_BIT;

/* Sums are exact: 2^44 squares of 2^41 ns fit, more than any run collects. 32-bit compilers lack
 * the type; there the sums are rounded, by a part in 10^15 or less. */
#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide_sum;
#else
typedef long double wide_sum;
#endif

struct rtt {
    uint64_t count;
    uint64_t min_ns, max_ns;
    wide_sum sum_ns, sum_squares_ns2;
    double jitter_ns;
    uint64_t latest_ns;
    uint64_t buckets[BUCKETS];
};

struct rtt *rtt_open(void)
{
    return calloc(1, sizeof(struct rtt));
}

void rtt_close(struct rtt *rtt)
{
    free(rtt);
}

void rtt_clear(struct rtt *rtt)
{
    *rtt = (struct rtt){.count = 0};
}

/* The power of two above the exact range that contains the value, 0 for values below SUBS * 2. */
static unsigned shift_of(uint64_t value)
{
    unsigned top = 63U - (unsigned)__builtin_clzll(value | 1);

    return top > SUB_BITS ? top - SUB_BITS : 0;
}

static size_t rtt_bucket_of(uint64_t value)
{
    unsigned shift = shift_of(value);

    return (size_t)shift * SUBS + (size_t)(value >> shift);
}

/* The largest value of a bucket. */
static uint64_t bucket_end(size_t bucket)
{
    size_t shift = bucket < 2 * SUBS ? 0 : bucket / SUBS - 1;
    uint64_t base = bucket - shift * SUBS;

    return ((base + 1) << shift) - 1;
}

static void update_jitter(struct rtt *rtt, uint64_t value)
{
    double difference = (double)value - (double)rtt->latest_ns;

    if (difference < 0)
        difference = -difference;
    if (rtt->count > 0)
        rtt->jitter_ns += (difference - rtt->jitter_ns) / 16;
    rtt->latest_ns = value;
}

void rtt_add_many(struct rtt *rtt, int64_t rtt_ns, uint64_t count)
{
    uint64_t value = rtt_ns > 0 ? (uint64_t)rtt_ns : 0;

    if (count == 0)
        return;
    if (value > largest_ns)
        value = largest_ns;
    update_jitter(rtt, value);
    if (rtt->count == 0 || value < rtt->min_ns)
        rtt->min_ns = value;
    if (value > rtt->max_ns)
        rtt->max_ns = value;
    rtt->count += count;
    rtt->sum_ns += (wide_sum)value * (wide_sum)count;
    rtt->sum_squares_ns2 += (wide_sum)value * (wide_sum)value * (wide_sum)count;
    rtt->buckets[rtt_bucket_of(value)] += count;
}

void rtt_add(struct rtt *rtt, int64_t rtt_ns)
{
    rtt_add_many(rtt, rtt_ns, 1);
}

void rtt_merge(struct rtt *into, const struct rtt *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min_ns < into->min_ns)
        into->min_ns = from->min_ns;
    if (from->max_ns > into->max_ns)
        into->max_ns = from->max_ns;
    into->count += from->count;
    into->sum_ns += from->sum_ns;
    into->sum_squares_ns2 += from->sum_squares_ns2;
    for (size_t i = rtt_bucket_of(from->min_ns), last = rtt_bucket_of(from->max_ns); i <= last; i++)
        into->buckets[i] += from->buckets[i];
}

uint64_t rtt_count(const struct rtt *rtt)
{
    return rtt->count;
}

int64_t rtt_min(const struct rtt *rtt)
{
    return rtt->count > 0 ? (int64_t)rtt->min_ns : -1;
}

int64_t rtt_max(const struct rtt *rtt)
{
    return rtt->count > 0 ? (int64_t)rtt->max_ns : -1;
}

int64_t rtt_sum(const struct rtt *rtt)
{
    return rtt->sum_ns < (wide_sum)INT64_MAX ? (int64_t)rtt->sum_ns : INT64_MAX;
}

int64_t rtt_mean(const struct rtt *rtt)
{
    return rtt->count > 0
               ? (int64_t)((rtt->sum_ns + (wide_sum)(rtt->count / 2)) / (wide_sum)rtt->count)
               : -1;
}

/*
 * sqrt(n * sum(x^2) - sum(x)^2) / n, with the difference of the exact sums: doubles would lose
 * precision by cancellation if the times differ little.
 */
int64_t rtt_stddev(const struct rtt *rtt)
{
    wide_sum count = (wide_sum)rtt->count, mean_ns, rest;
    double variance_ns2;

    if (rtt->count == 0)
        return -1;
    mean_ns = (wide_sum)(uint64_t)(rtt->sum_ns / count);
    rest = rtt->sum_ns - mean_ns * count;
    /* sum((x - m)^2) for the whole number m just below the mean, then from m to the mean itself */
    variance_ns2 =
        (double)(rtt->sum_squares_ns2 - mean_ns * (rtt->sum_ns + rest)) / (double)rtt->count -
        (double)rest / (double)rtt->count * ((double)rest / (double)rtt->count);
    return variance_ns2 > 0 ? (int64_t)(sqrt(variance_ns2) + 0.5) : 0;
}

/* Limits a value to the observed range: a bucket may extend beyond it. */
static int64_t clamp(const struct rtt *rtt, uint64_t value)
{
    if (value > rtt->max_ns)
        value = rtt->max_ns;
    return (int64_t)(value < rtt->min_ns ? rtt->min_ns : value);
}

int64_t rtt_percentile(const struct rtt *rtt, double percent)
{
    double wanted = (double)rtt->count * percent / 100;
    uint64_t seen = 0;

    if (rtt->count == 0)
        return -1;
    if (wanted <= 1)
        return (int64_t)rtt->min_ns;
    for (size_t i = rtt_bucket_of(rtt->min_ns); i < BUCKETS; i++) {
        seen += rtt->buckets[i];
        if ((double)seen >= wanted)
            return clamp(rtt, bucket_end(i));
    }
    return (int64_t)rtt->max_ns;
}

int64_t rtt_jitter(const struct rtt *rtt)
{
    return rtt->count > 1 ? (int64_t)(rtt->jitter_ns + 0.5) : -1;
}
