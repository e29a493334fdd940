/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rates: events per second for the last half minute, from a cumulative count.
 *
 * One bucket a second of CLOCK_MONOTONIC. The passing of time costs nothing: seconds without a
 * change are cleared with the next change, and read as zero until then.
 */
#ifndef UDPTUI_UI_SERVE_RATES_INTERNAL_H
#define UDPTUI_UI_SERVE_RATES_INTERNAL_H

#include <stdint.h>

enum { RATES_SECONDS = 32, RATES_MEAN_SECONDS = 5 };

struct rates {
    uint64_t seen;                   /* the cumulative count so far */
    int64_t first_ns;                /* of the first change; 0: none yet */
    int64_t second;                  /* of the newest bucket */
    uint64_t buckets[RATES_SECONDS]; /* of second s: buckets[s % RATES_SECONDS] */
};

/* Sets the count to total: the increase belongs to the second of now_ns. A smaller total than
 * before starts again. */
void rates_update(struct rates *rates, uint64_t total, int64_t now_ns);

/* The count of the second that is age_s seconds before that of now_ns. */
uint64_t rates_at(const struct rates *rates, int64_t now_ns, int age_s);

/* Per second: the mean over the last RATES_MEAN_SECONDS whole seconds, or over as many as there
 * were since it began, at least one. It changes once a second, so that it can be read. */
double rates_mean(const struct rates *rates, int64_t now_ns);

#endif
