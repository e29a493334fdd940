/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rolling: times and counts of the latest minute or so, in fixed memory.
 *
 * The span is divided into ROLLING_SLOTS parts, each with its histogram; the figures are those of
 * the present part and of the ones before it, so they cover between 11/12 of the span and all of
 * it. Pure: times are passed in, CLOCK_MONOTONIC in ns, never going back.
 */
#ifndef UDPTUI_BASE_ROLLING_H
#define UDPTUI_BASE_ROLLING_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/rtt.h"

enum { ROLLING_SLOTS = 12, ROLLING_COUNTS = 2 };

struct rolling;

/* span_ns: a multiple of ROLLING_SLOTS. NULL if memory is short. rolling_close frees (NULL
 * allowed). */
struct rolling *rolling_open(int64_t span_ns);
void rolling_close(struct rolling *rolling);

/* Adds a round-trip time. now_ns: CLOCK_MONOTONIC, here and below, never less than before. */
void rolling_add(struct rolling *rolling, int64_t now_ns, int64_t rtt_ns);

/* Counts one. which: 0 .. ROLLING_COUNTS - 1, what they are is the caller's. */
void rolling_count(struct rolling *rolling, int64_t now_ns, size_t which);

/* Of the span until now. The times are valid until the next call. */
const struct rtt *rolling_times(struct rolling *rolling, int64_t now_ns);
uint64_t rolling_total(const struct rolling *rolling, int64_t now_ns, size_t which);

/* How much time they cover; less at the beginning. 0: nothing was added. */
int64_t rolling_covers_ns(const struct rolling *rolling, int64_t now_ns);

#endif
