/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace: an absolute schedule for a rate. The n-th event is due n - 1 intervals after the start, so
 * that the rate holds on average, however late the single ones are.
 *
 * A caller that was delayed does not catch up all at once: events that are overdue by more than a
 * tenth of a second are skipped, except the latest. Pure: CLOCK_MONOTONIC in ns is passed in.
 */
#ifndef UDPTUI_BASE_PACE_H
#define UDPTUI_BASE_PACE_H

#include <stdint.h>

enum { PACE_SLEEP_MIN_NS = 50000 };

struct pace {
    double per_s;
    int64_t since_ns; /* of the first event */
    double done;      /* events that happened or were left out */
};

/* The first event is due at once. per_s: above 0. */
struct pace pace_begin(double per_s, int64_t now_ns);

/* How many events are due. */
double pace_due(struct pace *pace, int64_t now_ns);

/* Notes that so many happened. */
void pace_take(struct pace *pace, uint64_t count);

/* How long to sleep: until the next one is due, but no less than PACE_SLEEP_MIN_NS, so that several
 * events of a high rate share a wake-up. */
int64_t pace_sleep_ns(struct pace *pace, int64_t now_ns);

#endif
