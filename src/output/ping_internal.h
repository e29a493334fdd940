/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: the figures of a summary, one row each, for all formats. */
#ifndef UDPTUI_OUTPUT_PING_INTERNAL_H
#define UDPTUI_OUTPUT_PING_INTERNAL_H

#include "udptui/output/ping.h"
#include "udptui/proto/figure.h"

/* Of struct probe_figures: the counts. */
extern const struct figures ping_counts;

/* A kind of times; all kinds have the same figures. */
struct ping_times {
    const char *key, *word;
};

/* By enum probe_times_kind. */
extern const struct ping_times ping_times[PROBE_TIMES];

/* Of struct probe_times. */
extern const struct figures ping_quantiles;

#endif
