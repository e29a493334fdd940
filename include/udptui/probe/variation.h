/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * variation: the delay variation of consecutive probes (IPDV, RFC 3393).
 *
 * The selection function (RFC 3393 section 2.6) takes each probe and the one that was sent before
 * it, by their numbers; a pair of which one has no delay does not exist. The delay is the
 * round-trip time or, with the four times of STAMP, that of one way, where the difference of the
 * clocks cancels out. Replies may come in any order: each pair is counted once, with the later
 * reply. Pure.
 */
#ifndef UDPTUI_PROBE_VARIATION_H
#define UDPTUI_PROBE_VARIATION_H

#include <stdint.h>

#include "udptui/base/rtt.h"

enum variation_kind { VARIATION_ROUND_TRIP, VARIATION_THERE, VARIATION_BACK, VARIATIONS };

#define VARIATION_UNKNOWN INT64_MIN

/* By kind; VARIATION_UNKNOWN: none. One-way delays may be below 0 or far too large: they contain
 * the difference of the clocks. */
struct variation_delays {
    int64_t ns[VARIATIONS];
};

struct variation;

/* capacity: a power of two; the latest so many probes are remembered. NULL if memory is short.
 * variation_close frees (NULL allowed). */
struct variation *variation_open(uint32_t capacity);
void variation_close(struct variation *variation);

/* The first reply to a probe came. Returns the delays less those of the probe before it, as far as
 * both are known. */
struct variation_delays variation_add(struct variation *variation, uint64_t number,
                                      const struct variation_delays *delays);

/* The absolute values of all pairs so far. Borrowed. */
const struct rtt *variation_times(const struct variation *variation, enum variation_kind kind);

#endif
