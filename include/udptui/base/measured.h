/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measured: the figures of round-trip times of which some may have to be taken out again.
 *
 * A time that holds for good and one that holds as long as no reply comes twice (proto/pending) are
 * kept apart, the latter by the epoch (target) they belong to. Withdrawing an epoch drops its
 * histogram whole; so the figures are exact as rtt's are, in memory that does not depend on the
 * number of times. Jitter depends on the order: the latest MEASURED_RECENT times of each kind are
 * remembered, and the jitter of what is left is computed from them; older ones weigh less than
 * (15/16)^MEASURED_RECENT, far below a nanosecond.
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

/* A time that holds for good. */
void measured_add(struct measured *measured, int64_t rtt_ns);

/* A time that measured_withdraw may take out. epoch: counts up; one MEASURED_EPOCHS before it holds
 * for good from now on. False if memory is short: the time is left out. */
bool measured_add_shared(struct measured *measured, uint32_t epoch, int64_t rtt_ns);

/* Takes the shared times of an epoch out of the figures. */
void measured_withdraw(struct measured *measured, uint32_t epoch);

/* All times that hold now; valid until the next call. */
const struct rtt *measured_figures(struct measured *measured);

/* As rtt_jitter, of those. */
int64_t measured_jitter(const struct measured *measured);

#endif
