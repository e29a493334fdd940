/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: the figures of a summary, one row each, for all formats. */
#ifndef UDPTUI_OUTPUT_PING_INTERNAL_H
#define UDPTUI_OUTPUT_PING_INTERNAL_H

#include "udptui/output/ping.h"

/* A count: the word in lines, which is its key in JSON with '_' for blanks. */
struct ping_count {
    const char *key, *word;
    bool rare;     /* in lines only if it is not 0 */
    size_t offset; /* of its uint64_t in struct probe_figures */
};

extern const struct ping_count ping_counts[];
extern const size_t ping_count_rows;

/* A kind of times, of each of which the same figures are written. */
struct ping_times {
    const char *key, *word;
};

/* By enum probe_times_kind. */
extern const struct ping_times ping_times[PROBE_TIMES];

struct ping_quantile {
    const char *key, *word;
    size_t offset; /* of its int64_t in struct probe_times */
};

extern const struct ping_quantile ping_quantiles[];
extern const size_t ping_quantile_rows;

uint64_t ping_count_of(const struct probe_figures *figures, size_t row);

/* In ns; -1: there is none. */
int64_t ping_quantile_of(const struct probe_times *times, size_t row);

#endif
