/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured: statistics of round-trip times, some of which may have to be removed again.
 *
 * Certain times, and times that are valid only as long as no reply comes twice (proto/pending), are
 * stored separately, the latter by the epoch (target) they belong to. Withdrawing an epoch drops
 * its whole histogram, so the figures are as exact as those of base/rtt, in memory that does not
 * depend on the number of times. Jitter depends on the order: the latest MEASURED_RECENT times of
 * each kind are remembered, and the jitter of what is left is computed from them; older ones weigh
 * less than (15/16)^MEASURED_RECENT, far below a nanosecond.
 */
#ifndef UDPTUI_BASE_MEASURED_H
#define UDPTUI_BASE_MEASURED_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/rtt.h"

enum { MEASURED_EPOCHS = 8, MEASURED_RECENT = 1024 };

struct measured;

/* NULL if memory is short. measured_close frees (NULL allowed). */
struct measured *measured_open(void);
void measured_close(struct measured *measured);

/* Adds a certain time. */
void measured_add(struct measured *measured, int64_t rtt_ns);

/* Adds a time that measured_withdraw may remove. epoch: counts up; the times of the epoch
 * MEASURED_EPOCHS before it become certain. False if memory is short: the time is left out. */
bool measured_add_shared(struct measured *measured, uint32_t epoch, int64_t rtt_ns);

/* Takes the shared times of an epoch out of the figures. */
void measured_withdraw(struct measured *measured, uint32_t epoch);

/* Of all times not withdrawn; valid until the next call. */
const struct rtt *measured_figures(struct measured *measured);

/* As rtt_jitter, of those. */
int64_t measured_jitter(const struct measured *measured);

#endif
