/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * series: how many a second, for the last half minute, from a cumulative count.
 *
 * One bucket a second of CLOCK_MONOTONIC. Time costs nothing: seconds without a change are cleared
 * when the next change comes, and read as zero until then.
 */
#ifndef UDPTUI_UI_SERVE_SERIES_INTERNAL_H
#define UDPTUI_UI_SERVE_SERIES_INTERNAL_H

#include <stdint.h>

enum { SERIES_SECONDS = 32, SERIES_RATE_SECONDS = 5 };

struct series {
    uint64_t seen;                    /* the cumulative count so far */
    int64_t first_ns;                 /* of the first change; 0: none yet */
    int64_t second;                   /* of the newest bucket */
    uint64_t buckets[SERIES_SECONDS]; /* of second s: buckets[s % SERIES_SECONDS] */
};

/* The count is total now: what it grew by belongs to the second of now_ns. A smaller total than
 * before begins anew. */
void series_update(struct series *series, uint64_t total, int64_t now_ns);

/* The count of the second that lies age_s seconds before the one of now_ns. */
uint64_t series_at(const struct series *series, int64_t now_ns, int age_s);

/* Per second: the mean over the last SERIES_RATE_SECONDS whole seconds, or over as many as there
 * were since it began, at least one. It changes once a second, so that it can be read. */
double series_rate(const struct series *series, int64_t now_ns);

#endif
